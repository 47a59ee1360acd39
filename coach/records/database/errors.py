"""Why the database cannot be used, without quoting anything stored in it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

FULL_BELOW = 1_000_000  # with fewer free bytes a failing write means a full disk


class Reason(StrEnum):
    """One kind of trouble with the database or its disk."""

    MISSING = "missing"
    EMPTY = "empty"
    NOT_A_DATABASE = "not_a_database"
    FOREIGN = "foreign"
    DAMAGED = "damaged"
    NEWER_VERSION = "newer_version"
    DISK_FULL = "disk_full"
    READ_ONLY = "read_only"
    NO_PERMISSION = "no_permission"
    LOCKED = "locked"
    UNREACHABLE = "unreachable"
    UNSUPPORTED = "unsupported"
    NOT_PREPARED = "not_prepared"  # the owner of the tables has yet to run `prepare`
    UNSAFE_ROLE = "unsafe_role"  # a role that row-level security does not bind
    FAILED = "failed"


class RecordUnavailable(Exception):
    """The record cannot be read or written.

    `where` is the file, or the URL without its password; `code` is the database's own name for
    the trouble, for the operator.
    """

    def __init__(self, reason: Reason, where: str, code: str = "") -> None:
        super().__init__(f"{reason.value}: {where}" + (f" [{code}]" if code else ""))
        self.reason = reason
        self.where = where
        self.code = code


class EntryUnreadable(RecordUnavailable):
    """One entry of one patient cannot be read; all other entries can.

    Code that shows or decides something for that patient must stop here, for the entry may be a
    warning sign. Code that goes through all patients names this one and goes on. `seq` is the
    entry's number, 0 if that cannot be read either.
    """

    def __init__(self, reason: Reason, where: str, seq: int) -> None:
        super().__init__(reason, where, f"entry {seq}")
        self.seq = seq


class NoSuchPatient(LookupError):
    """The record has no patient like that."""


SQLITE = {
    "SQLITE_FULL": Reason.DISK_FULL,
    "SQLITE_NOTADB": Reason.NOT_A_DATABASE,
    "SQLITE_CORRUPT": Reason.DAMAGED,
    "SQLITE_READONLY": Reason.READ_ONLY,
    "SQLITE_PERM": Reason.NO_PERMISSION,
    "SQLITE_AUTH": Reason.NO_PERMISSION,
    "SQLITE_BUSY": Reason.LOCKED,
    "SQLITE_LOCKED": Reason.LOCKED,
    "SQLITE_PROTOCOL": Reason.LOCKED,
}
POSTGRESQL = {  # the first letters of an SQLSTATE
    "53100": Reason.DISK_FULL,
    "25006": Reason.READ_ONLY,
    "42501": Reason.NO_PERMISSION,
    "28": Reason.NO_PERMISSION,
    "3D": Reason.MISSING,
    "55P03": Reason.LOCKED,
    "40": Reason.LOCKED,
    "57014": Reason.LOCKED,
    "57P": Reason.UNREACHABLE,
    "53": Reason.UNREACHABLE,
    "08": Reason.UNREACHABLE,
    "XX001": Reason.DAMAGED,
    "XX002": Reason.DAMAGED,
}
SYSTEM = {
    errno.ENOSPC: Reason.DISK_FULL,
    errno.EDQUOT: Reason.DISK_FULL,
    errno.EROFS: Reason.READ_ONLY,
    errno.EACCES: Reason.NO_PERMISSION,
    errno.EPERM: Reason.NO_PERMISSION,
    errno.ENOENT: Reason.MISSING,
    errno.ENOTDIR: Reason.MISSING,
    errno.EEXIST: Reason.MISSING,  # a file where the folder should be
    errno.EISDIR: Reason.NOT_A_DATABASE,
}


def place(url: URL) -> str:
    """Return where a database is, fit to be shown: the file, or the URL without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    address = {key: url.query[key] for key in ("host", "port") if key in url.query}
    return url.set(query=address).render_as_string(hide_password=True)


@contextmanager
def named(url: URL) -> Iterator[None]:
    """Turn an error of the driver or the system into `RecordUnavailable`.

    The original is not chained: its text may quote what was being stored.
    """
    try:
        yield
    except DBAPIError as trouble:
        lost = trouble.connection_invalidated
        raise translated(trouble.orig, url, lost=lost) from None
    except PoolTimeout:
        raise RecordUnavailable(Reason.LOCKED, place(url), "pool") from None
    except SQLAlchemyError as trouble:
        raise RecordUnavailable(Reason.FAILED, place(url), type(trouble).__name__) from None
    except UnicodeDecodeError:  # the driver's message when the names of tables are damaged
        raise RecordUnavailable(Reason.DAMAGED, place(url), "text") from None
    except OSError as trouble:
        reason = SYSTEM.get(trouble.errno or 0, Reason.FAILED)
        code = errno.errorcode.get(trouble.errno or 0, "")
        raise RecordUnavailable(reason, place(url), code) from None


def translated(trouble: BaseException | None, url: URL, *, lost: bool = False) -> RecordUnavailable:
    """Return what a driver's error means; `lost` if the connection broke."""
    name = getattr(trouble, "sqlite_errorname", None)
    if url.get_backend_name() == "sqlite":
        return RecordUnavailable(_sqlite(name or "", Path(str(url.database))), place(url), name or "")
    state = getattr(trouble, "sqlstate", None) or ""
    reason = next((POSTGRESQL[key] for key in POSTGRESQL if state.startswith(key)), None)
    # An instant that Python's calendar does not have
    if not state and type(trouble).__name__ == "DataError":
        reason = Reason.DAMAGED
    elif lost or not state:
        reason = _refused(str(trouble))
    return RecordUnavailable(reason or Reason.FAILED, place(url), state or type(trouble).__name__)


def _refused(message: str) -> Reason:
    """Return why there is no connection, by the server's message: the driver gives no code."""
    if "authentication failed" in message or 'role "' in message:
        return Reason.NO_PERMISSION
    if 'database "' in message and "does not exist" in message:
        return Reason.MISSING
    return Reason.UNREACHABLE


def _sqlite(name: str, file: Path) -> Reason:
    for key, reason in SQLITE.items():
        if name == key or name.startswith(key + "_"):
            return reason
    # A failing copy does not say why
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")) or not name:
        folder = file.parent
        if not folder.is_dir():
            return Reason.MISSING
        if shutil.disk_usage(folder).free < FULL_BELOW:
            return Reason.DISK_FULL
        if name.startswith("SQLITE_CANTOPEN"):
            return _closed(file)
        if file.exists() and not os.access(
            file, os.W_OK
        ):  # opening and closing it would drop the locks that SQLite holds
            return Reason.READ_ONLY
    return Reason.FAILED


def _closed(file: Path) -> Reason:
    """Return why a file cannot be opened, by opening it."""
    try:
        with file.open("r+b"):
            pass
    except OSError as trouble:
        return SYSTEM.get(trouble.errno or 0, Reason.FAILED)
    return Reason.NO_PERMISSION  # the folder is read-only: SQLite cannot write its log there
