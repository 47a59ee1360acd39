"""A desk of the whole clinic: it acts for no single patient."""

from __future__ import annotations

from coach.desk.access.authorization import Principal
from coach.desk.access.permissions import Action
from coach.desk.installation.installation import Installation


class Clinic:
    """What such desks share: the installation, the principal and the access rule."""

    def __init__(self, installation: Installation, principal: Principal) -> None:
        self.installation = installation
        self.principal = principal
        self._admitted: set[Action] = set()

    def admit(self, action: Action) -> None:
        """Let the principal do that in this clinic; what is shown is still theirs alone.

        Raises:
            NotFound: the access rule does not allow it.
        """
        if action not in self._admitted:
            self.installation.admission(self.principal).to_clinic(action)
            self._admitted.add(action)
