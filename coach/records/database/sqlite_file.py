"""The SQLite file: created whole in one step, and checked before it is used."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from urllib.parse import quote

from sqlalchemy import URL

from coach.records.database import engine, migrations
from coach.records.database.errors import Reason, RecordUnavailable, translated
from coach.records.database.schema import APPLICATION_ID

HEADER = b"SQLite format 3\0"
JOURNAL = 18  # offset of the two bytes that say whether the file uses a WAL: 2, or 1 without one


def make(url: URL, module: ModuleType) -> None:
    """Create the file with its tables; two processes may do so at the same time.

    The file is created under another name and then linked, so that under its own name it is never
    seen empty or half made. A new folder is 0700, the file 0600.
    """
    file = Path(str(url.database))
    if any(Path(f"{file}{tail}").exists() for tail in ("-wal", "-journal")):
        raise RecordUnavailable(Reason.MISSING, str(file), "log without its file")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".new", dir=file.parent)
    os.close(handle)
    try:
        new = engine.build(url.set(database=name), module=module, mode="DELETE")
        try:
            with new.begin() as connection:
                connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
                migrations.migrate(connection)
        finally:
            new.dispose()
        with contextlib.suppress(FileExistsError):
            appear(Path(name), file)
    finally:
        for tail in ("", "-journal"):
            Path(name + tail).unlink(missing_ok=True)


def write_new(file: Path, content: bytes) -> None:
    """Write a new file with mode 0600: whole, or not at all.

    Raises:
        FileExistsError: Something is there already; that stays.
        OSError: It cannot be written.
    """
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.absolute().parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        appear(Path(name), file)
    finally:
        Path(name).unlink(missing_ok=True)


def appear(made: Path, file: Path) -> None:
    """Give a finished file its own name, durably.

    Raises:
        FileExistsError: Something is there already; that stays.
    """
    try:
        os.link(made, file)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if file.exists():
            raise FileExistsError(file) from None
        made.rename(file)
    settle(file.parent)


def settle(place: Path) -> None:
    """Sync a file, or a folder's names, so that they survive a power cut."""
    if os.name == "posix":
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def journal_mode(path: Path) -> str:
    """Return a file's journal mode, read from its header."""
    with path.open("rb") as stream:
        return "WAL" if stream.read(19)[-1:] == b"\2" else "DELETE"


def appended(path: Path, pages: int) -> int:
    """Return how many bytes follow after the end of the database in a file of `pages` pages.

    SQLite never reads them, so another program put them there.
    """
    with path.open("rb") as stream:
        head = stream.read(100)
    size = int.from_bytes(head[16:18], "big")
    size = 65536 if size == 1 else size
    known = int.from_bytes(head[28:32], "big")  # the size at the last checkpoint of the WAL
    return max(path.stat().st_size - size * max(known, pages), 0)


def open_to_others(path: Path) -> list[tuple[str, int]]:
    """Return the files of a database that other accounts may open, with their permission bits."""
    if os.name != "posix":
        return []
    parts = [part for tail in ("", "-wal", "-shm", "-journal") if (part := Path(f"{path}{tail}")).is_file()]
    modes = [(part.name, stat.S_IMODE(part.stat().st_mode)) for part in parts]
    return [(name, mode) for name, mode in modes if mode & 0o077]


@contextlib.contextmanager
def to_read(url: URL) -> Iterator[URL]:
    """Yield the URL to read a database from: its own, or on a read-only disk a temporary copy's.

    SQLite has to write beside a file even to read it. Nothing writes on such a disk, so file and
    log of the copy fit together.

    Raises:
        OSError: There is no space for a copy.
    """
    path = Path(str(url.database)).absolute()
    if url.get_backend_name() != "sqlite" or not path.exists() or _takes_something(path):
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="coach-") as folder:
        copy = Path(folder) / path.name
        for tail in ("", "-wal", "-journal"):
            if Path(f"{path}{tail}").exists():
                shutil.copyfile(f"{path}{tail}", f"{copy}{tail}")
        yield url.set(database=str(copy))


def _takes_something(path: Path) -> bool:
    """Tell whether a file's disk is writable, apart from this account's permissions."""
    if os.access(path.parent, os.W_OK):
        return True
    # Only whether it fails with EROFS matters
    probe = path.with_name(f".{path.name}.{os.getpid()}.probe")
    try:
        os.close(os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as trouble:
        return trouble.errno != errno.EROFS
    probe.unlink()
    return True


def look(url: URL, module: ModuleType) -> str:
    """Return the schema revision of an existing file, without writing.

    Raises:
        RecordUnavailable: It is empty, not a database, another program's, damaged, or newer.
    """
    file = Path(str(url.database))
    _header(file)
    try:
        with closing(module.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as raw:
            raw.execute(f"PRAGMA busy_timeout={engine.WAIT_MS}")
            if raw.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise RecordUnavailable(Reason.DAMAGED, str(file), "quick_check")
            tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master")}
            if not migrations.FIRST | {"alembic_version"} <= tables:
                raise RecordUnavailable(Reason.DAMAGED, str(file), "tables")
            found = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    except module.Error as trouble:
        raise translated(trouble, url) from None
    if found is None:
        raise RecordUnavailable(Reason.DAMAGED, str(file), "no revision")
    if found[0] not in migrations.KNOWN:
        raise RecordUnavailable(Reason.NEWER_VERSION, str(file), str(found[0])[:32])
    if not migrations.tables(found[0]) <= tables:
        raise RecordUnavailable(Reason.DAMAGED, str(file), "tables")
    return str(found[0])


def _header(file: Path) -> None:
    """Refuse a file whose first hundred bytes are not those of a Coach database."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise RecordUnavailable(Reason.NOT_A_DATABASE, str(file))
    with file.open("rb") as stream:
        head = stream.read(100)
    if not head:
        raise RecordUnavailable(Reason.EMPTY, str(file))
    if not head.startswith(HEADER):
        raise RecordUnavailable(Reason.NOT_A_DATABASE, str(file))
    if len(head) < 100:
        raise RecordUnavailable(Reason.DAMAGED, str(file), "header")
    if int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise RecordUnavailable(Reason.FOREIGN, str(file))
