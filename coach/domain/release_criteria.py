"""Release criteria: what speaks for releasing an exercise to a patient. They open nothing (decision 23)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from coach.domain import dosing, facts, outcome, pain, red_flags
from coach.domain.case import Case
from coach.domain.protocol import Quantity, Routine, RoutineKind
from coach.domain.times import local_date, start_of_day, utc

DAY = timedelta(days=1)


class Criterion(StrEnum):
    """One kind of criterion, in the order in which they are told."""

    EARLIEST = "earliest"
    PAIN_NOW = "pain_now"
    PAIN_AVERAGE = "pain_average"
    WITHOUT_RED = "without_red"
    WALKED = "walked"


@dataclass(frozen=True, slots=True)
class Found:
    """One criterion of a routine for one patient: whether it holds, and what is known of it.

    `known` is the latest score, the mean of the week's averages (both NRS), or days without a red
    light; None if unknown. `days` are those that the mean has, or days walked in a row. `at` is the
    earliest instant, or when the score was given.
    """

    criterion: Criterion
    holds: bool
    known: float | None = None
    days: int = 0
    at: datetime | None = None


def found(case: Case, routine: Routine, *, now: datetime) -> tuple[Found, ...]:
    """Return every criterion of a routine as it stands at `now`; none if it has none."""
    return tuple(_found(case, routine, utc(now)))


def is_ready(case: Case, routine: Routine, *, now: datetime) -> bool:
    """Tell whether a routine that waits for its release meets every criterion, and has a dose now.

    Never with an open red flag, and never for a routine without criteria.
    """
    now = utc(now)
    if case.is_released(routine, now) or dosing.table_dose(case, routine, now) is None:
        return False
    if red_flags.open_flags(case):
        return False
    each = list(_stopping_early(case, routine, now))
    return bool(each) and all(each)


def turns(case: Case, routine: Routine, *, now: datetime, days: int) -> tuple[datetime, ...]:
    """Return the instants from `now` on at which time alone may change `is_ready`, in order."""
    today = local_date(now, case.history.zone)
    instants = [start_of_day(today + n * DAY, case.history.zone) for n in range(1, days + 1)]
    release = routine.release
    if release and case.course:
        instants += [span.starts for span in case.course.spans]
        if release.earliest:
            instants.append(case.course.procedure.at + release.earliest.span)
        if release.without_red:
            instants.append(_without_red_since(case, now) + release.without_red.span)
    return (now, *sorted({each for each in instants if each > now}))


def _stopping_early(case: Case, routine: Routine, now: datetime) -> Iterator[bool]:
    for each in _found(case, routine, now):
        yield each.holds
        if not each.holds:
            return


def _found(case: Case, routine: Routine, now: datetime) -> Iterator[Found]:
    release = routine.release
    if release is None or case.course is None:
        return
    if release.earliest:
        at = case.course.procedure.at + release.earliest.span
        yield Found(Criterion.EARLIEST, at <= now, at=at)
    if release.pain_now_below:
        yield _pain_now(case, release.pain_now_below, now)
    if release.pain_average_below:
        yield _pain_average(case, release.pain_average_below, now)
    if release.without_red:
        known = now - _without_red_since(case, now)
        yield Found(Criterion.WITHOUT_RED, known >= release.without_red.span, known=known // DAY)
    if release.walked and release.walked_days:
        walked = days_walked(case, routine, release.walked.whole, local_date(now, case.history.zone))
        yield Found(Criterion.WALKED, walked >= release.walked_days.whole, days=walked)


def _pain_now(case: Case, below: Quantity, now: datetime) -> Found:
    """Look at the latest score of this course; one in words, or older than a week, is not known."""
    window = timedelta(days=case.rules.better_window.whole)
    since = max(case.course.procedure.at if case.course else now, now - window)
    scores = (each for each in reversed(case.history.of(facts.Pain)) if pain.is_right_now(each))
    latest = next((each for each in scores if since <= each.at <= now), None)
    score = latest.fact.score if latest else None
    if latest is None or not isinstance(score, int):
        return Found(Criterion.PAIN_NOW, holds=False)
    return Found(Criterion.PAIN_NOW, score < below.value, known=score, at=latest.at)


def _pain_average(case: Case, below: Quantity, now: datetime) -> Found:
    week = outcome.pain_change(case, today=local_date(now, case.history.zone))
    enough = week.days >= case.rules.better_needs.whole
    holds = week.mean is not None and enough and round(week.mean, 9) < below.value
    return Found(Criterion.PAIN_AVERAGE, holds, known=week.mean, days=week.days)


def _without_red_since(case: Case, now: datetime) -> datetime:
    """Return since when there was no red light: the last one, or the procedure's end."""
    since = case.course.procedure.at if case.course else now
    return max([since, *(red for red in pain.reds(case) if red <= now)])


def days_walked(case: Case, routine: Routine, minutes: int, today: date) -> int:
    """Return on how many days in a row, up to today or yesterday, a walk of so many minutes counted."""
    walked = _walked_on(case, routine, minutes)
    on = today if today in walked else today - DAY
    days = 0
    while on in walked:
        days, on = days + 1, on - DAY
    return days


def _walked_on(case: Case, routine: Routine, minutes: int) -> frozenset[date]:
    began = case.course.procedure.at if case.course else None
    walks = (
        each
        for each in case.protocol.routines.values()
        if each.kind is RoutineKind.WALK and each.id != routine.id
    )
    return frozenset(
        done.local_date
        for walk in walks
        for done in case.counted.get(walk.id, ())
        if done.fact.reps_done >= minutes and began is not None and done.at >= began
    )
