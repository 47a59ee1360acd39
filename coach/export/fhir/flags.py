"""Red flags as Flag: active until cleared, taken back as a mistake, or ended by a new course."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from coach.domain import closures
from coach.domain.facts import FlagMistake, RedFlagYes
from coach.domain.history import Entry
from coach.export.fhir.bundle_builder import BundleBuilder, key
from coach.export.fhir.values import period, words
from coach.i18n import _
from coach.review.clinic.findings import LEVELS


def add(making: BundleBuilder) -> None:
    """Add every red flag that the patient answered with yes; its Provenance says who cleared it."""
    ends = _ends(making)
    for entry in making.every(RedFlagYes):
        known = making.protocol.red_flags.get(entry.fact.flag)
        level = _("Red flag, {level}").format(level=_(LEVELS[known.level])) if known else _("Red flag")
        ended = ends.get(entry.id)
        making.add(
            "Flag",
            key(entry, "Flag"),
            about=entry,
            status=_status(making, entry, ended),
            category=[{"text": level}],
            code=words(_(known.text) if known else entry.fact.flag) or {"text": level},
            subject=making.patient,
            period=period(entry.at, ended, entry.zone),
            author=making.author(entry),
        )


def _ends(making: BundleBuilder) -> dict[object, datetime]:
    """Return when each flag ended, by entry; open flags have no end."""
    any_routine = next(iter(making.protocol.routines.values()))  # a flag closes all routines
    return {
        cast("Entry[object]", closed.entry).id: closed.to
        for closed in closures.closed(making.case, any_routine)
        if closed.cause is closures.ClosedBy.FLAG and closed.to
    }


def _status(making: BundleBuilder, flag: Entry[RedFlagYes], ended: datetime | None) -> str:
    if ended is None:
        return "active"
    mistaken = any(
        mistake.fact.entry == flag.id and mistake.recorded_at == ended
        for mistake in making.history.of(FlagMistake)
    )
    return "entered-in-error" if mistaken else "inactive"
