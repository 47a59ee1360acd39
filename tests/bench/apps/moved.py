"""The real app with the desk's clock moved by `COACH_BENCH_AHEAD` seconds, to the end of a record made for it."""

import os
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import streamlit as st

from coach import web
from coach.desk.installation import clock
from coach.ui.shell import browser_sessions, error_reporting, first_load, runs, warming
from tests.bench import profiles

ROOT = Path(__file__).resolve().parents[3]

ahead = timedelta(seconds=float(os.environ["COACH_BENCH_AHEAD"]))
clock.use(lambda: datetime.now(UTC) + ahead)  # noqa: TID251

if file := os.environ.get(profiles.FILE):
    profiles.begin(Path(file))
error_reporting.keep_values_out_of_the_log()
browser_sessions.bound()
runs.lighten()
app = st.App(
    str(ROOT / "coach" / "app.py"),
    routes=web.routes,
    middleware=web.layers(
        st.get_option("server.allowedHosts"),
        browser_sessions.takes_file,
        fonts=first_load.fonts(),
    ),
    lifespan=partial(web.lifespan, warm_up=warming.warm_up),
    on_script_error=error_reporting.say_sorry,
)
