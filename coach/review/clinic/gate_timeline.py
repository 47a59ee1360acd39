"""The gate's timeline: when each routine was open or closed in this course, and what closed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from coach.domain import dosing, outcome
from coach.domain.case import Case
from coach.domain.history import Entry
from coach.domain.outcome import Cause, Closed
from coach.domain.protocol import Routine


class State(StrEnum):
    """The state of a routine: open by the protocol or by a physiotherapist, or what closed it."""

    OPEN = "open"
    DOSED = "dosed"
    OPENED = "opened"
    PHASE = "phase"
    NOT_HOME = "not_home"
    FLAG = "flag"
    HOLD = "hold"
    ANSWER = "answer"
    SLEEPY = "sleepy"
    RED_LIGHT = "red_light"
    PAIN = "pain"


STATE_OF = {
    Cause.FLAG: State.FLAG,
    Cause.HOLD: State.HOLD,
    Cause.ANSWER: State.ANSWER,
    Cause.SLEEPY: State.SLEEPY,
    Cause.RED_LIGHT: State.RED_LIGHT,
    Cause.PAIN: State.PAIN,
}
BEFORE_HOME = (Cause.FLAG, Cause.HOLD, Cause.ANSWER)
AFTER_HOME = (Cause.SLEEPY, Cause.RED_LIGHT, Cause.PAIN)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One routine over [starts, ends): its state, and the entry that caused it, if any."""

    routine: str
    starts: datetime
    ends: datetime
    state: State
    entry: Entry[object] | None = None


def stretches(case: Case, *, until: datetime) -> tuple[Stretch, ...]:
    """Return the states of each routine from the procedure's end to an instant.

    A day's done dose and the gap between two sets are ignored. Empty without a course.
    """
    if case.course is None or case.course.procedure.at >= until:
        return ()
    return tuple(
        stretch
        for routine in case.protocol.routines.values()
        for stretch in _merged(_pieces(case, routine, until))
    )


def _pieces(case: Case, routine: Routine, until: datetime) -> Iterator[Stretch]:
    known = case.course
    if known is None:
        return
    starts = known.procedure.at
    closed = outcome.closed(case, routine)
    turns = {known.home} | {span.starts for span in known.spans}
    turns |= {instant for each in closed for instant in (each.since, each.to)}
    turns |= {instant for each in case.overrides for instant in (each.fact.begins, case.override_ends(each))}
    cuts = [starts, *sorted(turn for turn in turns if turn and starts < turn < until), until]
    for begins, ends in pairwise(cuts):
        state, entry = _state(case, routine, closed, begins)
        yield Stretch(routine.id, begins, ends, state, entry)


def _state(
    case: Case, routine: Routine, closed: tuple[Closed, ...], at: datetime
) -> tuple[State, Entry[object] | None]:
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
        return State.NOT_HOME, None
    for cause in AFTER_HOME:
        if cause in holding:
            return STATE_OF[cause], holding[cause].entry
    by_protocol = dosing.table_dose(case, routine, at) is not None
    override = dosing.override_at(case, routine, at)
    if override:
        return (State.DOSED if by_protocol else State.OPENED), override
    return (State.OPEN if by_protocol else State.PHASE), None


def _merged(pieces: Iterator[Stretch]) -> list[Stretch]:
    """Join neighbours with the same state and cause."""
    joined: list[Stretch] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and (last.state, last.entry) == (piece.state, piece.entry):
            joined[-1] = replace(last, ends=piece.ends)
        else:
            joined.append(piece)
    return joined
