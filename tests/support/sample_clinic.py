"""A clinic's server that shows a sample: whoever comes chooses whom to look as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from coach.desk.installation import clock
from tests.support.clinics import Clinic
from tests.support.homes import Clock
from tests.support.patients import ZONE
from tests.support.server import AppServer
from tests.support.short_home import TIMED


@contextmanager
def by_day() -> Iterator[timedelta]:
    """Let the desk's clock show the coming noon of the patients; yield by how much it is ahead.

    At night no exercise is proposed, and the tests run at any hour.
    """
    now = clock.now().astimezone(ZoneInfo(ZONE))
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    noon += timedelta(days=noon < now)
    with clock.showing(Clock(noon.astimezone(UTC))):
        yield noon - now


def sample_server(
    folder: Path, made: Clinic, *, ahead: timedelta = timedelta(), env: Mapping[str, str] | None = None
) -> Iterator[AppServer]:
    """Close a clinic that was made in a folder, and serve it; its clock may be ahead."""
    made.installation.store.close()
    shown = folder / "clock"
    shown.write_text(str(ahead.total_seconds()))
    env = dict(env or {}) | {
        "COACH_TEST_CLOCK": str(shown),
        "COACH_MODE": "clinic",
        "COACH_SAMPLE": "1",
        "COACH_DATABASE_URL": f"sqlite:///{folder / 'clinic.sqlite3'}",
    }
    server = AppServer(folder, entry=TIMED, env=env).start()
    yield server
    server.stop()
