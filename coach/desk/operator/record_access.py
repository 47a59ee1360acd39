"""Custody: the whole record in the hands of whoever runs the server, to erase somebody, and to take all of it out or in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from uuid_utils.compat import uuid7

import coach
from coach import desk
from coach.config import mode
from coach.config.data_folder import data_folder
from coach.desk.access.authorization import Principal
from coach.desk.access.permissions import Action, Role
from coach.desk.clinic.caseload import catch_up
from coach.desk.installation import clock
from coach.desk.patient.diary_import import PaperRefused
from coach.desk.patient.diary_merge import PaperFile
from coach.desk.patient.export import gathered
from coach.domain.history import History
from coach.domain.patient_record import Dossier
from coach.domain.written_day import DayOrder
from coach.records.clinic.audit import Audit, Line
from coach.records.clinic.people import People
from coach.records.database import current_actor, engine, sqlite_file
from coach.records.database.errors import EntryUnreadable, Reason, RecordUnavailable, named
from coach.records.entries.metadata import About
from coach.records.entries.store import Store
from coach.records.upkeep import archive, archive_import, erasure, tombstones
from coach.records.upkeep.archive import Counts, Refused, Why, cannot_write
from coach.records.upkeep.erasure import Case, Erased
from coach.records.upkeep.tombstones import NoTombstones

__all__ = [
    "Counts", "Erased", "Found", "NoOwner", "NoRecord", "NoTombstones", "PaperRefused", "Refused", "Several", "Store", "Why",
    "address", "cannot_write", "case", "dossier", "dossiers", "erase", "export", "find", "finish", "is_clinics", "note",
    "opened", "paper_diary", "reading", "stones_file", "take_in", "was_erased", "write_new",
]  # fmt: skip

AT_ONCE = 100  # projections


class NoOwner(Exception):
    """The record is on a server, and nobody named the role that owns its tables."""


class NoRecord(RecordUnavailable):
    """Nothing was recorded there yet, or it was put elsewhere: this program has not seen one there."""

    def __init__(self, where: str) -> None:
        super().__init__(Reason.MISSING, where)


class Several(LookupError):
    """Several patients have that reference."""


def opened(*, make: bool = False) -> Store:
    """Open the record as who owns it; only where `make` is set may a file be made.

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
    """Open the record to take something out of it, and tell whether it can be written to, so that the audit knows of it.

    On a disk that can only be read it is a copy, which is gone afterwards.

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
    """Return the record's address, on a server with the role that owns the tables.

    Raises:
        NoOwner: it is on a server and `COACH_OWNER_URL` names no role.
        RecordUnavailable: it is nowhere that a record can be.
    """
    url = desk.database_url()
    if engine.parse(url).get_backend_name() == "sqlite":
        return url
    owner = os.environ.get("COACH_OWNER_URL")
    if not owner:
        raise NoOwner
    return owner


def stones_file(url: str) -> Path:
    """Return where the tombstones of the record at that address are listed too, for the day that it is gone."""
    parsed = engine.parse(url)
    on_file = parsed.get_backend_name() == "sqlite"
    folder = Path(str(parsed.database)).absolute().parent if on_file else data_folder()
    return folder / tombstones.NAME


@dataclass(frozen=True, slots=True)
class Found:
    """Whom an erasure would concern; `name` is "" where nobody said one."""

    case: Case
    name: str


def find(store: Store, named: str) -> UUID:
    """Return the patient of that reference or identifier, or the one patient of a home where nothing is named.

    Raises:
        Several: more than one has the reference.
        LookupError: there is nobody like that.
    """
    with current_actor.as_(current_actor.SYSTEM):
        try:
            return UUID(named)
        except ValueError:
            pass
        if not named:
            found = [] if is_clinics(store) else store.patients()
        else:
            found = People(store).by_reference(named.strip())
    if len(found) > 1:
        raise Several
    if not found:
        raise LookupError
    return found[0]


def case(store: Store, patient: UUID) -> Found:
    """Return whom the erasure of a patient would concern.

    Raises:
        LookupError: there is no such patient.
    """
    what = erasure.case(store, patient)
    if what.person and what.person.name:
        return Found(what, what.person.name)
    with current_actor.as_(current_actor.SYSTEM):
        try:
            history = History(store.entries(patient))
        except EntryUnreadable:  # it can be erased like any other
            return Found(what, "")
        return Found(what, str(history.settings.get("first_name") or ""))


def was_erased(store: Store, patient: UUID) -> bool:
    """Tell whether a tombstone stands for that patient."""
    return tombstones.digest(patient) in {each.patient_hash for each in tombstones.tombstones(store)}


def erase(store: Store, patient: UUID) -> Erased:
    """Erase a patient from the record; `note` and `finish` must follow.

    Raises:
        LookupError: there is no such patient.
        RecordUnavailable: nothing was erased.
    """
    return erasure.erase(store, patient, at=clock.now(), by=Role.OPERATOR.value, line=uuid7())


def note(store: Store) -> None:
    """Write the record's tombstones to the list beside it.

    Raises:
        NoTombstones: another file is in its place.
        OSError: it cannot be written.
    """
    tombstones.write(stones_file(desk.database_url()), tombstones.tombstones(store))


def finish(store: Store, erased: Erased | None = None) -> int:
    """Write the database anew; return how many traces of whom was erased are found in its files all the same."""
    return erasure.finish(store, erased.traces if erased else None)


def is_clinics(store: Store) -> bool:
    """Tell whether it is a clinic's record."""
    return About(store).value("mode") == mode.Mode.CLINIC


def export(store: Store, file: Path) -> Counts:
    """Write the whole record into a new file; the audit knows of it.

    Raises:
        Refused: nothing was written.
        RecordUnavailable: nothing was written.
    """
    counts = archive.export(store, file, at=clock.now(), coach=coach.__version__)
    line = Line(uuid7(), clock.now(), None, Role.OPERATOR.value, archive.ACTION, None, "allowed")
    try:
        with current_actor.as_(current_actor.SYSTEM):
            Audit(store).write(line)
    except RecordUnavailable:
        file.unlink()
        raise
    return counts


def write_new(path: Path, content: bytes) -> None:
    """Write a new file for this account alone: whole, or not at all.

    Raises:
        Refused: nothing was written.
    """
    try:
        sqlite_file.write_new(path, content)
    except FileExistsError:
        raise Refused(Why.EXISTS, str(path)) from None
    except OSError as trouble:
        raise cannot_write(trouble) from None


def dossier(store: Store, patient: UUID) -> Dossier:
    """Return what a report or an export of a patient is made from; the audit knows of it.

    Raises:
        LookupError: there is no such patient.
        RecordUnavailable: the record cannot be read.
    """
    with current_actor.as_(current_actor.SYSTEM):
        if not store.knows(patient):
            raise LookupError
        office = desk.Office(store, clinic=is_clinics(store))
        office.note(Principal(Role.OPERATOR), Action.HISTORY_EXPORT, patient, allowed=True)
        return gathered(office, patient)


def dossiers(store: Store, *, odd: Callable[[UUID, int], None]) -> Iterator[Dossier]:
    """Yield the dossier of every patient, one at a time; the audit knows of it once.

    `odd` is told of each patient who is left out, and which entry of theirs cannot be read.

    Raises:
        RecordUnavailable: the record cannot be read.
    """
    with current_actor.as_(current_actor.SYSTEM):
        office = desk.Office(store, clinic=is_clinics(store))
        office.note(Principal(Role.OPERATOR), Action.HISTORY_EXPORT, None, allowed=True)
        patients = store.patients()
    for patient in patients:
        with current_actor.as_(current_actor.SYSTEM):
            try:
                found = gathered(office, patient)
            except EntryUnreadable as trouble:
                odd(patient, trouble.seq)
                continue
            yield found


def paper_diary(
    store: Store,
    patient: UUID,
    content: bytes,
    *,
    store_it: bool,
    order: DayOrder | None = None,
    many: bool = False,
) -> PaperFile:
    """Return what a paper diary's file would add to a patient's record, and add it where `store_it` is set.

    It is recorded as the patient's own telling; the audit knows who did it.

    Raises:
        LookupError: there is no such patient.
        PaperRefused: something is wrong with the file; nothing is stored.
        BadValue: the clock looks wrong; nothing is stored.
        RecordUnavailable: nothing is stored.
    """
    with current_actor.as_(current_actor.SYSTEM):
        if not store.knows(patient):
            raise LookupError
        office = desk.Office(store, clinic=is_clinics(store))
        action = Action.HISTORY_TELL if store_it else Action.HISTORY_SEE
        office.note(Principal(Role.OPERATOR), action, patient, allowed=True)
        followed = office.clinic or office.is_followed()
    principal = Principal(Role.PATIENT if followed else Role.HOUSEHOLD, patient=patient)
    theirs = desk.PatientDesk(office, patient, principal).for_one_run()
    if store_it:
        return theirs.keep_paper(content, order, many=many)
    paper = theirs.read_paper(content, order, many=many)
    if paper.wrong:
        raise PaperRefused(paper)
    return paper


def take_in(file: Path, *, listed: Path | None, store_it: bool) -> Counts:
    """Verify an archive, and store it where `store_it` is set; whoever is known to be erased is left out.

    Args:
        file: the archive.
        listed: a list of tombstones, beside the one that lies where the record is; None for no other.
        store_it: whether to store it in the record, which must be empty.

    Raises:
        Refused: nothing was stored.
        NoTombstones: a list of tombstones is none, or cannot be read.
        NoOwner: as `opened`.
        RecordUnavailable: nothing was stored.
    """
    own = stones_file(desk.database_url())
    lists = [each for each in (listed, own if own.exists() else None) if each]
    try:
        erased = {stone.patient_hash for each in lists for stone in tombstones.read(each)}
    except OSError:
        raise NoTombstones from None
    found = archive_import.check(file, erased=erased, strict=True)  # before a file is made
    if not store_it:
        return found
    store = opened(make=True)
    try:
        counts = archive_import.take_in(store, file, erased=erased, strict=True)
        with current_actor.as_(current_actor.SYSTEM):
            office = desk.Office(store, clinic=is_clinics(store))
            while catch_up(office, AT_ONCE):
                pass
    finally:
        store.close()
    return counts
