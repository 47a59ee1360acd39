"""What comes next for a patient by the gate's answers: proposed times, and what a phase opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from coach.domain import gate, nights
from coach.domain.case import Case
from coach.domain.course import PhaseSpan
from coach.domain.day_counts import DayCount
from coach.domain.decisions import Decision, DoseDone, Open, Reason, TooSoon
from coach.domain.protocol import Routine, RoutineKind
from coach.domain.times import utc


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a routine opens in a phase: from `at` on, or closed throughout for `why`.

    Exactly one of the two is not None.
    """

    at: datetime | None
    why: Reason | None


def next_proposed(case: Case, routine: Routine, now: datetime) -> datetime | None:
    """Return the first open instant from `now` on outside the night, if nothing is recorded."""
    night = nights.of(case)
    turns = {now, *(turn for turn in gate.changes(case, routine, now) if turn > now)}
    turns |= {night.over(turn) for turn in turns if night.holds(turn)}
    fitting = (turn for turn in sorted(turns) if not night.holds(turn))
    return next((turn for turn in fitting if gate.reason(case, routine, turn) is None), None)


def proposed(case: Case, *, now: datetime) -> Mapping[str, datetime | None]:
    """Return when each routine is proposed next; None if a person must act first."""
    now = utc(now)
    return {routine.id: next_proposed(case, routine, now) for routine in case.routines}


def still_due(answers: Mapping[str, Decision], counts: Mapping[str, DayCount]) -> tuple[Open, ...]:
    """Return the open routines that today still asks for.

    A test, and an exercise for some days of the week, is asked for on each day on which it is open.
    """
    return tuple(
        each
        for name, each in answers.items()
        if isinstance(each, Open)
        and (
            each.dose.weekly or each.routine.kind is RoutineKind.TEST or counts[name].done < counts[name].due
        )
    )


def opening(case: Case, routine: Routine, span: PhaseSpan, now: datetime) -> Opening:
    """Return whether a routine opens in a present or future phase, if nothing more is recorded.

    The day's dose and the gap between two sets are ignored: they pass within the phase.
    """
    begins = max(span.starts, now)
    why = gate.reason(case, routine, begins)
    if why is None or isinstance(why, DoseDone | TooSoon):
        return Opening(begins, None)
    opens, stays = gate.opening(case, routine, begins)
    if opens and (span.ends is None or opens < span.ends):
        return Opening(opens, None)
    return Opening(None, stays or why)


def openings(case: Case, span: PhaseSpan, *, now: datetime) -> Mapping[str, Opening]:
    """Return whether each routine opens in a phase, by id; empty for a past phase."""
    now = utc(now)
    if span.ends is not None and span.ends <= now:
        return {}
    return {each.id: opening(case, each, span, now) for each in case.routines if each.id in span.phase.doses}
