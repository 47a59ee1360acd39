"""Opening the whole record as the operator."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from coach import desk
from coach.config import mode
from coach.config.data_folder import data_folder
from coach.records.database import engine, sqlite_file
from coach.records.database.errors import NoSuchPatient, Reason, RecordUnavailable, named
from coach.records.entries.metadata import Metadata
from coach.records.entries.store import Store
from coach.records.upkeep import tombstones

__all__ = [
    "NoOwner",
    "NoRecord",
    "NoSuchPatient",
    "Several",
    "Store",
    "address",
    "is_clinics",
    "opened",
    "reading",
    "stones_file",
]


class NoOwner(Exception):
    """The record is on PostgreSQL, and `COACH_OWNER_URL` is missing."""


class NoRecord(RecordUnavailable):
    """There is no record at that place."""

    def __init__(self, where: str) -> None:
        super().__init__(Reason.MISSING, where)


class Several(LookupError):
    """Several patients have that reference."""


def opened(*, make: bool = False) -> Store:
    """Open the record as the owner; a file is only created with `make`.

    Raises:
        NoOwner: it is on a server and `COACH_OWNER_URL` names no role.
        NoRecord: there is none, and none is made.
        RecordUnavailable: it cannot be used.
    """
    url = address()
    parsed = engine.parse(url)
    if parsed.get_backend_name() != "sqlite":
        return Store.open(url, owner=True)
    with named(parsed):
        there = Path(str(parsed.database)).exists()
    if not make and not there:
        raise NoRecord(str(parsed.database))
    return Store.open(url)


@contextmanager
def reading() -> Iterator[tuple[Store, bool]]:
    """Open the record for an export; also yields whether it is writable, for the audit line.

    On a read-only disk it is a temporary copy.

    Raises:
        NoOwner, NoRecord, RecordUnavailable: as `opened`.
    """
    own = engine.parse(address())
    with ExitStack() as stack:
        with named(own):
            there = stack.enter_context(sqlite_file.to_read(own))
        store = opened() if there == own else Store.open(there)
        stack.callback(store.close)
        yield store, there == own


def address() -> str:
    """Return the record's URL, on PostgreSQL with the owner's role.

    Raises:
        NoOwner: it is on a server and `COACH_OWNER_URL` names no role.
        RecordUnavailable: the URL is not one of a record.
    """
    url = desk.database_url()
    if engine.parse(url).get_backend_name() == "sqlite":
        return url
    owner = os.environ.get("COACH_OWNER_URL")
    if not owner:
        raise NoOwner
    return owner


def stones_file(url: str) -> Path:
    """Return the file that lists the tombstones of the record too, in case the record is lost."""
    parsed = engine.parse(url)
    on_file = parsed.get_backend_name() == "sqlite"
    folder = Path(str(parsed.database)).absolute().parent if on_file else data_folder()
    return folder / tombstones.NAME


def is_clinics(store: Store) -> bool:
    """Tell whether it is the record of a clinic."""
    return Metadata(store).value("mode") == mode.Mode.CLINIC
