"""Restoring a backup to where no record is; everything is checked before anything is in place."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from coach.records.clinic import reminders
from coach.records.database import engine, sqlite_file
from coach.records.database.errors import RecordUnavailable, named, place
from coach.records.entries.store import Store
from coach.records.upkeep import archive, archive_import
from coach.records.upkeep.backup import (
    ARCHIVE,
    FILE,
    OF_THE_TARGET,
    BackupFault,
    BackupRefused,
    known,
    measured,
    named_by,
)
from coach.records.upkeep.erasure import erase_known
from coach.records.upkeep.manifest import Manifest
from coach.records.upkeep.read_only import opened
from coach.records.upkeep.tombstones import Tombstone
from coach.records.upkeep.verify import Examined, examine

RESTORING = ".restoring"


@dataclass(frozen=True, slots=True)
class Restored:
    """A finished restore; `erased` patients of the backup were left out."""

    made_at: datetime
    patients: int
    entries: int
    newest: datetime | None
    erased: int


def restore(backup: Path, url: str | URL, *, stones: Sequence[Tombstone] = ()) -> Restored:
    """Restore a backup to where no record is; everything is checked before anything is in place.

    Args:
        backup: Its folder.
        url: The new database; on PostgreSQL with the role that owns the tables.
        stones: Tombstones of patients who must not come back.

    Raises:
        BackupRefused: The backup is not whole, or a record exists already.
        RecordUnavailable: Its place cannot be written to.
    """
    parsed = engine.parse(url)
    told = known(backup)
    if parsed.get_backend_name() != "sqlite":
        return _take_in(backup, parsed, told, stones)
    if told.file != FILE:
        raise BackupRefused(BackupFault.OTHER_DATABASE, backup / told.file)
    target = Path(str(parsed.database)).absolute()
    if any(os.path.lexists(f"{target}{tail}") for tail in ("", "-wal", "-journal", "-shm")):
        raise BackupRefused(BackupFault.OCCUPIED, target)
    with named_by(target), _hidden(target) as copy:
        _take(backup / told.file, copy, told, backup)
        at = URL.create("sqlite", database=str(copy))
        found, erased = _check(at, told, backup), 0
        if stones or _has_addresses(at):
            store = Store.open(at)
            try:
                reminders.clear(store)
                erased = len(erase_known(store, stones))
            finally:
                store.close()
            found = _check(at, None, backup)
        sqlite_file.settle(copy)
        try:
            sqlite_file.appear(copy, target)
        except FileExistsError:
            raise BackupRefused(BackupFault.OCCUPIED, target) from None
    return Restored(told.made_at, len(found.heads), found.entries, found.newest, erased)


def _has_addresses(record: URL) -> bool:
    """Tell whether a file holds calendar or e-mail addresses; some may have been revoked since."""
    with opened(record) as (connection, revision):
        return revision >= reminders.SINCE and reminders.are_there(connection)


def _take_in(backup: Path, url: URL, told: Manifest, stones: Sequence[Tombstone]) -> Restored:
    """Import an archive into empty PostgreSQL tables, whole or not at all."""
    if told.file != ARCHIVE:
        raise BackupRefused(BackupFault.OTHER_DATABASE, backup / told.file)
    source = backup / told.file
    try:
        if measured(source) != (told.size, told.sha256):
            raise BackupRefused(BackupFault.DIFFERS, backup)
    except OSError:
        raise BackupRefused(BackupFault.DIFFERS, backup) from None
    erased = {stone.patient_hash for stone in stones}
    store = Store.open(url, owner=True)
    try:
        counts = archive_import.take_in(store, source, erased=erased)
        # Those patients were left out already; this stores their tombstones
        erase_known(store, stones)
    except archive.ArchiveRefused as trouble:
        occupied = trouble.why is archive.ArchiveFault.NOT_EMPTY
        raise BackupRefused(
            BackupFault.OCCUPIED if occupied else BackupFault.DIFFERS, place(url) if occupied else backup
        ) from None
    finally:
        store.close()
    return Restored(told.made_at, counts.patients, counts.entries, told.newest, counts.erased)


@contextmanager
def _hidden(target: Path) -> Iterator[Path]:
    """Yield an empty temporary file beside the target; removes those that a killed restore left."""
    made_folder = not target.parent.exists()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in target.parent.glob(f".{target.name}.*{RESTORING}*"):
        left.unlink()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=RESTORING, dir=target.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for tail in ("", "-wal", "-shm", "-journal"):
            Path(name + tail).unlink(missing_ok=True)
        if made_folder and not target.exists():
            with suppress(OSError):
                target.parent.rmdir()


def _take(source: Path, copy: Path, told: Manifest, backup: Path) -> None:
    """Copy the file and check the copy's size and hash against the manifest."""
    digest = hashlib.sha256()
    try:
        reading = source.open("rb")
    except OSError:
        raise BackupRefused(BackupFault.DIFFERS, backup) from None
    with reading, copy.open("wb") as writing:
        while block := reading.read(1 << 20):
            digest.update(block)
            writing.write(block)
    if digest.hexdigest() != told.sha256 or copy.stat().st_size != told.size:
        raise BackupRefused(BackupFault.DIFFERS, backup)


def _check(copy: URL, told: Manifest | None, backup: Path) -> Examined:
    """Check that the copy is a whole record with the heads of the manifest; return the result."""
    try:
        with named(copy):
            found = examine(copy, against=told)
    except RecordUnavailable as trouble:
        if trouble.reason in OF_THE_TARGET:
            raise
        raise BackupRefused(BackupFault.DIFFERS, backup) from None
    if found.findings:
        raise BackupRefused(BackupFault.FAULTY, backup, found.findings)
    if told and (set(found.heads), found.entries) != (set(told.heads), told.entries):
        raise BackupRefused(BackupFault.DIFFERS, backup)
    return found
