"""The staff's accounts as a list shows them, and what a change of one assumes at the moment when it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, func, or_, select

from coach.domain.errors import BadValue, Fault
from coach.domain.times import CLOCK_SLACK, utc
from coach.records.database.schema import account, invitation, sign_in
from coach.records.entries.store import Store

__all__ = ["NOTHING", "Assumed", "Standing", "last_sign_ins"]

ADMINISTRATOR = "administrator"
FULL = "full"  # the stage of a sign-in that leads in


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stood when it was looked at; `invitation` is the one that is open."""

    disabled: bool
    has_password: bool
    has_second_factor: bool
    has_organisation: bool
    invitation: UUID | None

    def became(self, there: Standing) -> Fault:
        """Return what happened to it meanwhile, where it stands otherwise now."""
        if there.disabled == self.disabled:
            return Fault.ACCOUNT_CHANGED
        return Fault.DISABLED_MEANWHILE if there.disabled else Fault.ENABLED_MEANWHILE


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a change of an account assumes, checked inside the transaction that stores it.

    `shown` is how the account stood where somebody looked, None where that does not matter; with
    `leave_one` somebody must be left who can come in and administer.
    """

    shown: Standing | None = None
    leave_one: bool = False

    def check(self, connection: Connection, account_id: UUID, *parts: str, at: datetime) -> None:
        """Check that these parts are as they were shown, and that an administrator is left.

        Raises:
            BadValue: somebody changed one of them meanwhile, or it is the last account that administers.
        """
        if self.leave_one:  # first: it locks in one order
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
    # Locked, in one order: two who shut each other's account at once must not both succeed.
    if list(connection.scalars(active.order_by(account.c.id).with_for_update())) == [account_id]:
        raise BadValue(Fault.LAST_ADMINISTRATOR)


def last_sign_ins(store: Store, *, at: datetime) -> dict[UUID, datetime]:
    """Return when each account last was signed in to, as far as it is still kept; a clock ahead counts for nothing."""
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
