"""The real app with another clock at the desk and, where asked for, another protocol; for tests alone.

`COACH_TEST_CLOCK` names a file with the seconds by which the desk's clock is ahead; it is read each time.
`COACH_TEST_PROTOCOL` names a protocol file, `COACH_TEST_TEMPLATE` the collected texts of which the
pseudo-languages are made.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import streamlit as st

from coach import web
from coach.desk.installation import clock
from coach.i18n import catalogues
from coach.protocols import loader
from coach.ui.shell import browser_sessions, error_reporting, runs

ROOT = Path(__file__).resolve().parents[3]

if path := os.environ.get("COACH_TEST_CLOCK"):
    ahead = Path(path)
    clock.use(lambda: datetime.now(UTC) + timedelta(seconds=float(ahead.read_text() or 0)))  # noqa: TID251
if path := os.environ.get("COACH_TEST_PROTOCOL"):
    other = loader.load(Path(path))
    loader.default = lambda: other  # type: ignore[assignment]

if path := os.environ.get("COACH_TEST_TEMPLATE"):
    catalogues.TEMPLATE = Path(path)

error_reporting.keep_values_out_of_the_log()
browser_sessions.bound()
runs.lighten()
app = st.App(
    str(ROOT / "coach" / "app.py"),
    routes=web.routes,
    middleware=web.layers(st.get_option("server.allowedHosts"), browser_sessions.takes_file),
    lifespan=web.lifespan,
    on_script_error=error_reporting.say_sorry,
)
