"""A patient's record as one value, of one instant: the input of reports, exports and calendars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from coach.domain.case import Case
from coach.domain.history import History
from coach.domain.payloads import to_payload
from coach.domain.protocol import Protocol
from coach.domain.sign_off import Signature, SignOff, sign_off
from coach.domain.times import local, local_date


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """One patient's history, with all that an export needs besides.

    `head` is the hash of the latest entry and `entries` the number of entries: printed on exports,
    they show later whether the record is still the same. `name` and `reference` are what the clinic
    calls the patient, or ""; `authors` has the names of authors of entries. `followed` tells
    whether a physiotherapist reads it. `clinic_name` and `clinic_phone` are those of the clinic that
    follows the patient, as far as the server knows them. `signatures` is what clinicians said about
    values of the protocol; without any nothing counts as checked.
    """

    patient: UUID
    protocol: Protocol
    history: History
    now: datetime
    head: str
    entries: int
    name: str
    reference: str
    authors: Mapping[str, str]
    followed: bool
    clinic_name: str = ""
    clinic_phone: str = ""
    signatures: tuple[Signature, ...] = ()

    @property
    def sign_off(self) -> SignOff:
        """How each value of the protocol stands: whether a clinician has checked it."""
        return sign_off(self.protocol, self.signatures)

    @property
    def case(self) -> Case:
        """The history read with the protocol."""
        return Case.of(self.protocol, self.history)

    @property
    def zone(self) -> str:
        """The patient's IANA time zone."""
        return self.history.zone

    @property
    def today(self) -> date:
        """The local date of the patient."""
        return local_date(self.now, self.zone)


#: Explains the plain history to its reader; part of the exported file.
FROM_MEMORY = (
    "A set with the source diary is told from memory: its took_s, the time of what follows in its session and the end of "
    "that session are the schedule's, and nobody measured them."
)
#: The same, of tests.
TESTS = (
    "A set of a test with 0 reps_done was tried and not finished: its took_s is the time until it was given up, and no "
    "result."
)


def plain(patient_record: PatientRecord) -> dict[str, object]:
    """Return all entries as JSON values, corrected and voided ones too."""
    protocol, checked = patient_record.protocol, patient_record.sign_off.of()
    return {
        "format": "coach-history",
        "version": 1,
        "patient": str(patient_record.patient),
        "exported_at": patient_record.now.isoformat(),
        "protocol": {
            "id": protocol.id,
            "version": protocol.version,
            "digest": protocol.digest,
            "values": {"checked_by_a_clinician": checked.checked, "of": checked.of},
        },
        "head": {"seq": patient_record.entries, "hash": patient_record.head},
        "notes": [FROM_MEMORY, TESTS],
        "entries": [
            {
                "id": str(entry.id),
                "seq": entry.seq,
                "kind": entry.kind,
                "at": entry.at.isoformat(),
                "zone": entry.zone,
                "local_date": entry.local_date.isoformat(),
                "local_time": local(entry.at, entry.zone).isoformat(),
                "recorded_at": entry.recorded_at.isoformat(),
                "author": entry.author,
                "supersedes": str(entry.supersedes) if entry.supersedes else None,
                "fact": to_payload(entry.fact),  # type: ignore[arg-type]
            }
            for entry in patient_record.history.entries
        ],
    }
