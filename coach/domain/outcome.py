"""Outcome: done against due (decisions 4 and 7)."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from coach.domain import dosing, facts, nights, pain
from coach.domain.case import Case
from coach.domain.closures import CLOSING, Closed, closed, closed_at
from coach.domain.day_counts import DayCount
from coach.domain.derived import Sizes, continued, derived_from
from coach.domain.history import SESSION, History, set_end
from coach.domain.protocol import WEEK, Protocol, Routine, RoutineKind
from coach.domain.times import at_local, local_date

SUNDAY = 6  # of date.weekday()


@dataclass(frozen=True, slots=True)
class Adherence:
    """Completed share of the prescribed dose, 0-1, by routine and over all; None = not due.

    `over` counts the days of over-doing by routine, `over_any` the days on which any routine was.
    """

    overall: float | None
    by_routine: Mapping[str, float | None]
    over: Mapping[str, int]
    over_any: int


#: The kinds of fact from which it follows what was done and due on a day.
_READ = (
    *CLOSING, facts.Override, facts.OverrideEnded, facts.Released, facts.ReleaseEnded, facts.Setting,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Day:
    """The counts of a local day, and the red lights before its end."""

    counts: Mapping[str, DayCount]
    reds: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class _Empty:
    """Whether anything was due on a local day without sets, and the red lights before its end."""

    due: bool
    reds: tuple[datetime, ...]


def day(case: Case, on: date, *, now: datetime | None = None) -> Mapping[str, DayCount]:
    """Return done and due of every routine on a local day.

    Due is the largest dose of the day, limited to what gaps allow while it is open, between the
    night's end and the day's. A routine closed for the rest of the day asks for no more than was
    done, and so does one that a person, a symptom or pain closes at `now`, where the day is today.
    """
    counts = _whole_day(case, on).counts
    if now is None or local_date(now, case.history.zone) != on:
        return counts
    return {routine: replace(count, due=_due_at(case, count, now)) for routine, count in counts.items()}


def _due_at(case: Case, count: DayCount, now: datetime) -> int:
    """Return what is still due at an instant of today: nothing if closed, at most the cap."""
    routine = case.protocol.routines[count.routine]
    if count.days > 1:
        return count.due
    if closed_at(closed(case, routine), now):
        return min(count.due, count.done)
    shaped = dosing.dose(case, routine, now)
    return min(count.due, dosing.cap(routine, shaped[0])) if shaped else count.due


@continued(*_READ, by=(*SESSION, facts.Drowsy), start=None)
def _whole_day(case: Case, known: _Day | None, sizes: Sizes, on: date) -> _Day:
    if known and _stays(case, known.reds, sizes, on):
        return known
    counts = {routine.id: _count(case, routine, on) for routine in case.routines}
    return _Day(counts, _reds_before(case, on))


@continued(*_READ, by=(*SESSION, facts.Drowsy), start=None)
def _asks(case: Case, known: _Empty | None, sizes: Sizes, on: date) -> _Empty:
    if known and _stays(case, known.reds, sizes, on):
        return known
    return _Empty(any(_count(case, routine, on).due for routine in case.routines), _reds_before(case, on))


def _stays(case: Case, reds: tuple[datetime, ...], sizes: Sizes, on: date) -> bool:
    """Tell whether a day is as it was before the new entries: all of them, and what they change, come later.

    `reds` are the red lights before its end as they were known.
    """
    ends = _ends(case, on)
    new = (*case.history.new_of(facts.SetDone, sizes), *case.history.new_of(facts.Pain, sizes))
    new += case.history.new_of(facts.Drowsy, sizes)
    return _reds_before(case, on) == reds and all(entry.at > ends and entry.local_date != on for entry in new)


def _reds_before(case: Case, on: date) -> tuple[datetime, ...]:
    reds = pain.reds(case)
    return reds[: bisect_left(reds, _ends(case, on))]


def _ends(case: Case, on: date) -> datetime:
    return at_local(on, time(case.rules.day_ends.whole), case.history.zone)


def _count(case: Case, routine: Routine, on: date) -> DayCount:
    none_due = DayCount(routine.id, on, case.counted_by_day.get((routine.id, on), 0), 0, over=False)
    if routine.kind is RoutineKind.TEST:  # a measure, not a dose
        return none_due
    wanted = _days_a_week(case, routine, on)
    if wanted:
        return _week(case, routine, on, wanted) if on.weekday() == SUNDAY else replace(none_due, weekly=True)
    return _one_day(case, routine, on)


def _days_a_week(case: Case, routine: Routine, on: date) -> int | None:
    """Return on how many days of the week the dose of a day is due; None if every day, or there is none."""
    return dosing.days_a_week(case, routine, _ends(case, on))


def _week(case: Case, routine: Routine, sunday: date, wanted: int) -> DayCount:
    """Return the days done and due of the calendar week that ends on a Sunday.

    A week in which the routine was closed on some days, or due every day, asks for its part of the
    days, rounded down; days on which it was due every day are none of it.
    """
    every = (sunday - timedelta(days=back) for back in range(WEEK))
    week = [each for each in every if _days_a_week(case, routine, each)]
    open_days = sum(_one_day(case, routine, each).due > 0 for each in week)
    done = sum((routine.id, each) in case.counted_by_day for each in week)
    most = case.rules.over_doing_above.value * wanted
    due = wanted * open_days // WEEK
    return DayCount(routine.id, sunday, done, due, done > most, most, days=WEEK, weekly=True)


def _one_day(case: Case, routine: Routine, on: date) -> DayCount:
    done = case.counted_by_day.get((routine.id, on), 0)
    zone = case.history.zone
    starts = at_local(on, nights.as_clock(case.rules.night_ends), zone)
    ends = _ends(case, on)
    windows: list[list[datetime]] = []
    largest, gap, over_above = 0, timedelta(0), math.inf
    stretches = [
        each
        for each in closed(case, routine)
        if each.since < ends and (each.to is None or each.to > starts or each.since > starts)
    ]
    cuts = sorted({starts, *(c for c in _cuts(case, routine, starts, ends, stretches) if starts < c < ends)})
    for begins, finishes in zip(cuts, [*cuts[1:], ends], strict=True):
        shaped = _dose_between(case, routine, begins, stretches)
        if shaped is None:
            continue
        if windows and windows[-1][1] == begins:
            windows[-1][1] = finishes
        else:
            windows.append([begins, finishes])
        wanted, this_gap, this_over = shaped
        if wanted > largest:
            largest, gap, over_above = wanted, this_gap, this_over
    due = min(largest, _room(windows, gap))
    if windows and windows[-1][1] < ends:
        due = min(due, done)
    return DayCount(routine.id, on, done, due, done > over_above, over_above)


def _room(windows: Sequence[Sequence[datetime]], gap: timedelta) -> int:
    """Return how many sets fit into these stretches, each begun as early as possible."""
    if not gap:
        return 0
    sets, free = 0, None
    for begins, ends in windows:
        at = max(begins, free) if free else begins
        if at < ends:
            more = math.ceil((ends - at) / gap)
            sets, free = sets + more, at + more * gap
    return sets


def _dose_between(
    case: Case, routine: Routine, begins: datetime, stretches: Sequence[Closed]
) -> tuple[int, timedelta, float] | None:
    """Return sets due, gap and over-doing limit from an instant; None if closed."""
    known = case.course
    if known is None or known.home is None:
        return None
    # Nothing was due before the course was recorded: nobody could have known of it.
    if begins < max(known.home, known.procedure.at, known.first.recorded_at):
        return None
    if closed_at(stretches, begins):
        return None
    shaped = dosing.dose(case, routine, begins)
    if shaped is None:
        return None
    dose, _ = shaped
    gap = dosing.gap(routine, dose)
    if dose.hourly and routine.hourly_met_at:
        return routine.hourly_met_at.whole, gap, dosing.cap(routine, dose)
    return dose.per_day, gap, case.rules.over_doing_above.value * dose.per_day


def _cuts(
    case: Case, routine: Routine, starts: datetime, ends: datetime, stretches: Sequence[Closed]
) -> Iterator[datetime]:
    if case.course and case.course.home:
        yield case.course.home
        yield case.course.first.recorded_at
        for span in case.course.spans:
            yield span.starts
    for override in case.overrides:
        yield override.fact.begins
        yield case.override_ends(override)
    for each in stretches:
        yield each.since
        if each.to:
            yield each.to
    if earliest := dosing.earliest(case, routine):
        yield earliest
    for release in case.releases:
        yield release.at
        if back := case.release_ends(release):
            yield back
    for instant in (starts, ends):
        _, first_dose_ends = dosing.first_dose_ends(case, routine, instant)
        if first_dose_ends:
            yield first_dose_ends


def dose_sets(protocol: Protocol, count: DayCount) -> float:
    """Return the sets that a day's dose allows; infinite if no dose sets a limit."""
    hourly_cap = protocol.routines[count.routine].hourly_cap
    if hourly_cap is not None and count.most == hourly_cap.whole:
        return count.most
    return count.most / protocol.rules.over_doing_above.value


def passed_at(case: Case, count: DayCount) -> datetime:
    """Return the end of the set that passed a day's dose; of a weekly one, of the first on the day too many."""
    since, routine = count.day - timedelta(days=count.days - 1), case.protocol.routines[count.routine]
    sets = [done for done in case.counted[count.routine] if since <= done.local_date <= count.day]
    if count.days > 1:
        sets = [done for done in sets if _days_a_week(case, routine, done.local_date)]
        sets = list({done.local_date: done for done in reversed(sets)}.values())[::-1]
    return set_end(sets[math.floor(count.most)])


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield every date from first to last, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def adherence(case: Case, days: Iterable[date]) -> Adherence:
    """Return the adherence over some local days; closed routines are neutral."""
    counts = [day(case, on) for on in days]
    names = [routine.id for routine in case.routines]
    by_routine = {name: _mean([c[name].share for c in counts]) for name in names}
    daily = [_mean([count.share for count in c.values()]) for c in counts]
    over = {name: sum(c[name].over for c in counts) for name in names}
    return Adherence(
        _mean(daily), by_routine, over, sum(any(each.over for each in c.values()) for c in counts)
    )


@derived_from(*_READ)
def day_share(case: Case, on: date) -> float | None:
    """Return the completed share of a local day, 0-1; None if nothing was due."""
    if _is_empty(case, on):  # most days ahead: the first routine that is due says it all
        return 0.0 if _asks(case, on).due else None
    return _mean(count.share for count in day(case, on).values())


def _is_empty(case: Case, on: date) -> bool:
    """Tell whether no set counts on a day, and no other day counts on it as one of a week may."""
    return not any(
        (routine.id, on) in case.counted_by_day or dosing.ever_weekly(case, routine)
        for routine in case.routines
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def active_days(history: History) -> int:
    """Return the number of local days with at least one rep; it never resets."""
    return len(_active_days(history))


@continued(by=(facts.SetDone,), start=frozenset())
def _active_days(history: History, known: frozenset[date], sizes: Sizes) -> frozenset[date]:
    new = history.new_of(facts.SetDone, sizes)
    return known | {done.local_date for done in new if done.fact.reps_done > 0}
