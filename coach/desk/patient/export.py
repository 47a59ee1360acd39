"""Taking it along: what reports and exports are made from, for the patient and for who treats them."""

from __future__ import annotations

from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.desk.installation.recording import Desk, clinician_names, name_of
from coach.domain.facts import PATIENT
from coach.domain.history import History
from coach.domain.patient_record import PatientRecord


class Taking(Desk):
    """Whoever may take the record along."""

    @requires(Action.HISTORY_EXPORT)
    def patient_record(self) -> PatientRecord:
        """Return everything that a report or an export needs, as it is now; the audit knows of it."""
        return gathered(self.installation, self.patient)


class Named(Desk):
    """Whoever looks at somebody else's record, which an address must name without telling whose it is."""

    @requires(Action.REVIEW_SEE)
    def ticket(self) -> str:
        """Return a name of this patient for an address, good for the viewer alone and for a while."""
        return self.installation.tickets.issue(self.principal.account, self.patient, now=self.now())


def gathered(installation: Installation, patient: UUID) -> PatientRecord:
    """Return the record of a patient; whoever calls has asked whether it may be had."""
    history, head = _whole(installation, patient)
    now = clock.now()
    name = name_of(installation, patient, history)
    known = installation.people.person(patient)
    authors = {**clinician_names(installation, history), PATIENT: name}
    return PatientRecord(
        patient=patient,
        protocol=installation.protocol or installation.library.for_history(history, now),
        history=history,
        now=now,
        head=head,
        entries=len(history.entries),
        name=name,
        reference=known.reference if known else "",
        authors={author: each for author, each in authors.items() if each},
        followed=installation.clinic or installation.is_followed(),
    )


def _whole(installation: Installation, patient: UUID) -> tuple[History, str]:
    """Return the history and the hash of its last entry; what is recorded meanwhile is in both or in neither."""
    while True:
        number, head = installation.shelf.head(patient)
        history = installation.shelf.history(patient)
        if number == history.last_seq:
            return history, head
