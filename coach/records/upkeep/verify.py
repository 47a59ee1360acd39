"""Verification: the database itself, its tables, every hash chain, and the heads in a backup."""

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

from sqlalchemy import URL, Connection, Text, func, inspect, select, type_coerce
from sqlalchemy.exc import DBAPIError

from coach.domain.times import within
from coach.records.clinic import protocol_drafts, signatures
from coach.records.database import engine, migrations, sqlite_file
from coach.records.database.errors import EntryUnreadable, Reason, RecordUnavailable, place, translated
from coach.records.database.schema import (
    entry,
    erasing,
    patient,
    protocol_draft,
    protocol_file,
    seal,
    signature,
    tombstone,
)
from coach.records.entries import hash_chain
from coach.records.entries.rows import from_raw
from coach.records.upkeep import tombstones
from coach.records.upkeep.manifest import Head, Manifest
from coach.records.upkeep.read_only import opened

HEAD = migrations.HEAD
MOST = 100  # at most this many faults of the database's own check are listed


class FindingKind(StrEnum):
    """A kind of fault; the sentences are in `coach.text.backup`."""

    DATABASE = "database"  # the database's own full check
    REFERENCE = "reference"  # a row refers to one that does not exist
    TABLES = "tables"  # tables, indexes or triggers differ from those of this program
    UNREADABLE = "unreadable"  # a part cannot be read at all
    MISSING = "missing"
    UNLINKED = "unlinked"
    CHANGED = "changed"
    NOT_UNDERSTOOD = "not_understood"  # an unchanged entry that this program cannot read
    CUT = "cut"  # the last entries are missing that a backup has
    REWRITTEN = "rewritten"  # the chain is whole but differs from the one in a backup
    GONE = "gone"  # a patient is missing whom a backup has and nobody erased
    PROTOCOL = "protocol"  # the content of a protocol file does not have its hash
    SIGNATURE = "signature"  # a signature of a protocol's value was changed after it was stored
    DRAFT = "draft"  # a step of a protocol's draft was changed after it was stored, or is missing before
    AHEAD = "ahead"  # entries that were recorded while a clock stood ahead
    APPENDED = "appended"  # bytes after the end of the database in its file
    MODE = "mode"  # other accounts of the computer may open one of its files
    ERASING = "erasing"  # a patient's entries may be deleted although no erasure is under way
    FORGED = "forged"  # a tombstone that Coach did not make for this record
    RETURNED = "returned"  # a tombstone of a patient who still exists
    # The stored projection differs from the one computed from the entries
    PROJECTION = "projection"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: patient, entry number, how many entries, and the database's own message."""

    kind: FindingKind
    patient: UUID | str | None = None
    seq: int = 0
    many: int = 0
    detail: str = ""


@dataclass(slots=True)
class Examined:
    """The result of a verification.

    Attributes:
        where: The file, or the address without its password.
        revision: The revision of its tables.
        findings: The faults; empty when all is well.
        heads: Every patient's last entry.
        entries: How many entries there are.
        newest: When the newest was recorded; None without entries.
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
    """Verify a record without writing; a server may use it meanwhile.

    Args:
        url: The database.
        against: The manifest of a backup, to find a cut end too.

    Raises:
        RecordUnavailable: There is no Coach record that can be read.
    """
    where = place(engine.parse(url))
    try:
        with opened(url) as (connection, revision):
            return look_through(connection, revision, where, against=against)
    except RecordUnavailable as trouble:
        if trouble.reason is not Reason.DAMAGED:
            raise
        return Examined(where, "", [Finding(FindingKind.UNREADABLE, detail=trouble.code)])


def look_through(
    connection: Connection, revision: str, where: str, *, against: Manifest | None = None
) -> Examined:
    """Return the faults of the record behind a connection, as far as it can be read."""
    found = Examined(where, revision)
    rules = [_protocols, _signatures, _drafts]
    for step in [_database, _end, _references, _tables, _chains, *rules, _tombstones, _erasing]:
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
        found.findings.append(Finding(FindingKind.UNREADABLE, detail=named_so.code))
    except (TypeError, ValueError, KeyError):  # a key, a number or an instant that cannot be read
        found.findings.append(Finding(FindingKind.UNREADABLE, detail="column"))


def _database(connection: Connection, found: Examined) -> None:
    if connection.dialect.name != "sqlite":
        return
    lines = [str(line) for (line,) in connection.exec_driver_sql(f"PRAGMA integrity_check({MOST})")]
    if lines != ["ok"]:
        found.findings += [Finding(FindingKind.DATABASE, detail=line) for line in lines]


def _end(connection: Connection, found: Examined) -> None:
    path = connection.engine.url.database
    if connection.dialect.name != "sqlite" or not path:
        return
    pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar() or 0)
    if behind := sqlite_file.appended(Path(path), pages):
        found.findings.append(Finding(FindingKind.APPENDED, many=behind))


def open_to_others(url: str | URL) -> list[Finding]:
    """Return the database's files that other accounts of the computer may open.

    None on PostgreSQL.
    """
    parsed = engine.parse(url)
    if parsed.get_backend_name() != "sqlite":
        return []
    path = Path(str(parsed.database)).absolute()
    return [
        Finding(FindingKind.MODE, detail=f"{name} {mode:03o}")
        for name, mode in sqlite_file.open_to_others(path)
    ]


def _references(connection: Connection, found: Examined) -> None:
    if connection.dialect.name != "sqlite":
        return
    for table, row, to, _number in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        found.findings.append(Finding(FindingKind.REFERENCE, many=row or 0, detail=f"{table} -> {to}"))


def _tables(connection: Connection, found: Examined) -> None:
    """Compare tables, indexes and triggers with those that this program creates."""
    if connection.dialect.name == "sqlite":
        there, made = _schema(connection), _as_made(found.revision)
        differ = {name for name, _sql in there ^ made}
    else:
        differ = set(migrations.tables(found.revision)) - set(inspect(connection).get_table_names())
    found.findings += [Finding(FindingKind.TABLES, detail=name) for name in sorted(differ)]


def _schema(connection: Connection) -> set[tuple[str, str]]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {(str(name), str(sql)) for name, sql in rows if not str(name).startswith("sqlite_stat")}


@cache
def _as_made(revision: str) -> frozenset[tuple[str, str]]:
    """Return the tables, indexes and triggers of a new database of that revision."""
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
        flaws.append(Finding(FindingKind(flaw.what.value), _key(who), flaw.seq, flaw.many))
    found.findings += flaws
    key = _key(who)
    if isinstance(key, UUID):
        found.heads.append(Head(key, head.get("seq", 0), str(head.get("hash", ""))))


def _key(who: str) -> UUID | str:
    """Return a patient's key, or the raw value if it is not a key."""
    try:
        return UUID(who)
    except ValueError:
        return who.encode("utf-8", "replace").decode()[:36]


def _passing(
    connection: Connection, found: Examined, who: str, head: dict[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Yield a patient's raw rows, and check each one in passing."""
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
            found.findings.append(Finding(FindingKind.NOT_UNDERSTOOD, _key(who), row["seq"]))
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
    """Check that each protocol file has the hash under which it is stored."""
    if not inspect(connection).has_table(protocol_file.name):
        return
    for digest, content in connection.execute(select(protocol_file.c.digest, protocol_file.c.content)):
        told = str(content).encode("utf-8", "surrogatepass")
        if hashlib.sha256(told).hexdigest() != digest:
            found.findings.append(Finding(FindingKind.PROTOCOL, detail=str(digest)[:64]))


def _signatures(connection: Connection, found: Examined) -> None:
    """Check that each signature is as it was stored."""
    if inspect(connection).has_table(signature.name):
        found.findings += [
            Finding(FindingKind.SIGNATURE, detail=each) for each in signatures.faulty(connection)
        ]


def _drafts(connection: Connection, found: Examined) -> None:
    """Check that each step of a protocol's draft is as it was stored, and that none is missing."""
    if inspect(connection).has_table(protocol_draft.name):
        found.findings += [
            Finding(FindingKind.DRAFT, detail=each) for each in protocol_drafts.faulty(connection)
        ]


def _tombstones(connection: Connection, found: Examined) -> None:
    """Check that each tombstone is of a patient who is gone, and has a valid seal."""
    if not inspect(connection).has_table(tombstone.name):
        return
    found.tombstones = connection.scalar(select(func.count()).select_from(tombstone)) or 0
    erased = _erased(connection) if found.tombstones else set()
    for who in (head.patient for head in found.heads if erased):
        if tombstones.digest(who) in erased:
            found.findings.append(Finding(FindingKind.RETURNED, who))
    if inspect(connection).has_table(seal.name):
        found.findings += [
            Finding(FindingKind.FORGED, detail=str(each.id)) for each in tombstones.forged(connection)
        ]


def _erasing(connection: Connection, found: Examined) -> None:
    """Report patients whose entries may be deleted although no erasure is under way."""
    if not inspect(connection).has_table(erasing.name):
        return
    for who in connection.scalars(select(type_coerce(erasing.c.patient, Text))):
        found.findings.append(Finding(FindingKind.ERASING, _key(str(who))))


def _compare(connection: Connection, found: Examined, against: Manifest) -> None:
    """Compare with the heads in a backup: a chain whose end was cut off looks whole by itself."""
    heads = {head.patient: head for head in found.heads}
    erased = _erased(connection)
    for known in against.heads:
        own = heads.get(known.patient)
        if own is None:
            if hashlib.sha256(str(known.patient).encode()).hexdigest() not in erased:
                found.findings.append(Finding(FindingKind.GONE, known.patient))
        elif own.seq < known.seq:
            found.findings.append(Finding(FindingKind.CUT, known.patient, own.seq, known.seq - own.seq))
        elif known.seq and _hash_at(connection, known) != known.hash:
            found.findings.append(Finding(FindingKind.REWRITTEN, known.patient, known.seq))


def _erased(connection: Connection) -> set[str]:
    if not inspect(connection).has_table(tombstone.name):
        return set()
    return set(connection.scalars(select(tombstone.c.patient_hash)))


def _hash_at(connection: Connection, known: Head) -> str | None:
    query = select(entry.c.hash).where(entry.c.patient == known.patient, entry.c.seq == known.seq)
    found: str | None = connection.scalar(query)
    return found
