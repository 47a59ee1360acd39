"""Patient records with an agenda."""

from __future__ import annotations

from uuid import UUID

from coach.domain.patient_record import PatientRecord
from tests.domain.story import PROTOCOL, Story

ADA = UUID("0192f0c4-aaaa-7000-8000-000000000001")

THREE = "08:00,12:30,18:00"


def patient_record(made: Story, at: float = 2.0) -> PatientRecord:
    return PatientRecord(
        ADA, PROTOCOL, made.history, made.instant(at), "head", len(made.entries), "Ada", "R-1", {}, followed=False
    )  # fmt: skip
