"""Patient (a pseudonym), authors of the record as Practitioner, and this program as Device."""

from __future__ import annotations

from uuid import UUID, uuid5

import coach
from coach.domain.facts import PATIENT
from coach.domain.history import by_clinician
from coach.export.fhir.bundle_builder import REFERENCE, BundleBuilder, identifier
from coach.export.fhir.values import URI, text
from coach.i18n import _

OURS = UUID("0d2f6a5e-6f0b-5c07-9a0e-5a1c6d1f7b00")
LOINC_NOTICE = (
    "This material contains content from LOINC (http://loinc.org). LOINC is copyright © Regenstrief Institute, Inc. "
    "and the Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost under the "
    "license at http://loinc.org/license."
)  # LOINC's licence demands this wording, so it is not translated


def add(making: BundleBuilder) -> None:
    """Add the people and the program."""
    patient_record = making.patient_record
    making.patient = making.add(
        "Patient",
        str(patient_record.patient),
        identifier=[
            {"system": URI, "value": f"urn:uuid:{patient_record.patient}"},
            *([identifier(REFERENCE, patient_record.reference)] if text(patient_record.reference) else []),
        ],
        active=True,
    )
    making.writers[PATIENT] = making.patient
    making.device = making.add(
        "Device",
        str(uuid5(OURS, f"Device {coach.__version__}")),
        status="active",
        deviceName=[{"name": "Coach", "type": "user-friendly-name"}],
        type={"text": _("App for guided exercise after a balloon kyphoplasty; not a medical device")},
        version=[{"value": coach.__version__}],
        note=[{"text": _("Everything about the exercises is self-reported.")}, {"text": LOINC_NOTICE}],
    )
    for author in dict.fromkeys(entry.author for entry in making.history.entries if by_clinician(entry)):
        name = text(patient_record.authors.get(author, ""))
        making.writers[author] = making.add(
            "Practitioner",
            str(uuid5(OURS, author)),
            name=[{"text": name}] if name else None,
        )
