"""Whether a record is whole: the database itself, its tables, every chain of hashes, and what a backup knew."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import URL, Connection, Text, event, func, inspect, select, type_coerce
from sqlalchemy.exc import DBAPIError

from coach.domain.times import within
from coach.records.database import current_actor, engine, migrations, sqlite_file
from coach.records.database.errors import (
    EntryUnreadable,
    Reason,
    RecordUnavailable,
    named,
    place,
    translated,
)
from coach.records.database.schema import entry, erasing, patient, protocol_file, seal, tombstone
from coach.records.entries import hash_chain
from coach.records.entries.rows import from_raw
from coach.records.entries.store import Store
from coach.records.upkeep import tombstones
from coach.records.upkeep.manifest import Head, Manifest

HEAD = migrations.HEAD
MOST = 100  # faults that the database itself tells of


class Kind(StrEnum):
    """One kind of fault; the sentences are in `coach.text.backup`."""

    DATABASE = "database"  # its own full check
    REFERENCE = "reference"  # a row refers to one that is not there
    TABLES = "tables"  # tables, indexes or triggers are not as this program makes them
    UNREADABLE = "unreadable"  # a part of it cannot be read at all
    MISSING = "missing"
    UNLINKED = "unlinked"
    CHANGED = "changed"
    NOT_UNDERSTOOD = "not_understood"  # an entry as it was recorded, of which this program makes nothing
    CUT = "cut"  # the last entries, that a backup knew
    REWRITTEN = "rewritten"  # whole, but another than a backup knew
    GONE = "gone"  # a patient, whom a backup knew and nobody erased
    PROTOCOL = "protocol"  # the content of a protocol file
    AHEAD = "ahead"  # entries that were recorded while a clock stood ahead
    APPENDED = "appended"  # bytes behind the end of the file's database
    MODE = "mode"  # other accounts of the computer may open a file of it
    ERASING = "erasing"  # the database would let go of a patient's entries, and no erasure is under way
    FORGED = "forged"  # a tombstone that Coach did not make for this record
    RETURNED = "returned"  # a tombstone of a patient who is there
    PROJECTION = "projection"  # what a caseload is read from does not follow from the entries


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: of which patient, at which entry, how many entries it is about, and the database's own words."""

    kind: Kind
    patient: UUID | str | None = None
    seq: int = 0
    many: int = 0
    detail: str = ""


@dataclass(slots=True)
class Examined:
    """What a record is and what is wrong with it.

    Attributes:
        where: The file, or the address without its password.
        revision: The revision of its tables.
        findings: What is wrong, empty when all is well.
        heads: Every patient's last entry.
        entries: How many entries there are.
        newest: When the newest was recorded; None when there is none.
        tombstones: How many patients were erased.
    """

    where: str
    revision: str
    findings: list[Finding] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    entries: int = 0
    newest: datetime | None = None
    tombstones: int = 0


def examine(url: str | URL, *, against: Manifest | None = None) -> Examined:
    """Return what is wrong with a record, which is only read; a server may use it meanwhile.

    Args:
        url: Where it is.
        against: What a backup of it knew: then a cut end is found too.

    Raises:
        RecordUnavailable: There is no record of ours that could be looked at.
    """
    where = place(engine.parse(url))
    try:
        with opened(url) as (connection, revision):
            return look_through(connection, revision, where, against=against)
    except RecordUnavailable as trouble:
        if trouble.reason is not Reason.DAMAGED:
            raise
        return Examined(where, "", [Finding(Kind.UNREADABLE, detail=trouble.code)])


@contextmanager
def opened(url: str | URL) -> Iterator[tuple[Connection, str]]:
    """Give one unchanging view of a record that is there, with its revision; nothing is made or migrated.

    Raises:
        RecordUnavailable: There is none, or not one of ours.
    """
    own = engine.parse(url)
    with named(own), sqlite_file.to_read(own) as parsed:
        revision, mode = _looked_at(parsed)
        server = parsed.get_backend_name() != "sqlite"
        reader = engine.build(parsed, mode=mode)
        if not server:
            event.listen(reader, "connect", _read_anything)
        options: dict[str, Any] = (
            {"isolation_level": "REPEATABLE READ"} if server else {"sqlite_begin": "DEFERRED"}
        )
        try:
            with reader.execution_options(**options).connect() as connection, connection.begin():
                if server:
                    connection.exec_driver_sql("SET TRANSACTION READ ONLY")
                    revision = _server_revision(connection, parsed)
                    with current_actor.acting_as(current_actor.SYSTEM):
                        current_actor.tell(connection)
                yield connection, revision
        finally:
            reader.dispose()


class NotCurrent(Exception):
    """The record is of an older revision than this program's."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


@contextmanager
def as_it_is(url: str | URL) -> Iterator[Store]:
    """Give the store of a record that is there and of this program's revision, and change nothing at opening.

    Raises:
        RecordUnavailable: There is none, or not one of ours.
        NotCurrent: It is of an older revision.
    """
    own = engine.parse(url)
    with contextlib.ExitStack() as stack:
        with named(own):
            parsed = stack.enter_context(sqlite_file.to_read(own))
            revision, mode = _looked_at(parsed)
            if revision and revision != migrations.HEAD:
                raise NotCurrent(place(own))
        store = Store(parsed, engine.build(parsed, mode=mode))
        stack.callback(store.close)
        yield store


def _looked_at(url: URL) -> tuple[str, str | None]:
    """Return a file's revision and journal mode; damage is looked into further on."""
    if url.get_backend_name() != "sqlite":
        return "", None
    path = Path(str(url.database)).absolute()
    mode = sqlite_file.journal_mode(path)
    try:
        return sqlite_file.look(url.set(database=str(path)), engine.driver()), mode
    except RecordUnavailable as trouble:
        if trouble.reason is not Reason.DAMAGED:
            raise
        return migrations.HEAD, mode


def _server_revision(connection: Connection, url: URL) -> str:
    found = migrations.revision(connection)
    if found is None:
        raise RecordUnavailable(Reason.MISSING, place(url), "no tables")
    if found not in migrations.KNOWN:
        raise RecordUnavailable(Reason.NEWER_VERSION, place(url), found[:32])
    return found


def _read_anything(raw: Any, _record: object) -> None:
    """Let text that a flipped bit made unreadable be read as something else than it was."""
    raw.text_factory = lambda told: told.decode("utf-8", "surrogateescape")


def look_through(
    connection: Connection, revision: str, where: str, *, against: Manifest | None = None
) -> Examined:
    """Return what is wrong with the record behind a connection, as far as it can be read."""
    found = Examined(where, revision)
    steps = [_database, _end, _references, _tables, _chains, _protocols, _tombstones, _erasing]
    for step in steps:
        with _as_far_as_readable(connection, found):
            step(connection, found)
    if against:
        with _as_far_as_readable(connection, found):
            _compare(connection, found, against)
    return found


@contextmanager
def _as_far_as_readable(connection: Connection, found: Examined) -> Iterator[None]:
    try:
        yield
    except DBAPIError as trouble:
        named_so = translated(trouble.orig, connection.engine.url)
        if named_so.reason not in (Reason.DAMAGED, Reason.FAILED):
            raise
        found.findings.append(Finding(Kind.UNREADABLE, detail=named_so.code))
    except (TypeError, ValueError, KeyError):  # a key, a place or an instant that is none
        found.findings.append(Finding(Kind.UNREADABLE, detail="column"))


def _database(connection: Connection, found: Examined) -> None:
    if connection.dialect.name != "sqlite":
        return
    lines = [str(line) for (line,) in connection.exec_driver_sql(f"PRAGMA integrity_check({MOST})")]
    if lines != ["ok"]:
        found.findings += [Finding(Kind.DATABASE, detail=line) for line in lines]


def _end(connection: Connection, found: Examined) -> None:
    path = connection.engine.url.database
    if connection.dialect.name != "sqlite" or not path:
        return
    pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar() or 0)
    if behind := sqlite_file.appended(Path(path), pages):
        found.findings.append(Finding(Kind.APPENDED, many=behind))


def open_to_others(url: str | URL) -> list[Finding]:
    """Return which files of a record other accounts of the computer may open; none of a server's."""
    parsed = engine.parse(url)
    if parsed.get_backend_name() != "sqlite":
        return []
    path = Path(str(parsed.database)).absolute()
    return [
        Finding(Kind.MODE, detail=f"{name} {mode:03o}") for name, mode in sqlite_file.open_to_others(path)
    ]


def _references(connection: Connection, found: Examined) -> None:
    if connection.dialect.name != "sqlite":
        return
    for table, row, to, _number in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        found.findings.append(Finding(Kind.REFERENCE, many=row or 0, detail=f"{table} -> {to}"))


def _tables(connection: Connection, found: Examined) -> None:
    """Compare what the tables are with what this program makes; triggers that keep the entries belong to it."""
    if connection.dialect.name == "sqlite":
        there, made = _schema(connection), _as_made(found.revision)
        differ = {name for name, _sql in there ^ made}
    else:
        differ = set(migrations.tables(found.revision)) - set(inspect(connection).get_table_names())
    found.findings += [Finding(Kind.TABLES, detail=name) for name in sorted(differ)]


def _schema(connection: Connection) -> set[tuple[str, str]]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {(str(name), str(sql)) for name, sql in rows if not str(name).startswith("sqlite_stat")}


@cache
def _as_made(revision: str) -> frozenset[tuple[str, str]]:
    """Return the tables, indexes and triggers of a new record of that revision."""
    with tempfile.TemporaryDirectory(prefix="coach-") as folder:
        new = engine.build(engine.parse(engine.file_url(Path(folder) / "new.db")), mode="DELETE")
        try:
            with new.begin() as connection:
                migrations.migrate(connection, to=revision)
                return frozenset(_schema(connection))
        finally:
            new.dispose()


def _chains(connection: Connection, found: Examined) -> None:
    known = list(connection.scalars(select(type_coerce(patient.c.id, Text)).order_by(patient.c.id)))
    with_entries = connection.scalars(select(type_coerce(entry.c.patient, Text)).distinct())
    for each in dict.fromkeys(map(str, [*known, *with_entries])):
        with _as_far_as_readable(connection, found):
            _chain(connection, found, each)


def _chain(connection: Connection, found: Examined, who: str) -> None:
    head: dict[str, Any] = {}
    flaws = []
    for flaw in hash_chain.flaws(_passing(connection, found, who, head)):
        flaws.append(Finding(Kind(flaw.what.value), _key(who), flaw.seq, flaw.many))
    found.findings += flaws
    key = _key(who)
    if isinstance(key, UUID):
        found.heads.append(Head(key, head.get("seq", 0), str(head.get("hash", ""))))


def _key(who: str) -> UUID | str:
    """Return a patient's key, or what lies in its place."""
    try:
        return UUID(who)
    except ValueError:
        return who.encode("utf-8", "replace").decode()[:36]


def _passing(
    connection: Connection, found: Examined, who: str, head: dict[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Yield a patient's rows as they lie there, and look at each on its way."""
    raw = connection.dialect.name == "sqlite"
    columns = [type_coerce(c, Text).label(c.name) if raw else c for c in entry.c]
    query = (
        select(*columns)
        .where(type_coerce(entry.c.patient, Text) == who if raw else entry.c.patient == UUID(who))
        .order_by(entry.c.seq)
    )
    for each in connection.execute(query.execution_options(yield_per=1000)).mappings():
        row = dict(each)
        if type(row["seq"]) is not int:
            raise TypeError
        found.entries += 1
        head |= {"seq": row["seq"], "hash": row["hash"]}
        if row["hash"] == hash_chain.digest(row) and not _understood(row):
            found.findings.append(Finding(Kind.NOT_UNDERSTOOD, _key(who), row["seq"]))
        with contextlib.suppress(TypeError, ValueError):
            recorded = row["recorded_at"]
            recorded = within(datetime.fromisoformat(recorded) if raw else recorded)
            found.newest = max(found.newest or recorded, recorded)
        yield row


def _understood(row: Mapping[str, Any]) -> bool:
    try:
        from_raw(row, "")
    except EntryUnreadable:
        return False
    return True


def _protocols(connection: Connection, found: Examined) -> None:
    """A protocol file goes by the hash of its content."""
    if not inspect(connection).has_table(protocol_file.name):
        return
    for digest, content in connection.execute(select(protocol_file.c.digest, protocol_file.c.content)):
        told = str(content).encode("utf-8", "surrogatepass")
        if hashlib.sha256(told).hexdigest() != digest:
            found.findings.append(Finding(Kind.PROTOCOL, detail=str(digest)[:64]))


def _tombstones(connection: Connection, found: Examined) -> None:
    """A tombstone tells of somebody who is there no more, and was made by Coach for this record."""
    if not inspect(connection).has_table(tombstone.name):
        return
    found.tombstones = connection.scalar(select(func.count()).select_from(tombstone)) or 0
    erased = _erased(connection) if found.tombstones else set()
    for who in (head.patient for head in found.heads if erased):
        if tombstones.digest(who) in erased:
            found.findings.append(Finding(Kind.RETURNED, who))
    if inspect(connection).has_table(seal.name):
        found.findings += [
            Finding(Kind.FORGED, detail=str(each.id)) for each in tombstones.forged(connection)
        ]


def _erasing(connection: Connection, found: Examined) -> None:
    """Whose entries the database lets go of is known while they are erased, and to nobody else."""
    if not inspect(connection).has_table(erasing.name):
        return
    for who in connection.scalars(select(type_coerce(erasing.c.patient, Text))):
        found.findings.append(Finding(Kind.ERASING, _key(str(who))))


def _compare(connection: Connection, found: Examined, against: Manifest) -> None:
    """Look for what a backup knew: an end that was cut off leaves a chain that is whole."""
    heads = {head.patient: head for head in found.heads}
    erased = _erased(connection)
    for known in against.heads:
        own = heads.get(known.patient)
        if own is None:
            if hashlib.sha256(str(known.patient).encode()).hexdigest() not in erased:
                found.findings.append(Finding(Kind.GONE, known.patient))
        elif own.seq < known.seq:
            found.findings.append(Finding(Kind.CUT, known.patient, own.seq, known.seq - own.seq))
        elif known.seq and _hash_at(connection, known) != known.hash:
            found.findings.append(Finding(Kind.REWRITTEN, known.patient, known.seq))


def _erased(connection: Connection) -> set[str]:
    if not inspect(connection).has_table(tombstone.name):
        return set()
    return set(connection.scalars(select(tombstone.c.patient_hash)))


def _hash_at(connection: Connection, known: Head) -> str | None:
    query = select(entry.c.hash).where(entry.c.patient == known.patient, entry.c.seq == known.seq)
    found: str | None = connection.scalar(query)
    return found
