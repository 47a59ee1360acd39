"""Climbing pain: what a patient's pain over several days says that no single session does (decisions 14 and 15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from coach.domain import outcome, pain
from coach.domain.case import Case
from coach.domain.facts import PAIN_OF_A_DAY, Pain, PainWord
from coach.domain.history import Entry, History
from coach.domain.protocol import Protocol

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HighRun:
    """Days in a row with high pain, enough of them to call the clinic: from `at`, the last of them `last`."""

    first: date
    last: date
    at: datetime

    @property
    def days(self) -> int:
        """How many days it lasted."""
        return (self.last - self.first).days + 1


def high_runs(case: Case, *, since: datetime) -> Iterator[HighRun]:
    """Yield every run of days on which the patient's own Today says: call your clinic."""
    days = pain.high_days(case, since=since)
    wanted = case.protocol.rules.high_pain_days.whole
    for first in days:
        if first - DAY in days:
            continue
        last = first
        while last + DAY in days:
            last += DAY
        if (last - first).days + 1 >= wanted:
            yield HighRun(first, last, days[first + (wanted - 1) * DAY])


@dataclass(frozen=True, slots=True)
class Rising:
    """On a day the usual pain (NRS) is well above the lowest usual pain of the days before."""

    day: date
    usual: float
    lowest: float
    over: int


def rising(protocol: Protocol, days: Mapping[date, float], day: date) -> Rising | None:
    """Tell of a day with a number whether pain has risen slowly up to it; None where it has not.

    The usual pain is the median of a few days' numbers in a row, so that no single bad day makes it. `days` has
    one number for each local day.
    """
    rules = protocol.rules
    first = day - (rules.rising_over.whole - 1) * DAY
    known = [(each, days[each]) for each in sorted(days) if first <= each <= day]
    needed = rules.rising_needs.whole
    usual = [
        (known[n + needed - 1][0], median(score for _day, score in known[n : n + needed]))
        for n in range(len(known) - needed + 1)
    ]
    if len(usual) < 2 or known[-1][0] != day:
        return None
    now, (lowest_day, lowest) = usual[-1][1], min(usual, key=lambda each: (each[1], -each[0].toordinal()))
    if round(now - lowest, 9) < rules.rising_by.value:
        return None
    return Rising(day, now, lowest, (day - lowest_day).days)


def latest(history: History) -> Entry[Pain] | None:
    """Return the latest known score, right now or of 24 hours, or None."""
    scored = [
        each for each in history.of(Pain) if each.fact.when in PAIN_OF_A_DAY and each.fact.score is not None
    ]
    return scored[-1] if scored else None


def as_number(protocol: Protocol, score: object) -> float:
    """Return a score as a number to sort by, and for nothing else: a word is on no scale of numbers."""
    if isinstance(score, PainWord):
        high = pain.is_high(protocol, score)
        return (10.0 if score is PainWord.WORST else protocol.rules.pain_limit.value) if high else 0.0
    return float(score) if isinstance(score, int) else 0.0


def worse(protocol: Protocol, change: outcome.PainChange) -> bool:
    """Tell whether Progress says of a change that pain is worse than before the procedure."""
    return change.worse and change.days >= protocol.rules.better_needs.whole
