"""What waits for a person to act: a course that has not begun, a hold, a set-up answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from coach.domain.case import Case
from coach.domain.facts import Answer
from coach.domain.history import Entry
from coach.domain.protocol import Question
from coach.domain.times import FOREVER


class Missing(StrEnum):
    """What a course lacks before anything can open."""

    EVERYTHING = "everything"  # nothing at all is recorded
    PROCEDURE = "procedure"
    TIMES = "times"  # the times contradict each other
    QUESTIONS = "questions"
    HOME = "home"  # not at home yet
    AHEAD = "ahead"  # the procedure, or the arrival at home, lies ahead


@dataclass(frozen=True, slots=True)
class NotBegun:
    """What a course lacks over [since, until), if nothing more is recorded.

    None: until it is recorded.
    """

    missing: Missing
    since: datetime
    until: datetime | None


def not_begun(case: Case) -> NotBegun | None:
    """Return why nothing can open before more is recorded, or None if the course has begun."""
    history, known = case.history, case.course
    if not history.counted:
        return None
    since = history.counted[0].recorded_at
    if known is None:
        return NotBegun(Missing.PROCEDURE, since, None)
    since = known.first.recorded_at
    end, home = known.procedure.at, known.home
    if known.contradictory:
        return NotBegun(Missing.TIMES, since, None)
    if any(reply is None for _question, reply in case.asked):
        return NotBegun(Missing.QUESTIONS, since, None)
    if home is None:
        return NotBegun(Missing.HOME, since, None)
    ahead = end if known.home_assumed else max(end, home)
    last = history.index.last_recorded
    return NotBegun(Missing.AHEAD, since, ahead) if last and last < ahead else None


def answers(case: Case) -> Iterator[tuple[Question, Entry[Answer]]]:
    """Yield the set-up answers that close something until the clinic agrees.

    The patient is asked to call.
    """
    for question, reply in case.asked:
        if reply is not None:
            yield question, reply


@dataclass(frozen=True, slots=True)
class AllOnHold:
    """Every routine is on hold over [since, until) (None: no end).

    `entry` is the hold of the last one.
    """

    since: datetime
    until: datetime | None
    entry: UUID


def all_on_hold(case: Case) -> Iterator[AllOnHold]:
    """Yield the stretches in which holds close every routine, if none is lifted."""
    spans = [(hold, hold.fact.until or FOREVER) for hold in case.holds]
    cuts = sorted({cut for hold, until in spans for cut in (hold.at, until) if cut < FOREVER})
    own = {each.id for each in case.routines}
    open_: AllOnHold | None = None
    for begins in cuts:
        holding = [hold for hold, until in spans if hold.at <= begins < until]
        held = {hold.fact.routine for hold in holding}
        if None in held or held >= own:
            if open_ is None:
                open_ = AllOnHold(begins, None, max(holding, key=lambda each: each.at).id)
        elif open_ is not None:
            yield AllOnHold(open_.since, begins, open_.entry)
            open_ = None
    if open_ is not None:
        yield open_
