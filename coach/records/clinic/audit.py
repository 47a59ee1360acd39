"""The audit: who saw or changed what, and what was refused. Lines are only ever added."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import Connection, func, select, tuple_
from uuid_utils.compat import uuid7

from coach.domain.times import utc
from coach.records.database import current_actor
from coach.records.database.schema import audit, tally
from coach.records.database.upsert import insert
from coach.records.entries.store import Store

__all__ = ["ALLOWED", "BACKED_UP", "REFUSED", "REMINDED", "Audit", "AuditLine", "add", "new_line"]

# Acts that are no action of the access table
BACKED_UP, REMINDED = "record.backup", "mail.remind"
ALLOWED, REFUSED = "allowed", "refused"

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


def new_line(
    action: str,
    role: str,
    *,
    at: datetime,
    allowed: bool = True,
    account: UUID | None = None,
    patient: UUID | None = None,
    id: UUID | None = None,  # noqa: A002 - what the column is called
) -> AuditLine:
    """Return the line of one act, under a new id unless one is given.

    Args:
        action: A value of `Action`, or an act that is none.
        role: As whom somebody acted, a value of `Role`.
        at: When.
        allowed: Whether it was allowed.
        account: Who acted; None for the household, the command line and strangers.
        patient: The patient concerned; None if it concerns no single one.
        id: The id, so that the same act adds no second line.
    """
    outcome = ALLOWED if allowed else REFUSED
    return AuditLine(id or uuid7(), at, account, role, action, patient, outcome)


class Audit:
    """The lines of the audit, in the order of (at, id)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, *lines: AuditLine) -> None:
        """Add lines, as "system", all or none; the same id again adds nothing."""
        with current_actor.acting_as(current_actor.SYSTEM), self._store.writing() as connection:
            add(connection, *lines)

    def count(self, line: AuditLine) -> None:
        """Count an act in the one line of its hour for all acts like it; the first one adds that line.

        So strangers, who can try as often as they like, do not fill the database.
        """
        hour = utc(line.at).replace(minute=0, second=0, microsecond=0)
        same = (hour.isoformat(), line.account, line.role, line.action, line.patient, line.outcome)
        key = uuid5(HOURS, "|".join(map(str, same)))
        with current_actor.acting_as(current_actor.SYSTEM), self._store.writing() as connection:
            add(connection, replace(line, id=key))
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
            outcome: ALLOWED or REFUSED.
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


def add(connection: Connection, *lines: AuditLine) -> None:
    """Add lines in a transaction; the same id again adds nothing."""
    rows = [asdict(line) | {"at": utc(line.at)} for line in lines]
    for row in rows:
        del row["times"]
    connection.execute(insert(connection, audit).on_conflict_do_nothing(index_elements=["id"]), rows)
