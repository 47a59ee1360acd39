"""Holds as Flag: each closes one routine or all, with its reason and period."""

from __future__ import annotations

from datetime import datetime

from coach.domain.facts import ClinicianHold, HoldLifted
from coach.domain.history import Entry
from coach.export.fhir.bundle_builder import BundleBuilder, key
from coach.export.fhir.codes import CLOSED_BY, HOLD
from coach.export.fhir.values import Json, period, text
from coach.i18n import _


def add(making: BundleBuilder) -> None:
    """Add every hold; its Provenance says who made it, why, and who lifted it."""
    for entry in making.every(ClinicianHold):
        ended = _ended(making, entry)
        active = making.counts(entry) and (ended is None or making.patient_record.now < ended)
        given = making.add(
            "Flag",
            key(entry, "Flag"),
            about=entry,
            status=("active" if active else "inactive") if making.counts(entry) else "entered-in-error",
            category=[{"text": _("On hold")}],
            code=_what(making, entry.fact),
            subject=making.patient,
            period=period(entry.at, ended, entry.zone),
            author=making.author(entry),
        )
        if active:
            making.holds.append(given)


def _ended(making: BundleBuilder, entry: Entry[ClinicianHold]) -> datetime | None:
    """Return when a hold ends or ended: at its own end, or when it was lifted before that."""
    lifted = (each.at for each in making.history.of(HoldLifted) if each.fact.entry == entry.id)
    return min(filter(None, (entry.fact.until, *lifted)), default=None)


def _what(making: BundleBuilder, fact: ClinicianHold) -> Json:
    known = making.protocol.routines.get(fact.routine or "")
    routine = (
        (_(known.clinical_name) if known else text(fact.routine)) if fact.routine else _("all exercises")
    )
    said = text(_("On hold: {routine}. {why}").format(routine=routine or _("not known"), why=fact.why))
    return {"coding": [{"system": CLOSED_BY, "code": HOLD, "display": _("On hold")}], "text": said}
