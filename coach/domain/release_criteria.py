"""Release criteria: what speaks for releasing an exercise to a patient. They open nothing (decision 24)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from coach.domain import dosing, facts, pain, pain_change, red_flags
from coach.domain.case import Case
from coach.domain.history import by_clinician
from coach.domain.protocol import Quantity, Release, Routine, RoutineKind
from coach.domain.times import BEGINNING, FOREVER, local_date, start_of_day, utc

DAY = timedelta(days=1)


class Criterion(StrEnum):
    """One kind of criterion, in the order in which they are told."""

    EARLIEST = "earliest"
    PAIN_NOW = "pain_now"
    PAIN_AVERAGE = "pain_average"
    WITHOUT_RED = "without_red"
    WALKED = "walked"


@dataclass(frozen=True, slots=True)
class CriterionFound:
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


def found(case: Case, routine: Routine, *, now: datetime) -> tuple[CriterionFound, ...]:
    """Return every criterion of a routine as it stands at `now`; none if it has none."""
    return tuple(_found(case, routine, utc(now)))


def is_ready(case: Case, routine: Routine, *, now: datetime) -> bool:
    """Tell whether a routine that waits for its release meets every criterion, and has a dose now.

    Never with an open red flag, and never for a routine of which time alone is asked, or nothing.
    """
    if not _may_be_ready(case, routine):
        return False
    now = utc(now)
    if dosing.table_dose(case, routine, now) is None or case.is_released(routine, now):
        return False
    met = list(_stopping_early(case, routine, now))
    return bool(met) and all(met)


def _may_be_ready(case: Case, routine: Routine) -> bool:
    """Tell whether a routine may be ready at any time, if nothing more is recorded."""
    return (
        routine.release is not None and _asks_of_patient(routine.release) and not red_flags.open_flags(case)
    )


def _asks_of_patient(release: Release) -> bool:
    return any((release.pain_now_below, release.pain_average_below, release.without_red, release.walked))


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


def ready(case: Case, routine: Routine, *, now: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Yield when a routine is ready over some days from `now` on, if nothing more is recorded.

    What is ready now is so from the first of the midnights in a row at which it was.
    """
    if not _may_be_ready(case, routine):
        return
    begun: datetime | None = None
    for turn in turns(case, routine, now=now, days=days):
        holds = is_ready(case, routine, now=turn)
        if holds and begun is None:
            begun = _ready_since(case, routine, now, days) if turn == now else turn
        elif begun is not None and not holds:
            yield begun, turn
            begun = None
    if begun is not None:
        yield begun, FOREVER


def _ready_since(case: Case, routine: Routine, now: datetime, days: int) -> datetime:
    since, today = now, local_date(now, case.history.zone)
    for back in range(days):
        midnight = start_of_day(today - back * DAY, case.history.zone)
        if not is_ready(case, routine, now=midnight):
            break
        since = midnight
    return since


def decided_against(case: Case, routine: Routine, key: str) -> bool:
    """Tell whether a physiotherapist saw that it is ready, or took it away, and no red light came since.

    `key` is the need's, which "seen" names.
    """
    began = case.course.first.seq if case.course else 0
    last_red = max(pain.reds(case), default=BEGINNING)
    taken = {each.id for each in case.releases if each.fact.routine == routine.id}
    return any(
        by_clinician(entry)
        and entry.seq > began
        and entry.recorded_at >= last_red
        and entry.id not in case.history.voided
        and (
            entry.fact.entry in taken
            if isinstance(entry.fact, facts.ReleaseEnded)
            else isinstance(entry.fact, facts.Seen) and key in entry.fact.needs
        )
        for entry in case.history.told(facts.Seen, facts.ReleaseEnded)
    )


def _stopping_early(case: Case, routine: Routine, now: datetime) -> Iterator[bool]:
    for each in _found(case, routine, now):
        yield each.holds
        if not each.holds:
            return


def _found(case: Case, routine: Routine, now: datetime) -> Iterator[CriterionFound]:
    release = routine.release
    if release is None or case.course is None:
        return
    if release.earliest:
        at = case.course.procedure.at + release.earliest.span
        yield CriterionFound(Criterion.EARLIEST, at <= now, at=at)
    if release.pain_now_below:
        yield _pain_now(case, release.pain_now_below, now)
    if release.pain_average_below:
        yield _pain_average(case, release.pain_average_below, now)
    if release.without_red:
        known = now - _without_red_since(case, now)
        yield CriterionFound(Criterion.WITHOUT_RED, known >= release.without_red.span, known=known // DAY)
    if release.walked and release.walked_days:
        walked = days_walked(case, routine, release.walked.whole, local_date(now, case.history.zone))
        yield CriterionFound(Criterion.WALKED, walked >= release.walked_days.whole, days=walked)


def _pain_now(case: Case, below: Quantity, now: datetime) -> CriterionFound:
    """Look at the latest score of this course; one in words, or older than a week, is not known."""
    window = timedelta(days=case.rules.better_window.whole)
    since = max(case.course.procedure.at if case.course else now, now - window)
    scores = (each for each in reversed(case.history.of(facts.Pain)) if pain.is_right_now(each))
    latest = next((each for each in scores if since <= each.at <= now), None)
    score = latest.fact.score if latest else None
    if latest is None or not isinstance(score, int):
        return CriterionFound(Criterion.PAIN_NOW, holds=False)
    return CriterionFound(Criterion.PAIN_NOW, score < below.value, known=score, at=latest.at)


def _pain_average(case: Case, below: Quantity, now: datetime) -> CriterionFound:
    week = pain_change.pain_change(case, today=local_date(now, case.history.zone))
    enough = week.days >= case.rules.better_needs.whole
    holds = week.mean is not None and enough and round(week.mean, 9) < below.value
    return CriterionFound(Criterion.PAIN_AVERAGE, holds, known=week.mean, days=week.days)


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
