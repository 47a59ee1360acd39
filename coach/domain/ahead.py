"""What lies ahead for a patient, by the gate's own answer: when something is proposed, what a phase opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from coach.domain import gate, nights
from coach.domain.case import Case
from coach.domain.course import PhaseSpan
from coach.domain.decisions import DoseDone, Reason, TooSoon
from coach.domain.protocol import Routine
from coach.domain.times import utc


@dataclass(frozen=True, slots=True)
class Opening:
    """How a routine stands in a phase: open from `at` on, or closed all the while for `why`.

    Exactly one of the two is known.
    """

    at: datetime | None
    why: Reason | None


def next_proposed(case: Case, routine: Routine, now: datetime) -> datetime | None:
    """Return the first instant from `now` on that is open and in no night, if nothing more is recorded."""
    night = nights.of(case)
    turns = {now, *(turn for turn in gate.changes(case, routine, now) if turn > now)}
    turns |= {night.over(turn) for turn in turns if night.holds(turn)}
    fitting = (turn for turn in sorted(turns) if not night.holds(turn))
    return next((turn for turn in fitting if gate.reason(case, routine, turn) is None), None)


def proposed(case: Case, *, now: datetime) -> Mapping[str, datetime | None]:
    """Return for each routine when it is proposed next; None where a person must act first."""
    now = utc(now)
    return {routine.id: next_proposed(case, routine, now) for routine in case.protocol.routines.values()}


def opening(case: Case, routine: Routine, span: PhaseSpan, now: datetime) -> Opening:
    """Return how a routine of a phase that is not over stands in it, if nothing more is recorded.

    The day's done dose and the gap between two sets close nothing here.
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
    """Return how each routine of a phase stands in it, by its id; none for a phase that is over."""
    now = utc(now)
    if span.ends is not None and span.ends <= now:
        return {}
    return {
        name: opening(case, case.protocol.routines[name], span, now)
        for name in case.protocol.routines
        if name in span.phase.doses
    }
