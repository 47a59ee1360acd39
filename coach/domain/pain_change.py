"""How pain changed: the mean of a week against the pain before the procedure (decision 15)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from coach.domain import facts, pain
from coach.domain.case import Case
from coach.domain.course import COURSE
from coach.domain.derived import Sizes, continued, derived_from
from coach.domain.history import History
from coach.domain.outcome import days_between


class Verdict(StrEnum):
    """How a week's pain compares with that before the procedure: the same for every reader."""

    CLEARLY_BETTER = "clearly_better"
    LITTLE_BETTER = "little_better"
    SAME = "same"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class PainChange:
    """The 7-day mean of the 24-hour average against the baseline, in NRS points.

    `baseline` or `mean` is None if unknown; then there is no change.
    """

    baseline: int | None
    mean: float | None
    days: int
    clearly_better: bool

    @property
    def fall(self) -> float | None:
        """Points by which pain fell; negative if it rose."""
        if self.baseline is None or self.mean is None:
            return None
        return self.baseline - self.mean

    @property
    def verdict(self) -> Verdict | None:
        """The verdict; a mean that rounds to the baseline in whole points is "the same"."""
        if self.baseline is None or self.mean is None:
            return None
        if self.clearly_better:
            return Verdict.CLEARLY_BETTER
        if math.floor(self.mean + 0.5) == self.baseline:
            return Verdict.SAME
        return Verdict.LITTLE_BETTER if self.mean < self.baseline else Verdict.WORSE

    @property
    def worse(self) -> bool:
        """Whether the verdict is "worse"."""
        return self.verdict is Verdict.WORSE


def daily_averages(history: History, *, since: datetime | None = None) -> Mapping[date, float]:
    """Return the 24-hour average of each local day that has one, in NRS points; zero counts.

    Scores recorded before `since` are left out; None leaves out nothing.
    """
    return _daily_averages(history, since)


@continued(by=(facts.Pain,), start={})
def _daily_averages(
    history: History, known: Mapping[date, float], sizes: Sizes, since: datetime | None
) -> Mapping[date, float]:
    found = dict(known)
    for day in {entry.local_date for entry in history.new_of(facts.Pain, sizes)}:
        scores = [
            told.fact.score
            for told in pain.by_day(history)[day]
            if told.fact.when is facts.PainWhen.AVERAGE_24H
            and isinstance(told.fact.score, int)
            and (since is None or told.at >= since)
        ]
        if scores:
            found[day] = sum(scores) / len(scores)
    return dict(sorted(found.items()))


def averages_since_procedure(case: Case) -> Mapping[date, float]:
    """Return the daily averages recorded since the procedure of the present course."""
    known = case.course
    return daily_averages(case.history, since=known.procedure.at if known else None)


@derived_from(facts.Pain, *COURSE)
def pain_before(case: Case) -> int | None:
    """Return the latest score of the pain before the present course's procedure (NRS); None if unknown."""
    since = case.course.told_since if case.course else 0
    scores = (
        told
        for told in case.history.of(facts.Pain)
        if told.fact.when is facts.PainWhen.BASELINE and told.seq > since
    )
    latest = max(scores, key=lambda told: told.seq, default=None)
    return latest.fact.score if latest and isinstance(latest.fact.score, int) else None


def pain_change(case: Case, *, today: date) -> PainChange:
    """Return how the mean of the last 7 days compares with the pain before the procedure.

    Scores recorded before that procedure are ignored.
    """
    return _pain_change(case, today)


@derived_from(facts.Pain, *COURSE)
def _pain_change(case: Case, today: date) -> PainChange:
    rules, baseline = case.protocol.rules, pain_before(case)
    averages = averages_since_procedure(case)
    days = days_between(today - timedelta(days=rules.better_window.whole - 1), today)
    window = [averages[on] for on in days if on in averages]
    mean = sum(window) / len(window) if window else None
    better = False
    if baseline and mean is not None:
        # Rounded, because 7 - 4.9 is not exactly 2.1 in floating point
        fall = round(baseline - mean, 9)
        percent = round(100 * fall / baseline, 9)
        better = fall >= rules.better_points.value and percent >= rules.better_percent.value
    return PainChange(baseline, mean, len(window), better)
