"""The desk: all use cases.

Each gathers, asks the domain and records; only this room reads the clock.
"""

from __future__ import annotations

import os
import threading
from functools import cache
from pathlib import Path

from coach.config import mode
from coach.config.data_folder import data_folder
from coach.desk.access.authorization import NotFound, Principal
from coach.desk.access.permissions import Role
from coach.desk.installation import record_mode
from coach.desk.installation.installation import Installation
from coach.desk.patient.patient_desk import PatientDesk
from coach.records.database import current_actor, engine
from coach.records.database.errors import SYSTEM, EntryUnreadable, Reason, RecordUnavailable, place
from coach.records.entries.store import Store

__all__ = [
    "EntryUnreadable",
    "Installation",
    "NotFound",
    "PatientDesk",
    "Principal",
    "RecordUnavailable",
    "absolute_url",
    "answers",
    "database_url",
    "forget",
    "home",
    "household",
    "is_there",
    "open_installation",
    "record_file",
    "settle",
    "where",
]  # fmt: skip

_opening = threading.Lock()


def database_url() -> str:
    """Return the URL of the record: `COACH_DATABASE_URL`, or a file in the data folder.

    Raises:
        RecordUnavailable: the data folder cannot be created.
    """
    url = os.environ.get("COACH_DATABASE_URL")
    if url:
        return url
    try:
        return engine.file_url(data_folder() / "coach.sqlite3")
    except OSError as trouble:
        reason = SYSTEM.get(trouble.errno or 0, Reason.FAILED)
        raise RecordUnavailable(reason, str(trouble.filename or "")) from None


def record_file() -> Path | None:
    """Return the file that is the record, or will be; None on PostgreSQL.

    Raises:
        RecordUnavailable: no record can have that URL, or the data folder cannot be created.
    """
    parsed = engine.parse(database_url())
    if parsed.get_backend_name() != "sqlite":
        return None
    return Path(str(parsed.database)).absolute()


def absolute_url() -> str:
    """Return the URL of the record, which names the same one from any folder.

    Raises:
        RecordUnavailable: as above.
    """
    file = record_file()
    return database_url() if file is None else engine.file_url(file)


def where() -> str:
    """Return where the record is, fit to be shown: the file, or the URL without its password."""
    return place(engine.parse(database_url()))


def open_installation() -> Installation:
    """Return the installation that this process serves; the first call opens its record.

    Raises:
        RecordUnavailable: the record cannot be opened, with the reason.
        mode.Unsafe: the record belongs to the other mode.
    """
    with _opening:
        return _installation()


def forget() -> None:
    """Forget the opened installation, as a new process would: for tests, which change what it is opened from."""
    _installation.cache_clear()


def settle() -> None:
    """Check that the record belongs to the mode.

    One that is missing or cannot be opened is ignored.

    Raises:
        mode.Unsafe: it belongs to the other one.
        RecordUnavailable: PostgreSQL is not prepared, or the role is not bound by row-level
            security.
    """
    try:
        if is_there():
            open_installation()
    except RecordUnavailable as trouble:
        if trouble.reason in (Reason.NOT_PREPARED, Reason.UNSAFE_ROLE):
            raise
    except OSError:  # its folder cannot be read; pages show why
        pass


def is_there() -> bool:
    """Tell whether there is a record file, or a PostgreSQL URL."""
    file = record_file()
    return file is None or file.exists()


def answers() -> bool:
    """Tell whether the record can be read now."""
    try:
        with current_actor.acting_as(current_actor.SYSTEM):
            open_installation().store.patients()
    except (RecordUnavailable, mode.Unsafe):
        return False
    return True


def home() -> PatientDesk:
    """Return the desk of the one patient of home mode.

    Raises:
        RecordUnavailable: the record cannot be opened, with the reason.
    """
    return household(open_installation())


def household(installation: Installation) -> PatientDesk:
    """Return the desk of the one patient at home, who needs no sign-in."""
    patient, followed = installation.at_home()
    role = Role.PATIENT if followed else Role.HOUSEHOLD
    return PatientDesk(installation, patient, Principal(role, patient=patient))


@cache
def _installation() -> Installation:
    clinic = mode.is_clinic()
    store = Store.open(database_url())
    try:
        record_mode.settle(store)
    except mode.Unsafe:
        store.close()
        raise
    return Installation(store, clinic=clinic)
