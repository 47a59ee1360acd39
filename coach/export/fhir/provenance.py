"""Changes as Provenance: who held, opened, cleared, corrected or voided what, when and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid5

from coach.domain import facts
from coach.domain.history import Entry, by_clinician
from coach.export.fhir import orders
from coach.export.fhir.bundle_builder import HEAD, PROTOCOL, BundleBuilder, identifier, key
from coach.export.fhir.values import Json, moment, period, text, words
from coach.i18n import _
from coach.text.clinic_entries import EntryTold, told_alone

ALWAYS = (
    facts.ClinicianHold, facts.HoldLifted, facts.Override, facts.OverrideEnded, facts.PainLimit,
    facts.PlanText, facts.ProtocolChosen, facts.FlagCleared,
    facts.FlagMistake, facts.ClinicAgreed, facts.TimeDecided, facts.Discharged, facts.Readmitted,
)  # fmt: skip
BY_CLINICIAN = (facts.Procedure, facts.HomeArrival)  # by the patient: no change of the plan


def add(making: BundleBuilder) -> None:
    """Add every change in the order of recording, then the origin of the bundle."""
    for entry in making.history.entries:
        changed = isinstance(entry.fact, ALWAYS) or (
            isinstance(entry.fact, BY_CLINICIAN) and by_clinician(entry)
        )
        was = _was(making, entry)
        if isinstance(entry.fact, facts.Void) and was and was.id not in making.history.voided:
            continue  # a red flag is never voided
        if changed or (was and making.reference(was.id)):
            _change(making, entry, was)
    _origin(making)


def _was(making: BundleBuilder, entry: Entry[Any]) -> Entry[Any] | None:
    """Return the entry that this one voids, ends, clears or corrects, or None."""
    other = getattr(entry.fact, "entry", None)
    return making.history.by_id.get(other) if other else making.history.corrected_by(entry)


def _change(making: BundleBuilder, entry: Entry[Any], was: Entry[Any] | None) -> None:
    fact, zone = entry.fact, entry.zone
    told = told_alone(EntryTold(entry.recorded_at, entry, was), making.case)
    if was and making.history.corrected_by(entry) is was:
        told = _("Corrected: {what}").format(what=told)
    lasts = None
    if isinstance(fact, facts.ClinicianHold):
        lasts = period(entry.at, fact.until, zone)
    elif isinstance(fact, facts.Override):
        lasts = period(fact.begins, fact.ends, zone)
    elif isinstance(fact, facts.PainLimit):
        lasts = period(entry.at, fact.ends, zone)
    spoke_at = getattr(fact, "spoke_at", None)
    earlier = making.reference(was.id) if was else None
    removed = isinstance(fact, facts.Void | facts.SetAside)
    made = making.add(
        "Provenance",
        key(entry, "Provenance"),
        target=[*_targets(making, entry, was)],
        occurredPeriod=lasts,
        occurredDateTime=None if lasts else moment(spoke_at or entry.at, zone),
        recorded=moment(entry.recorded_at, zone),
        reason=[why] if (why := words(getattr(fact, "why", ""))) else None,
        activity=words(told),
        agent=[*_agents(making, entry)],
        entity=[{"role": "removal" if removed else "revision", "what": earlier}] if earlier else None,
    )
    if making.reference(entry.id) is None:
        making.stands_for(entry, made)


def _targets(making: BundleBuilder, entry: Entry[Any], was: Entry[Any] | None) -> Iterator[Json]:
    """Yield the targets of a change: its resource, orders it affects, else plan or patient."""
    hold = was if isinstance(entry.fact, facts.HoldLifted) else entry
    own = making.reference(hold.id) if hold else None
    if hold and isinstance(hold.fact, facts.ClinicianHold):
        closed = hold.fact.routine
        order = orders.in_force(making, closed, making.patient_record.now) if closed else None
        yield from filter(None, (order or making.plan or making.patient, own))
        return
    if own is None and was:
        own = making.reference(was.id)
    yield own or making.plan or making.patient


def _agents(making: BundleBuilder, entry: Entry[Any]) -> Iterator[Json]:
    """Yield who recorded a change, and the clinician they had spoken to."""
    yield {"type": {"text": _("Author")}, "who": making.author(entry)}
    spoke_to = text(getattr(entry.fact, "who", ""))
    if spoke_to:
        yield {"type": {"text": _("Spoken to")}, "who": {"display": spoke_to}}


def _origin(making: BundleBuilder) -> None:
    """Add the sources of the bundle: the record up to its latest entry, and every protocol used."""
    patient_record = making.patient_record
    used = [(patient_record.protocol.id, patient_record.protocol.version, patient_record.protocol.digest)]
    used += [(e.fact.protocol, e.fact.version, e.fact.digest) for e in making.every(facts.SessionStarted)]
    sources = [identifier(PROTOCOL, " ".join(each)) for each in dict.fromkeys(used)]
    if patient_record.head:
        sources.append(identifier(HEAD, patient_record.head))
    making.add(
        "Provenance",
        str(uuid5(patient_record.patient, "Provenance")),
        target=[making.patient, *([making.plan] if making.plan else [])],
        recorded=moment(patient_record.now, patient_record.zone),
        activity={"text": _("Export of the record, {n} entries").format(n=patient_record.entries)},
        agent=[{"type": {"text": _("Made by")}, "who": making.device}],
        entity=[{"role": "source", "what": {"identifier": each}} for each in sources],
    )
