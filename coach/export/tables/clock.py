"""The time columns of an entry, and the course that it belongs to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from coach.domain import facts
from coach.domain.course import first_of_chain, procedures
from coach.domain.history import Entry
from coach.domain.patient_record import PatientRecord
from coach.domain.times import local
from coach.export.tables.table import Row


@dataclass(frozen=True, slots=True)
class EntryClock:
    """Returns the time columns of an entry: see `WHEN`."""

    procedures: tuple[datetime, ...]
    courses: tuple[datetime, ...]
    begun: tuple[int, ...]

    @classmethod
    def of(cls, patient_record: PatientRecord) -> EntryClock:
        """Return the clock of a record."""
        history = patient_record.history
        known = procedures(history)
        return cls(
            tuple(entry.at for entry in history.of(facts.Procedure)),
            tuple(entry.at for entry in known),
            tuple(first_of_chain(history, entry).seq for entry in known),
        )

    def when(self, entry: Entry[Any], at: datetime | None = None) -> Row:
        """Return the time columns of an entry, or of another instant of it."""
        at = at or entry.at
        return (at, _local(at, entry.zone), entry.zone, entry.local_date, self.since(at))

    def before_all(self, entry: Entry[Any]) -> Row:
        """Return the time columns of an entry about the days before the procedure.

        The entry was recorded after the procedure, so it has no hours since it.
        """
        return (*self.when(entry)[:-1], None)

    def course_at(self, at: datetime) -> int:
        """Return the number of the course at an instant."""
        return max((number for number, began in enumerate(self.courses, 1) if began <= at), default=0)

    def course_told(self, seq: int) -> int:
        """Return the number of the course in which an entry was recorded.

        An answer recorded before the first procedure belongs to the first course.
        """
        return max(bisect_left(self.begun, seq), 1)

    def since(self, at: datetime) -> float | None:
        """Return the hours since the latest procedure before an instant, or None."""
        before = bisect_right(self.procedures, at)
        return round((at - self.procedures[before - 1]) / timedelta(hours=1), 4) if before else None


def _local(at: datetime, zone: str) -> str:
    return local(at, zone).isoformat(timespec="seconds")
