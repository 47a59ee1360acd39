"""Climbing pain: a rise over several days that no single session shows (decisions 14 and 15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean, median

from coach.domain import pain, pain_change
from coach.domain.case import Case
from coach.domain.derived import Sizes, continued
from coach.domain.facts import PAIN_OF_A_DAY, RIGHT_NOW, Pain, PainWord
from coach.domain.history import Entry, History
from coach.domain.protocol import Protocol

DAY = timedelta(days=1)


@continued(by=(Pain,), start={})
def daily_pain(history: History, known: Mapping[date, float], sizes: Sizes) -> Mapping[date, float]:
    """Return one number (NRS) a local day: its 24-hour average, else the mean of right-now scores.

    Zero is a score; plain words are none of these numbers.
    """
    averages, found = pain_change.daily_averages(history), dict(known)
    for day in {entry.local_date for entry in history.new_of(Pain, sizes)}:
        told = [entry.fact for entry in pain.by_day(history)[day]]
        scores = [each.score for each in told if each.when in RIGHT_NOW and isinstance(each.score, int)]
        if scores or day in averages:
            found[day] = averages[day] if day in averages else fmean(scores)
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class HighRun:
    """Days in a row with high pain, enough to call the clinic: from `at` to `last`."""

    first: date
    last: date
    at: datetime

    @property
    def days(self) -> int:
        """How many days it lasted."""
        return (self.last - self.first).days + 1


def high_runs(case: Case, *, since: datetime) -> Iterator[HighRun]:
    """Yield every run of days on which Today says "Call your clinic"."""
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
class Rise:
    """A local day with scores (NRS) well above the usual: instant of the first, and the highest."""

    day: date
    at: datetime
    score: int
    usual: float


def rises(case: Case, *, since: date) -> tuple[Rise, ...]:
    """Return the days from `since` on with a score, now or of 24 hours, well above those before.

    The usual is the median of one number a day (`daily_pain`), so that a day with many scores
    weighs no more than another; days without a number are left out, and where none has one nothing
    is said.
    """
    days, rules = daily_pain(case.history), case.rules
    found = []
    for day in sorted(day for day in pain.by_day(case.history) if day >= since):
        told = [(each.at, each.fact) for each in pain.by_day(case.history)[day]]
        given = [
            (at, fact.score)
            for at, fact in told
            if fact.when in PAIN_OF_A_DAY and isinstance(fact.score, int)
        ]
        earlier = (day - n * DAY for n in range(1, rules.pain_up_over.whole + 1))
        before = [days[each] for each in earlier if each in days]
        if not before:
            continue
        usual = median(before)
        higher = [(at, score) for at, score in given if round(score - usual, 9) >= rules.pain_up_by.value]
        if higher:
            found.append(Rise(day, min(at for at, _ in higher), max(score for _, score in higher), usual))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Rising:
    """A day whose usual pain (NRS) is well above the lowest usual pain of the days before."""

    day: date
    usual: float
    lowest: float
    over: int


def rising(protocol: Protocol, days: Mapping[date, float], day: date) -> Rising | None:
    """Return the slow rise of pain up to a day with a score, or None.

    The usual pain is the median of a few successive days' numbers, so that a single bad day does
    not count. `days` has one number for each local day.
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
    scored = (
        each
        for each in reversed(history.of(Pain))
        if each.fact.when in PAIN_OF_A_DAY and each.fact.score is not None
    )
    return next(scored, None)


def as_number(protocol: Protocol, score: object) -> float:
    """Return a score as a number for sorting only: plain words are on no scale of numbers."""
    if isinstance(score, PainWord):
        high = pain.is_high(protocol, score)
        return (10.0 if score is PainWord.WORST else protocol.rules.pain_limit.value) if high else 0.0
    return float(score) if isinstance(score, int) else 0.0


def worse(protocol: Protocol, change: pain_change.PainChange) -> bool:
    """Tell whether Progress calls a change worse than before the procedure."""
    return change.worse and change.days >= protocol.rules.better_needs.whole
