"""What a patient and the player do, in a few words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from coach.desk import PatientDesk
from coach.desk.installation.recording import new_key
from coach.desk.patient.outbox import Receipt
from coach.domain.errors import Fault

PUMPS, GLUTES, QUADS, TUMMY = "ankle_pumps", "static_glutes", "quadriceps", "transversus_abdominis"
SQUEEZES = (GLUTES, QUADS, TUMMY)


def begin(patient: PatientDesk, *routines: str, easier: bool = False) -> UUID:
    """Answer the check with none and start a session."""
    patient.sessions.answer_none(whole=True, key=new_key())
    return patient.sessions.start(routines or (PUMPS,), easier=easier, session=new_key())


def item(session: object, kind: str, *, age_s: float = 0, **payload: object) -> dict[str, Any]:
    """Return an entry as a browser sends it."""
    return {
        "id": str(new_key()),
        "kind": kind,
        "session": str(session),
        "age_ms": age_s * 1000,
        "estimated": False,
        "payload": payload,
    }


def set_done(
    session: object,
    routine: str = PUMPS,
    *,
    index: object = 0,
    reps: object = 10,
    took_s: float = 40,
    age_s: float = 0,
) -> dict[str, Any]:
    """Return a finished set as the player sends it."""
    return item(
        session, "set_done", age_s=age_s, set=index, routine=routine, reps_done=reps, took_ms=took_s * 1000
    )


def send(patient: PatientDesk, *items: dict[str, Any]) -> Receipt:
    return patient.outbox.receive(items, owner=str(patient.patient))


def faults(receipt: Receipt) -> list[Fault]:
    return [why.fault for _, why in receipt.refused]
