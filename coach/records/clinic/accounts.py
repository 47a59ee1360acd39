"""Accounts: who may sign in, with invitations and sign-ins; attempts are in `attempts`.

Of codes and tokens only digests are stored, so that a stolen database lets nobody in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, exists, or_, select

from coach.domain.errors import BadValue, Fault
from coach.domain.times import CLOCK_SLACK, is_ahead, utc
from coach.records.clinic.attempts import Attempts
from coach.records.clinic.staff import NOTHING, Assumed
from coach.records.database.schema import account, invitation, membership, sign_in
from coach.records.database.upsert import insert
from coach.records.entries.store import Store

__all__ = ["Account", "Accounts", "Invitation", "SignIn", "Signed"]

KEPT = timedelta(days=30)  # ended sign-ins
# What a new code replaces
SECRETS = ("disabled", "has_password", "has_second_factor", "invitation")


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in. `staff_role` is None for a patient, `patient` is None for staff.

    `password_hash` is None until an invitation is used, `totp_secret` until a second factor is set
    up; `totp_step` is the last time step whose code was used, 0 before the first. `organisation` is
    "issuer|subject" of an organisation's sign-in, None without a link; `language` what staff chose.
    """

    id: UUID
    login: str
    name: str
    staff_role: str | None
    patient: UUID | None
    made_at: datetime
    password_hash: str | None = None
    totp_secret: str | None = None
    totp_step: int = 0
    organisation: str | None = None
    disabled_at: datetime | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A code that opens one account once.

    `used_at` and `revoked_at` are None until that happens.
    """

    id: UUID
    code_hash: str
    account: UUID
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_open(self, at: datetime) -> bool:
        """Tell whether it can be used at that instant.

        One that was issued in the future, by a clock that stood ahead, cannot.
        """
        unused = self.used_at is None and self.revoked_at is None
        return unused and at < self.ends_at and not is_ahead(self.made_at, at)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A session on this server, or a step towards one; `ended_at` is None while it is open."""

    token_hash: str
    account: UUID
    stage: str
    made_at: datetime
    seen_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A sign-in with its account and the care teams that the account works in."""

    sign_in: SignIn
    account: Account
    teams: frozenset[UUID]


class Accounts:
    """The accounts of one record."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.attempts = Attempts(store)

    # accounts

    def account(self, account_id: UUID) -> Account | None:
        """Return that account, or None."""
        return self._one(account.c.id == account_id)

    def by_login(self, login: str) -> Account | None:
        """Return the account with that login, or None."""
        return self._one(account.c.login == login)

    def by_organisation(self, organisation: str) -> Account | None:
        """Return the account linked to that "issuer|subject" of an OpenID provider, or None."""
        return self._one(account.c.oidc == organisation)

    def of_patient(self, patient_id: UUID) -> Account | None:
        """Return the patient's own account, or None."""
        return self._one(account.c.patient == patient_id)

    def of_patients(self, patients: Iterable[UUID]) -> dict[UUID, Account]:
        """Return these patients' own accounts, by patient; patients without one are left out."""
        query = select(account).where(account.c.patient.in_(set(patients)))
        with self._store.reading() as connection:
            found = [_account(row) for row in connection.execute(query)]
        return {each.patient: each for each in found if each.patient}

    def everybody(self) -> list[Account]:
        """Return every account by name."""
        with self._store.reading() as connection:
            rows = connection.execute(select(account).order_by(account.c.name, account.c.id)).all()
        return [_account(row) for row in rows]

    def staff(self) -> list[Account]:
        """Return the accounts of the staff by name."""
        query = select(account).where(account.c.staff_role.is_not(None))
        with self._store.reading() as connection:
            rows = connection.execute(query.order_by(account.c.name, account.c.id)).all()
        return [_account(row) for row in rows]

    def _one(self, which: Any) -> Account | None:
        with self._store.reading() as connection:
            row = connection.execute(select(account).where(which)).first()
        return _account(row) if row else None

    def add(self, new: Account) -> None:
        """Create an account; the same id again creates no second one.

        Raises:
            BadValue: the login is taken, or the patient has an account.
        """
        row = _row(new)
        with self._store.writing() as connection:
            connection.execute(insert(connection, account).values(row).on_conflict_do_nothing())
            there = connection.scalar(select(account.c.login).where(account.c.id == new.id))
        if there != new.login:
            raise BadValue(Fault.NAME_TAKEN, value=new.login)

    def link(self, account_id: UUID, organisation: str, *, first: bool = False) -> None:
        """Link the account to an OpenID identity; with `first`, only if it has no link yet.

        Raises:
            BadValue: that identity belongs to another account, or this account has another
                identity.
        """
        with self._store.writing() as connection:
            mine = select(account.c.oidc).where(account.c.id == account_id).with_for_update()
            if first and connection.scalar(mine) not in (None, organisation):
                raise BadValue(Fault.ACCOUNT_CHANGED)
            other = exists().where(account.c.oidc == organisation, account.c.id != account_id)
            if connection.scalar(select(other)):
                raise BadValue(Fault.NAME_TAKEN, value=organisation.rpartition("|")[2])
            self._set(connection, account_id, oidc=organisation)

    # Each change below checks what it assumes in the transaction that stores it, or raises
    # `BadValue`.

    def unlink(self, account_id: UUID, *, at: datetime, assumed: Assumed = NOTHING) -> None:
        """Remove the account's OpenID link and end its sign-ins."""
        with self._store.writing() as connection:
            assumed.check(connection, account_id, "disabled", "has_organisation", "has_password", at=at)
            self._set(connection, account_id, oidc=None)
            _end_all(connection, account_id, at)

    def disable(self, account_id: UUID, *, at: datetime, assumed: Assumed = NOTHING) -> None:
        """Disable the account and end its sign-ins and invitations."""
        with self._store.writing() as connection:
            assumed.check(connection, account_id, "disabled", at=at)
            self._set(connection, account_id, disabled_at=utc(at))
            _end_all(connection, account_id, at)
            _revoke(connection, account_id, at)

    def enable(self, account_id: UUID, *, at: datetime, assumed: Assumed = NOTHING) -> None:
        """Enable a disabled account."""
        with self._store.writing() as connection:
            assumed.check(connection, account_id, "disabled", at=at)
            self._set(connection, account_id, disabled_at=None)

    def forget_secrets(self, account_id: UUID, *, at: datetime, assumed: Assumed = NOTHING) -> None:
        """Remove an account's password and second factor, and end its sign-ins and invitations."""
        with self._store.writing() as connection:
            assumed.check(connection, account_id, *SECRETS, at=at)
            self._set(connection, account_id, password_hash=None, totp_secret=None, totp_step=0)
            _end_all(connection, account_id, at)
            _revoke(connection, account_id, at)

    def begin_second_factor(self, account_id: UUID, secret: str) -> str:
        """Store the secret of a second factor unless the account has one.

        Return the stored secret.
        """
        with self._store.writing() as connection:
            fresh = account.update().where(account.c.id == account_id, account.c.totp_secret.is_(None))
            connection.execute(fresh.values(totp_secret=secret, totp_step=0))
            found = connection.scalar(select(account.c.totp_secret).where(account.c.id == account_id))
        if found is None:
            raise LookupError("no such account")
        return str(found)

    def drop_second_factor(self, account_id: UUID) -> None:
        """Remove the account's second factor: sign-in no longer asks for a code."""
        with self._store.writing() as connection:
            self._set(connection, account_id, totp_secret=None, totp_step=0)

    def take_step(self, account_id: UUID, step: int, *, latest: int) -> bool:
        """Mark a time step of the second factor as used.

        False when it or a later one was used already.

        A stored step later than `latest` was used while a clock stood ahead, and is ignored.
        """
        unused = or_(account.c.totp_step < step, account.c.totp_step > latest)
        earlier = account.update().where(account.c.id == account_id, unused)
        with self._store.writing() as connection:
            return bool(connection.execute(earlier.values(totp_step=step)).rowcount)

    @staticmethod
    def _set(connection: Connection, account_id: UUID, **values: Any) -> None:
        changed = account.update().where(account.c.id == account_id).values(values)
        if not connection.execute(changed).rowcount:
            raise LookupError("no such account")

    # invitations

    def invite(self, new: Invitation, *, assumed: Assumed = NOTHING) -> None:
        """Store an invitation and revoke earlier ones of the same account."""
        with self._store.writing() as connection:
            assumed.check(connection, new.account, *SECRETS, at=new.made_at)
            _revoke(connection, new.account, new.made_at)
            row = asdict(new) | {"made_at": utc(new.made_at), "ends_at": utc(new.ends_at)}
            connection.execute(invitation.insert().values(row))

    def invitation(self, code_hash: str) -> Invitation | None:
        """Return the invitation whose code has that digest, used and revoked ones too, or None."""
        with self._store.reading() as connection:
            row = connection.execute(select(invitation).where(invitation.c.code_hash == code_hash)).first()
        return Invitation(*row) if row else None

    def invited(self, account_id: UUID, *, at: datetime) -> Invitation | None:
        """Return the account's invitation that can be used at that instant, or None."""
        return self.all_invited([account_id], at=at).get(account_id)

    def all_invited(self, accounts: Iterable[UUID], *, at: datetime) -> dict[UUID, Invitation]:
        """Return these accounts' invitations that can be used at that instant, by account."""
        query = select(invitation).where(
            invitation.c.account.in_(set(accounts)),
            invitation.c.used_at.is_(None),
            invitation.c.revoked_at.is_(None),
            invitation.c.ends_at > utc(at),
            invitation.c.made_at <= utc(at + CLOCK_SLACK),
        )
        with self._store.reading() as connection:
            found = [Invitation(*row) for row in connection.execute(query)]
        return {each.account: each for each in found}

    def take_up(self, invitation_id: UUID, password_hash: str, *, at: datetime) -> bool:
        """Use an invitation and set the account's password, in one transaction.

        False if it is not open.

        The account's earlier sign-ins end.
        """
        still = and_(
            invitation.c.id == invitation_id,
            invitation.c.used_at.is_(None),
            invitation.c.revoked_at.is_(None),
            invitation.c.ends_at > utc(at),
            invitation.c.made_at <= utc(at + CLOCK_SLACK),
        )
        with self._store.writing() as connection:
            if not connection.execute(invitation.update().where(still).values(used_at=utc(at))).rowcount:
                return False
            whose = select(invitation.c.account).where(invitation.c.id == invitation_id)
            account_id = connection.scalars(whose).one()
            self._set(connection, account_id, password_hash=password_hash)
            # A patient who lost the phone that made the codes is invited again by whoever looks
            # after them.
            of_a_patient = and_(account.c.id == account_id, account.c.staff_role.is_(None))
            connection.execute(account.update().where(of_a_patient).values(totp_secret=None, totp_step=0))
            _end_all(connection, account_id, at)
        return True

    def revoke(self, account_id: UUID, *, at: datetime) -> None:
        """Revoke every open invitation of that account."""
        with self._store.writing() as connection:
            _revoke(connection, account_id, at)

    # sign-ins

    def begin(self, new: SignIn, *, in_place_of: str = "", compared: str | None = None) -> bool:
        """Store a sign-in in place of an earlier step, which must still be open and ends.

        Args:
            new: the sign-in.
            in_place_of: the digest of the earlier step's token, "" for none.
            compared: the password hash that was checked, None where no password was.

        Returns:
            False, and nothing is stored, if the earlier step had ended or the password was changed
            since.
        """
        with self._store.writing() as connection:
            if compared is not None:
                there = select(account.c.password_hash).where(account.c.id == new.account).with_for_update()
                if connection.scalar(there) != compared:
                    return False
            if in_place_of and not _end(connection, in_place_of, new.made_at):
                return False
            old = and_(sign_in.c.account == new.account, sign_in.c.ends_at < utc(new.made_at) - KEPT)
            connection.execute(sign_in.delete().where(old))
            times = {name: utc(getattr(new, name)) for name in ("made_at", "seen_at", "ends_at")}
            connection.execute(sign_in.insert().values(asdict(new) | times))
        return True

    def signed(self, token_hash: str) -> Signed | None:
        """Return the sign-in whose token has that digest, ended ones too, in one query; or None."""
        query = (
            select(sign_in, account, membership.c.team)
            .join(account, account.c.id == sign_in.c.account)
            .outerjoin(membership, membership.c.account == account.c.id)
            .where(sign_in.c.token_hash == token_hash)
        )
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        if not rows:
            return None
        whose = len(sign_in.c)
        first = rows[0]
        teams = frozenset(row[-1] for row in rows if row[-1])
        return Signed(SignIn(*first[:whose]), _account(first[whose:-1]), teams)

    def seen(self, token_hash: str, *, at: datetime) -> None:
        """Store when a sign-in was last used."""
        later = and_(sign_in.c.token_hash == token_hash, sign_in.c.seen_at < utc(at))
        with self._store.writing() as connection:
            connection.execute(sign_in.update().where(later).values(seen_at=utc(at)))

    def end(self, token_hash: str, *, at: datetime) -> bool:
        """End a sign-in; False if there is none or it has ended already."""
        with self._store.writing() as connection:
            return _end(connection, token_hash, at)

    def end_all(self, account_id: UUID, *, at: datetime) -> None:
        """End every sign-in of an account."""
        with self._store.writing() as connection:
            _end_all(connection, account_id, at)


def _account(row: Sequence[Any]) -> Account:
    (key, login, name, role, patient, password, secret, step, oidc, made, disabled, language) = tuple(row)
    return Account(key, login, name, role, patient, made, password, secret, step, oidc, disabled, language)


def _row(new: Account) -> dict[str, Any]:
    row = asdict(replace(new, made_at=utc(new.made_at)))
    row["oidc"] = row.pop("organisation")
    return row


def _end(connection: Connection, token_hash: str, at: datetime) -> bool:
    still = and_(
        sign_in.c.token_hash == token_hash, sign_in.c.ended_at.is_(None), sign_in.c.ends_at > utc(at)
    )
    return bool(connection.execute(sign_in.update().where(still).values(ended_at=utc(at))).rowcount)


def _end_all(connection: Connection, account_id: UUID, at: datetime) -> None:
    still = and_(sign_in.c.account == account_id, sign_in.c.ended_at.is_(None))
    connection.execute(sign_in.update().where(still).values(ended_at=utc(at)))


def _revoke(connection: Connection, account_id: UUID, at: datetime) -> None:
    still = and_(
        invitation.c.account == account_id, invitation.c.used_at.is_(None), invitation.c.revoked_at.is_(None)
    )
    connection.execute(invitation.update().where(still).values(revoked_at=utc(at)))
