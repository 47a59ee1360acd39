"""The base of desks of the whole clinic, which concern no single patient."""

from __future__ import annotations

from coach.desk.access.authorization import Principal
from coach.desk.access.permissions import Action
from coach.desk.installation.installation import Installation
from coach.desk.installation.patient_context import PatientContext


class Clinic:
    """What such desks share: installation, principal and permission checks."""

    def __init__(self, installation: Installation, principal: Principal) -> None:
        self.installation = installation
        self.principal = principal
        self._admitted: set[Action] = set()

    def admit(self, action: Action) -> None:
        """Check that the principal may do that in this clinic.

        Results must still be restricted to theirs.

        Raises:
            NotFound: the access rule does not allow it.
        """
        if action not in self._admitted:
            self.installation.authorization(self.principal).to_clinic(action)
            self._admitted.add(action)


def ticket(context: PatientContext) -> str:
    """Return a token of a patient for an address, valid for this viewer and a limited time."""
    tokens, account = context.installation.patient_tokens, context.principal.account
    return tokens.issue(account, context.patient, now=context.now())
