"""Attempts to sign in: each is judged by the earlier ones, and stored in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, and_, func, or_, select, text

from coach.domain.times import CLOCK_SLACK, utc
from coach.records.database.schema import MaybeUTCDateTime, attempt
from coach.records.entries.store import Store

FAILED = "failed"
RIGHT = "right"
REFUSED = "refused"

KEPT = timedelta(days=30)
MOST_TRIES = 100  # of one login from one address, looked at


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt to sign in; login and network address are stored as keyed digests."""

    id: UUID
    at: datetime
    login_hash: str
    address_hash: str


@dataclass(frozen=True, slots=True)
class Past:
    """The earlier attempts with a login and from an address.

    `pair` are the tries of this login from this address, (instant, outcome), the newest first;
    `tries` counts all that were looked at from this address, and `failures` those of this login
    from anywhere, the last of them at `last_failure`, None where there is none.
    """

    pair: tuple[tuple[datetime, str], ...]
    tries: int
    failures: int
    last_failure: datetime | None


class Attempts:
    """The attempts to sign in to one record."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def attempt(
        self, new: Try, judge: Callable[[Past], str], *, address_since: datetime, login_since: datetime
    ) -> str:
        """Judge an attempt by the earlier ones and store it, in one transaction.

        Otherwise many simultaneous attempts would each see only a few before them.

        Args:
            new: the attempt.
            judge: returns the outcome to store for it, "" to store nothing.
            address_since: since when the attempts from the address count.
            login_since: since when the failures with the login count.

        Returns:
            What `judge` returned.
        """
        with self._store.writing() as connection:
            if connection.dialect.name == "postgresql":  # SQLite lets one write at a time
                for lock in sorted(int(each[:15], 16) for each in (new.address_hash, new.login_hash)):
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
            said = judge(_past(connection, new, address_since, login_since))
            if said:
                row = asdict(new) | {"at": utc(new.at), "outcome": said}
                connection.execute(attempt.insert().values(row))
                connection.execute(attempt.delete().where(attempt.c.at < utc(new.at) - KEPT))
        return said

    def settle(self, attempt_id: UUID, outcome: str) -> None:
        """Store the outcome of an attempt."""
        with self._store.writing() as connection:
            connection.execute(attempt.update().where(attempt.c.id == attempt_id).values(outcome=outcome))


def _past(connection: Connection, new: Try, address_since: datetime, login_since: datetime) -> Past:
    """Return the attempts before one; those dated after it, by a wrong clock, are ignored."""
    known = attempt.c.at <= utc(new.at + CLOCK_SLACK)
    mine = and_(known, attempt.c.login_hash == new.login_hash, attempt.c.address_hash == new.address_hash)
    pair = select(attempt.c.at, attempt.c.outcome).where(mine).order_by(attempt.c.at.desc()).limit(MOST_TRIES)
    tried = or_(attempt.c.outcome == FAILED, attempt.c.outcome == RIGHT)
    tries = select(func.count()).where(
        attempt.c.address_hash == new.address_hash, attempt.c.at > utc(address_since), known, tried
    )
    failures = select(func.count(), func.max(attempt.c.at, type_=MaybeUTCDateTime())).where(
        attempt.c.login_hash == new.login_hash,
        attempt.c.at > utc(login_since),
        known,
        attempt.c.outcome == FAILED,
    )
    many, last = connection.execute(failures).one()
    return Past(
        tuple((row.at, row.outcome) for row in connection.execute(pair)),
        connection.scalar(tries) or 0,
        many,
        last,
    )
