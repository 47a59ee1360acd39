"""Sessions as Procedure, with sets, duration, effort and the patient's notes.

Of a session entered from memory only the start is known: it has no end and no duration, and what
came after the start has a day and no time.
"""

from __future__ import annotations

from typing import Any

from coach.domain import function_tests
from coach.domain.facts import Effort, Note, SessionStarted, SetDone, Source
from coach.domain.history import Entry, Session, set_end
from coach.domain.protocol import Routine, RoutineKind
from coach.export.fhir import orders
from coach.export.fhir.bundle_builder import BundleBuilder, key
from coach.export.fhir.codes import ACTIVITY, DURATION
from coach.export.fhir.values import (
    Json,
    coded,
    digest_address,
    moment,
    period,
    quantity,
    score,
    text,
    words,
)
from coach.i18n import N_, _
from coach.review.clinic.findings import STOPS
from coach.text import function_tests as function_tests_text

SOURCES = {Source.PLAYER: N_("Guided by the app"), Source.DIARY: N_("Noted from memory")}


def add(making: BundleBuilder) -> None:
    """Add every session, each followed by its parts."""
    counting = {session.id: session for session in making.history.sessions}
    for started in making.every(SessionStarted):
        _session(making, started, counting.get(started.id))
    for done in making.every(SetDone):
        _set(making, done)
    for session in counting.values():
        _duration(making, session)
    for effort in making.every(Effort):
        making.observe(
            effort,
            {"text": _("How hard the exercise was, 0 (nothing) to 10 (all I can)")},
            category="survey",
            session=effort.fact.session,
            effectiveDateTime=making.day_or_time(effort, effort.fact.session),
            valueQuantity=score(effort.fact.effort),
        )


def _session(making: BundleBuilder, started: Entry[SessionStarted], known: Session | None) -> None:
    """Add one session; None for a voided one."""
    fact = started.fact
    ordered = (orders.in_force(making, each.routine, started.at) for each in fact.sets)
    guided = fact.source is Source.PLAYER
    address = digest_address(fact.digest) if guided else None
    making.add(
        "Procedure",
        key(started, "Procedure"),
        about=started,
        instantiatesUri=[address] if address else None,
        basedOn=[*filter(None, ordered)],
        category={"text": _(SOURCES[fact.source])},
        code={"text": _("Exercise session")},
        subject=making.patient,
        recorder=making.author(started),
        performer=[{"actor": making.patient}],
        usedReference=[making.device] if guided else None,
        **_course_of(making, started, known),
    )


def _course_of(
    making: BundleBuilder, started: Entry[SessionStarted], known: Session | None
) -> dict[str, Any]:
    """Return status, time and notes.

    A session without an end is in progress while it may be resumed.
    """
    if known is None:
        return {"status": "entered-in-error", "performedDateTime": making.when(started)}
    ended = known.finished
    why = ended.fact.stop_reason if ended else None
    lasts = period(started.at, known.ended_at, started.zone)
    if ended is None and making.patient_record.now - started.at < making.protocol.rules.session_open_for.span:
        status, lasts = "in-progress", period(started.at, None, started.zone)
    elif ended is None:
        status = "unknown"
    else:
        status = "stopped" if why else "completed"
    when: Json = {"performedPeriod": lasts}
    if known.from_memory:
        when = {"performedDateTime": making.when(started)}
    return {
        **when,
        "status": status,
        "statusReason": {"text": _(STOPS[why])} if why else None,
        "note": [_annotation(making, note) for note in known.notes if text(note.fact.text)],
    }


def _annotation(making: BundleBuilder, note: Entry[Note]) -> Json:
    writer = making.author(note)
    who = {"authorReference": writer} if "reference" in writer else {"authorString": writer["display"]}
    return {**who, "time": making.day_or_time(note, note.fact.session), "text": text(note.fact.text)}


def _set(making: BundleBuilder, done: Entry[SetDone]) -> None:
    """Add one set; reps count over both legs."""
    fact = done.fact
    routine = making.protocol.routines.get(fact.routine)
    phase = next((each for each in making.protocol.phases if each.id == fact.phase), None)
    parts = _counted(fact, routine)
    if fact.was_asked_for and not (routine and routine.kind.in_minutes):
        parts += [
            {"code": {"text": _("Repetitions planned")}, "valueInteger": fact.reps_planned},
            {"code": {"text": _("Hold planned")}, "valueQuantity": quantity(fact.hold_s, "s", "s")},
        ]
    if phase:
        parts.append({"code": {"text": _("Phase")}, "valueString": text(_(phase.name))})
    if fact.outside_plan:
        parts.append({"code": {"text": _("Outside the plan")}, "valueBoolean": True})
    if fact.is_estimated:
        parts.append(_estimated())
    when: Json = {"effectiveDateTime": making.day_or_time(done, fact.session)}
    if fact.measured_s is not None:
        when = {"effectivePeriod": period(done.at, set_end(done), done.zone)}
    making.observe(
        done,
        coded(ACTIVITY, _("One set of an exercise")),
        category="activity",
        session=fact.session,
        **when,
        valueCodeableConcept=words(_(routine.clinical_name) if routine else fact.routine)
        or {"text": _("not known")},
        method={"text": _(SOURCES[fact.source])},
        component=parts,
    )


def _counted(fact: SetDone, routine: Routine | None) -> list[Json]:
    """Return what was done: minutes of a walk or a rest, seconds of a test, repetitions of all others."""
    if routine and routine.kind.in_minutes:
        parts: list[Json] = [
            {"code": {"text": _("Time done")}, "valueQuantity": quantity(fact.reps_done, "min", "min")}
        ]
        if fact.was_asked_for:
            planned = quantity(fact.reps_planned, "min", "min")
            parts.append({"code": {"text": _("Time planned")}, "valueQuantity": planned})
        return parts
    parts = [{"code": {"text": _("Repetitions done")}, "valueInteger": fact.reps_done}]
    if routine and routine.kind is RoutineKind.TEST:
        seconds = function_tests.result_s(fact)
        told = (
            {"valueString": text(function_tests_text.result(fact))}
            if seconds is None
            else {"valueQuantity": quantity(round(seconds, 1), "s", "s")}
        )
        parts.append({"code": {"text": _("Result of the test")}, **told})
    return parts


def _estimated() -> Json:
    return {"code": {"text": _("Time or repetitions estimated")}, "valueBoolean": True}


def _duration(making: BundleBuilder, session: Session) -> None:
    """Add the total duration of a session's sets in minutes, if each of them was measured."""
    measured = [done.fact.measured_s for done in session.sets]
    known = [each for each in measured if each is not None]
    if not known or len(known) < len(measured):
        return
    lasted_s = sum(known)
    started = session.started
    making.add(
        "Observation",
        key(started, "Observation duration"),
        partOf=[making.reference(started.id)],
        status="final",
        category=making.category("activity"),
        code=coded(DURATION, _("Time spent in the sets of one session")),
        subject=making.patient,
        effectivePeriod=period(started.at, session.ended_at, started.zone),
        issued=moment(started.recorded_at, started.zone),
        performer=[making.author(started)],
        valueQuantity=quantity(round(lasted_s / 60, 2), "min", "min"),
        derivedFrom=[making.reference(done.id) for done in session.sets],
        component=[_estimated()] if any(done.fact.is_estimated for done in session.sets) else None,
    )
