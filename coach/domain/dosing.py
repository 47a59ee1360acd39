"""The dose of a routine at an instant, and the steps that shaped it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from coach.domain import facts, pain, red_flags
from coach.domain.case import Case
from coach.domain.course import COURSE
from coach.domain.decisions import FirstDose, Halved, Overridden, Step, lower
from coach.domain.derived import Sizes, continued, derived_from
from coach.domain.history import SESSION, Entry
from coach.domain.protocol import WEEK, Dose, Routine, RoutineKind
from coach.domain.times import local_date, start_of_day


def run_of_sets(case: Case, routine: Routine, at: datetime) -> datetime | None:
    """Return when the present run of counted sets began; None if there is none at that instant.

    A run ends after the protocol's days without the routine, and with a new course.
    """
    sets = runs(case).get(routine.id, ())
    index = bisect_right(sets, at, key=lambda each: each[0]) - 1
    if index < 0:
        return None
    latest, began = sets[index]
    since = case.course.first_dose_since if case.course else None
    anew = since is not None and latest < since <= at
    return None if anew or at - latest >= case.rules.first_dose_again_after.span else began


_Runs = Mapping[str, tuple[tuple[datetime, datetime], ...]]


@continued(*COURSE, by=(facts.SetDone,), start={})
def runs(case: Case, known: _Runs, _sizes: Sizes) -> _Runs:
    """Return the start of each counted set of a routine, and of its run of sets, oldest first."""
    pause = case.rules.first_dose_again_after.span
    since = case.course.first_dose_since if case.course else None
    found: dict[str, tuple[tuple[datetime, datetime], ...]] = {}
    for routine, sets in case.counted.items():
        run = list(known.get(routine, ()))
        for done in sets[len(run) :]:
            at = done.at
            goes_on = run and at - run[-1][0] < pause
            anew = run and since is not None and run[-1][0] < since <= at
            run.append((at, run[-1][1] if goes_on and not anew else at))
        found[routine] = tuple(run)
    return found


def first_dose_ends(
    case: Case, routine: Routine, at: datetime, *, began: datetime | None = None
) -> tuple[bool, datetime | None]:
    """Tell whether the first dose holds at an instant, and until when if that is known.

    `began` stands in for the beginning of the run of sets, as if it went on to that instant.
    """
    if routine.kind is not RoutineKind.SQUEEZE:
        return False, None
    start = began or run_of_sets(case, routine, at)
    if start is None:
        return True, None
    ends = start + case.rules.first_dose_for.span
    ends = max(ends, after_clearing(case, at) or ends)
    return at < ends, ends


def after_clearing(case: Case, at: datetime, *, since_seq: int = 0) -> datetime | None:
    """Return until when a flag cleared after that entry keeps the first dose, or None."""
    lasts = case.rules.first_dose_after_red_flag.span
    ends = (
        c.recorded_at + lasts for c in red_flags.clearings(case) if c.recorded_at <= at and c.seq > since_seq
    )
    return max((end for end in ends if at < end), default=None)


def override_at(case: Case, routine: Routine, at: datetime) -> Entry[facts.Override] | None:
    """Return the override of the routine in force at an instant; the latest one wins."""
    active = [
        o for o in case.overrides if o.fact.routine == routine.id
        and o.fact.begins <= at < case.override_ends(o)
    ]  # fmt: skip
    return max(active, key=lambda entry: entry.seq, default=None)


def table_dose(case: Case, routine: Routine, at: datetime) -> Dose | None:
    """Return the dose of the phase at an instant; None if the phase closes the routine, or it is too early."""
    begins = earliest(case, routine)
    if begins and at < begins:
        return None
    span = case.course.span_at(at) if case.course else None
    written = span.phase.doses.get(routine.id) if span else None
    return written.plain if written else None


def earliest(case: Case, routine: Routine) -> datetime | None:
    """Return before when no phase opens a released routine; None: there is no such time."""
    release = routine.release
    if case.course is None or release is None or release.earliest is None:
        return None
    return case.course.procedure.at + release.earliest.span


def dose(
    case: Case, routine: Routine, at: datetime, *, began: datetime | None = None
) -> tuple[Dose, tuple[Step, ...]] | None:
    """Return the dose at an instant and the steps that shaped it; None if closed or not released.

    `began` stands in for the beginning of the run of sets, as if it went on to that instant.
    """
    if not case.is_released(routine, at):
        return None
    table = table_dose(case, routine, at)
    override = override_at(case, routine, at)
    steps: list[Step] = []
    if override:
        fact = override.fact
        base = Dose(fact.reps, fact.hold_s, fact.per_day, days_per_week=fact.days_per_week)
        steps.append(Overridden(fact.why, case.override_ends(override), override.id))
        until = after_clearing(case, at, since_seq=override.seq)
        if until and routine.kind is RoutineKind.SQUEEZE:
            # An override from before the symptom was given without knowing of it.
            base = lower(base, case.rules.first_dose.plain)
            steps.append(FirstDose(until))
    elif table:
        base = table
        first, until = first_dose_ends(case, routine, at, began=began)
        if first:
            base = lower(base, case.rules.first_dose.plain)
            steps.append(FirstDose(until))
    else:
        return None
    if routine.id in routines_halved(case):
        share = case.rules.amber_reps
        reps = share.share_of((table or base).reps)
        if reps < base.reps:
            base = replace(base, reps=reps)
        steps.append(Halved(exact=share.is_half))
    return lower(base, routine.maximum.plain), tuple(steps)


def easier(case: Case, routine: Routine, dose: Dose, at: datetime) -> Dose:
    """Return "easier today": the nearest earlier phase's smaller dose, at today's frequency."""
    if routine.kind is RoutineKind.TEST:
        return dose
    span = case.course.span_at(at) if case.course else None
    phases = case.protocol.phases
    earlier = phases[: phases.index(span.phase)] if span else ()
    table = table_dose(case, routine, at) or dose
    for phase in reversed(earlier):
        written = phase.doses.get(routine.id)
        if written:
            other = written.plain
            if other.reps < table.reps or other.hold_s < table.hold_s:
                lower_hold = min(dose.hold_s, other.hold_s)
                return replace(dose, reps=min(dose.reps, other.reps), hold_s=lower_hold)
    reps = min(dose.reps, case.rules.easier_reps.share_of(table.reps))  # shares never compound
    if routine.kind not in (RoutineKind.SQUEEZE, RoutineKind.PUMP):
        return replace(dose, reps=reps)  # its seconds are a pace or a minute
    return replace(dose, reps=reps, hold_s=min(dose.hold_s, case.rules.easier_hold.value))


def cap(routine: Routine, dose: Dose) -> int:
    """Return how many sets a day the dose allows."""
    if dose.hourly and routine.hourly_cap:
        return routine.hourly_cap.whole
    return dose.per_day


def gap(routine: Routine, dose: Dose) -> timedelta:
    """Return the least time from the end of a set to the start of the next."""
    if dose.hourly and routine.hourly_gap:
        return routine.hourly_gap.span
    return routine.gap.span


@derived_from(*SESSION)
def routines_halved(case: Case) -> frozenset[str]:
    """Return the routines whose latest session was amber; a test has no smaller dose."""
    lit = pain.lit_sessions(case)
    latest = lit[-1].latest if lit else {}
    return frozenset(
        r.id
        for r in case.protocol.routines.values()
        if r.kind.loads and r.kind is not RoutineKind.TEST and latest.get(r.id) is pain.Light.AMBER
    )


def done_on(case: Case, routine: Routine, at: datetime) -> int:
    """Return how many sets count on the local day of an instant.

    A set belongs to its local day in the zone of then; a change of zone does not free a set that
    began on the present local day.
    """
    today = local_date(at, case.history.zone)
    begins = start_of_day(today, case.history.zone)
    sets = case.counted.get(routine.id, ())
    here = len(sets) - bisect_left(sets, begins, key=lambda done: done.at)
    return max(case.counted_by_day.get((routine.id, today), 0), here)


def days_done(case: Case, routine: Routine, on: date) -> int:
    """Return on how many of the last 7 local days, `on` being the last, a set counts."""
    week = (on - timedelta(days=back) for back in range(WEEK))
    return sum((routine.id, each) in case.counted_by_day for each in week)


def week_so_far(case: Case, routine: Routine, now: datetime) -> tuple[int, int] | None:
    """Return on how many of the last 7 days a dose for some days of the week was done, and on how many it is due.

    None where the dose is one of every day, or there is none.
    """
    due = days_a_week(case, routine, now)
    return (days_done(case, routine, local_date(now, case.history.zone)), due) if due else None


def days_a_week(case: Case, routine: Routine, at: datetime) -> int | None:
    """Return on how many days of the week the dose of an instant is due; None if every day, or there is none."""
    shaped = dose(case, routine, at) if ever_weekly(case, routine) else None
    return shaped[0].days_per_week if shaped and shaped[0].weekly else None


def ever_weekly(case: Case, routine: Routine) -> bool:
    """Tell whether a phase or an override gives the routine on some days of the week only."""
    return routine.id in _ever_weekly(case)


@derived_from(facts.Override, *COURSE)
def _ever_weekly(case: Case) -> frozenset[str]:
    written = (dose for phase in case.protocol.phases for dose in phase.doses.items())
    return frozenset(
        {routine for routine, dose in written if dose.plain.weekly}
        | {each.fact.routine for each in case.overrides if each.fact.days_per_week < WEEK}
    )


def checkpoints(case: Case, routine: Routine) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches [begins, ends) of this course in which a test is due once, in order."""
    if case.course:
        for each in routine.checkpoints:
            begins = case.course.procedure.at + each.opens_after.span
            yield begins, begins + each.offered_for.span


def checkpoint_at(case: Case, routine: Routine, at: datetime) -> tuple[datetime, datetime] | None:
    """Return the stretch in which a test is due at an instant, or None."""
    return next((each for each in checkpoints(case, routine) if each[0] <= at < each[1]), None)


def checkpoint_turns(case: Case, routine: Routine) -> Iterator[datetime]:
    """Yield when each stretch of a test begins and ends."""
    for stretch in checkpoints(case, routine):
        yield from stretch
