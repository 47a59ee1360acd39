"""Export and import of whole records as archives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import coach
from coach import desk
from coach.desk.access.permissions import Role
from coach.desk.clinic.caseload import catch_up
from coach.desk.installation import clock
from coach.desk.operator.record_access import is_clinics, opened, stones_file
from coach.records.clinic.audit import Audit, new_line
from coach.records.database import current_actor, sqlite_file
from coach.records.database.errors import RecordUnavailable
from coach.records.entries.store import Store
from coach.records.upkeep import archive, archive_import, tombstones
from coach.records.upkeep.archive import ArchiveCounts, ArchiveFault, ArchiveRefused, cannot_write
from coach.records.upkeep.tombstones import NoTombstones

__all__ = [
    "ArchiveCounts",
    "ArchiveFault",
    "ArchiveRefused",
    "NoTombstones",
    "beginning",
    "export",
    "new_folder",
    "take_in",
    "write_new",
]  # fmt: skip

AT_ONCE = 100  # projections


def export(store: Store, file: Path) -> ArchiveCounts:
    """Write the whole record into a new archive, with a line of the audit.

    Raises:
        ArchiveRefused: nothing was written.
        RecordUnavailable: nothing was written.
    """
    counts = archive.export(store, file, at=clock.now(), coach=coach.__version__)
    line = new_line(archive.ACTION, Role.OPERATOR.value, at=clock.now())
    try:
        with current_actor.acting_as(current_actor.SYSTEM):
            Audit(store).write(line)
    except RecordUnavailable:
        file.unlink()
        raise
    return counts


def write_new(path: Path, content: bytes) -> None:
    """Write a new file with mode 0600: whole, or not at all.

    Raises:
        ArchiveRefused: nothing was written.
    """
    try:
        sqlite_file.write_new(path, content)
    except FileExistsError:
        raise ArchiveRefused(ArchiveFault.EXISTS, str(path)) from None
    except OSError as trouble:
        raise cannot_write(trouble) from None


@contextmanager
def new_folder(path: Path) -> Iterator[None]:
    """Create a folder with mode 0700; if writing its files fails, it is removed.

    Raises:
        ArchiveRefused: it exists, or cannot be created or written to.
    """
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        raise ArchiveRefused(ArchiveFault.EXISTS, str(path)) from None
    except OSError as trouble:
        raise cannot_write(trouble) from None
    with ExitStack() as failed:
        failed.callback(_remove, path)
        try:
            yield
        except OSError as trouble:
            raise cannot_write(trouble) from None
        failed.pop_all()


def _remove(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def beginning(file: Path, most: int) -> bytes:
    """Return the first bytes of a file, at most so many.

    Raises:
        ArchiveRefused: it cannot be read.
    """
    try:
        with file.open("rb") as opened_file:
            return opened_file.read(most)
    except OSError:
        raise ArchiveRefused(ArchiveFault.CANNOT_READ, str(file)) from None


def take_in(file: Path, *, listed: Path | None, store_it: bool) -> ArchiveCounts:
    """Verify an archive, and import it if `store_it`; erased patients are left out.

    Args:
        file: the archive.
        listed: another list of tombstones besides the one at the record; None for none.
        store_it: whether to store it in the record, which must be empty.

    Raises:
        ArchiveRefused: nothing was stored.
        NoTombstones: a list cannot be read as tombstones.
        NoOwner: as `opened`.
        RecordUnavailable: nothing was stored.
    """
    own = stones_file(desk.database_url())
    lists = [each for each in (listed, own if own.exists() else None) if each]
    try:
        erased = {stone.patient_hash for each in lists for stone in tombstones.read(each)}
    except OSError:
        raise NoTombstones from None
    # Checked before a file is created
    found = archive_import.check(file, erased=erased, strict=True)
    if not store_it:
        return found
    store = opened(make=True)
    try:
        counts = archive_import.take_in(store, file, erased=erased, strict=True)
        with current_actor.acting_as(current_actor.SYSTEM):
            installation = desk.Installation(store, clinic=is_clinics(store))
            while catch_up(installation, AT_ONCE):
                pass
    finally:
        store.close()
    return counts
