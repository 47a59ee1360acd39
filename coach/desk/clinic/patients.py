"""The patients of a clinic: creating, assigning, inviting, discharging, marking as away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from coach.config import clinic as own_clinic
from coach.desk.access.authorization import NotFound, Principal, requires
from coach.desk.access.permissions import Action, Role, Scope, scope
from coach.desk.accounts.accounts import AccountsDesk, Invited
from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.desk.installation.patient_context import Desk
from coach.desk.installation.recording import NewEntry
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Away, Discharged, Readmitted
from coach.domain.free_text import one_line, plain_text
from coach.domain.standing import is_discharged
from coach.domain.times import local_date, start_of_day
from coach.records.clinic.accounts import Account, Invitation
from coach.records.clinic.caseload import Caseload
from coach.records.clinic.patient_directory import PatientDirectory
from coach.records.clinic.people import Person, Team
from coach.records.database.errors import EntryUnreadable

__all__ = ["FollowUpDesk", "Invited", "ListedPatient", "PatientsDesk", "Person", "Team", "WayIn"]

NAME_LIMIT = 80  # characters of a name, and of a reference
LONGEST_AWAY = timedelta(days=366)

# Actions on one patient or team: their methods check the permission for it themselves.
_ON_SOMEBODY = frozenset({Action.PATIENT_CREATE, Action.PATIENT_ASSIGN, Action.PATIENT_INVITE})


class WayIn(StrEnum):
    """The state of a patient's sign-in."""

    NONE = "none"  # not invited, or the invitation has expired
    INVITED = "invited"
    SIGNED_UP = "signed_up"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class ListedPatient:
    """One patient of the list: team and lead ("" without one), and the state of sign-in.

    `until` is when an open invitation ends, None without one. `discharged` is None if that is not
    for the viewer to know.
    """

    person: Person
    team: str
    lead: str
    way_in: WayIn
    until: datetime | None
    discharged: bool | None


class PatientsDesk:
    """The patients of the viewer's teams.

    Of all teams for an administrator, who sees no health data.
    """

    def __init__(self, installation: Installation, principal: Principal) -> None:
        self.installation = installation
        self.principal = principal
        self._roll = PatientDirectory(installation.store)
        self._caseload = Caseload(installation.store)

    def admit(self, action: Action) -> None:
        """Let the principal do that in this clinic.

        Raises:
            NotFound: the access rule does not allow it.
        """
        if action not in _ON_SOMEBODY or scope(action, self.principal.role) is Scope.NONE:
            self.installation.authorization(self.principal).to_clinic(action)

    def _to_team(self, action: Action, team: UUID | None) -> None:
        self.installation.authorization(self.principal).to_team(action, team)

    def _whose(self) -> frozenset[UUID] | None:
        everybody = scope(Action.TEAMS_SEE, self.principal.role) is Scope.ANY
        return None if everybody else self.principal.teams

    # looking

    @requires(Action.TEAMS_SEE)
    def clinic(self) -> tuple[str, str]:
        """Return the clinic's name and phone number from the server's settings, "" if not set."""
        return own_clinic.name(), own_clinic.phone()

    @requires(Action.TEAMS_SEE)
    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return clock.now()

    @requires(Action.TEAMS_SEE)
    def teams(self) -> list[Team]:
        """Return the care teams by name: the viewer's own, or all."""
        whose = self._whose()
        return [team for team in self.installation.people.teams() if whose is None or team.id in whose]

    @requires(Action.TEAMS_SEE)
    def members(self, team: UUID) -> dict[UUID, str]:
        """Return the names of a care team's physiotherapists; none if the viewer may not see it."""
        whose = self._whose()
        if whose is not None and team not in whose:
            return {}
        members = self.installation.people.members(team)
        known = self.installation.people.names(members)
        return {account: known[account] for account in members if self._treats(account)}

    def _treats(self, account: UUID) -> bool:
        found = self.installation.accounts.account(account)
        return found is not None and found.staff_role == Role.PHYSIOTHERAPIST and found.disabled_at is None

    @requires(Action.TEAMS_SEE)
    def count(self, *, search: str = "") -> int:
        """Return the number of patients that match a name or reference."""
        return self._roll.count(teams=self._whose(), but=self.principal.patient, search=search)

    @requires(Action.TEAMS_SEE)
    def listed(self, *, search: str = "", limit: int = 20, offset: int = 0) -> list[ListedPatient]:
        """Return patients by name, never the viewer's own record."""
        found = self._roll.find(
            teams=self._whose(), but=self.principal.patient, search=search, limit=limit, offset=offset
        )
        return self._described(found)

    @requires(Action.TEAMS_SEE)
    def one(self, patient: UUID) -> ListedPatient | None:
        """Return one patient of the list, or None where they are not the principal's."""
        person = self.installation.people.person(patient)
        mine = self.installation.authorization(self.principal).allows(Action.PATIENT_ASSIGN, patient)
        shown = person if mine else None
        self.installation.note(self.principal, Action.TEAMS_SEE, patient, allowed=shown is not None)
        return self._described([shown])[0] if shown else None

    @requires(Action.TEAMS_SEE)
    def follow_up(self, patient: UUID) -> FollowUpDesk | None:
        """Return the desk for discharging a patient or marking them as away.

        None if not permitted.
        """
        allowed = self.installation.authorization(self.principal).allows(Action.PATIENT_DISCHARGE, patient)
        return FollowUpDesk(self.installation, patient, self.principal) if allowed else None

    def _described(self, found: list[Person]) -> list[ListedPatient]:
        """Return these patients as list items, by the same number of queries however many."""
        patients, accounts = [person.patient for person in found], self.installation.accounts
        teams = {team.id: team.name for team in self.installation.people.teams()}
        leads = self.installation.people.names(person.lead for person in found if person.lead)
        own = accounts.of_patients(patients)
        invited = accounts.all_invited((each.id for each in own.values()), at=clock.now())
        knows = scope(Action.PATIENT_DISCHARGE, self.principal.role) is Scope.CARE_TEAM
        active = self._caseload.active(patients) if knows else {}
        listed = []
        for person in found:
            account = own.get(person.patient)
            way_in, until = _way_in(account, invited.get(account.id)) if account else (WayIn.NONE, None)
            listed.append(
                ListedPatient(
                    person,
                    teams.get(person.team, "") if person.team else "",
                    leads.get(person.lead, "") if person.lead else "",
                    way_in,
                    until,
                    self._is_discharged(person.patient, active) if knows else None,
                )
            )
        return listed

    def _is_discharged(self, patient: UUID, active: Mapping[UUID, bool]) -> bool:
        known = active.get(patient)
        if known is not None:
            return not known
        try:
            return is_discharged(self.installation.history_cache.history(patient))
        except EntryUnreadable:  # the caseload shows that
            return False

    # changing

    @requires(Action.PATIENT_CREATE)
    def create(self, name: str, reference: str, team: UUID, lead: UUID | None, *, key: UUID) -> UUID:
        """Create a patient and return the id; the same key again is the same patient.

        Args:
            name: the name in any script, at most 80 characters.
            reference: the clinic's own number of the patient, or "".
            team: the care team.
            lead: the physiotherapist of the team who is in charge, or None.
            key: created when the form is shown.

        Raises:
            BadValue: the name is missing, name or reference is too long, or the reference is taken.
            NotFound: the team is not the principal's, or the lead does not work in it.
        """
        self._to_team(Action.PATIENT_CREATE, team)
        self._check_lead(team, lead)
        new = Person(key, _line(name, needed=True), _line(reference), team, lead)
        self._roll.enter(new, at=clock.now())
        return key

    @requires(Action.PATIENT_ASSIGN)
    def assign(
        self, patient: UUID, team: UUID, lead: UUID | None, *, instead_of: Person | None = None
    ) -> None:
        """Assign a patient to another team or lead.

        Args:
            patient: the patient.
            team: the team.
            lead: a physiotherapist of the team, or None.
            instead_of: the values that the form showed, None if that does not matter.

        Raises:
            BadValue: the assignment was changed meanwhile.
            NotFound: patient or team is not the principal's, or the lead does not work in the team.
        """
        person = self._person(Action.PATIENT_ASSIGN, patient)
        self._to_team(Action.PATIENT_ASSIGN, team)
        self._check_lead(team, lead)
        self._roll.change(person, replace(person, team=team, lead=lead), shown=instead_of)

    @requires(Action.PATIENT_ASSIGN)
    def rename(self, patient: UUID, name: str, reference: str, *, instead_of: Person | None = None) -> None:
        """Change a patient's name and reference; `instead_of` are the values that the form showed.

        Raises:
            BadValue: the name is missing, one of them is too long, the reference is somebody
                else's, or it is no longer what the form showed.
            NotFound: the patient is not the principal's.
        """
        person = self._person(Action.PATIENT_ASSIGN, patient)
        new = replace(person, name=_line(name, needed=True), reference=_line(reference))
        self._roll.change(person, new, shown=instead_of)

    @requires(Action.PATIENT_INVITE)
    def invite(self, patient: UUID) -> Invited:
        """Invite a patient; an earlier invitation ends. The code is only in the returned value.

        Raises:
            BadValue: the account is disabled.
            NotFound: the patient is not the principal's.
        """
        return AccountsDesk(self.installation, self.principal).invite_patient(patient)

    def _person(self, action: Action, patient: UUID) -> Person:
        self.installation.authorization(self.principal).to_patient(action, patient)
        person = self.installation.people.person(patient)
        if person is None:
            raise NotFound
        return person

    def _check_lead(self, team: UUID, lead: UUID | None) -> None:
        known = team in {each.id for each in self.installation.people.teams()}
        works = lead is None or (lead in self.installation.people.members(team) and self._treats(lead))
        if not known or not works:
            raise NotFound


class FollowUpDesk(Desk):
    """Discharging one patient, following them again, and marking them as away."""

    @requires(Action.REVIEW_SEE)
    def is_discharged(self) -> bool:
        """Tell whether the clinic no longer follows this patient."""
        return is_discharged(self.history())

    @requires(Action.PATIENT_DISCHARGE)
    def discharge(self, *, why: str, key: UUID) -> None:
        """Stop following this patient, with a reason; the record stays the patient's.

        Raises:
            BadValue: the patient is discharged already.
        """
        self._context.record_while(self._still_followed, NewEntry(Discharged(plain_text(why, 2000))), key=key)

    @requires(Action.PATIENT_DISCHARGE)
    def readmit(self, *, why: str, key: UUID) -> None:
        """Follow this patient again, with a reason.

        Raises:
            BadValue: the patient is followed already.
        """

        def holds() -> None:
            if not is_discharged(self.history()):
                raise BadValue(Fault.FOLLOWED_MEANWHILE)

        self._context.record_while(holds, NewEntry(Readmitted(plain_text(why, 2000))), key=key)

    def _still_followed(self) -> None:
        if is_discharged(self.history()):
            raise BadValue(Fault.DISCHARGED_MEANWHILE)

    @requires(Action.REVIEW_SEE)
    def today(self) -> date:
        """Return today's date in the patient's zone."""
        return local_date(self.now(), self.zone)

    @requires(Action.PATIENT_MARK)
    def away(self, *, first_day: date, last_day: date, why: str, key: UUID) -> None:
        """Mark the patient as away on these local days, both included: silence is no need then.

        Raises:
            BadValue: the days lie in the wrong order, are over, are more than a year
                or begin more than a year ahead; no reason is given; the patient was discharged.
        """
        today = self.today()
        if first_day > today + LONGEST_AWAY:
            raise BadValue(Fault.AWAY_OVER)
        if not max(first_day, today) <= last_day <= first_day + LONGEST_AWAY:
            raise BadValue(Fault.AWAY_OVER)
        begins = start_of_day(first_day, self.zone)
        ends = start_of_day(last_day + timedelta(days=1), self.zone)
        away = NewEntry(Away(begins, ends, plain_text(why, 2000)))
        self._context.record_while(self._still_followed, away, key=key)


def _way_in(account: Account, invitation: Invitation | None) -> tuple[WayIn, datetime | None]:
    if account.disabled_at is not None:
        return WayIn.DISABLED, None
    if account.password_hash is not None or account.organisation is not None:
        return WayIn.SIGNED_UP, None
    return (WayIn.INVITED, invitation.ends_at) if invitation else (WayIn.NONE, None)


def _line(text: str, *, needed: bool = False) -> str:
    """Return a name on one line, composed (NFC); a missing or too long one is refused."""
    line = one_line(text, NAME_LIMIT)
    if needed and not line:
        raise BadValue(Fault.TEXT_MISSING)
    return line
