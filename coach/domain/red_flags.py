"""Red flags: which warning signs are open, and what closes one (decision 17)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from coach.domain import facts
from coach.domain.case import Case
from coach.domain.course import first_of_chain
from coach.domain.derived import derived_from
from coach.domain.history import Entry, by_clinician
from coach.domain.protocol import FlagLevel, Protocol, RedFlag
from coach.domain.times import utc

#: The kinds of fact from which it follows which red flags are open.
FLAGS = (facts.RedFlagYes, facts.FlagMistake, facts.FlagCleared, facts.Procedure)


@derived_from(*FLAGS)
def open_flags(case: Case) -> tuple[Entry[facts.RedFlagYes], ...]:
    """Return the open red flags, the most urgent first, then the oldest."""
    order = list(FlagLevel)
    closed = set(_closed_flags(case))
    flags = [flag for flag in case.history.of(facts.RedFlagYes) if flag.id not in closed]
    flags.sort(key=lambda flag: order.index(_level(case.protocol, flag)))
    return tuple(flags)


def _known(protocol: Protocol, flag: Entry[facts.RedFlagYes]) -> RedFlag | None:
    return protocol.red_flags.get(flag.fact.flag)


def _level(protocol: Protocol, flag: Entry[facts.RedFlagYes]) -> FlagLevel:
    known = _known(protocol, flag)
    return known.level if known else FlagLevel.EMERGENCY


def _closed_flags(case: Case) -> Iterator[UUID]:
    """Yield the flags taken back in time, cleared validly, or ended by a new course."""
    protocol, history = case.protocol, case.history
    for mistake in history.of(facts.FlagMistake):
        flag = history.by_id.get(mistake.fact.entry)
        if flag and takes_back(protocol, mistake, flag):
            yield flag.id
    for cleared in history.of(facts.FlagCleared):
        flag = history.by_id.get(cleared.fact.entry)
        if flag and clears(protocol, cleared, flag):
            yield flag.id
    for flag in history.of(facts.RedFlagYes):
        if restarted_after(case, flag):
            yield flag.id


def restarted_after(case: Case, flag: Entry[facts.RedFlagYes]) -> datetime | None:
    """Return when a new course ended a flag that cannot be cleared, or None."""
    known = _known(case.protocol, flag)
    if known is None or not known.never_cleared:
        return None
    starts = [first_of_chain(case.history, entry) for entry in case.history.of(facts.Procedure)]
    return min((s.recorded_at for s in starts if s.seq > flag.seq), default=None)


def may_clear(
    protocol: Protocol,
    flag: Entry[object],
    spoke_at: datetime,
    *,
    now: datetime,
    clinician: bool = False,
) -> bool:
    """Tell whether a talk at `spoke_at` may clear the flag at `now` (decision 17).

    Only the patient's own clearing of an emergency has to wait; a clinician, who has seen or heard
    the patient, may clear at once, also a flag that this protocol does not know. Nobody may clear a
    flag that only a restart ends.
    """
    if not isinstance(flag.fact, facts.RedFlagYes):
        return False
    known = protocol.red_flags.get(flag.fact.flag)
    if known is not None and known.never_cleared:
        return False
    if clinician:
        return flag.at <= utc(spoke_at) <= now
    if known is None or not flag.at < utc(spoke_at) <= now:
        return False
    wait = protocol.rules.emergency_cleared_after.span
    return known.level is not FlagLevel.EMERGENCY or now - flag.at >= wait


def takes_back(protocol: Protocol, mistake: Entry[facts.FlagMistake], flag: Entry[object]) -> bool:
    """Tell whether a `FlagMistake` takes the flag back: only within the protocol's minutes."""
    soon = mistake.recorded_at - flag.recorded_at <= protocol.rules.mistake_within.span
    return mistake.fact.entry == flag.id and soon


def clears(protocol: Protocol, cleared: Entry[facts.FlagCleared], flag: Entry[object]) -> bool:
    """Tell whether a `FlagCleared` clears the flag, from its recording on."""
    mine = cleared.fact.entry == flag.id
    return mine and may_clear(
        protocol,
        flag,
        cleared.fact.spoke_at,
        now=cleared.recorded_at,
        clinician=by_clinician(cleared),
    )


@derived_from(*FLAGS)
def clearings(case: Case) -> tuple[Entry[facts.FlagCleared], ...]:
    """Return the valid clearings of red flags.

    After each, squeezes stay at the first dose for a while.
    """
    return tuple(
        c
        for c in case.history.of(facts.FlagCleared)
        if (flag := case.history.by_id.get(c.fact.entry)) and clears(case.protocol, c, flag)
    )
