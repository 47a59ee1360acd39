"""The export formats of one patient's record, and the function that makes each file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from coach.domain.patient_record import PatientRecord
from coach.domain.reminders import Agenda


class Form(StrEnum):
    """The format of an export."""

    REPORT = "report"
    SHEET = "sheet"
    BONE_LETTER = "bone-letter"
    CSV = "csv"
    JSON = "json"
    FHIR = "fhir"
    FHIR_TRANSACTION = "fhir-transaction"
    CALENDAR = "ics"


class Paper(StrEnum):
    """The paper size."""

    A4 = "a4"
    LETTER = "letter"


#: What is given to the patient, so it is in their language whoever prints it.
FOR_THE_PATIENT = frozenset({Form.SHEET, Form.CALENDAR})


#: What a clinic sends, so it is in the clinic's language whoever prints it.
FROM_THE_CLINIC = frozenset({Form.BONE_LETTER})


@dataclass(frozen=True, slots=True)
class File:
    """An exported file: name, media type and content."""

    name: str
    media_type: str
    content: bytes


def make(form: Form, patient_record: PatientRecord, *, paper: Paper = Paper.A4) -> File:
    """Return the record in that format; `paper` matters for PDFs alone.

    The libraries are imported at the first use of each form: they take up to two seconds.
    """
    day = patient_record.today.isoformat()
    match form:
        case Form.REPORT:
            from coach.export.pdf import progress_report

            return File(
                f"coach-report-{day}.pdf", "application/pdf", progress_report.pdf(patient_record, paper.value)
            )
        case Form.SHEET:
            from coach.export.pdf import exercise_sheet

            return File(
                f"coach-exercises-{day}.pdf",
                "application/pdf",
                exercise_sheet.pdf(patient_record, paper.value),
            )
        case Form.BONE_LETTER:
            from coach.export.pdf import bone_letter

            return File(
                f"coach-bone-health-{day}.pdf",
                "application/pdf",
                bone_letter.pdf(patient_record, paper.value),
            )
        case Form.CSV:
            from coach.export.tables import csv

            return File(f"coach-tables-{day}.zip", "application/zip", csv.zipped(patient_record))
        case Form.JSON:
            from coach.export import history_json

            return File(f"coach-history-{day}.json", "application/json", history_json.content(patient_record))
        case Form.FHIR:
            from coach.export import fhir

            return File(f"coach-fhir-{day}.json", "application/fhir+json", fhir.content(patient_record))
        case Form.FHIR_TRANSACTION:
            from coach.export import fhir

            name = f"coach-fhir-transaction-{day}.json"
            return File(name, "application/fhir+json", fhir.content(patient_record, transaction=True))
        case Form.CALENDAR:
            from coach.export import ical

            return File(
                f"coach-calendar-{day}.ics", "text/calendar; charset=utf-8", ical.content(patient_record)
            )


def calendar(agenda: Agenda, patient: UUID) -> bytes:
    """Return an agenda as the calendar that calendar programs subscribe to."""
    from coach.export.ical import written

    return written(agenda, patient)
