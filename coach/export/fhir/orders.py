"""Orders: a ServiceRequest for each routine of each begun phase, and each physiotherapist's dose.

Only a physiotherapist's dose has the intent "order". What follows from the protocol alone was not
ordered for this patient: its intent is "plan".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid5

from coach.domain import decisions, dosing, gate
from coach.domain.course import PhaseSpan
from coach.domain.facts import Override, OverrideEnded
from coach.domain.history import Entry
from coach.domain.protocol import Dose, Routine, RoutineKind
from coach.export.fhir.bundle_builder import BundleBuilder, key, notes
from coach.export.fhir.codes import CLOSED_BY, closed_by
from coach.export.fhir.values import Json, moment, period, quantity, text, words
from coach.i18n import _, ngettext
from coach.i18n.sentences import in_a_row
from coach.text import doses as doses_text
from coach.text import plan_states

Steps = tuple[decisions.Step, ...]


def add(making: BundleBuilder) -> list[Json]:
    """Add every order and return the references to them."""
    return [*_by_phase(making), *(_by_override(making, each) for each in making.every(Override))]


def in_force(making: BundleBuilder, routine: str, at: datetime) -> Json | None:
    """Return the reference to the order in force for a routine at an instant, or None."""
    course, known = making.case.course, making.protocol.routines.get(routine)
    if course is None or known is None:
        return None
    override = dosing.override_at(making.case, known, at)
    if override:
        return making.reference(override.id)
    span = course.span_at(at)
    return making.phase_orders.get((span.phase.id, routine)) if span else None


def waits(making: BundleBuilder, routine: str) -> decisions.Reason | None:
    """Return the reason that a person must act on before the routine can go on, or None."""
    known = making.protocol.routines.get(routine)
    if known is None:
        return None
    why = gate.reason(making.case, known, making.patient_record.now)
    waits = isinstance(why, decisions.BY_SOMEBODY) or why == decisions.NotHome(None)
    return why if waits else None


def held_back(why: decisions.Reason | None) -> str:
    """Return why an order or the plan is on hold, or ""."""
    return _("On hold: {why}").format(why=plan_states.closed(why)) if why else ""


def _status_reason(why: decisions.Reason) -> Json:
    """Return why an order is on hold as R4's `request-statusReason` extension, with a code."""
    said = text(plan_states.closed(why))
    code = {"system": CLOSED_BY, "code": closed_by(why), "display": said}
    return {
        "url": "http://hl7.org/fhir/StructureDefinition/request-statusReason",
        "valueCodeableConcept": {"coding": [code], "text": said},
    }


def _by_phase(making: BundleBuilder) -> Iterator[Json]:
    """Add the orders of each begun phase: past as written, present at the current dose."""
    known, now = making.case.course, making.patient_record.now
    if known is None:
        return
    for span in known.spans:
        if span.starts > now:
            return
        for name, written in span.phase.doses.items():
            routine = making.protocol.routines[name]
            if not _was_released(making, routine, span):
                continue
            if span == known.span_at(now):
                dose, steps, status = _present(making, routine, written.plain)
            else:
                dose, steps, status = written.plain, (), "completed"
            order = _order(
                making,
                str(uuid5(known.first.id, f"ServiceRequest {span.phase.id} {name}")),
                name,
                dose,
                steps,
                status=status,
                intent="plan",
                bounds=(span.starts, span.ends),
                authoredOn=moment(
                    known.first.recorded_at, making.patient_record.zone
                ),  # the course was first recorded after the phase began
                requester=making.device,
                reasonCode=[{"text": text(_(span.phase.name))}],
                why=waits(making, name) if status == "on-hold" else None,
            )
            making.phase_orders[span.phase.id, name] = order
            yield order


def _was_released(making: BundleBuilder, routine: Routine, span: PhaseSpan) -> bool:
    """Tell whether an exercise was open to the patient in a phase: it needs no release, or had one."""
    case, now = making.case, making.patient_record.now
    ends = min(span.ends, now) if span.ends else now
    return routine.release is None or any(
        each.fact.routine == routine.id
        and each.at <= ends
        and ((back := case.release_ends(each)) is None or back > span.starts)
        for each in case.releases
    )


def _present(making: BundleBuilder, routine: Routine, written: Dose) -> tuple[Dose, Steps, str]:
    """Return the current dose, its steps, and the status: on hold while an override replaces it."""
    now = making.patient_record.now
    shaped = dosing.dose(making.case, routine, now)
    if shaped is None or dosing.override_at(making.case, routine, now):
        return written, (), "on-hold"
    return *shaped, "on-hold" if waits(making, routine.id) else "active"


def _by_override(making: BundleBuilder, entry: Entry[Override]) -> Json:
    """Add a physiotherapist's order; while it is in force, with the current dose."""
    fact, now = entry.fact, making.patient_record.now
    routine = making.protocol.routines.get(fact.routine)
    written: tuple[Dose, Steps] = (
        Dose(fact.reps, fact.hold_s, fact.per_day, days_per_week=fact.days_per_week),
        (),
    )
    in_force_now = routine and dosing.override_at(making.case, routine, now) == entry
    dose, steps = (dosing.dose(making.case, routine, now) if routine and in_force_now else None) or written
    status = _override_status(making, entry)
    return _order(
        making,
        key(entry, "ServiceRequest"),
        fact.routine,
        dose,
        steps,
        status=status,
        intent="order",
        bounds=(fact.begins, making.case.override_ends(entry)),
        about=entry,
        authoredOn=moment(entry.recorded_at, entry.zone),
        requester=making.author(entry),
        reasonCode=[why] if (why := words(fact.why)) else None,
        why=waits(making, fact.routine) if status == "on-hold" else None,
    )


def _override_status(making: BundleBuilder, entry: Entry[Override]) -> str:
    case, now = making.case, making.patient_record.now
    if not making.counts(entry):
        return "entered-in-error"
    if any(ended.fact.entry == entry.id for ended in making.history.of(OverrideEnded)):
        return "revoked"
    if entry.fact.ends <= now:
        return "completed"
    routine = making.protocol.routines.get(entry.fact.routine)
    other = dosing.override_at(case, routine, now) if routine else None
    if entry not in case.overrides or (other and other.seq > entry.seq):
        return "revoked"  # a new course or a later override replaced it
    return "on-hold" if waits(making, entry.fact.routine) else "active"


def _order(
    making: BundleBuilder, name: str, routine: str, dose: Dose, steps: Steps, *, status: str, intent: str,
    bounds: tuple[datetime, datetime | None], about: Entry[Any] | None = None,
    why: decisions.Reason | None = None, **more: object,
) -> Json:  # fmt: skip
    known = making.protocol.routines.get(routine)
    sides = known.sides if known else 1
    done = making.case.course and making.reference(making.case.course.procedure.id)
    return making.add(
        "ServiceRequest",
        name,
        about=about,
        extension=[_status_reason(why)] if why else None,
        status=status,
        intent=intent,
        code=words(_(known.clinical_name) if known else routine) or {"text": _("not known")},
        orderDetail=[{"text": detail} for detail in _details(known, dose)],
        quantityRatio={
            "numerator": _amount(known, dose.reps * sides),
            "denominator": quantity(1, "{set}", "{set}"),
        },
        subject=making.patient,
        occurrenceTiming=_timing(making, known, dose, bounds),
        performer=[making.patient],
        supportingInfo=[
            *([done] if done else ()),
            *([hold] if isinstance(why, decisions.Held) and (hold := making.reference(why.entry)) else ()),
        ],
        note=notes(*filter(None, [held_back(why)]), *_shaped(making, steps)),
        patientInstruction=text(_instruction(known, dose)),
        **more,
    )


def _timing(
    making: BundleBuilder, routine: Routine | None, dose: Dose, bounds: tuple[datetime, datetime | None]
) -> Json:
    """Return the sets a day; "hourly" as a range from the sets that are due to those allowed."""
    repeat: Json = {"boundsPeriod": period(*bounds, making.patient_record.zone), "frequency": dose.per_day}
    if dose.hourly and routine and routine.hourly_met_at:
        repeat |= {
            "frequency": routine.hourly_met_at.whole,
            "frequencyMax": dosing.cap(routine, dose),
        }
    unit = "d"
    if dose.weekly:
        unit, repeat["frequency"] = "wk", dose.per_day * dose.days_per_week
    return {"repeat": {**repeat, "period": 1, "periodUnit": unit}, "code": {"text": _often(dose)}}


def _amount(routine: Routine | None, reps: int) -> Json:
    """Return what a set has of: minutes, breaths or repetitions."""
    if routine and routine.kind.in_minutes:
        return quantity(reps, "min", "min")
    unit = "{breath}" if routine and routine.kind is RoutineKind.BREATHE else "{rep}"
    return quantity(reps, unit, unit)


def _details(routine: Routine | None, dose: Dose) -> tuple[str, ...]:
    """Return reps and hold in words; of the newer kinds the dose.

    With alternating legs the quantity of the order counts both.
    """
    if routine and routine.kind.needs_release:
        return (doses_text.dose(routine, dose),)
    reps = ngettext("{n} repetition", "{n} repetitions", dose.reps).format(n=dose.reps)
    if routine and routine.sides == 2:
        reps = _("{reps} with each leg").format(reps=reps)
    pump = routine is not None and routine.kind is RoutineKind.PUMP
    hold = _("{s} s at each end") if pump else _("hold each for {s} s")
    return reps, hold.format(s=f"{dose.hold_s:g}")


def _often(dose: Dose) -> str:
    if dose.hourly:
        return _("every hour while awake")
    if dose.weekly:
        return doses_text.often(dose)
    return ngettext("once a day", "{n} times a day", dose.per_day).format(n=dose.per_day)


def _instruction(routine: Routine | None, dose: Dose) -> str:
    """Return the instruction for the patient, the dose first."""
    amount = in_a_row((*_details(routine, dose), _often(dose))) + "."
    return " ".join((amount, _(routine.instruction), _(routine.breathing))) if routine else amount


def _shaped(making: BundleBuilder, steps: Steps) -> Iterator[str]:
    """Yield why the dose differs from the protocol's; an override has its own reason."""
    for step in steps:
        if isinstance(step, decisions.FirstDose):
            until = moment(step.until, making.patient_record.zone) if step.until else ""
            yield _("First dose until {when}").format(when=until) if until else _("First dose")
        elif isinstance(step, decisions.Halved):
            half, fewer = (
                _("Half of the repetitions after an amber light"),
                _("Fewer repetitions after an amber light"),
            )
            yield half if step.exact else fewer
