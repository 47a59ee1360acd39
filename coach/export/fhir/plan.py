"""The plan: procedures, and the orders of all phases in one CarePlan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from coach.domain import sign_off
from coach.domain.course import Course
from coach.domain.facts import Cause, Detail, Procedure
from coach.domain.history import Entry
from coach.export.fhir import orders
from coach.export.fhir.bundle_builder import PROTOCOL, BundleBuilder, identifier, key, notes
from coach.export.fhir.values import Json, digest_address, moment, period, text, words
from coach.i18n import _
from coach.review.clinic.findings import details
from coach.text import estimates
from coach.text import sign_off as sign_off_text


def add(making: BundleBuilder) -> None:
    """Add procedures, orders and the plan; without a course there is no plan."""
    for entry in making.every(Procedure):
        _procedure(making, entry)
    given = orders.add(making)
    known = making.case.course
    if known is None:
        return
    protocol, zone = making.protocol, making.patient_record.zone
    address = digest_address(protocol.digest)
    done = making.reference(known.procedure.id)
    reasons = [orders.waits(making, routine.id) for routine in making.case.routines]
    waiting = all(reasons)
    making.plan = making.add(
        "CarePlan",
        key(known.first, "CarePlan"),
        identifier=[identifier(PROTOCOL, " ".join((protocol.id, protocol.version, protocol.digest)))],
        instantiatesUri=[address] if address else None,
        status="on-hold" if waiting else "active",
        note=notes(
            *(dict.fromkeys(map(orders.held_back, reasons)) if waiting else ()),
            *(
                [_("When the patient came home is not recorded; it is assumed.")]
                if known.home_assumed
                else ()
            ),
            *_not_exact(known, zone),
            _checked(making, known),
        ),
        intent="plan",
        title=text(_(protocol.title)),
        description=text(_phase(known, making.patient_record.now)),
        subject=making.patient,
        period=_since(making, known.procedure),
        created=moment(known.first.recorded_at, zone),
        author=making.device,
        supportingInfo=[*([done] if done else ()), *making.holds],
        goal=making.goals,
        activity=[{"reference": order} for order in given],
    )


def _checked(making: BundleBuilder, known: Course) -> str:
    """Return whether a clinician has checked all that shapes the orders; nothing of it if only a part."""
    record = making.patient_record
    begun = [span.phase.id for span in known.spans if span.starts <= record.now]
    places = sign_off.of_plan(
        making.protocol, phases=begun, routines=[each.id for each in making.case.routines]
    )
    return sign_off_text.of_protocol(record.sign_off.of(*places), record.zone, counted=False)


def _not_exact(known: Course, zone: str) -> Iterator[str]:
    """Yield what is not known exactly of the times that hours are counted from."""
    ended = known.procedure
    if ended.fact.earliest:
        when = estimates.short(ended.at, ended.fact.earliest, zone)
        yield _("The procedure’s end is not known exactly: {when}.").format(when=when)
    if known.home and known.home_earliest:
        when = estimates.short(known.home, known.home_earliest, zone)
        yield _("The arrival at home is not known exactly: {when}.").format(when=when)


def _phase(known: Course, now: datetime) -> str:
    span = known.span_at(now)
    return (
        _("Present phase: {phase}").format(phase=_(span.phase.name)) if span else _("No phase has begun yet.")
    )


def _procedure(making: BundleBuilder, entry: Entry[Procedure]) -> None:
    """Add a procedure, as text only; the present one with the clinic's details."""
    known = making.case.course
    present = known is not None and entry.id == known.procedure.id
    told = details(making.history) if present else {}
    status = "completed" if entry.at <= making.patient_record.now else "unknown"
    making.add(
        "Procedure",
        key(entry, "Procedure"),
        about=entry,
        status=status if making.counts(entry) else "entered-in-error",
        code={"text": _("Balloon kyphoplasty")},
        subject=making.patient,
        **_performed(making, entry),
        recorder=making.author(entry),
        reasonCode=[cause for said in _causes(entry, told.get(Detail.CAUSE, "")) if (cause := words(said))],
        bodySite=[site] if (site := words(told.get(Detail.LEVELS, ""))) else None,
        complication=[wrong] if (wrong := words(told.get(Detail.COMPLICATIONS, ""))) else None,
    )


def _since(making: BundleBuilder, ended: Entry[Procedure]) -> Json | None:
    """Return the Period from a procedure on; None if not even its day is known."""
    if ended.fact.earliest is None:
        return period(ended.at, None, making.patient_record.zone)
    day = _day(making, ended)
    return {"start": day} if day else None


def _performed(making: BundleBuilder, entry: Entry[Procedure]) -> dict[str, str]:
    """Return when a procedure was performed: no more exactly than somebody said."""
    earliest = entry.fact.earliest
    if earliest is None:
        return {"performedDateTime": making.when(entry)}
    if day := _day(making, entry):
        return {"performedDateTime": day}
    return {"performedString": estimates.short(entry.at, earliest, entry.zone)}


def _day(making: BundleBuilder, entry: Entry[Procedure]) -> str | None:
    """Return the day of a procedure whose time is not known; None if the day is not known either."""
    known = estimates.day_is_known(entry.fact.earliest, entry.at, entry.zone)
    return making.when(entry)[:10] if known else None


def _causes(entry: Entry[Procedure], told: str) -> Iterator[str]:
    if entry.fact.cause is Cause.NEW_FRACTURE:
        yield _("New fracture")
    yield told
