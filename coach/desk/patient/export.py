"""The export desk: the patient record from which reports and exports are made."""

from __future__ import annotations

from uuid import UUID

from coach.config import clinic
from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.desk.installation.patient_context import UseCases
from coach.desk.installation.recording import clinician_names, name_of
from coach.desk.installation.signed_values import signatures
from coach.domain.facts import PATIENT
from coach.domain.history import History
from coach.domain.patient_record import PatientRecord


class ExportDesk(UseCases):
    """Hands out the patient record for an export."""

    @requires(Action.HISTORY_EXPORT)
    def patient_record(self) -> PatientRecord:
        """Return the present patient record for an export, with a line of the audit."""
        return gathered(self._context.installation, self._context.patient)


def gathered(installation: Installation, patient: UUID) -> PatientRecord:
    """Return the record of a patient; the caller has checked the permission."""
    history, head = _whole(installation, patient)
    now = clock.now()
    name = name_of(installation, patient, history)
    known = installation.people.person(patient)
    authors = {**clinician_names(installation, history), PATIENT: name}
    protocol = installation.protocol or installation.protocol_registry.for_history(history, now)
    followed = installation.clinic or installation.is_followed()
    return PatientRecord(
        patient=patient,
        protocol=protocol,
        history=history,
        now=now,
        head=head,
        entries=len(history.entries),
        name=name,
        reference=known.reference if known else "",
        authors={author: each for author, each in authors.items() if each},
        followed=followed,
        clinic_name=clinic.name() if followed else "",
        clinic_phone=clinic.phone() if followed else "",
        signatures=signatures(installation, protocol),
    )


def _whole(installation: Installation, patient: UUID) -> tuple[History, str]:
    """Return the history and the hash of its last entry, consistent with each other."""
    while True:
        number, head = installation.history_cache.head(patient)
        history = installation.history_cache.history(patient)
        if number == history.last_seq:
            return history, head
