"""A history as one FHIR R4 (4.0.1) Bundle, for the record system of a clinic.

Codes are used only where they are confirmed: LOINC for pain right now, exercise activity and its
duration, UCUM for their units, HL7's own where R4 binds them, and our own for words of the record.
Everything else is text. The patient has no name in it, only a pseudonym and the clinic's reference.
Corrected and voided entries stay, marked `entered-in-error`, as in the record.
"""

from __future__ import annotations

import json

from coach.domain.patient_record import PatientRecord
from coach.export.fhir import (
    bone_health,
    check,
    communications,
    flags,
    goals,
    holds,
    measures,
    pain,
    people,
    plan,
    provenance,
    questionnaires,
    sessions,
)
from coach.export.fhir.bundle_builder import BundleBuilder


def content(patient_record: PatientRecord, *, transaction: bool = False) -> bytes:
    """Return the bundle as JSON in UTF-8: a collection to read, or a transaction for a server.

    Raises:
        ValueError: the bundle would not be valid FHIR; nothing is returned then.
    """
    bundle = bundle_of(patient_record, transaction=transaction)
    check.valid(bundle)
    return json.dumps(bundle, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def bundle_of(patient_record: PatientRecord, *, transaction: bool = False) -> dict[str, object]:
    """Return the bundle as JSON values; each part refers only to parts before it."""
    making = BundleBuilder(patient_record)
    people.add(making)
    holds.add(making)
    goals.add(making)
    plan.add(making)
    questionnaires.add(making)
    sessions.add(making)
    pain.add(making)
    measures.add(making)
    bone_health.add(making)
    flags.add(making)
    provenance.add(making)
    communications.add(making)
    return making.bundle(transaction=transaction)
