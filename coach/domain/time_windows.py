"""What somebody knows of a past time: a part of the day, an hour, the day alone, or nothing.

Each is a window of local time. Rules count from its end, the latest that it can have been, which is
never later than now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum


class DayPart(StrEnum):
    """A part of the day, as people speak of it."""

    NIGHT = "night"
    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"


# The hour in which a part begins, and the hour before which it ends.
HOURS = {
    DayPart.NIGHT: (0, 5),
    DayPart.MORNING: (5, 12),
    DayPart.NOON: (11, 13),
    DayPart.AFTERNOON: (12, 18),
    DayPart.EVENING: (18, 24),
}
LAST_MINUTE = time(23, 59)
QUARTERS = (0, 15, 30, 45)


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A stretch of local time in which something was; both ends may have been it."""

    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Bounds:
    """From when to when a past time can lie: local times."""

    first: datetime
    now: datetime

    def window(self, begins: datetime, ends: datetime) -> TimeWindow | None:
        """Return what of a stretch is possible, or None."""
        earliest, latest = max(begins, self.first), min(ends, self.now)
        return TimeWindow(earliest, latest) if earliest <= latest else None

    def part(self, day: date, part: DayPart) -> TimeWindow | None:
        """Return the window of a part of a day, or None where it cannot have been then."""
        begins, ends = HOURS[part]
        return self.window(_at(day, begins), _at(day, ends))

    def hour(self, day: date, hour: int) -> TimeWindow | None:
        """Return the window of an hour of a day, or None where it cannot have been then."""
        return self.window(_at(day, hour), _at(day, hour + 1))

    def day(self, day: date) -> TimeWindow | None:
        """Return the window of a whole day, or None where it cannot have been then."""
        return self.window(_at(day, 0), _at(day, 24))

    def anything(self) -> TimeWindow:
        """Return all that is possible."""
        return TimeWindow(self.first, self.now)

    def hours(self, day: date) -> Iterator[int]:
        """Yield the hours of a day in which it can have been."""
        for hour in range(24):
            # An hour's end is the next hour's beginning, and belongs to that.
            if _at(day, hour) <= self.now and self.first < _at(day, hour) + timedelta(hours=1):
                yield hour

    def quarters(self, day: date, hour: int) -> Iterator[datetime]:
        """Yield the quarters of an hour at which it can have been."""
        for minute in QUARTERS:
            at = datetime.combine(day, time(hour, minute))
            if self.first <= at <= self.now:
                yield at


def _at(day: date, hour: int) -> datetime:
    """Return a full hour of a day; its end is the last minute, which still belongs to it."""
    return datetime.combine(day, time(hour) if hour < 24 else LAST_MINUTE)
