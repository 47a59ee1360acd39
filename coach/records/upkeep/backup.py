"""Backups: a checked copy of the record, made while a server runs; `restore` puts one back.

A backup is a folder named after the instant it was begun, with one file that holds the record and,
written last, its manifest. A folder without a manifest is not a backup.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import URL

from coach.domain.json_text import parsed
from coach.domain.times import read_instant, utc
from coach.records.database import engine, migrations, sqlite_file
from coach.records.database.errors import SYSTEM, Reason, RecordUnavailable, named, place, translated
from coach.records.entries.store import Store
from coach.records.upkeep import archive, archive_import, archive_members, manifest, tombstones
from coach.records.upkeep.manifest import Head, Manifest, NoManifest
from coach.records.upkeep.read_only import opened
from coach.records.upkeep.tombstones import Tombstone
from coach.records.upkeep.verify import Examined, Finding, examine

FILE = "coach.sqlite3"
ARCHIVE = "archive.zip"  # the backup of a PostgreSQL database is an archive
PART = ".part"
STAMP = "%Y-%m-%dT%H-%M-%SZ"
_STAMPED = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(-\d+)?")
WORDS = {
    "database or disk is full": "SQLITE_FULL",
    "attempt to write a readonly database": "SQLITE_READONLY",
    "database disk image is malformed": "SQLITE_CORRUPT",
    "disk I/O error": "SQLITE_IOERR",
    "database is locked": "SQLITE_BUSY",
}
OF_THE_TARGET = (Reason.DISK_FULL, Reason.READ_ONLY, Reason.NO_PERMISSION)


class BackupFault(StrEnum):
    """Why no backup was made, or nothing was restored; the sentences are in `coach.text.backup`."""

    NO_RECORD = "no_record"
    NO_FOLDER = "no_folder"
    NOT_A_FOLDER = "not_a_folder"
    FAULTY = "faulty"
    NOT_A_BACKUP = "not_a_backup"
    SEVERAL = "several"
    NEWER = "newer"
    OTHER_DATABASE = "other_database"
    DIFFERS = "differs"
    OCCUPIED = "occupied"
    NOT_CURRENT = "not_current"


class BackupRefused(Exception):
    """Nothing was done and nothing is left behind.

    `where` is the place concerned; `findings` are the faults of the record or the backup.
    """

    def __init__(self, why: BackupFault, where: Path | str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(why.value)
        self.why = why
        self.where = str(where)
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup: folder, manifest, and the folders that interrupted backups left behind."""

    folder: Path
    manifest: Manifest
    unfinished: tuple[Path, ...]


def make(url: str | URL, into: Path, *, at: datetime, coach: str) -> Made:
    """Make a backup in a new folder inside `into`; servers may write meanwhile.

    Args:
        url: The database.
        into: A folder; created if its parent exists.
        at: The present instant.
        coach: This program's version.

    Raises:
        BackupRefused: `into` is not a folder, or the record is not whole.
        RecordUnavailable: The database cannot be read, or `into` not written to.
    """
    parsed = engine.parse(url)
    on_file = parsed.get_backend_name() == "sqlite"
    with named(parsed):
        there = not on_file or Path(str(parsed.database)).exists()
    if not there:
        raise BackupRefused(BackupFault.NO_RECORD, str(parsed.database))
    into = into.absolute()
    name = FILE if on_file else ARCHIVE
    with named_by(into), _folder(into, at) as folder:
        part = folder / (name + PART)
        found, stones = _copy(parsed, part) if on_file else _archive(parsed, part, at=at, coach=coach)
        size, digest = measured(part)
        os.replace(part, folder / name)  # noqa: PTH105
        if stones:
            tombstones.write(folder / tombstones.NAME, stones)
        sqlite_file.settle(folder)
        told = _manifest(found, name, size, digest, at=at, coach=coach)
        _write_last(folder / manifest.NAME, told)
        sqlite_file.settle(into)
        return Made(folder, told, unfinished(into, but=folder))


def _manifest(found: Examined, name: str, size: int, digest: str, *, at: datetime, coach: str) -> Manifest:
    return Manifest(
        made_at=utc(at),
        coach=coach,
        revision=found.revision,
        file=name,
        sha256=digest,
        size=size,
        entries=found.entries,
        newest=found.newest,
        tombstones=found.tombstones,
        heads=tuple(found.heads),
    )


def unfinished(into: Path, *, but: Path | None = None) -> tuple[Path, ...]:
    """Return the folders of interrupted backups in `into`: they have no manifest."""
    return tuple(
        each
        for each in sorted(into.iterdir())
        if each != but
        and _STAMPED.fullmatch(each.name)
        and any((each / name).exists() for name in (FILE + PART, ARCHIVE + PART, FILE, ARCHIVE))
        and not (each / manifest.NAME).exists()
    )


@contextmanager
def _folder(into: Path, at: datetime) -> Iterator[Path]:
    """Create the folder of one backup; remove it again if the backup fails."""
    if not into.parent.is_dir():
        raise BackupRefused(BackupFault.NO_FOLDER, into.parent)
    if into.exists() and not into.is_dir():
        raise BackupRefused(BackupFault.NOT_A_FOLDER, into)
    with suppress(FileExistsError):
        into.mkdir(mode=0o700)
        sqlite_file.settle(into.parent)
    folder = _stamped(into, at)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _stamped(into: Path, at: datetime) -> Path:
    stamp, turn = utc(at).strftime(STAMP), 1
    while True:
        folder = into / (stamp if turn == 1 else f"{stamp}-{turn}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            turn += 1
        else:
            return folder


def _copy(url: URL, part: Path) -> tuple[Examined, list[Tombstone]]:
    """Copy the record as of one instant; return the findings in the copy, and the tombstones."""
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    module = engine.driver()
    with opened(url) as (connection, _revision):
        # The first read: from here on one snapshot
        connection.exec_driver_sql("SELECT count(*) FROM patient").one()
        source = connection.connection.driver_connection
        assert source is not None  # noqa: S101  it is open
        try:
            with closing(module.connect(str(part), isolation_level=None)) as target:
                # No sync while copying: the copy is synced at the end, or thrown away, as a whole.
                target.execute("PRAGMA journal_mode=OFF")
                target.execute("PRAGMA synchronous=OFF")
                source.backup(target)
        except module.Error as trouble:
            # A failing copy has only a message, no code
            if getattr(trouble, "sqlite_errorname", None) is None:
                trouble.sqlite_errorname = WORDS.get(str(trouble), "")
            there = translated(trouble, URL.create("sqlite", database=str(part)))
            if there.reason in OF_THE_TARGET:
                raise RecordUnavailable(there.reason, str(part.parent.parent), there.code) from None
            raise translated(trouble, url) from None
    # A copy without a WAL is one file, whatever mode the original has
    with part.open("r+b") as stream:
        stream.seek(sqlite_file.JOURNAL)
        stream.write(b"\1\1")
    found = examine(URL.create("sqlite", database=str(part)))
    if found.findings:
        raise BackupRefused(BackupFault.FAULTY, place(url), found.findings)
    sqlite_file.settle(part)
    if not found.tombstones:
        return found, []
    with opened(URL.create("sqlite", database=str(part))) as (connection, _revision):
        return found, tombstones.of(connection)


def _archive(url: URL, part: Path, *, at: datetime, coach: str) -> tuple[Examined, list[Tombstone]]:
    """Write a PostgreSQL database into an archive, as of one instant; read it back and count it."""
    store = Store(url, engine.build(url))
    try:
        archive.export(store, part, at=at, coach=coach)
        archive_import.check(part)
    except archive.ArchiveRefused as trouble:
        if trouble.why is archive.ArchiveFault.CANNOT_WRITE:
            raise RecordUnavailable(Reason(trouble.what), str(part.parent.parent)) from None
        raise BackupRefused(BackupFault.FAULTY, place(url)) from None
    finally:
        store.close()
    found = Examined(place(url), migrations.HEAD)
    with archive_members.opened(part) as inside:
        found.heads = [Head(patient, seq, last) for patient, (seq, last) in inside.heads.items()]
        found.entries = sum(head.seq for head in found.heads)
        newest = [
            parsed(line)["recorded_at"]
            for patient in inside.heads
            for line in inside.lines(f"patients/{patient}.jsonl")
        ]
        found.newest = read_instant(max(newest)) if newest else None
        stones = [tombstones.from_plain(each) for each in parsed(inside.whole(tombstones.NAME))]
    found.tombstones = len(stones)
    return found, stones


def measured(path: Path) -> tuple[int, str]:
    """Return a file's size and hash."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return path.stat().st_size, digest


def _write_last(path: Path, told: Manifest) -> None:
    part = path.with_name(path.name + PART)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:
        stream.write(told.to_json().encode())
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(part, path)  # noqa: PTH105
    sqlite_file.settle(path.parent)


@contextmanager
def named_by(where: Path) -> Iterator[None]:
    """Attach this place to an error of the operating system."""
    try:
        yield
    except OSError as trouble:
        reason = SYSTEM.get(trouble.errno or 0, Reason.FAILED)
        raise RecordUnavailable(reason, str(where)) from None


def known(backup: Path) -> Manifest:
    """Return the manifest of a backup, given its folder or the manifest file.

    Raises:
        BackupRefused: It is not a finished backup, or one of a newer program.
    """
    place_of_it = backup / manifest.NAME if backup.is_dir() else backup
    try:
        found = manifest.read(place_of_it)
    except NoManifest as trouble:
        raise BackupRefused(
            BackupFault.NEWER if trouble.newer else BackupFault.NOT_A_BACKUP, backup
        ) from None
    except OSError:
        inside = newest(backup)
        raise (
            BackupRefused(BackupFault.SEVERAL, inside)
            if inside
            else BackupRefused(BackupFault.NOT_A_BACKUP, backup)
        ) from None
    if found.revision not in migrations.KNOWN:
        raise BackupRefused(BackupFault.NEWER, backup)
    return found


def newest(into: Path) -> Path | None:
    """Return the newest finished backup in a folder of backups."""
    if not into.is_dir():
        return None
    finished = [each for each in into.iterdir() if (each / manifest.NAME).is_file()]
    return max(finished, key=lambda each: each.name, default=None)


def listed(backup: Path) -> list[Tombstone]:
    """Return the tombstones listed with a backup and with those beside it, which may be later.

    Raises:
        NoTombstones: A list cannot be read as tombstones.
        OSError: One cannot be read.
    """
    beside = backup.absolute().parent
    files = [each / tombstones.NAME for each in beside.iterdir() if _STAMPED.fullmatch(each.name)]
    found = [backup / tombstones.NAME, beside / tombstones.NAME, *files]
    return [stone for each in dict.fromkeys(found) if each.is_file() for stone in tombstones.read(each)]
