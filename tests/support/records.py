"""SQLite records for tests: what takes long to make is made once and copied after that."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from coach.desk.installation.patient_context import Desk, PatientContext
from coach.desk.installation.recording import NewEntry
from coach.records.clinic.accounts import SignIn
from coach.records.clinic.people import Person, as_row
from coach.records.database.schema import person, sign_in
from coach.records.entries import caseload_rows
from coach.records.entries.store import Store, make_patient

_kept = tempfile.TemporaryDirectory(prefix="coach-records-", ignore_cleanup_errors=True)


def place() -> Path:
    """Return a new folder for a record to copy from, kept until the tests are over."""
    return Path(tempfile.mkdtemp(dir=_kept.name))


def opened(path: Path) -> Store:
    """Open the record of a file; where there is no file, an empty one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_empty(), path)
    return Store.open(f"sqlite:///{path}")


@cache
def _empty() -> Path:
    path = place() / "empty.sqlite3"
    Store.open(f"sqlite:///{path}").close()
    return path


def record(desk: Desk, *news: NewEntry, key: UUID | None = None) -> None:
    """Record what no form offers, as whoever sits at that desk."""
    PatientContext(desk.installation, desk.patient, desk.principal).record(*news, key=key)


def create_patient(store: Store, patient_id: UUID, *, recorded_at: datetime) -> None:
    """Make a patient of whom nothing is known; one that exists stays as they are."""
    with store.writing() as connection:
        make_patient(connection, patient_id, recorded_at)


def change_person(store: Store, new: Person) -> None:
    """Write who a patient is and who looks after them anew, whatever stands there."""
    changed = person.update().where(person.c.patient == new.patient).values(as_row(new))
    with store.writing() as connection:
        caseload_rows.hold(connection, new.patient)
        assert connection.execute(changed).rowcount
        caseload_rows.named(connection, new.patient)


def open_sign_ins(store: Store, account_id: UUID, *, at: datetime) -> list[SignIn]:
    """Return the sign-ins of an account that are neither ended nor over, the newest first."""
    there = (sign_in.c.account == account_id, sign_in.c.ended_at.is_(None), sign_in.c.ends_at > at)
    with store.reading() as connection:
        rows = connection.execute(select(sign_in).where(*there).order_by(sign_in.c.made_at.desc())).all()
    return [SignIn(*row) for row in rows]
