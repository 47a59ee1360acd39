"""How a patient stands in the caseload at each instant: needed, seen, can wait, on track or discharged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from itertools import pairwise

from coach.domain import caseload_order, facts
from coach.domain.history import History
from coach.domain.need import Need
from coach.domain.times import BEGINNING, FOREVER

UNREADABLE = "unreadable"  # stored in place of a reason if nothing can be computed from a record


class State(IntEnum):
    """The state of a patient at an instant; the numbers are stored."""

    NEEDED = 0
    SEEN = 1
    ON_TRACK = 2
    DISCHARGED = 3
    LATER = 4


@dataclass(frozen=True, slots=True)
class Stretch:
    """A patient's state over [from_at, until_at), by the most urgent need not marked as seen.

    Attributes:
        from_at: When it begins.
        until_at: When it ends.
        state: The state.
        rank: The rank of the most urgent need (`caseload_order.rank`); 0 without one.
        since: When that need began; `BEGINNING` without one.
        reasons: The reasons that count, with a space around each, so that a query can find one.
    """

    from_at: datetime
    until_at: datetime
    state: State
    rank: int
    since: datetime
    reasons: str


# A record that cannot be read comes before all others: rank 0.
TO_BE_LOOKED_AT = Stretch(BEGINNING, FOREVER, State.NEEDED, 0, BEGINNING, f" {UNREADABLE} ")


def current(needs: Iterable[Need], at: datetime) -> tuple[Need, ...]:
    """Return the needs at an instant, the most urgent first."""
    return caseload_order.most_urgent_first(need for need in needs if need.holds(at))


def stretches(needs: Iterable[Need], *, last_at: datetime | None, active: bool) -> list[Stretch]:
    """Return a patient's states, in order and without a gap.

    The time before the last entry is never asked for: the first stretch has the state at that
    entry.

    Args:
        needs: All needs of the patient.
        last_at: When the patient last recorded something; None for never.
        active: Whether the clinic follows the patient.
    """
    ranked = caseload_order.most_urgent_first(needs)
    first = last_at or BEGINNING
    cuts = {cut for need in ranked for cut in (need.from_at, need.until_at, need.seen_until)}
    inner = sorted(cut for cut in cuts if first < cut < FOREVER)
    found: list[Stretch] = []
    for start, end in pairwise((BEGINNING, *inner, FOREVER)):
        state, rank, since, reasons = _at(ranked, max(start, first), active=active)
        last = found[-1] if found else None
        if last and (last.state, last.rank, last.since, last.reasons) == (state, rank, since, reasons):
            start = found.pop().from_at
        found.append(Stretch(start, end, state, rank, since, reasons))
    return found


def _at(ranked: tuple[Need, ...], instant: datetime, *, active: bool) -> tuple[State, int, datetime, str]:
    holding = [need for need in ranked if need.holds(instant)]
    open_ones = [need for need in holding if not need.seen(instant)]
    counted = open_ones or holding
    if not counted:
        return State.ON_TRACK if active else State.DISCHARGED, 0, BEGINNING, ""
    reasons = " ".join(sorted({need.reason.value for need in counted}))
    rank = caseload_order.rank(counted[0])
    return _state(holding, open_ones), rank, counted[0].from_at, f" {reasons} "


def _state(holding: list[Need], open_ones: list[Need]) -> State:
    """Return the state of a patient with these needs.

    A need that can wait neither moves a patient up nor undoes "seen".
    """
    if any(not need.quiet for need in open_ones):
        return State.NEEDED
    if not open_ones or any(not need.quiet for need in holding):
        return State.SEEN
    return State.LATER


def is_discharged(history: History) -> bool:
    """Tell whether the clinic no longer follows the patient."""
    out, back = history.latest(facts.Discharged), history.latest(facts.Readmitted)
    return out is not None and (back is None or back.seq < out.seq)
