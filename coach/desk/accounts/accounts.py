"""The use cases of accounts: creating, inviting, resetting, disabling, linking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from coach.desk.access.authorization import NotFound, Principal, requires
from coach.desk.access.invitations import Invited, invite
from coach.desk.access.login_names import login_of
from coach.desk.access.permissions import Action, Role, Scope, scope
from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import one_line
from coach.records.clinic.accounts import Account
from coach.records.clinic.people import Person, Team
from coach.records.clinic.staff import Assumed, Standing, last_sign_ins

__all__ = ["AccountsDesk", "Invited", "ListedAccount"]

NAME_AT_MOST = 100  # characters
HOME_TEAM = "Home"
STAFF = (Role.PHYSIOTHERAPIST, Role.ADMINISTRATOR)

# Actions on one patient: their methods check the permission for that patient themselves.
_ON_SOMEBODY = frozenset({Action.PATIENT_INVITE, Action.PHYSIOTHERAPIST_INVITE})


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """An account as a list shows it; `invited_until` is None without an open invitation.

    `last_sign_in` is None if none is stored: sign-ins are deleted 30 days after their end.
    """

    id: UUID
    login: str
    name: str
    staff_role: Role | None
    patient: UUID | None
    teams: tuple[str, ...]
    team_ids: tuple[UUID, ...]
    has_password: bool
    has_second_factor: bool
    has_organisation: bool
    disabled: bool
    invited_until: datetime | None
    invitation: UUID | None
    last_sign_in: datetime | None

    @property
    def standing(self) -> Standing:
        """What a change of it assumes."""
        return Standing(
            self.disabled, self.has_password, self.has_second_factor, self.has_organisation, self.invitation
        )


class AccountsDesk:
    """Where accounts are made, invited, reset and disabled."""

    def __init__(self, installation: Installation, principal: Principal) -> None:
        self.installation = installation
        self.principal = principal
        self._accounts = installation.accounts

    def admit(self, action: Action) -> None:
        """Check that the principal may do that for this clinic.

        Raises:
            NotFound: the access rule does not allow it.
        """
        granted = scope(action, self.principal.role) is Scope.ANY
        # A change is audited with its account; a refusal is audited here.
        if action not in _ON_SOMEBODY and not (action is Action.ACCOUNTS_CHANGE and granted):
            self.installation.authorization(self.principal).to_clinic(action)

    def _to(self, action: Action, patient: UUID) -> None:
        self.installation.authorization(self.principal).to_patient(action, patient)

    @requires(Action.ACCOUNTS_CHANGE)
    def listed(self) -> list[ListedAccount]:
        """Return every account by name, without secrets."""
        return self._listed(self._accounts.everybody())

    @requires(Action.ACCOUNTS_CHANGE)
    def staff(self) -> list[ListedAccount]:
        """Return the staff accounts by name, without saying which of them are patients too."""
        return [replace(each, patient=None) for each in self._listed(self._accounts.staff())]

    @requires(Action.ACCOUNTS_CHANGE)
    def teams(self) -> list[Team]:
        """Return every care team by name, for choosing one in an invitation."""
        return self.installation.people.teams()

    def _listed(self, accounts: list[Account]) -> list[ListedAccount]:
        now, people = clock.now(), self.installation.people
        teams = {team.id: team.name for team in people.teams()}
        found: list[ListedAccount] = []
        invited = self._accounts.all_invited((each.id for each in accounts), at=now)
        signed_in = last_sign_ins(self.installation.store, at=now)
        for each in accounts:
            invitation = invited.get(each.id)
            works_in = tuple(sorted(people.teams_of(each.id) & teams.keys(), key=teams.__getitem__))
            found.append(
                ListedAccount(
                    id=each.id,
                    login=each.login,
                    name=each.name,
                    staff_role=Role(each.staff_role) if each.staff_role else None,
                    patient=each.patient,
                    teams=tuple(teams[team] for team in works_in),
                    team_ids=works_in,
                    has_password=each.password_hash is not None,
                    has_second_factor=each.totp_step > 0,
                    has_organisation=each.organisation is not None,
                    disabled=each.disabled_at is not None,
                    invited_until=invitation.ends_at if invitation else None,
                    invitation=invitation.id if invitation else None,
                    last_sign_in=signed_in.get(each.id),
                )
            )
        return found

    @requires(Action.TEAMS_CHANGE)
    def team_called(self, name: str) -> UUID:
        """Return the care team of that name; created if missing.

        Raises:
            BadValue: the name is missing or too long.
        """
        wanted = _name(name)
        there = {team.name.casefold(): team.id for team in self.installation.people.teams()}
        if wanted.casefold() in there:
            return there[wanted.casefold()]
        made = Team(uuid4(), wanted)
        self.installation.people.add_team(made, at=clock.now())
        return made.id

    @requires(Action.TEAMS_CHANGE)
    def put_into_team(self, account: UUID, team: UUID | str) -> None:
        """Let a member of the staff work in a care team too, named by its id or a new name.

        Raises:
            BadValue: the name is missing or too long.
            NotFound: there is no such staff account, or no such team.
        """
        found = self._staff(account)
        if isinstance(team, str):
            team = self.team_called(team)
        elif team not in {each.id for each in self.installation.people.teams()}:
            raise NotFound
        self.installation.people.join(team, found.id)

    @requires(Action.TEAMS_CHANGE)
    def take_out_of_team(self, account: UUID, team: UUID) -> None:
        """Let a member of the staff no longer work in a care team: its patients are not theirs any more.

        Raises:
            NotFound: there is no such staff account.
        """
        self.installation.people.leave(team, self._staff(account).id)

    @requires(Action.ACCOUNTS_CHANGE)
    def add_staff(self, name: str, login: str, role: Role, *, team: UUID | str | None, key: UUID) -> Invited:
        """Create a staff account and invite its owner; the same key again issues a new invitation.

        Args:
            name: the name for patients and colleagues.
            login: a name or an e-mail address to sign in with.
            role: physiotherapist or administrator.
            team: the care team, or the name of one, created if missing; None for none.
            key: created when the form is shown.

        Raises:
            BadValue: a name or the login is missing, too long, or the login is taken.
            NotFound: there is no such care team.
        """
        if role not in STAFF:
            raise BadValue(Fault.UNKNOWN_CHOICE, value=role)
        if isinstance(team, str):
            team = _name(team)
        elif team is not None and team not in {each.id for each in self.installation.people.teams()}:
            raise NotFound
        now = clock.now()
        new = Account(key, login_of(login), _name(name), role.value, None, now)
        self._accounts.add(new)
        self.installation.note(self.principal, Action.ACCOUNTS_CHANGE, key, allowed=True)
        if isinstance(team, str):  # only now, so that no team is created if the login is taken
            team = self.team_called(team)
        if team is not None:
            self.installation.people.join(team, key)
        return invite(self._accounts, new, now=now)

    @requires(Action.PATIENT_INVITE)
    def invite_patient(self, patient: UUID) -> Invited:
        """Invite a patient; creates the account the first time, and revokes earlier invitations.

        Raises:
            BadValue: the account is disabled, or is a staff account that the principal may not
                change.
            NotFound: the patient is unknown or not the principal's.
        """
        self._to(Action.PATIENT_INVITE, patient)
        person = self.installation.people.person(patient)
        if person is None:
            raise NotFound
        account = self._accounts.of_patient(patient) or self._new_account(person)
        if account.staff_role and scope(Action.ACCOUNTS_CHANGE, self.principal.role) is not Scope.ANY:
            # The password of staff opens more than the own record
            raise BadValue(Fault.STAFF_ACCOUNT)
        return self._invite(account)

    def _new_account(self, person: Person) -> Account:
        """Create a patient's account; the login is the reference unless it is taken."""
        wanted = [person.reference] if person.reference.strip() else []
        for proposal in (*wanted, f"patient-{str(uuid4())[:8]}"):
            key, now = uuid5(person.patient, "account"), clock.now()
            try:
                new = Account(key, login_of(proposal), person.name, None, person.patient, now)
                self._accounts.add(new)
            except BadValue:
                continue
            return new
        raise BadValue(Fault.NAME_TAKEN, value=person.reference)

    # `instead_of` below is the account as the user was shown it, None if that does not matter.

    @requires(Action.ACCOUNTS_CHANGE)
    def invite_staff(self, account: UUID, *, instead_of: ListedAccount | None = None) -> Invited:
        """Invite a staff member again; earlier invitations are revoked.

        Raises:
            BadValue: the account is disabled, or was changed meanwhile.
            NotFound: there is no such staff account.
        """
        return self._invite(self._staff(account), instead_of=instead_of)

    @requires(Action.ACCOUNTS_CHANGE)
    def reset(self, account: UUID, *, instead_of: ListedAccount | None = None) -> Invited:
        """Remove an account's password and second factor, end its sessions, invite its owner again.

        Raises:
            BadValue: the account is disabled, the own or the last administrator's, or was changed
                meanwhile.
            NotFound: there is no such account.
        """
        found = self._others(account)
        if found.disabled_at is not None:
            raise BadValue(Fault.DISABLED_MEANWHILE if instead_of else Fault.ACCOUNT_DISABLED)
        self._accounts.forget_secrets(found.id, at=clock.now(), assumed=self._shutting(instead_of))
        return self._invite(found)

    @requires(Action.ACCOUNTS_CHANGE)
    def disable(self, account: UUID, *, instead_of: ListedAccount | None = None) -> None:
        """Disable an account; its sessions end at once.

        Raises:
            BadValue: it is the own or the last administrator's account, or was disabled meanwhile.
            NotFound: there is no such account.
        """
        found = self._others(account)
        self._accounts.disable(found.id, at=clock.now(), assumed=self._shutting(instead_of))
        if not self.installation.clinic:
            for team in self.installation.people.teams_of(found.id):
                self.installation.people.leave(team, found.id)

    @requires(Action.ACCOUNTS_CHANGE)
    def enable(self, account: UUID, *, instead_of: ListedAccount | None = None) -> None:
        """Enable a disabled account.

        Raises:
            BadValue: it was enabled meanwhile.
            NotFound: there is no such account.
        """
        self._accounts.enable(self._account(account).id, at=clock.now(), assumed=_assumed(instead_of))

    @requires(Action.ACCOUNTS_CHANGE)
    def link_organisation(self, account: UUID, issuer: str, subject: str) -> None:
        """Link an account to an OpenID identity.

        Raises:
            BadValue: another account has that identity, or issuer or subject is missing.
            NotFound: there is no such account.
        """
        if not issuer.strip() or not subject.strip():
            raise BadValue(Fault.TEXT_MISSING)
        self._accounts.link(self._account(account).id, f"{issuer.strip()}|{subject.strip()}")

    @requires(Action.ACCOUNTS_CHANGE)
    def unlink_organisation(self, account: UUID, *, instead_of: ListedAccount | None = None) -> None:
        """Remove an account's OpenID link; its sessions end at once.

        Raises:
            BadValue: it is the own or the last administrator's account, or was changed meanwhile.
            NotFound: there is no such account.
        """
        self._accounts.unlink(self._others(account).id, at=clock.now(), assumed=self._shutting(instead_of))

    @requires(Action.PHYSIOTHERAPIST_INVITE)
    def invite_physiotherapist(self, name: str, login: str) -> Invited:
        """Invite the one physiotherapist of a home's patient; possible until one has accepted.

        Once the invitation is accepted, the physiotherapist decides what opens earlier.

        Raises:
            BadValue: the name or the login is missing or taken, or the patient is followed already.
            NotFound: the access rule does not allow it.
        """
        if self.installation.clinic:
            raise NotFound
        patient, people, now = self.installation.only_patient, self.installation.people, clock.now()
        self._to(Action.PHYSIOTHERAPIST_INVITE, patient)
        if self.installation.is_followed():
            raise BadValue(Fault.FOLLOWED_ALREADY)
        team = people.team_of(patient)
        if team is None:
            team = uuid5(patient, "home")
            people.add_team(Team(team, HOME_TEAM), at=now)
            called = str(self.installation.history_cache.history(patient).settings.get("first_name") or "")
            people.add_person(Person(patient, called, "", team, None), at=now)
        for each in self._accounts.everybody():
            self._accounts.revoke(each.id, at=now)
        wanted = login_of(login)
        account = self._accounts.by_login(wanted)
        if account is None:
            account = Account(uuid4(), wanted, _name(name), Role.PHYSIOTHERAPIST.value, None, now)
            self._accounts.add(account)
        elif account.password_hash is not None:
            raise BadValue(Fault.NAME_TAKEN, value=wanted)
        return self._invite(account)

    def _invite(self, account: Account, *, instead_of: ListedAccount | None = None) -> Invited:
        if account.disabled_at is not None:
            raise BadValue(Fault.DISABLED_MEANWHILE if instead_of else Fault.ACCOUNT_DISABLED)
        return invite(self._accounts, account, now=clock.now(), assumed=_assumed(instead_of))

    def _shutting(self, instead_of: ListedAccount | None) -> Assumed:
        """Return what a change that locks an account out assumes.

        The command line may lock out the last administrator, as it can create another.
        """
        return replace(_assumed(instead_of), leave_one=self.principal.role is not Role.OPERATOR)

    def _others(self, account: UUID) -> Account:
        """Return another user's account: locking out the own one would hide the new code."""
        found = self._account(account)
        if found.id == self.principal.account:
            raise BadValue(Fault.OWN_ACCOUNT)
        return found

    def _staff(self, account: UUID) -> Account:
        """Return an account of the staff."""
        found = self._account(account)
        if found.staff_role is None:
            raise NotFound
        return found

    def _account(self, account: UUID) -> Account:
        found = self._accounts.account(account)
        if found is None:
            raise NotFound
        self.installation.note(self.principal, Action.ACCOUNTS_CHANGE, found.id, allowed=True)
        return found


def _assumed(instead_of: ListedAccount | None) -> Assumed:
    return Assumed(instead_of.standing if instead_of else None)


def _name(text: str) -> str:
    name = one_line(text, NAME_AT_MOST)
    if not name:
        raise BadValue(Fault.TEXT_MISSING)
    return name
