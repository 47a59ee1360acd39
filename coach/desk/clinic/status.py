"""How the clinic's installation stands: who may sign in, patients, protocol, backups, e-mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action, Role
from coach.desk.clinic.base import Clinic
from coach.desk.installation import clock
from coach.records.clinic.accounts import Account
from coach.records.clinic.audit import ALLOWED, BACKED_UP, REMINDED
from coach.records.clinic.patient_directory import PatientDirectory

__all__ = ["ClinicStatus", "StatusDesk"]


@dataclass(frozen=True, slots=True)
class ClinicStatus:
    """Numbers of people, and when something last happened; None if that is not known.

    Those who can sign in have a password or an organisation, and are not disabled. `without_team`
    are physiotherapists who see no patient. Times are in UTC.
    """

    physiotherapists: int
    administrators: int
    not_come_in: int
    without_team: int
    patients: int
    protocol: str
    protocol_version: str
    backed_up_at: datetime | None
    reminded_at: datetime | None


class StatusDesk(Clinic):
    """Where an administrator sees whether all is set up, and still works."""

    @requires(Action.AUDIT_SEE)
    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return clock.now()

    @requires(Action.AUDIT_SEE)
    def status(self) -> ClinicStatus:
        """Return how the installation stands."""
        staff = [each for each in self.installation.accounts.staff() if each.disabled_at is None]
        ready = [each for each in staff if each.password_hash is not None or each.organisation is not None]
        treating = [each for each in ready if each.staff_role == Role.PHYSIOTHERAPIST]
        protocol = self.installation.protocol_registry.in_force(clock.now())
        return ClinicStatus(
            physiotherapists=len(treating),
            administrators=len(ready) - len(treating),
            not_come_in=len(staff) - len(ready),
            without_team=sum(not self._teams(each) for each in treating),
            patients=PatientDirectory(self.installation.store).count(teams=None, but=None, search=""),
            protocol=protocol.title,
            protocol_version=protocol.version,
            backed_up_at=self._last(BACKED_UP),
            reminded_at=self._last(REMINDED),
        )

    def _teams(self, account: Account) -> bool:
        return bool(self.installation.people.teams_of(account.id))

    def _last(self, action: str) -> datetime | None:
        """Return when the audit last tells of an act."""
        lines = self.installation.audit.read(action=action, outcome=ALLOWED, limit=1)
        return lines[0].at if lines else None
