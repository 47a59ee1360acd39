"""A physiotherapist's changes that still matter to the patient."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import cast

from coach.domain import dosing, facts
from coach.domain.case import Case
from coach.domain.history import Entry, History, by_clinician

RECENT = timedelta(days=7)
KINDS = (
    facts.ClinicianHold, facts.HoldLifted, facts.Override, facts.OverrideEnded, facts.PainLimit,
    facts.Released, facts.ReleaseEnded, facts.PlanText, facts.FlagCleared, facts.Procedure,
    facts.ClinicAgreed, facts.TimeDecided, facts.ProtocolChosen, facts.Discharged, facts.Readmitted,
)  # fmt: skip


def changes(case: Case, *, now: datetime) -> tuple[Entry[object], ...]:
    """Return the changes of the last seven days and those still in force, the latest first.

    A change that a later one replaced or ended is left out; a dose that holds now, because
    a later one has not begun or is over, is included.
    """
    holding = {held.id for routine in case.routines if (held := dosing.override_at(case, routine, now))}
    gone = set(_outdone(case.history)) - holding
    return tuple(
        entry
        for entry in reversed(case.history.told(*KINDS))
        if by_clinician(entry)
        and entry.id not in gone
        and entry.id not in case.history.voided
        and entry.id not in case.history.replaced
        and not _stands_beside(case.history, entry)
        and (now - entry.recorded_at < RECENT or _in_force(case, entry, now))
    )


def _outdone(history: History) -> Iterator[object]:
    """Yield the entries that a later one ended or replaced."""
    for lifted in history.of(facts.HoldLifted):
        yield lifted.fact.entry
    for ended in history.of(facts.OverrideEnded):
        yield ended.fact.entry
    for back in history.of(facts.ReleaseEnded):
        yield back.fact.entry
    latest: dict[object, Entry[object]] = {}
    for entry in history.told(facts.PainLimit, facts.ProtocolChosen, facts.PlanText, facts.Override):
        about = getattr(entry.fact, "topic", None) or getattr(entry.fact, "routine", None)
        older = latest.get((type(entry.fact), about))
        if older:
            yield older.id
        latest[type(entry.fact), about] = entry


def _stands_beside(history: History, entry: Entry[object]) -> bool:
    """Tell whether a time is the correction of an accepted request, whose decision is shown."""
    return (
        isinstance(entry.fact, facts.Procedure | facts.HomeArrival)
        and history.corrected_by(entry) is not None
    )


def _in_force(case: Case, entry: Entry[object], now: datetime) -> bool:
    fact = entry.fact
    if isinstance(fact, facts.ClinicianHold):
        return entry in case.holds and (fact.until is None or now < fact.until)
    if isinstance(fact, facts.Override):
        known = cast("Entry[facts.Override]", entry)
        return known in case.overrides and now < case.override_ends(known)
    if isinstance(fact, facts.PainLimit):
        return case.pain_limit_at(now) == entry
    return False
