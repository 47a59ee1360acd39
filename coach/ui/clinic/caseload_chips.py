"""The filters over the caseload: groups of reasons, and the single reasons of the chosen group."""

from __future__ import annotations

from typing import Any

from coach.desk.clinic.caseload import Counts, State
from coach.domain.need import NeedReason
from coach.i18n import _
from coach.text import caseload as words
from coach.text import caseload_filters as filters

REASONED = (State.NEEDED, State.LATER)  # the states that a filter by reason applies to


def _any(counts: Counts, reasons: tuple[NeedReason, ...]) -> int:
    return sum(counts.with_any(state, reasons) for state in REASONED)


def groups(counts: Counts, chosen: str | None) -> list[dict[str, Any]]:
    """Return the filters by groups of reasons: those that occur, and the chosen one."""
    within = set(filters.reasons_of(chosen))
    found = [
        _chip(name, group.reasons[0], group.label, many, on=on)
        for name, group in filters.GROUPS.items()
        for many, on in [(_any(counts, group.reasons), bool(within) and within <= set(group.reasons))]
        if many or on
    ]
    every = {"reason": "", "text": _("All"), "count": counts.needed + counts.later, "on": not within}
    return [every, *found] if found else []


def finer(counts: Counts, chosen: str | None) -> list[dict[str, Any]]:
    """Return the single reasons of the chosen group, if several occur."""
    within = set(filters.reasons_of(chosen))
    whole = [each.reasons for each in filters.GROUPS.values() if within and within <= set(each.reasons)]
    found = [
        _chip(each.value, each, filters.REASONS[each], _any(counts, (each,)), on=each.value == chosen)
        for reasons in whole
        for each in reasons
        if _any(counts, (each,)) or each.value == chosen
    ]
    return found if len(found) > 1 else []


def _chip(name: str, sign: NeedReason, label: str, count: int, *, on: bool) -> dict[str, Any]:
    tone = words.TONES[sign]
    return {"reason": name, "shape": sign.value, "tone": tone, "text": _(label), "count": count, "on": on}
