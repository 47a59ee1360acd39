"""Staff accounts as the list shows them, and what a change assumes at the moment of storing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, func, or_, select

from coach.domain.errors import BadValue, Fault
from coach.domain.times import CLOCK_SLACK, utc
from coach.records.database.schema import account, invitation, sign_in
from coach.records.entries.store import Store

__all__ = ["NOTHING", "Assumed", "Standing", "last_sign_ins", "set_language"]

ADMINISTRATOR = "administrator"
FULL = "full"  # the last stage of a sign-in: a full session


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of an account as it was shown; `invitation` is the open one."""

    disabled: bool
    has_password: bool
    has_second_factor: bool
    has_organisation: bool
    invitation: UUID | None

    def became(self, there: Standing) -> Fault:
        """Return which change was made meanwhile, given the present state."""
        if there.disabled == self.disabled:
            return Fault.ACCOUNT_CHANGED
        return Fault.DISABLED_MEANWHILE if there.disabled else Fault.ENABLED_MEANWHILE


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a change of an account assumes; checked in the transaction that stores it.

    `shown` is the account's state on the user's screen, None if that does not matter. With
    `leave_one` at least one administrator who can sign in must remain.
    """

    shown: Standing | None = None
    leave_one: bool = False

    def check(self, connection: Connection, account_id: UUID, *parts: str, at: datetime) -> None:
        """Check that these fields are as they were shown, and that an administrator remains.

        Raises:
            BadValue: another user changed one of them, or it is the last administrator's account.
        """
        if self.leave_one:  # first, so that all transactions lock in one order
            _leave_one(connection, account_id)
        if self.shown is not None:
            there = _standing(connection, account_id, at)
            if any(getattr(there, part) != getattr(self.shown, part) for part in parts):
                raise BadValue(self.shown.became(there))


NOTHING = Assumed()


def _leave_one(connection: Connection, account_id: UUID) -> None:
    active = select(account.c.id).where(
        account.c.staff_role == ADMINISTRATOR,
        account.c.disabled_at.is_(None),
        or_(account.c.password_hash.is_not(None), account.c.oidc.is_not(None)),
    )
    # Locked in one order: of two administrators who disable each other at once, one must fail.
    if list(connection.scalars(active.order_by(account.c.id).with_for_update())) == [account_id]:
        raise BadValue(Fault.LAST_ADMINISTRATOR)


def last_sign_ins(store: Store, *, at: datetime) -> dict[UUID, datetime]:
    """Return when each account last signed in, as far as sign-ins are kept.

    Sign-ins in the future, by a wrong clock, are ignored.
    """
    query = (
        select(sign_in.c.account, func.max(sign_in.c.made_at))
        .where(sign_in.c.stage == FULL, sign_in.c.made_at <= utc(at + CLOCK_SLACK))
        .group_by(sign_in.c.account)
    )
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def _standing(connection: Connection, account_id: UUID, at: datetime) -> Standing:
    there = connection.execute(select(account).where(account.c.id == account_id).with_for_update()).one()
    still_open = and_(
        invitation.c.account == account_id,
        invitation.c.used_at.is_(None),
        invitation.c.revoked_at.is_(None),
        invitation.c.ends_at > utc(at),
        invitation.c.made_at <= utc(at + CLOCK_SLACK),
    )
    return Standing(
        there.disabled_at is not None,
        there.password_hash is not None,
        there.totp_step > 0,
        there.oidc is not None,
        connection.scalar(select(invitation.c.id).where(still_open)),
    )


def set_language(store: Store, account_id: UUID, language: str) -> None:
    """Store in which language the holder of an account reads."""
    with store.writing() as connection:
        connection.execute(account.update().where(account.c.id == account_id).values(language=language))
