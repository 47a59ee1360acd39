"""What was done and due on a day: in sets, or in days for an exercise of some days of the week.

A week's days are never added to a day's sets: what sums counts says by `sets` and `week_days` of which.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DayCount:
    """One routine on one local day: sets done, sets due (0 = not due) and the share of it.

    More than `most` sets are `over`; it is infinite if no dose sets a limit. Of an exercise for some
    days of the week, `weekly`, nothing is due but on the last day of the week; there `done` and `due`
    count days, of `days` calendar days.
    """

    routine: str
    day: date
    done: int
    due: int
    over: bool
    most: float = math.inf
    days: int = 1
    weekly: bool = False

    @property
    def share(self) -> float | None:
        """Done of due, 0-1; None when nothing was due."""
        return min(1.0, self.done / self.due) if self.due else None


class Counted(Protocol):
    """Done and due of one routine, on a day or on the days of a week."""

    @property
    def done(self) -> int:
        """Sets done, or days on which it was done."""

    @property
    def due(self) -> int:
        """Sets due, or days due; 0 where nothing was due."""

    @property
    def days(self) -> int:
        """1; or more where done and due count days, of so many."""


def sets(counts: Iterable[Counted]) -> tuple[int, int]:
    """Return the sets done, at most those due, and the sets due; days of a week are no sets."""
    return _sums(each for each in counts if each.days == 1)


def week_days(counts: Iterable[Counted]) -> tuple[int, int]:
    """Return on how many days what is for some days of the week was done, at most those due, and the days due."""
    return _sums(each for each in counts if each.days > 1)


def _sums(counts: Iterable[Counted]) -> tuple[int, int]:
    pairs = [(min(each.done, each.due), each.due) for each in counts]
    return sum(done for done, _due in pairs), sum(due for _done, due in pairs)
