"""How a patient stands at each instant, as the caseload has it: needed, seen, later, on track or discharged."""

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

UNREADABLE = "unreadable"  # the reason of a patient of whose record nothing can be computed; no need has it


class State(IntEnum):
    """How a patient stands at an instant; the numbers are stored."""

    NEEDED = 0
    SEEN = 1
    ON_TRACK = 2
    DISCHARGED = 3
    LATER = 4


@dataclass(frozen=True, slots=True)
class Stretch:
    """How a patient stands over [from_at, until_at): by the most urgent of the needs that nobody has seen.

    Attributes:
        from_at: From when.
        until_at: Until when.
        state: How they stand.
        rank: How urgent the most urgent need is, as `caseload_order.rank` counts; 0 without one.
        since: From when that need is there; `BEGINNING` without one.
        reasons: The reasons of all that count, with a space around each, so that one can be found in the text.
    """

    from_at: datetime
    until_at: datetime
    state: State
    rank: int
    since: datetime
    reasons: str


#: Somebody must look at a record that cannot be read, before anybody else.
TO_BE_LOOKED_AT = Stretch(BEGINNING, FOREVER, State.NEEDED, 0, BEGINNING, f" {UNREADABLE} ")


def current(needs: Iterable[Need], at: datetime) -> tuple[Need, ...]:
    """Return the needs that hold at an instant, the most urgent first."""
    return caseload_order.most_urgent_first(need for need in needs if need.holds(at))


def stretches(needs: Iterable[Need], *, last_at: datetime | None, active: bool) -> list[Stretch]:
    """Return how a patient stands, in order and without a gap.

    What was before the patient's last entry is over: the first stretch says how they stood then.

    Args:
        needs: All their needs.
        last_at: When the patient last recorded something; None for never.
        active: Whether the clinic follows them.
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
    """Return how somebody with these needs stands: one that can wait puts nobody above, and hides nobody who is seen."""
    if any(not need.quiet for need in open_ones):
        return State.NEEDED
    if not open_ones or any(not need.quiet for need in holding):
        return State.SEEN
    return State.LATER


def is_discharged(history: History) -> bool:
    """Tell whether the clinic no longer follows this patient."""
    out, back = history.latest(facts.Discharged), history.latest(facts.Readmitted)
    return out is not None and (back is None or back.seq < out.seq)
