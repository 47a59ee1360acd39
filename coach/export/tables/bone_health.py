"""The table of what the patient said about treatment, scan and appointment for their bones."""

from __future__ import annotations

from collections.abc import Iterator

from coach.domain.facts import BoneHealth
from coach.domain.patient_record import PatientRecord
from coach.export.tables.clock import EntryClock
from coach.export.tables.table import COURSE, WHEN, Column, ColumnKind, Row

COLUMNS = {
    "answer": Column(ColumnKind.TEXT, "the answer, a UUID"),
    **WHEN,
    "occasion": Column(ColumnKind.TEXT, "when it was asked: the occasion's id in the protocol"),
    "step": Column(ColumnKind.TEXT, "treatment, scan (of bone density) or appointment (about bones)"),
    "state": Column(
        ColumnKind.TEXT, "of a treatment yes or no; of the others done, booked or no; empty where it is not known"
    ),
    "unknown": Column(ColumnKind.YES_NO, "it was asked, and not known"),
    "treatment": Column(ColumnKind.TEXT, "which treatment, in the patient's own words", personal=True),
    "course": COURSE,
}  # fmt: skip


def rows(patient_record: PatientRecord) -> Iterator[Row]:
    """Yield the answers that count, in their order."""
    clock, history = EntryClock.of(patient_record), patient_record.history
    for entry in sorted(history.of(BoneHealth), key=lambda each: (each.at, each.seq)):
        told, first = entry.fact, entry
        while earlier := history.corrected_by(first):
            first = earlier
        yield (
            entry.id, *clock.when(entry), told.occasion, told.step.value, told.state.value if told.state else None,
            told.state is None, told.treatment or None, clock.course_told(first.seq),
        )  # fmt: skip
