"""What the servers of one database share: tokens that name patients, and request counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, case, or_, select

from coach.domain.times import CLOCK_SLACK, utc
from coach.records.database import current_actor
from coach.records.database.schema import rate, ticket
from coach.records.database.upsert import insert
from coach.records.entries.store import Store

__all__ = ["RequestCounts", "SharedTickets", "Ticket"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A token that names a patient for one account (None: the household).

    Only its digest is stored.
    """

    name_hash: str
    account: UUID | None
    patient: UUID
    made_at: datetime


class SharedTickets:
    """The patient tokens of one database, read and written as "system"."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, new: Ticket, *, since: datetime) -> None:
        """Store a token and delete those made before `since`, or in the future by a wrong clock."""
        over = or_(ticket.c.made_at < utc(since), ticket.c.made_at > utc(new.made_at + CLOCK_SLACK))
        with current_actor.acting_as(current_actor.SYSTEM), self._store.writing() as connection:
            connection.execute(ticket.delete().where(over))
            connection.execute(ticket.insert().values(asdict(new) | {"made_at": utc(new.made_at)}))

    def get(self, name_hash: str) -> Ticket | None:
        """Return the token with that digest, or None."""
        query = select(ticket).where(ticket.c.name_hash == name_hash)
        with current_actor.acting_as(current_actor.SYSTEM), self._store.reading() as connection:
            row = connection.execute(query).first()
        return Ticket(*row) if row else None


class RequestCounts:
    """Counts of requests within a period that begins with the first one."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def admits(self, whose: str, *, at: datetime, within: timedelta, most: int) -> bool:
        """Count a request on all servers; False, and not counted, beyond the limit.

        A period that begins later than `at` comes from a wrong clock and is over.
        """
        now = utc(at)
        goes_on = and_(rate.c.begun_at > now - within, rate.c.begun_at <= now + CLOCK_SLACK)
        with current_actor.acting_as(current_actor.SYSTEM), self._store.writing() as connection:
            counted = insert(connection, rate).values(whose=whose, begun_at=now, times=1)
            counted = counted.on_conflict_do_update(
                index_elements=["whose"],
                set_={
                    "times": case((goes_on, rate.c.times + 1), else_=1),
                    "begun_at": case((goes_on, rate.c.begun_at), else_=now),
                },
                where=or_(~goes_on, rate.c.times < most),
            )
            return connection.execute(counted.returning(rate.c.times)).first() is not None
