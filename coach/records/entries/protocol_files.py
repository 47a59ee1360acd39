"""The clinic's protocol files, and from when each is in force. Both are append-only."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from coach.domain.times import utc
from coach.records.database import migrations
from coach.records.database.schema import in_force, protocol_file
from coach.records.database.upsert import insert
from coach.records.entries.store import Overtaken, Store

__all__ = ["ProtocolFile", "ProtocolFiles", "PutInForce"]


@dataclass(frozen=True, slots=True)
class ProtocolFile:
    """An added file: digest of its content, id, version, and who added it (None: the product)."""

    digest: str
    name: str
    version: str
    added_at: datetime
    added_by: UUID | None


@dataclass(frozen=True, slots=True)
class PutInForce:
    """A decision that a file is in force from `starts_at` until the next: who made it, and why."""

    id: UUID
    digest: str
    starts_at: datetime
    made_at: datetime
    made_by: UUID | None
    why: str


class ProtocolFiles:
    """The protocol files of one database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self, digest: str, name: str, version: str, content: str, *, at: datetime, by: UUID | None
    ) -> None:
        """Add a file; an existing one is not changed."""
        row = {
            "digest": digest,
            "name": name,
            "version": version,
            "content": content,
            "added_at": utc(at),
            "added_by": by,
        }
        with self._store.writing() as connection:
            connection.execute(
                insert(connection, protocol_file)
                .values(row)
                .on_conflict_do_nothing(index_elements=["digest"])
            )

    def get(self, digest: str) -> str | None:
        """Return the content of a file, or None."""
        with self._store.reading() as connection:
            found: str | None = connection.scalar(
                select(protocol_file.c.content).where(protocol_file.c.digest == digest)
            )
        return found

    def all(self) -> list[ProtocolFile]:
        """Return every file, in the order of adding."""
        columns = [column for column in protocol_file.c if column.name != "content"]
        query = select(*columns).order_by(protocol_file.c.added_at, protocol_file.c.digest)
        with self._store.reading() as connection:
            return [ProtocolFile(**row) for row in connection.execute(query).mappings()]

    def put_in_force(
        self,
        row_id: UUID,
        digest: str,
        *,
        starts_at: datetime,
        made_at: datetime,
        made_by: UUID | None,
        why: str,
        after: int | None = None,
    ) -> None:
        """Put a file in force from an instant on; the same id again changes nothing.

        `after` is how many rows the writer has seen; None to ignore rows added since.

        Raises:
            LookupError: there is no such file.
            Overtaken: another row was added since the writer looked.
        """
        row = asdict(PutInForce(row_id, digest, utc(starts_at), utc(made_at), made_by, why))
        with self._store.writing() as connection:
            if (
                connection.scalar(select(protocol_file.c.digest).where(protocol_file.c.digest == digest))
                is None
            ):
                raise LookupError("no such protocol file")
            migrations.lock(connection)
            if after is not None and after != connection.scalar(select(func.count()).select_from(in_force)):
                raise Overtaken
            connection.execute(
                insert(connection, in_force).values(row).on_conflict_do_nothing(index_elements=["id"])
            )

    def in_force_rows(self) -> list[PutInForce]:
        """Return every such decision, sorted by start, then by when it was made."""
        query = select(in_force).order_by(in_force.c.starts_at, in_force.c.made_at, in_force.c.id)
        with self._store.reading() as connection:
            return [PutInForce(**row) for row in connection.execute(query).mappings()]

    def version(self) -> int:
        """Return a number that changes with each new row: caches compare it."""
        with self._store.reading() as connection:
            return connection.scalar(select(func.count()).select_from(in_force)) or 0
