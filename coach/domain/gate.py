"""The gate: what is open now, at which dose, until when closed and why (decisions 2 to 17).

It fails closed: missing or contradictory data lock. It decides about starting only; a session that
Start allowed may be finished.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import takewhile

from coach.domain import dosing, facts, pain, red_flags
from coach.domain.case import Case
from coach.domain.decisions import (
    AfterRed,
    Contradictory,
    Decision,
    DoseDone,
    FutureTime,
    Held,
    Locked,
    NeedsClinic,
    NeedsRelease,
    NoProcedure,
    NotHome,
    Open,
    OpenRedFlag,
    Reason,
    Sleepy,
    TooEarly,
    TooMuchPain,
    TooSoon,
    Unanswered,
    WeekDone,
)  # fmt: skip
from coach.domain.history import Entry
from coach.domain.protocol import WEEK, Closes, Routine, RoutineKind
from coach.domain.times import local_date, midnight_after, utc


def decide(case: Case, *, now: datetime) -> Mapping[str, Decision]:
    """Return for each of the patient's routines, in the protocol's order, whether it may start at `now`.

    `now` must be aware. Example: 30 h after the procedure, at home since 2 h after it, static
    glutes are `Open` and transversus setting is `Locked(TooEarly)` opening at 48 h.
    """
    now = utc(now)
    return {routine.id: decide_routine(case, routine, now) for routine in case.routines}


def decide_routine(case: Case, routine: Routine, now: datetime) -> Decision:
    """Return whether one routine may start at `now`."""
    done = dosing.done_on(case, routine, now)
    why = reason(case, routine, now)
    if why is not None:
        opens, decides = opening(case, routine, now)
        return Locked(routine, why, opens, done, decides)
    shaped = dosing.dose(case, routine, now)
    span = case.course.span_at(now) if case.course else None
    if shaped is None or span is None:
        raise AssertionError("an open routine has a dose and a phase")
    dose, steps = shaped
    return Open(routine, dose, dosing.easier(case, routine, dose, now), steps, span.phase, done)


def opens_at(case: Case, routine: Routine, now: datetime) -> datetime | None:
    """Return the first instant after `now` that is open if nothing more is recorded."""
    return opening(case, routine, now)[0]


def opening(case: Case, routine: Routine, now: datetime) -> tuple[datetime | None, Reason | None]:
    """Return the first open instant after `now`, and the last reason that holds before it."""
    last = reason(case, routine, now)
    for instant in sorted({c for c in changes(case, routine, now) if c > now}):
        why = reason(case, routine, instant)
        if why is None:
            return instant, last
        last = why
    return None, last


def changes(case: Case, routine: Routine, now: datetime) -> Iterator[datetime]:
    """Yield every instant at which the passing of time may change the answer, unordered."""
    days = [now]
    for instant in _turns(case, routine, now):
        if instant > now:
            yield instant
            days.append(instant)
    nights = WEEK if dosing.ever_weekly(case, routine) else 2
    for instant in days:
        midnight = instant
        for _night in range(nights):
            midnight = midnight_after(midnight, case.history.zone)
            yield midnight


def _turns(case: Case, routine: Routine, now: datetime) -> Iterator[datetime]:
    rules = case.rules
    if case.course:
        yield case.course.procedure.at
        if case.course.home:
            yield case.course.home
        for span in case.course.spans:
            yield span.starts
    if earliest := dosing.earliest(case, routine):
        yield earliest
    yield from dosing.checkpoint_turns(case, routine)
    for override in case.overrides:
        yield override.fact.begins
        yield case.override_ends(override)
    for limit in case.pain_limits:
        yield limit.at
        yield limit.fact.ends
    for hold in case.holds:
        if hold.fact.until:
            yield hold.fact.until
    drowsy = (asked.at + rules.drowsy_closes_for.span for asked in reversed(case.history.of(facts.Drowsy)))
    yield from takewhile(lambda over: over > now, drowsy)
    red = (red + rules.red_light_closes_for.span for red in reversed(pain.reds(case)))
    yield from takewhile(lambda over: over > now, red)
    yield from (c.recorded_at + rules.first_dose_after_red_flag.span for c in red_flags.clearings(case))
    latest = pain.latest_right_now(case.history)
    if latest:
        yield latest.at + rules.pain_closes_for.span
    last = case.last_ends.get(routine.id)
    if last:
        yield last + routine.gap.span
        if routine.hourly_gap:
            yield last + routine.hourly_gap.span
    _, ends = dosing.first_dose_ends(case, routine, now)
    if ends:
        yield ends
    run = dosing.runs(case).get(routine.id)
    if run:
        yield run[-1][0] + rules.first_dose_again_after.span


def reason(case: Case, routine: Routine, at: datetime) -> Reason | None:
    """Return the first reason, in decision 6's order, why the routine is closed, or None."""
    loads = routine.kind.loads
    return (
        _times(case, at)
        or _people(case, routine, at, loads=loads)
        or _home(case, at)
        or _drowsy(case, at)
        or (_pain(case, at) if loads else None)
        or (None if case.is_released(routine, at) else NeedsRelease())
        or _phase(case, routine, at)
        or _counts(case, routine, at)
    )


def _times(case: Case, at: datetime) -> Reason | None:
    if case.course is None:
        return NoProcedure()
    end = case.course.procedure.at
    home = case.course.home
    if end > at:
        return FutureTime(end)
    if home and case.course.contradictory:
        return Contradictory(end, home)
    if home and home > at and not case.course.home_assumed:
        return FutureTime(home)
    return None


def _people(case: Case, routine: Routine, at: datetime, *, loads: bool) -> Reason | None:
    for flag in red_flags.open_flags(case):
        return OpenRedFlag(flag.fact.flag, flag.id, flag.at)
    for hold in case.holds:
        until = hold.fact.until
        mine = hold.fact.routine in (None, routine.id)
        if mine and (until is None or at < until):
            return Held(hold.fact.why, until, hold.at, hold.id)
    for question, reply in case.asked:
        if question.closes is Closes.ALL or loads:
            return NeedsClinic(question) if reply else Unanswered(question)
    return None


def _home(case: Case, at: datetime) -> Reason | None:
    if case.course is None or case.course.home is None:
        return NotHome(None)
    return NotHome(case.course.home) if case.course.home > at else None


def _drowsy(case: Case, at: datetime) -> Reason | None:
    span = case.rules.drowsy_closes_for.span
    for answer in reversed(case.history.of(facts.Drowsy)):
        if answer.at + span <= at:
            return None
        if answer.fact.yes and answer.at <= at < answer.at + span:
            return Sleepy(answer.at + span)
    return None


def _pain(case: Case, at: datetime) -> Reason | None:
    closed = case.rules.red_light_closes_for.span
    for red in reversed(pain.reds(case)):
        if red + closed <= at:
            break
        if red <= at < red + closed:
            return AfterRed(red + closed)
    latest: Entry[facts.Pain] | None = pain.latest_right_now(case.history)
    if latest and latest.fact.score is not None:
        until = latest.at + case.rules.pain_closes_for.span
        if at < until and pain.is_high_at(case, latest.fact.score, at):
            return TooMuchPain(latest.fact.score, until)
    return None


def _phase(case: Case, routine: Routine, at: datetime) -> Reason | None:
    known = case.course is not None and case.course.span_at(at) is not None
    if known and (dosing.table_dose(case, routine, at) or dosing.override_at(case, routine, at)):
        return None
    earliest = dosing.earliest(case, routine)
    for span in case.course.spans if case.course else ():
        opens = max(span.starts, earliest) if earliest else span.starts
        if opens > at and routine.id in span.phase.doses and (span.ends is None or opens < span.ends):
            return TooEarly(span.phase if opens == span.starts else None, opens)
    return TooEarly(None, None)


def _counts(case: Case, routine: Routine, at: datetime) -> Reason | None:
    shaped = dosing.dose(case, routine, at)
    if shaped is None:
        return TooEarly(None, None)
    dose, _ = shaped
    if routine.kind is RoutineKind.TEST and (why := _checkpoint(case, routine, at)):
        return why
    done, cap = dosing.done_on(case, routine, at), dosing.cap(routine, dose)
    if dose.weekly and not done:
        days = dosing.days_done(case, routine, local_date(at, case.history.zone))
        if days >= dose.days_per_week:
            return WeekDone(days, dose.days_per_week)
    if done >= cap:
        return DoseDone(done, cap)
    last = case.last_ends.get(routine.id)
    if last and at < last + dosing.gap(routine, dose):
        return TooSoon(last + dosing.gap(routine, dose))
    return None


def _checkpoint(case: Case, routine: Routine, at: datetime) -> Reason | None:
    """Return why a test is not due: its time has not come, or it is done."""
    stretch = dosing.checkpoint_at(case, routine, at)
    if stretch is None:
        after = (start for start, _ends in dosing.checkpoints(case, routine) if start > at)
        return TooEarly(None, next(after, None))
    done = sum(stretch[0] <= each.at < stretch[1] for each in case.counted.get(routine.id, ()))
    return DoseDone(done, 1) if done else None
