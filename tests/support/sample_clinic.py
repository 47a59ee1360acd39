"""A clinic's server that shows a sample: whoever comes chooses whom to look as."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.support.clinics import Clinic
from tests.support.server import AppServer


def sample_server(folder: Path, made: Clinic) -> Iterator[AppServer]:
    """Close a clinic that was made in a folder, and serve it."""
    made.installation.store.close()
    env = {
        "COACH_MODE": "clinic",
        "COACH_SAMPLE": "1",
        "COACH_DATABASE_URL": f"sqlite:///{folder / 'clinic.sqlite3'}",
    }
    server = AppServer(folder, env=env).start()
    yield server
    server.stop()
