"""The plain history: every entry, in the order of recording, as JSON."""

from __future__ import annotations

import json

from coach.domain.patient_record import PatientRecord, plain


def content(patient_record: PatientRecord) -> bytes:
    """Return every entry as it was recorded, corrected and voided ones too, as UTF-8."""
    return json.dumps(plain(patient_record), ensure_ascii=False, allow_nan=False, indent=1).encode()
