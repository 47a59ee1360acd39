"""The audit: who saw or changed what, and what was refused. Lines are only ever added."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import Connection, func, select, tuple_

from coach.domain.times import utc
from coach.records.database import current_actor
from coach.records.database.schema import audit, tally
from coach.records.database.upsert import insert
from coach.records.entries.store import Store

__all__ = ["BACKED_UP", "REMINDED", "Audit", "AuditLine"]

# Acts that are no action of the access table
BACKED_UP, REMINDED = "record.backup", "mail.remind"

HOURS = UUID("0b6f3f4e-6a0e-5c53-9a6c-2f6c5d0e7a11")  # the namespace of the keys of an hour's lines


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act: who (None: the household or the command line), on which patient, allowed or refused.

    `times` is how many acts it stands for: refused attempts of strangers are one line an hour.
    """

    id: UUID
    at: datetime
    account: UUID | None
    role: str
    action: str
    patient: UUID | None
    outcome: str
    times: int = 1


class Audit:
    """The lines of the audit, in the order of (at, id)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, line: AuditLine) -> None:
        """Add a line, as "system"; the same id again adds nothing."""
        with current_actor.acting_as(current_actor.SYSTEM), self._store.writing() as connection:
            _add(connection, line)

    def count(self, line: AuditLine) -> None:
        """Count an act in the one line of its hour for all acts like it.

        The first one adds that line.

        Otherwise strangers, who can try as often as they like, could fill the database.
        """
        hour = utc(line.at).replace(minute=0, second=0, microsecond=0)
        same = (hour.isoformat(), line.account, line.role, line.action, line.patient, line.outcome)
        key = uuid5(HOURS, "|".join(map(str, same)))
        with current_actor.acting_as(current_actor.SYSTEM), self._store.writing() as connection:
            _add(connection, replace(line, id=key))
            once = insert(connection, tally).values(line=key, times=1)
            more = {"times": tally.c.times + 1}
            connection.execute(once.on_conflict_do_update(index_elements=["line"], set_=more))

    def read(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        account: UUID | None = None,
        patient: UUID | None = None,
        action: str | None = None,
        outcome: str | None = None,
        limit: int = 200,
        before: UUID | None = None,
    ) -> list[AuditLine]:
        """Return lines, the newest first; None as a filter means any value.

        Args:
            since: From this instant on.
            until: Before this instant.
            account: The account that acted.
            patient: The patient concerned.
            action: A value of `Action`.
            outcome: "allowed" or "refused".
            limit: At most this many lines.
            before: Only lines older than this one; no lines if there is no such line.
        """
        times = func.coalesce(tally.c.times, 1).label("times")
        query = select(audit, times).outerjoin(tally, tally.c.line == audit.c.id)
        query = query.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit)
        wanted = {"account": account, "patient": patient, "action": action, "outcome": outcome}
        for name, value in wanted.items():
            if value is not None:
                query = query.where(audit.c[name] == value)
        if since is not None:
            query = query.where(audit.c.at >= utc(since))
        if until is not None:
            query = query.where(audit.c.at < utc(until))
        if before is not None:
            place = select(audit.c.at, audit.c.id).where(audit.c.id == before).subquery()
            query = query.join(place, tuple_(audit.c.at, audit.c.id) < tuple_(place.c.at, place.c.id))
        with self._store.reading() as connection:
            return [AuditLine(**row) for row in connection.execute(query).mappings()]


def _add(connection: Connection, line: AuditLine) -> None:
    row = asdict(line) | {"at": utc(line.at)}
    del row["times"]
    connection.execute(insert(connection, audit).values(row).on_conflict_do_nothing(index_elements=["id"]))
