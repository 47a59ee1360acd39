"""The archive: a whole record in one documented file, whatever database it comes from and goes to.

It is a ZIP file with these members and no other. Text is UTF-8, JSON has no name twice, instants
are ISO 8601 in UTC with microseconds and Z, keys are UUIDs in lower case.

`patients/<patient>.jsonl`
    One line for each entry of that patient, in the order of `seq` from 1: id, patient, seq, kind,
    at, zone, local_date, recorded_at, author, payload (the entry's content as JSON text),
    supersedes, prev_hash, hash. `hash` is the SHA-256 of the JSON list of all the values before it
    in that order, without spaces.
`people.json`
    about, team, patient, account, membership, person and looked: a list of rows each. Accounts come
    without passwords, second factors and links to an organisation; invitations, sign-ins and tries
    to sign in are left out. So nobody can sign in to an imported record before they are invited
    again. So are the addresses of calendars and of e-mail reminders, which have to be made and
    confirmed again.
`protocols/<SHA-256 of the file>.toml`, `in_force.json`
    The clinic's protocol files, their list (`files`), from when each is in force (`in_force`), what
    clinicians said about single values (`signatures`), and the steps of drafts (`drafts`), whose
    contents are among the files. An older archive has no signatures or no drafts.
`audit.jsonl`
    One line for each line of the audit, the oldest first; the count of refused attempts beside a
    line is left out.
`tombstones.json`
    Erased patients, by digest; an import leaves them out.
`manifest.json`
    Written last. format "coach-archive", version 1, made_at, coach, revision; `members`: size and
    SHA-256 of each other member; `patients`: id, seq and head (the last hash) of each patient.

The projection of the caseload is left out: it is computed again from the entries.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Column, Connection, Table, select

from coach.records.clinic import protocol_drafts, signatures
from coach.records.database import current_actor, migrations, schema
from coach.records.database.errors import SYSTEM, Reason
from coach.records.database.row_json import to_plain
from coach.records.database.schema import instant_text
from coach.records.database.sqlite_file import appear
from coach.records.entries import hash_chain
from coach.records.entries.store import Store
from coach.records.upkeep import tombstones

__all__ = ["ACTION", "ArchiveCounts", "ArchiveFault", "ArchiveRefused", "cannot_write", "export"]

ACTION = "record.export"  # in the audit
FORMAT = "coach-archive"
VERSION = 1
MANIFEST, PEOPLE, IN_FORCE = "manifest.json", "people.json", "in_force.json"
AUDIT, TOMBSTONES = "audit.jsonl", "tombstones.json"
AT_ONCE, FILES_AT_ONCE = 500, 20  # rows
SECRETS = frozenset({"password_hash", "totp_secret", "totp_step", "oidc"})

# The columns that an archive holds; each table after those it refers to.
COLUMNS: Mapping[str, tuple[Column[Any], ...]] = {
    "about": tuple(schema.about.c),
    "team": tuple(schema.team.c),
    "patient": tuple(schema.patient.c),
    "account": tuple(column for column in schema.account.c if column.name not in (*SECRETS, "language")),
    "membership": tuple(schema.membership.c),
    "person": tuple(schema.person.c),
    "looked": tuple(column for column in schema.looked.c if not column.name.startswith("before_")),
}
FILE_COLUMNS = tuple(column for column in schema.protocol_file.c if column.name != "content")
DRAFT_COLUMNS = tuple(column for column in schema.protocol_draft.c if column.name != "content")
DRAFT_ORDER = (schema.protocol_draft.c.draft, schema.protocol_draft.c.seq)


class ArchiveFault(StrEnum):
    """Why no archive was written, or nothing was imported."""

    EXISTS = "exists"
    CANNOT_WRITE = "cannot_write"
    CANNOT_READ = "cannot_read"
    FAULTY_RECORD = "faulty_record"
    NOT_AN_ARCHIVE = "not_an_archive"
    NEWER = "newer"
    MISSING = "missing"
    UNEXPECTED = "unexpected"
    TOO_LARGE = "too_large"
    DAMAGED = "damaged"
    CHAIN = "chain"
    UNKNOWN_ENTRY = "unknown_entry"
    PEOPLE = "people"
    NEVER_RECORDED = "never_recorded"
    NOT_EMPTY = "not_empty"
    OTHER_MODE = "other_mode"


class ArchiveRefused(Exception):
    """Nothing was done and nothing is left behind; `what` names the member, patient or file."""

    def __init__(self, why: ArchiveFault, what: str = "") -> None:
        super().__init__(why.value)
        self.why = why
        self.what = what


@dataclass(frozen=True, slots=True)
class ArchiveCounts:
    """How much an archive holds, or how much was imported; `erased` patients were left out."""

    patients: int
    entries: int
    accounts: int
    erased: int = 0


def export(store: Store, file: Path, *, at: datetime, coach: str) -> ArchiveCounts:
    """Write the whole record, as of one instant, into a new file with mode 0600.

    Args:
        store: The database; servers may write to it meanwhile.
        file: The file to create; the name must be free.
        at: Now.
        coach: The version of the program.

    Raises:
        ArchiveRefused: Nothing was written.
        RecordUnavailable: The record cannot be read.
    """
    try:
        if file.exists() or file.is_symlink():
            raise ArchiveRefused(ArchiveFault.EXISTS, str(file))
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.absolute().parent)
    except OSError as trouble:
        raise cannot_write(trouble) from None
    try:
        with contextlib.closing(_Out(handle, "wb")) as out, _Writer(out) as writer:
            with current_actor.acting_as(current_actor.SYSTEM), store.still() as connection:
                counts = _write_all(writer, connection)
            writer.finish({"made_at": instant_text(at), "coach": coach, "revision": migrations.HEAD})
            os.fsync(out.fileno())
        appear(Path(name), file)
    except FileExistsError:
        raise ArchiveRefused(ArchiveFault.EXISTS, str(file)) from None
    except OSError as trouble:
        raise cannot_write(trouble) from None
    finally:
        Path(name).unlink(missing_ok=True)
    return counts


class _Out(io.FileIO):
    """The output file; wraps its errors, so that they are not taken for the database's."""

    def write(self, data: Any) -> int:
        view, done = memoryview(data).cast("B"), 0
        try:
            while done < len(view):
                done += super().write(view[done:]) or 0
        except OSError as trouble:
            raise cannot_write(trouble) from None
        return done


def cannot_write(trouble: OSError) -> ArchiveRefused:
    """Return the refusal for a file that cannot be written."""
    return ArchiveRefused(ArchiveFault.CANNOT_WRITE, SYSTEM.get(trouble.errno or 0, Reason.FAILED).value)


class _Writer:
    """Writes members and keeps their hashes for the manifest."""

    def __init__(self, out: _Out) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
        self._members: dict[str, dict[str, object]] = {}
        self.patients: list[dict[str, object]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # An error came up before the manifest was written
        with contextlib.suppress(ArchiveRefused, OSError, ValueError):
            self._zip.close()

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a member piece by piece."""
        info = zipfile.ZipInfo(name)  # without a time stamp: equal records make equal members
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        hashed, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as member:
            for piece in pieces:
                hashed.update(piece)
                size += len(piece)
                member.write(piece)
        self._members[name] = {"size": size, "sha256": hashed.hexdigest()}

    def finish(self, said: Mapping[str, str]) -> None:
        """Write the manifest, and the directory of the file."""
        start = {"format": FORMAT, "version": VERSION, **said}
        self.add(MANIFEST, [_text(start | {"members": self._members, "patients": self.patients})])
        self._zip.close()


def _text(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _write_all(writer: _Writer, connection: Connection) -> ArchiveCounts:
    try:
        people = {name: list(_rows(connection, columns)) for name, columns in COLUMNS.items()}
        entries = 0
        for row in people["patient"]:
            entries += _write_patient(writer, connection, row["id"])
        writer.add(PEOPLE, [_text(people)])
        _write_rules(writer, connection)
        order = (schema.audit.c.at, schema.audit.c.id)
        lines = (_line(row) for row in _rows(connection, tuple(schema.audit.c), *order))
        writer.add(AUDIT, lines)
        stones = tombstones.of(connection)
        writer.add(TOMBSTONES, [_text([tombstones.to_plain(stone) for stone in stones])])
    except (ValueError, TypeError):  # an instant, a day or a key that cannot be read
        raise ArchiveRefused(ArchiveFault.FAULTY_RECORD) from None
    return ArchiveCounts(len(people["patient"]), entries, len(people["account"]))


def _write_rules(writer: _Writer, connection: Connection) -> None:
    """Write the protocol files and the contents of drafts, each once, and all that is said of them.

    What was changed is refused here, as it could not be imported.
    """
    for faulty in (*signatures.faulty(connection), *protocol_drafts.faulty(connection)):
        raise ArchiveRefused(ArchiveFault.FAULTY_RECORD, faulty)
    kept, draft = schema.protocol_file.c, schema.protocol_draft.c
    written = set[str]()
    for query in (
        select(kept.digest, kept.content),
        select(draft.content_digest, draft.content).where(draft.content.is_not(None)).order_by(draft.id),
    ):
        for digest, text in connection.execute(query.execution_options(yield_per=FILES_AT_ONCE)):
            if digest in written:
                continue
            if hashlib.sha256(text.encode()).hexdigest() != digest:
                raise ArchiveRefused(ArchiveFault.FAULTY_RECORD, digest)
            writer.add(f"protocols/{digest}.toml", [text.encode()])
            written.add(digest)
    rules = {
        "files": list(_rows(connection, FILE_COLUMNS)),
        "in_force": list(_rows(connection, tuple(schema.in_force.c))),
        "signatures": list(_rows(connection, tuple(schema.signature.c))),
        "drafts": list(_rows(connection, DRAFT_COLUMNS, *DRAFT_ORDER)),
    }
    writer.add(IN_FORCE, [_text(rules)])


def _rows(
    connection: Connection, columns: tuple[Column[Any], ...], *order: Column[Any]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table in an order that is the same on both databases."""
    table = columns[0].table
    assert isinstance(table, Table)  # noqa: S101
    query = select(*columns).order_by(*(order or table.primary_key.columns))
    for row in connection.execute(query.execution_options(yield_per=AT_ONCE)).mappings():
        yield to_plain(columns, dict(row))


def _line(plain: Mapping[str, Any]) -> bytes:
    return (hash_chain.canonical(plain) + "\n").encode()


def _write_patient(writer: _Writer, connection: Connection, patient: str) -> int:
    """Write one patient's entries; a broken chain is refused here, as it could not be imported."""
    seq, last = 0, ""
    columns = tuple(schema.entry.c)

    def lines() -> Iterator[bytes]:
        nonlocal seq, last
        query = select(*columns).where(schema.entry.c.patient == UUID(patient)).order_by(schema.entry.c.seq)
        for found in connection.execute(query.execution_options(yield_per=AT_ONCE)).mappings():
            row = dict(found)
            linked = row["seq"] == seq + 1 and row["prev_hash"] == last
            if not linked or row["hash"] != hash_chain.digest(row):
                raise ArchiveRefused(ArchiveFault.FAULTY_RECORD, patient)
            seq, last = row["seq"], row["hash"]
            yield _line(to_plain(columns, row))

    writer.add(f"patients/{patient}.jsonl", lines())
    writer.patients.append({"id": patient, "seq": seq, "head": last})
    return seq
