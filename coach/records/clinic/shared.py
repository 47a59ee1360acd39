"""What several servers of one record share beside it: tickets that name patients, and how often somebody sends."""

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

__all__ = ["Rates", "Ticket", "Tickets"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A name of a patient, known by its digest alone, for one account (None: the household)."""

    name_hash: str
    account: UUID | None
    patient: UUID
    made_at: datetime


class Tickets:
    """The tickets of one record, whoever acts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, new: Ticket, *, since: datetime) -> None:
        """Keep a ticket; those made before an instant, or ahead of this one, are dropped."""
        over = or_(ticket.c.made_at < utc(since), ticket.c.made_at > utc(new.made_at + CLOCK_SLACK))
        with current_actor.acting_as(current_actor.SYSTEM), self._store.writing() as connection:
            connection.execute(ticket.delete().where(over))
            connection.execute(ticket.insert().values(asdict(new) | {"made_at": utc(new.made_at)}))

    def get(self, name_hash: str) -> Ticket | None:
        """Return the ticket whose name has that digest, None where there is none any more."""
        query = select(ticket).where(ticket.c.name_hash == name_hash)
        with current_actor.acting_as(current_actor.SYSTEM), self._store.reading() as connection:
            row = connection.execute(query).first()
        return Ticket(*row) if row else None


class Rates:
    """How often something was done within a while that begins with the first time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def admits(self, whose: str, *, at: datetime, within: timedelta, most: int) -> bool:
        """Count one more time, on whichever server; False where it is more often than that, which is not counted.

        A while that began ahead of `at` is over: a clock was wrong.
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
