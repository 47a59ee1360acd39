"""The gate's timeline: when each routine was open or closed in this course, and what closed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from coach.domain import closures, dosing
from coach.domain.case import Case
from coach.domain.closures import Closed, ClosedBy
from coach.domain.history import Entry
from coach.domain.protocol import Routine


class RoutineState(StrEnum):
    """The state of a routine: open by the protocol or by a physiotherapist, or what closed it."""

    OPEN = "open"
    DOSED = "dosed"
    OPENED = "opened"
    PHASE = "phase"
    NOT_HOME = "not_home"
    RELEASE = "release"
    FLAG = "flag"
    HOLD = "hold"
    ANSWER = "answer"
    SLEEPY = "sleepy"
    RED_LIGHT = "red_light"
    PAIN = "pain"


STATE_OF = {
    ClosedBy.FLAG: RoutineState.FLAG,
    ClosedBy.HOLD: RoutineState.HOLD,
    ClosedBy.ANSWER: RoutineState.ANSWER,
    ClosedBy.SLEEPY: RoutineState.SLEEPY,
    ClosedBy.RED_LIGHT: RoutineState.RED_LIGHT,
    ClosedBy.PAIN: RoutineState.PAIN,
}
BEFORE_HOME = (ClosedBy.FLAG, ClosedBy.HOLD, ClosedBy.ANSWER)
AFTER_HOME = (ClosedBy.SLEEPY, ClosedBy.RED_LIGHT, ClosedBy.PAIN)


@dataclass(frozen=True, slots=True)
class RoutineStretch:
    """One routine over [starts, ends): its state, and the entry that caused it, if any."""

    routine: str
    starts: datetime
    ends: datetime
    state: RoutineState
    entry: Entry[object] | None = None


def stretches(case: Case, *, until: datetime) -> tuple[RoutineStretch, ...]:
    """Return the states of each routine from the procedure's end to an instant.

    A day's done dose and the gap between two sets are ignored. Empty without a course.
    """
    if case.course is None or case.course.procedure.at >= until:
        return ()
    return tuple(stretch for routine in case.routines for stretch in _merged(_pieces(case, routine, until)))


def _pieces(case: Case, routine: Routine, until: datetime) -> Iterator[RoutineStretch]:
    known = case.course
    if known is None:
        return
    starts = known.procedure.at
    closed = closures.closed(case, routine)
    turns = {known.home} | {span.starts for span in known.spans}
    turns |= {instant for each in closed for instant in (each.since, each.to)}
    turns |= {instant for each in case.releases for instant in (each.at, case.release_ends(each))}
    turns |= {instant for each in case.overrides for instant in (each.fact.begins, case.override_ends(each))}
    cuts = [starts, *sorted(turn for turn in turns if turn and starts < turn < until), until]
    for begins, ends in pairwise(cuts):
        state, entry = _state(case, routine, closed, begins)
        yield RoutineStretch(routine.id, begins, ends, state, entry)


def _state(
    case: Case, routine: Routine, closed: tuple[Closed, ...], at: datetime
) -> tuple[RoutineState, Entry[object] | None]:
    """Return the first reason in the gate's order, or the kind of open."""
    holding = {
        each.cause: each
        for each in reversed(closed)
        if each.since <= at and (each.to is None or at < each.to)
    }
    for cause in BEFORE_HOME:
        if cause in holding:
            return STATE_OF[cause], holding[cause].entry
    if case.course is None or case.course.home is None or at < case.course.home:
        return RoutineState.NOT_HOME, None
    for cause in AFTER_HOME:
        if cause in holding:
            return STATE_OF[cause], holding[cause].entry
    if not case.is_released(routine, at):
        return RoutineState.RELEASE, None
    by_protocol = dosing.table_dose(case, routine, at) is not None
    override = dosing.override_at(case, routine, at)
    if override:
        return (RoutineState.DOSED if by_protocol else RoutineState.OPENED), override
    return (RoutineState.OPEN if by_protocol else RoutineState.PHASE), None


def _merged(pieces: Iterator[RoutineStretch]) -> list[RoutineStretch]:
    """Join neighbours with the same state and cause."""
    joined: list[RoutineStretch] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and (last.state, last.entry) == (piece.state, piece.entry):
            joined[-1] = replace(last, ends=piece.ends)
        else:
            joined.append(piece)
    return joined
