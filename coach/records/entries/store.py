"""The store: append entries and read them back, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import URL, Connection, Engine, RowMapping, Text, bindparam, select, type_coerce
from sqlalchemy.exc import IntegrityError

from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Fact
from coach.domain.history import Entry
from coach.domain.times import utc
from coach.records.database import current_actor, engine, migrations, postgres, sqlite_file
from coach.records.database.errors import (
    NoSuchPatient,
    Reason,
    RecordUnavailable,
    named,
    place,
    translated,
)
from coach.records.database.schema import entry, metadata, patient
from coach.records.database.upsert import insert
from coach.records.entries import caseload_rows, hash_chain
from coach.records.entries.rows import READ, SAME, Draft, first_odd, to_entry, to_row

__all__ = [
    "Draft",
    "KeyReused",
    "Overtaken",
    "Reason",
    "RecordUnavailable",
    "Store",
    "Stored",
    "make_patient",
]

Project = Callable[[Callable[[int], list[Entry[Fact]]]], caseload_rows.Row]

MANY = 1_000  # keys looked up in one statement: SQLite limits the variables

# The statements of every entry are built once: building one takes several times as long as running it.
_OF_PATIENT = entry.c.patient == bindparam("patient")
_AFTER = (
    select(*(entry.c[name] for name in READ))
    .where(_OF_PATIENT, entry.c.seq > bindparam("after_seq"))
    .order_by(entry.c.seq)
)
_LAST = select(entry.c.seq, entry.c.hash).where(_OF_PATIENT).order_by(entry.c.seq.desc()).limit(1)
_BY_KEY = select(entry).where(entry.c.id.in_(bindparam("keys", expanding=True)))
_LOCKED = select(patient.c.id).where(patient.c.id == bindparam("patient")).with_for_update()
_ADDED = entry.insert()


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored entry; `new` is False if it was stored before."""

    entry: Entry[Fact]
    new: bool


@dataclass(frozen=True, slots=True)
class _Open:
    """An open writing transaction, and who acts in it."""

    connection: Connection
    who: current_actor.Acting | None


class Overtaken(Exception):
    """Another entry was recorded since the writer looked; nothing of the batch is stored."""


class KeyReused(BadValue):
    """A key exists with other content; nothing of the batch is stored."""

    def __init__(self, key: UUID) -> None:
        super().__init__(Fault.KEY_REUSED, entry=str(key))


class Store:
    """All patients' records in one database."""

    def __init__(self, url: URL, writer: Engine) -> None:
        self.url = url
        self._file = _identity(url)
        self._writer = writer
        self._reader = writer.execution_options(sqlite_begin="DEFERRED")
        one_instant = {} if self._file else {"isolation_level": "REPEATABLE READ"}
        self._still = self._reader.execution_options(**one_instant)
        self._open = threading.local()  # the transaction in which this thread writes

    @classmethod
    def open(cls, url: str | URL, *, owner: bool = False) -> Store:
        """Open the database; a SQLite file is created or migrated where needed.

        On PostgreSQL only the owner creates and migrates the tables, and a server never runs as the
        owner.

        Args:
            url: `sqlite:////path/of/the/file` or `postgresql+psycopg://...`.
            owner: whether the role in the URL owns the tables.

        Raises:
            RecordUnavailable: It cannot be used; it is left unchanged.
        """
        parsed = engine.parse(url)
        with named(parsed):
            if parsed.get_backend_name() == "sqlite":
                return cls._open_file(parsed)
            writer = engine.build(parsed)
            try:
                if owner:
                    postgres.migrate(parsed, writer)
                else:
                    postgres.check(parsed, writer)
            except BaseException:
                writer.dispose()
                raise
            return cls(parsed, writer)

    @classmethod
    def _open_file(cls, url: URL) -> Store:
        path = Path(str(url.database)).absolute()
        url = url.set(database=str(path))
        module = engine.driver()
        if not path.exists():
            sqlite_file.make(url, module)
        found = sqlite_file.look(url, module)
        writer = engine.build(url, module=module)
        if found != migrations.HEAD:
            try:
                with writer.begin() as connection:
                    migrations.migrate(connection)
            except BaseException:
                writer.dispose()
                raise
        return cls(url, writer)

    def close(self) -> None:
        """Close every connection."""
        self._writer.dispose()

    @property
    def path(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        return None if self._file is None else Path(str(self.url.database))

    def compact(self) -> None:
        """Rewrite the database (VACUUM), so that its files keep no deleted content.

        Raises:
            RecordUnavailable: It was not done: the disk is full, or another process is reading.
        """
        with named(self.url):
            if self._file is None:
                direct = self._writer.execution_options(isolation_level="AUTOCOMMIT")
                with direct.connect() as connection:
                    for table in metadata.tables:
                        connection.exec_driver_sql(f'VACUUM (FULL) "{table}"')
                return
            with self._writer.connect() as connection:
                driver = connection.connection.driver_connection
                if driver is None:
                    raise RecordUnavailable(Reason.FAILED, place(self.url))
                try:
                    driver.execute("VACUUM")
                    busy, *_pages = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                except self._writer.dialect.loaded_dbapi.Error as trouble:
                    raise translated(trouble, self.url) from None
            if busy:
                raise RecordUnavailable(Reason.LOCKED, place(self.url), "checkpoint")

    def still(self) -> AbstractContextManager[Connection]:
        """Return a read-only transaction with one snapshot, taken at its first query."""
        return self._transaction(self._still)

    def reading(self) -> AbstractContextManager[Connection]:
        """Return a read-only transaction; inside a writing one of the same thread, that one.

        With a second connection, writers that fill the pool would wait for each other for ever.
        """
        outer: _Open | None = getattr(self._open, "outer", None)
        return self._transaction(self._reader) if outer is None else self._inside(outer)

    @contextmanager
    def _inside(self, outer: _Open) -> Iterator[Connection]:
        with named(self.url):
            current_actor.become(outer.connection, current_actor.current())
            yield outer.connection
            current_actor.become(outer.connection, outer.who)

    def writing(self) -> AbstractContextManager[Connection]:
        """Return a writing transaction: all or nothing, and no other one writes meanwhile."""
        return self._written()

    @contextmanager
    def _written(self) -> Iterator[Connection]:
        with self._transaction(self._writer) as connection:
            before = getattr(self._open, "outer", None)
            self._open.outer = _Open(connection, current_actor.current())
            try:
                yield connection
            finally:
                self._open.outer = before

    @contextmanager
    def _transaction(self, on: Engine) -> Iterator[Connection]:
        with named(self.url):
            # SQLite would go on writing to a deleted file, and all of it would be lost.
            if _identity(self.url) != self._file:
                raise RecordUnavailable(Reason.MISSING, place(self.url), "replaced")
            with on.begin() as connection:
                current_actor.tell(connection)
                yield connection

    def patients(self) -> list[UUID]:
        """Return every patient, in the order of creation."""
        with self.reading() as connection:
            return _patients(connection)

    def knows(self, patient_id: UUID) -> bool:
        """Tell whether there is such a patient."""
        with self.reading() as connection:
            return connection.scalar(select(patient.c.id).where(patient.c.id == patient_id)) is not None

    def only_patient(self, proposal: UUID, *, recorded_at: datetime) -> UUID:
        """Return the one patient of home mode; creates `proposal` if there is none.

        Raises:
            LookupError: There are several.
        """
        with current_actor.acting_as(current_actor.SYSTEM):
            found = self.patients()
            if not found:
                with self.writing() as connection:
                    migrations.lock(connection)
                    found = _patients(connection)
                    if not found:
                        make_patient(connection, proposal, recorded_at)
                        found = [proposal]
        if len(found) > 1:
            raise LookupError("the record has several patients")
        return found[0]

    def entries(self, patient_id: UUID, *, after_seq: int = 0) -> list[Entry[Fact]]:
        """Return the patient's entries with a number above `after`, in the order of recording."""
        with self.reading() as connection:
            return self._entries(connection, patient_id, after_seq)

    def _entries(self, connection: Connection, patient_id: UUID, after_seq: int) -> list[Entry[Fact]]:
        where = place(self.url)
        try:
            rows = connection.execute(_AFTER, {"patient": patient_id, "after_seq": after_seq}).all()
        except (TypeError, ValueError):  # an instant, a day or a key that cannot be read
            raise first_odd(connection, patient_id, where) from None
        return [to_entry(row, where) for row in rows]

    def head(self, patient_id: UUID) -> tuple[int, str]:
        """Return the number and hash of the patient's last entry; (0, "") without entries."""
        with self.reading() as connection:
            return _head(connection, patient_id)

    def append(
        self,
        patient_id: UUID,
        drafts: Sequence[Draft],
        *,
        project: Project | None = None,
        after: int | None = None,
    ) -> list[Stored]:
        """Add entries to the patient's record, all or none.

        A key that exists with the same content is answered as stored; when it was recorded does
        not count as content, so a second try may come later.

        If an entry is added, `project` computes the new projection, from a function that reads the
        entries after a number; it is stored in the same transaction. None marks the projection as
        out of date.

        `after` is the number of the last entry that the writer has seen; None to ignore entries
        added since.

        Raises:
            Overtaken: An entry was recorded after that one.
            KeyReused: A key exists with other content.
            BadValue: A draft could not be read back, or replaces an entry that does not exist.
            NoSuchPatient: There is no such patient.
            RecordUnavailable: It is unknown whether they are stored; the same drafts can be
                appended again.
        """
        wanted = [to_row(patient_id, draft) for draft in drafts]
        with self.writing() as connection:
            if connection.scalar(_LOCKED, {"patient": patient_id}) is None:
                raise NoSuchPatient
            there = _there(connection, wanted)
            seq, last = _head(connection, patient_id)
            fresh: list[Mapping[str, Any]] = []
            for row in wanted:
                old = there.get(row["id"])
                if old is not None:
                    if any(old[name] != row[name] for name in SAME):
                        raise KeyReused(row["id"])
                    continue
                target = row["supersedes"]
                if target is not None and (target not in there or there[target]["patient"] != patient_id):
                    raise BadValue(Fault.UNKNOWN_ENTRY, value=str(target))
                seq += 1
                row |= {"seq": seq, "prev_hash": last}
                row["hash"] = last = hash_chain.digest(row)
                there[row["id"]] = row
                fresh.append(row)
            if fresh:
                if after is not None and fresh[0]["seq"] != after + 1:
                    raise Overtaken
                _insert(connection, fresh)
                if project is None:
                    caseload_rows.outdate(connection, patient_id)
                else:
                    row_now = project(partial(self._entries, connection, patient_id))
                    caseload_rows.write(connection, patient_id, row_now)
        new, where = {id(row) for row in fresh}, place(self.url)
        return [
            Stored(to_entry([there[row["id"]][name] for name in READ], where), id(row) in new)
            for row in wanted
        ]

    def verify(self, patient_id: UUID) -> list[str]:
        """Return one sentence for each fault in the patient's chain of hashes."""
        raw = self.url.get_backend_name() == "sqlite"  # the raw rows, however they were changed
        columns = [type_coerce(c, Text).label(c.name) if raw else c for c in entry.c]
        query = select(*columns).where(entry.c.patient == patient_id).order_by(entry.c.seq)
        with self.reading() as connection:
            return hash_chain.faults(dict(row) for row in connection.execute(query).mappings())


def _identity(url: URL) -> tuple[int, int] | None:
    """Return the identity of the file at the database's path (device, inode).

    None on PostgreSQL.
    """
    if url.get_backend_name() != "sqlite":
        return None
    found = Path(str(url.database)).stat()
    return found.st_dev, found.st_ino


def _there(connection: Connection, wanted: Sequence[Mapping[str, Any]]) -> dict[UUID, Mapping[str, Any]]:
    """Return the stored rows under the drafts' keys, and those that drafts replace."""
    keys = [key for row in wanted for key in (row["id"], row["supersedes"]) if key]
    found: dict[UUID, Mapping[str, Any]] = {}
    for first in range(0, len(keys), MANY):
        asked = {"keys": keys[first : first + MANY]}
        rows: Sequence[RowMapping] = connection.execute(_BY_KEY, asked).mappings().all()
        found |= {row["id"]: row for row in rows}
    return found


def _head(connection: Connection, patient_id: UUID) -> tuple[int, str]:
    row = connection.execute(_LAST, {"patient": patient_id}).first()
    return (row.seq, row.hash) if row else (0, "")


def _insert(connection: Connection, rows: list[Mapping[str, Any]]) -> None:
    try:
        connection.execute(_ADDED, rows)
    except IntegrityError as trouble:
        # Stored at the same moment under another patient
        if getattr(trouble.orig, "sqlstate", None) == "23505":
            raise KeyReused(rows[0]["id"]) from None
        raise


def _patients(connection: Connection) -> list[UUID]:
    query = select(patient.c.id).order_by(patient.c.created_at, patient.c.id)
    return list(connection.scalars(query))


def make_patient(connection: Connection, patient_id: UUID, recorded_at: datetime) -> None:
    """Create a patient in the caller's transaction; an existing one is not changed."""
    row = {"id": patient_id, "created_at": utc(recorded_at)}
    connection.execute(insert(connection, patient).values(row).on_conflict_do_nothing())
    caseload_rows.begin(connection, patient_id)
