"""One patient's home with short doses and another clock, as a browser and a test see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from coach.desk import PatientDesk
from tests.support.server import ROOT, AppServer

TIMED = ROOT / "tests" / "support" / "apps" / "timed.py"


class Home:
    """One patient's home: the server, and the same record seen from the test."""

    def __init__(self, server: AppServer, desk: Callable[[], PatientDesk], clock: Path) -> None:
        self.server = server
        self.desk = desk
        self._clock = clock

    def go_forward(self, by: timedelta) -> None:
        """Move the desk's clock."""
        self._clock.write_text(str(by.total_seconds()))
