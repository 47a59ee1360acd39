"""Homes for tests: records of patients who have answered set-up, and a clock that tests move by hand."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from coach.desk import PatientDesk
from coach.desk.installation import clock
from tests.support.patients import ZONE, answer_set_up, desk_in
from tests.support.records import place

#: Thursday 5 March 2026, seven minutes past ten in Berlin: no clock change for three weeks.
NOW = datetime(2026, 3, 5, 9, 7, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        self.now += timedelta(hours=hours, minutes=minutes, seconds=seconds)


def settled(
    folder: Path, *, hours: float = 60, home: float | None = None, zone: str = ZONE, now: datetime = NOW
) -> PatientDesk:
    """Return the desk of a patient whose set-up is answered and whose procedure was so many hours ago.

    The record is made once for these values and copied after that.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_made(hours, home, zone, now), folder / "coach.sqlite3")
    return desk_in(folder)


@cache
def _made(hours: float, home: float | None, zone: str, now: datetime) -> Path:
    folder = place()
    with clock.showing(lambda: now):
        patient = desk_in(folder)
        arrived = None if home is None else timedelta(hours=home)
        answer_set_up(patient, procedure=timedelta(hours=hours), home=arrived, zone=zone)
    patient.installation.store.close()
    return folder / "coach.sqlite3"


def size(patient: PatientDesk) -> tuple[int, str]:
    """Return how many entries are recorded and the hash of the last: unchanged when nothing was stored."""
    return patient.installation.history_cache.head(patient.patient)
