"""Import of an archive into an empty record: all of it is verified, then all or nothing stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.exc import IntegrityError

from coach.domain.facts import OPERATOR, PATIENT
from coach.domain.free_text import one_line
from coach.domain.history import clinician_account
from coach.domain.json_text import parsed
from coach.domain.protocol_draft import DraftAct
from coach.domain.sign_off import Opinion
from coach.records.clinic import protocol_drafts, signatures
from coach.records.clinic.audit import ALLOWED, REFUSED
from coach.records.database import current_actor, migrations, schema
from coach.records.database.errors import Reason, RecordUnavailable
from coach.records.database.row_json import from_plain
from coach.records.entries import caseload_rows, hash_chain
from coach.records.entries.rows import READ, to_entry
from coach.records.entries.store import Store
from coach.records.upkeep import tombstones
from coach.records.upkeep.archive import (
    AT_ONCE,
    AUDIT,
    COLUMNS,
    DRAFT_COLUMNS,
    FILE_COLUMNS,
    IN_FORCE,
    PEOPLE,
    TOMBSTONES,
    ArchiveCounts,
    ArchiveFault,
    ArchiveRefused,
)
from coach.records.upkeep.archive_members import Archive, opened
from coach.records.upkeep.archive_people import People, checked
from coach.records.upkeep.tombstones import Tombstone

__all__ = ["check", "take_in"]

EMPTY = (
    *("patient", "account", "team", "audit", "tombstone"),
    *("protocol_file", "in_force", "signature", "protocol_draft"),
)
# No zone is further from UTC; the rules of the zone at that time are not looked up
NEXT_DAY = timedelta(days=1)
NAMES = {"team": ("name",), "account": ("login", "name"), "person": ("name", "reference")}
ENTRY = tuple(schema.entry.c)
LINE = tuple(schema.audit.c)


def check(file: Path, *, erased: Iterable[str] = (), strict: bool = False) -> ArchiveCounts:
    """Verify a whole archive and return how much `take_in` would store.

    Args:
        file: The archive.
        erased: Digests of erased patients, besides those in the archive itself.
        strict: Whether to refuse entries that no desk records; False for a backup, which takes any.

    Raises:
        ArchiveRefused: It is no archive, or not whole.
    """
    with opened(file) as archive:
        return _all(archive, frozenset(erased), None, strict=strict)


def take_in(store: Store, file: Path, *, erased: Iterable[str] = (), strict: bool = False) -> ArchiveCounts:
    """Store everything of an archive in an empty record, or nothing; erased patients are left out.

    `strict` is as for `check`.

    Raises:
        ArchiveRefused: It is no archive, or not whole, or the record is not empty.
        RecordUnavailable: The record cannot be written to.
    """
    known = frozenset(erased)
    with opened(file) as archive:
        _all(archive, known, None, strict=strict)
        with current_actor.acting_as(current_actor.SYSTEM), store.writing() as connection:
            migrations.lock(connection)
            if any(connection.scalar(select(func.count()).select_from(_table(name))) for name in EMPTY):
                raise ArchiveRefused(ArchiveFault.NOT_EMPTY)
            try:
                return _all(archive, known, connection, strict=False)
            except IntegrityError:  # two patients have an entry with the same key
                raise ArchiveRefused(ArchiveFault.DAMAGED, "patients") from None


def _table(name: str) -> Table:
    return schema.metadata.tables[name]


def _all(
    archive: Archive, erased: frozenset[str], connection: Connection | None, *, strict: bool
) -> ArchiveCounts:
    """Verify everything; with a connection, store it too."""
    stones = _stones(archive)
    known = erased | {stone.patient_hash for stone in stones}
    gone = frozenset(patient for patient in archive.heads if tombstones.digest(patient) in known)
    try:
        people = checked(parsed(archive.whole(PEOPLE)), frozenset(archive.heads), gone)
    except (ValueError, TypeError, KeyError):
        raise ArchiveRefused(ArchiveFault.DAMAGED, PEOPLE) from None
    if strict:
        _look_at_people(people)
    rules = _rules(archive)
    if connection is not None:
        _store_people(connection, people)
        for table, rows in rules.items():
            _insert(connection, _table(table), rows)
        for stone in stones:
            tombstones.keep(connection, stone)
    _in_pieces(connection, schema.audit, _audit(archive))
    entries = 0
    for patient in archive.heads:
        entries += _patient(
            archive,
            patient,
            None if patient in gone else connection,
            counts=patient not in gone,
            strict=strict,
        )
    return ArchiveCounts(len(archive.heads) - len(gone), entries, len(people["account"]), len(gone))


def _patient(
    archive: Archive, patient: UUID, connection: Connection | None, *, counts: bool, strict: bool
) -> int:
    _in_pieces(connection, schema.entry, _entries(archive, patient, strict=strict))
    if connection is not None:
        caseload_rows.begin(connection, patient)
    return archive.heads[patient][0] if counts else 0


def _entries(archive: Archive, patient: UUID, *, strict: bool) -> Iterator[dict[str, Any]]:
    """Yield a patient's rows, checking the chain up to the head in the manifest."""
    name = f"patients/{patient}.jsonl"
    seq, last, keys = 0, "", set()
    for line in archive.lines(name):
        row = _row(ENTRY, line, name)
        linked = row["seq"] == seq + 1 and row["prev_hash"] == last and row["patient"] == patient
        replaces = row["supersedes"] is None or row["supersedes"] in keys
        if not linked or not replaces or row["id"] in keys or row["hash"] != hash_chain.digest(row):
            raise ArchiveRefused(ArchiveFault.CHAIN, str(patient))
        try:
            to_entry([row[column] for column in READ], name)
        except RecordUnavailable as trouble:
            newer = trouble.reason is Reason.NEWER_VERSION
            raise ArchiveRefused(
                ArchiveFault.UNKNOWN_ENTRY if newer else ArchiveFault.DAMAGED, name
            ) from None
        if not row["author"] or not row["zone"] or not row["payload"].startswith("{"):
            raise ArchiveRefused(ArchiveFault.DAMAGED, name)
        if strict and not _is_a_desks(row):
            raise ArchiveRefused(ArchiveFault.NEVER_RECORDED, f"{name}, entry {row['seq']}")
        seq, last = row["seq"], row["hash"]
        keys.add(row["id"])
        yield row
    if (seq, last) != archive.heads[patient]:
        raise ArchiveRefused(ArchiveFault.CHAIN, str(patient))


def _is_a_desks(row: dict[str, Any]) -> bool:
    """Tell whether a desk can have recorded an entry: known author, a day some zone has then."""
    author = row["author"]
    known = author in (PATIENT, OPERATOR) or clinician_account(author) is not None
    return known and abs(row["local_date"] - row["at"].date()) <= NEXT_DAY


def _look_at_people(people: People) -> None:
    """Refuse names and references that no desk accepts."""
    for table, columns in NAMES.items():
        for row in people[table]:
            for column in columns:
                if row[column] is not None and one_line(row[column], len(row[column])) != row[column]:
                    raise ArchiveRefused(ArchiveFault.NEVER_RECORDED, f"{PEOPLE}, {table}, {column}")


def _audit(archive: Archive) -> Iterator[dict[str, Any]]:
    keys = set()
    for line in archive.lines(AUDIT):
        row = _row(LINE, line, AUDIT)
        if row["outcome"] not in (ALLOWED, REFUSED) or row["id"] in keys:
            raise ArchiveRefused(ArchiveFault.DAMAGED, AUDIT)
        keys.add(row["id"])
        yield row


def _row(columns: Any, line: bytes, name: str) -> dict[str, Any]:
    try:
        return from_plain(columns, parsed(line))
    except (ValueError, TypeError):
        raise ArchiveRefused(ArchiveFault.DAMAGED, name) from None


def _stones(archive: Archive) -> list[Tombstone]:
    try:
        return [tombstones.from_plain(each) for each in parsed(archive.whole(TOMBSTONES))]
    except (ValueError, TypeError):
        raise ArchiveRefused(ArchiveFault.DAMAGED, TOMBSTONES) from None


def _rules(archive: Archive) -> dict[str, list[dict[str, Any]]]:
    """Return the protocol files, what is in force, what was signed and all drafts, each whole."""
    try:
        said = parsed(archive.whole(IN_FORCE))
        files = [from_plain(FILE_COLUMNS, each) for each in said["files"]]
        in_force = [from_plain(tuple(schema.in_force.c), each) for each in said["in_force"]]
        signed = [from_plain(tuple(schema.signature.c), each) for each in said.get("signatures", [])]
        drafts = [from_plain(DRAFT_COLUMNS, each) for each in said.get("drafts", [])]
    except (ValueError, TypeError, KeyError):
        raise ArchiveRefused(ArchiveFault.DAMAGED, IN_FORCE) from None
    saved = [each for each in drafts if each["act"] == DraftAct.SAVED]
    digests = {each["digest"] for each in files}
    contents = _contents(archive, digests | {each["content_digest"] for each in saved})
    for each in files:
        each["content"] = contents[each["digest"]]
    for each in drafts:
        each["content"] = contents[each["content_digest"]] if each["act"] == DraftAct.SAVED else None
    once = len(digests) == len(files) and len({each["id"] for each in in_force}) == len(in_force)
    known = {each["digest"] for each in in_force} <= digests
    if not once or not known or not _are_signatures(signed) or not _are_drafts(drafts):
        raise ArchiveRefused(ArchiveFault.DAMAGED, IN_FORCE)
    return {"protocol_file": files, "in_force": in_force, "signature": signed, "protocol_draft": drafts}


def _contents(archive: Archive, digests: set[str]) -> dict[str, str]:
    """Return the archive's protocol files by digest, which are exactly those."""
    if {name for name in archive.members if name.startswith("protocols/")} != set(map(_file, digests)):
        raise ArchiveRefused(ArchiveFault.DAMAGED, IN_FORCE)
    found = {}
    for digest in digests:
        content = archive.whole(_file(digest))
        try:
            found[digest] = content.decode()
        except ValueError:
            raise ArchiveRefused(ArchiveFault.DAMAGED, _file(digest)) from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise ArchiveRefused(ArchiveFault.DAMAGED, _file(digest))
    return found


def _file(digest: str) -> str:
    return f"protocols/{digest}.toml"


def _are_signatures(rows: list[dict[str, Any]]) -> bool:
    once = len({each["id"] for each in rows}) == len(rows)
    return once and all(each["opinion"] in set(Opinion) and signatures.is_whole(each) for each in rows)


def _are_drafts(rows: list[dict[str, Any]]) -> bool:
    """Tell whether each step of each draft is whole, and none is missing or there twice."""
    once = len({each["id"] for each in rows}) == len(rows)
    fit = all(each["act"] in set(DraftAct) and protocol_drafts.is_whole(each) for each in rows)
    return once and fit and protocol_drafts.are_complete(rows)


def _store_people(connection: Connection, people: People) -> None:
    there = {row.name: row.value for row in connection.execute(select(schema.about))}
    for row in people["about"]:
        if there.get(row["name"], row["value"]) != row["value"]:
            raise ArchiveRefused(ArchiveFault.OTHER_MODE)
    for name in COLUMNS:
        rows = [row for row in people[name] if name != "about" or row["name"] not in there]
        _insert(
            connection, _table(name), [row | {"totp_step": 0} for row in rows] if name == "account" else rows
        )


def _in_pieces(connection: Connection | None, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    while some := list(islice(rows, AT_ONCE)):
        if connection is not None:
            _insert(connection, table, some)


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(table.insert(), rows)
