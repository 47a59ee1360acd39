"""The audit: who saw or changed what, refusals too. Lines are only ever added."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from coach.domain.moments import utc
from coach.records import acting
from coach.records.schema import audit
from coach.records.store import Store

__all__ = ["Audit", "Line"]


@dataclass(frozen=True, slots=True)
class Line:
    """One act: by whom (None: the household or the command line), on whom, "allowed" or "refused"."""

    id: UUID
    at: datetime
    account: UUID | None
    role: str
    action: str
    patient: UUID | None
    outcome: str


class Audit:
    """The lines of the audit, in the order of (at, id)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, line: Line) -> None:
        """Add a line, whoever acts; the same id again adds nothing."""
        with acting.as_(acting.SYSTEM), self._store.writing() as connection:
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            row = asdict(line) | {"at": utc(line.at)}
            connection.execute(insert(audit).values(row).on_conflict_do_nothing(index_elements=["id"]))

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
    ) -> list[Line]:
        """Return lines, the newest first; None asks for every value.

        Args:
            since: The first instant.
            until: The instant before which they are.
            account: Who acted.
            patient: On whom.
            action: Which action.
            outcome: "allowed" or "refused".
            limit: How many at most.
            before: Only those older than this line; none when there is no such line.
        """
        query = select(audit).order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit)
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
            return [Line(**row) for row in connection.execute(query).mappings()]
