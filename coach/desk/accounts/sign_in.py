"""Sign-in by password, second factor, invitation or OpenID Connect, and the resulting sessions."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from coach.desk.access import known_devices, one_time_codes, passwords
from coach.desk.access.authorization import Identity
from coach.desk.access.invitations import code_digest
from coach.desk.access.login_names import login_of
from coach.desk.access.one_time_codes import Enrolment
from coach.desk.access.permissions import Role
from coach.desk.access.rate_limits import Limits, Wait
from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.domain.errors import BadValue, Fault
from coach.domain.times import CLOCK_SLACK
from coach.records.clinic.accounts import Account, Signed, SignIn
from coach.records.clinic.audit import new_line
from coach.records.database import current_actor

STAFF_IDLE = timedelta(minutes=15)
STAFF_AT_MOST = timedelta(hours=8)
PATIENT_IDLE = timedelta(minutes=60)
PATIENT_AT_MOST = timedelta(hours=12)
FOR_THE_CODE = timedelta(minutes=10)
TICKET = timedelta(seconds=60)
SEEN_EVERY = timedelta(minutes=1)
NOBODY = "nobody"


class Stage(StrEnum):
    """The stage of a sign-in."""

    TICKET = "ticket"  # identified by OpenID Connect; the ticket is exchanged once
    SECOND_FACTOR = "second_factor"  # the password was right
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Started:
    """The result for the browser: token (only its digest is stored), stage and account."""

    token: str
    stage: Stage
    account: UUID


class NotKnown(Exception):
    """Sign-in is refused; unknown, disabled and wrong are never distinguished."""


class SignIns:
    """Sign-in and sign-out; thread-safe."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._accounts = installation.accounts
        self._limits = Limits(installation.accounts)

    # in

    def by_password(self, login: str, password: str, *, address: str, device: str = "") -> Started:
        """Sign in by password; the result is only a step if a second factor is needed.

        Args:
            login: as typed.
            password: as typed.
            address: the network address.
            device: the known-device cookie (`coach.desk.access.known_devices`).

        Raises:
            NotKnown: login and password do not match.
            Wait: there were too many tries; nothing was compared.
        """
        now = clock.now()
        try:
            known = login_of(login)
        except BadValue:
            known = ""
        account = self._accounts.by_login(known) if known else None
        tried = self._admit("password", known, address, account, now, device)
        usable = account if account and account.disabled_at is None else None
        right = passwords.matches(usable.password_hash if usable else None, password)
        if usable is None or not right:
            self._note(account, "sign_in", now, allowed=False)
            raise NotKnown
        self._limits.passed(tried)
        return self._let_in(usable, now, compared=usable.password_hash)

    def enrolment(self, token: str) -> Enrolment | None:
        """Return the set-up data of a second factor until its first use; None afterwards.

        Raises:
            NotKnown: nobody is on the way in with that token.
        """
        signed = self._on_the_way(token, clock.now())
        if signed.account.totp_step:
            return None
        return self._enrolment(signed.account)

    def _enrolment(self, account: Account) -> Enrolment:
        secret = self._accounts.begin_second_factor(account.id, one_time_codes.new_secret())
        return one_time_codes.enrolment(secret, account.login)

    def by_code(self, token: str, code: str, *, address: str, device: str = "") -> Started:
        """Complete a sign-in by a code of the second factor; each code is accepted once.

        Raises:
            NotKnown: nobody is on the way in with that token.
            BadValue: the code is not the present one.
            Wait: there were too many tries; nothing was compared.
        """
        now = clock.now()
        signed = self._on_the_way(token, now)
        self._take_code(signed.account, code, address, device, now)
        return self._begin(signed.account, Stage.FULL, now, in_place_of=signed.sign_in.token_hash)

    def _take_code(self, account: Account, code: str, address: str, device: str, now: datetime) -> None:
        tried = self._admit("code", str(account.id), address, account, now, device)
        step = one_time_codes.matching_step(account.totp_secret or "", "".join(code.split()), now)
        latest = one_time_codes.step_at(now + CLOCK_SLACK)
        if step is None or not self._accounts.take_step(account.id, step, latest=latest):
            self._note(account, "second_factor", now, allowed=False)
            raise BadValue(Fault.CODE_WRONG)
        self._limits.passed(tried)

    # a second factor for patients who want one

    def has_second_factor(self, token: str) -> bool | None:
        """Tell whether a patient's sign-in asks for a code; None if they cannot choose."""
        signed = self._choosing(token, clock.now())
        return signed.account.totp_step > 0 if signed else None

    def own_enrolment(self, token: str) -> Enrolment:
        """Return the set-up data of a patient's second factor while it is not in use.

        Raises:
            NotKnown: the token is not of a patient who may choose, or the factor is in use.
        """
        signed = self._choosing(token, clock.now())
        if signed is None or signed.account.totp_step:
            raise NotKnown
        return self._enrolment(signed.account)

    def switch_second_factor(
        self, token: str, code: str, *, on: bool, address: str, device: str = ""
    ) -> None:
        """Switch a patient's second factor on or off, after a correct code.

        Raises:
            NotKnown: the token is not of a patient who may choose, or nothing would change.
            BadValue: the code is not the present one.
            Wait: there were too many tries; nothing was compared.
        """
        now = clock.now()
        signed = self._choosing(token, now)
        if signed is None or (signed.account.totp_step > 0) is on:
            raise NotKnown
        self._take_code(signed.account, code, address, device, now)
        if on:
            self._note(signed.account, "second_factor.on", now, allowed=True)
        else:
            self._accounts.drop_second_factor(signed.account.id)
            self._note(signed.account, "second_factor.off", now, allowed=True)

    def _choosing(self, token: str, now: datetime) -> Signed | None:
        """Return the session of a clinic's patient: staff cannot choose, as they always need codes."""
        signed = self._open(token, Stage.FULL, now) if self._installation.clinic else None
        return signed if signed and signed.account.staff_role is None else None

    def by_invitation(self, code: str, password: str, *, address: str) -> Started:
        """Use an invitation: set the account's password and sign in.

        Raises:
            NotKnown: the code is wrong, used or expired.
            BadValue: the password is not good enough; the code stays valid.
            Wait: there were too many tries; nothing was compared.
        """
        now = clock.now()
        tried = self._admit("invitation", "", address, None, now)
        invitation = self._accounts.invitation(code_digest(code))
        account = self._accounts.account(invitation.account) if invitation else None
        usable = invitation and account and invitation.is_open(now) and account.disabled_at is None
        if not (usable and invitation and account):
            self._note(account, "invitation.take_up", now, allowed=False)
            raise NotKnown
        self._limits.passed(tried)
        passwords.check(password, login=account.login)
        if not self._accounts.take_up(invitation.id, passwords.digest(password), at=now):
            self._note(account, "invitation.take_up", now, allowed=False)
            raise NotKnown
        self._note(account, "invitation.take_up", now, allowed=True)
        # An invitation ends a patient's second factor
        account = self._accounts.account(account.id) or account
        if not self._installation.clinic and account.staff_role is not None:
            self._follow_at_home(account.id)
        return self._let_in(account, now)

    def by_organisation(self, issuer: str, subject: str, email: str, *, verified: bool) -> str:
        """Return a ticket for an OpenID identity; valid once, for a minute.

        Args:
            issuer: the OpenID issuer.
            subject: the user's identifier at the issuer.
            email: the user's e-mail address, "" without one.
            verified: whether the issuer has verified that address.

        Raises:
            NotKnown: no account is linked, and no staff account has that verified address as its
                login.
        """
        now = clock.now()
        organisation = f"{issuer}|{subject}"
        account = self._accounts.by_organisation(organisation) if issuer and subject else None
        if account is None and verified and issuer and subject and email:
            account = self._by_email(email, organisation)
        if account is None or account.disabled_at is not None:
            self._note(account, "sign_in.organisation", now, allowed=False)
            raise NotKnown
        return self._begin(account, Stage.TICKET, now).token

    def _by_email(self, email: str, organisation: str) -> Account | None:
        try:
            account = self._accounts.by_login(login_of(email))
        except BadValue:
            return None
        if account is None or account.staff_role is None or account.organisation or account.disabled_at:
            return None
        try:
            self._accounts.link(account.id, organisation, first=True)
        except BadValue:  # another identity was linked by that address at the same moment
            return None
        return account

    def by_ticket(self, ticket: str) -> Started:
        """Exchange a ticket for a session.

        Raises:
            NotKnown: the ticket is unknown, used or too old.
        """
        now = clock.now()
        signed = self._open(ticket, Stage.TICKET, now)
        if signed is None:
            raise NotKnown
        return self._begin(signed.account, Stage.FULL, now, in_place_of=signed.sign_in.token_hash)

    # sessions

    def identity(self, token: str, *, seen: bool = True) -> Identity | None:
        """Return the identity of a session token; None if it is unknown, ended or timed out.

        Args:
            token: the session cookie.
            seen: whether the user did something, which resets the idle time.
        """
        now = clock.now()
        signed = self._open(token, Stage.FULL, now)
        if signed is None:
            return None
        account, sign_in = signed.account, signed.sign_in
        if seen and now - sign_in.seen_at >= SEEN_EVERY:
            self._accounts.seen(sign_in.token_hash, at=now)
        role = Role(account.staff_role) if account.staff_role else None
        own = (account.id, account.name, role, account.patient)
        return Identity(*own, signed.teams, sign_in.token_hash, account.language or "")

    def out(self, token: str) -> None:
        """End the session of a token; an unknown one is ignored."""
        now = clock.now()
        signed = self._accounts.signed(_digest(token)) if token else None
        ended = signed and self._accounts.end(signed.sign_in.token_hash, at=now)
        if signed and ended and signed.sign_in.stage == Stage.FULL:
            self._note(signed.account, "sign_out", now, allowed=True)

    def out_everywhere(self, token: str) -> None:
        """End every session of the token's account."""
        now = clock.now()
        signed = self._open(token, Stage.FULL, now)
        if signed:
            self._accounts.end_all(signed.account.id, at=now)
            self._note(signed.account, "sign_out.everywhere", now, allowed=True)

    # how

    def _admit(
        self,
        kind: str,
        login: str,
        address: str,
        account: Account | None,
        now: datetime,
        device: str = "",
    ) -> UUID:
        own = known_devices.known(device, account.id, now=now) if account else ""
        try:
            return self._limits.admit(kind, login, address, now=now, device=own)
        except Wait as wait:
            if not wait.noted:
                self._note(account, "sign_in.slowed", now, allowed=False)
            raise

    def without_password(self, account: UUID) -> Started:
        """Start a session without a password; only for `coach.desk.accounts.demo_viewers`.

        Raises:
            NotKnown: there is no such account.
        """
        found = self._accounts.account(account)
        if found is None or found.password_hash is not None:
            raise NotKnown
        return self._begin(found, Stage.FULL, clock.now())

    def _let_in(self, account: Account, now: datetime, *, compared: str | None = None) -> Started:
        staff = account.staff_role is not None and self._installation.clinic
        wants_code = staff or account.totp_step > 0  # patients who chose so
        stage = Stage.SECOND_FACTOR if wants_code else Stage.FULL
        return self._begin(account, stage, now, compared=compared)

    def _begin(
        self,
        account: Account,
        stage: Stage,
        now: datetime,
        *,
        in_place_of: str = "",
        compared: str | None = None,
    ) -> Started:
        token = secrets.token_urlsafe(32)
        _idle, at_most = _limits_of(account)
        ends = {Stage.TICKET: TICKET, Stage.SECOND_FACTOR: FOR_THE_CODE, Stage.FULL: at_most}[stage]
        new = SignIn(_digest(token), account.id, stage.value, now, now, now + ends)
        if not self._accounts.begin(new, in_place_of=in_place_of, compared=compared):
            raise NotKnown
        if stage is Stage.FULL:
            self._note(account, "sign_in", now, allowed=True)
        return Started(token, stage, account.id)

    def _open(self, token: str, stage: Stage, now: datetime) -> Signed | None:
        """Return the valid sign-in of a token, if it is of that stage."""
        signed = self._accounts.signed(_digest(token)) if token else None
        if signed is None:
            return None
        sign_in, account = signed.sign_in, signed.account
        idle, at_most = _limits_of(account)
        open_still = (
            sign_in.stage == stage
            and sign_in.ended_at is None
            and account.disabled_at is None
            and now < sign_in.ends_at
            and now - sign_in.seen_at < idle
        )
        if not open_still:
            return None
        watch, elapsed = self._installation.session_watch, clock.elapsed()
        if not watch.holds(sign_in, now=now, elapsed_s=elapsed, idle=idle, at_most=at_most):
            # Ended in the database: else it would be valid again once the clock gets there.
            self._accounts.end(sign_in.token_hash, at=now)
            return None
        return signed

    def _on_the_way(self, token: str, now: datetime) -> Signed:
        signed = self._open(token, Stage.SECOND_FACTOR, now)
        if signed is None:
            raise NotKnown
        return signed

    def _follow_at_home(self, account: UUID) -> None:
        """Add the invited physiotherapist of a home to the team of its patient."""
        team = self._installation.people.team_of(self._installation.only_patient)
        if team:
            with current_actor.acting_as(current_actor.SYSTEM):
                self._installation.people.join(team, account)

    def _note(self, account: Account | None, action: str, now: datetime, *, allowed: bool) -> None:
        role = account.staff_role or Role.PATIENT.value if account else NOBODY
        patient = account.patient if account and not account.staff_role else None
        who = account.id if account else None
        line = new_line(action, role, at=now, allowed=allowed, account=who, patient=patient)
        if allowed:
            self._installation.audit.write(line)
        else:  # the account is unknown
            self._installation.audit.count(line)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _limits_of(account: Account) -> tuple[timedelta, timedelta]:
    """Return the idle and the absolute limit of a session."""
    return (STAFF_IDLE, STAFF_AT_MOST) if account.staff_role else (PATIENT_IDLE, PATIENT_AT_MOST)
