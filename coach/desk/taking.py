"""Taking it along: what reports and exports are made from, for the patient and for who treats them."""

from __future__ import annotations

from coach.desk.admission import names
from coach.desk.policy import Action
from coach.desk.writer import Desk
from coach.domain.dossier import Dossier
from coach.domain.history import PATIENT, History


class Taking(Desk):
    """Whoever may take the record along."""

    @names(Action.HISTORY_EXPORT)
    def dossier(self) -> Dossier:
        """Return everything that a report or an export needs, as it is now; the audit knows of it."""
        history, head = self._whole()
        name = self.patient_name()
        known = self.office.people.person(self.patient)
        authors = {**self.clinicians(), PATIENT: name}
        return Dossier(
            patient=self.patient,
            protocol=self.protocol,
            history=history,
            now=self.now(),
            head=head,
            entries=len(history.entries),
            name=name,
            reference=known.reference if known else "",
            authors={author: each for author, each in authors.items() if each},
            followed=self.is_followed(),
        )

    def _whole(self) -> tuple[History, str]:
        """Return the history and the hash of its last entry; what is recorded meanwhile is in both or in neither."""
        while True:
            number, head = self._shelf.head(self.patient)
            self._look_again()
            history = self.history()
            if number == (history.entries[-1].seq if history.entries else 0):
                return history, head
