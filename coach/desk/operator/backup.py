"""Backup, restore, verification, and computing the caseload's projection again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

import coach
from coach.desk.access.permissions import Role
from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.desk.installation.projection import edition, projector
from coach.desk.operator.record_access import NoOwner, address, is_clinics, stones_file
from coach.domain.history import History
from coach.records.clinic.audit import BACKED_UP, Audit, new_line
from coach.records.database import current_actor, engine
from coach.records.database.errors import EntryUnreadable, Reason, RecordUnavailable
from coach.records.entries import future_entries
from coach.records.entries.caseload_rows import Row
from coach.records.entries.store import Store
from coach.records.upkeep import backup, read_only, tombstones, verify
from coach.records.upkeep.backup import BackupFault, BackupRefused, Made
from coach.records.upkeep.manifest import Head
from coach.records.upkeep.restore import Restored
from coach.records.upkeep.restore import restore as restore_record
from coach.records.upkeep.tombstones import NoTombstones, Tombstone
from coach.records.upkeep.verify import Finding, FindingKind

__all__ = [
    "BackupFault",
    "BackupRefused",
    "Compared",
    "Finding",
    "FindingKind",
    "Head",
    "Made",
    "NoOwner",
    "NoTombstones",
    "Restored",
    "Verified",
    "back_up",
    "compare",
    "rebuild",
    "rebuild_all",
    "restore",
    "verified",
]  # fmt: skip

TRIES = 5  # attempts if entries are recorded meanwhile
BATCH = 50  # patients between two progress messages

Project = Callable[[History], Row]


@dataclass(slots=True)
class Compared:
    """How many projections are right, how many are out of date, and the wrong ones."""

    right: int = 0
    waiting: int = 0
    findings: list[Finding] = field(default_factory=list)


def compare(installation: Installation) -> Compared:
    """Compare each stored projection with one computed from the entries.

    Servers may write meanwhile.
    """
    now = clock.now()
    made_under, project = edition(installation, now), projector(installation, now)
    found = Compared()
    for patient in installation.store.patients():
        try:
            _compare(installation, patient, made_under, project, found)
        except RecordUnavailable as trouble:
            if trouble.reason not in (Reason.DAMAGED, Reason.NEWER_VERSION, Reason.FAILED):
                raise
            if isinstance(trouble, EntryUnreadable):
                found.findings.append(Finding(FindingKind.NOT_UNDERSTOOD, patient, trouble.seq))
            else:
                found.findings.append(Finding(FindingKind.PROJECTION, patient))
    return found


def _compare(
    installation: Installation, patient: UUID, made_under: str, project: Project, found: Compared
) -> None:
    for _ in range(TRIES):
        made = installation.caseload.edition(patient)
        if made is not None and made[1] != made_under:
            found.waiting += 1
            return
        if made is not None and installation.caseload.follows(
            patient, _worked_out(installation, patient, project)
        ):
            found.right += 1
            return
    found.findings.append(Finding(FindingKind.PROJECTION, patient))


def _worked_out(installation: Installation, patient: UUID, project: Project) -> Row:
    return project(History(installation.store.entries(patient)))


def rebuild(installation: Installation, *, said: Callable[[int, int], None]) -> Compared:
    """Compute every projection from the entries, then compare each; servers may write meanwhile.

    Args:
        installation: The installation of the record.
        said: Called from time to time with how many are done, of how many.
    """
    now = clock.now()
    project = projector(installation, now)
    patients = installation.store.patients()
    for done, patient in enumerate(patients):
        if done % BATCH == 0:
            said(done, len(patients))
        _make(installation, patient, project)
    said(len(patients), len(patients))
    return compare(installation)


def _make(installation: Installation, patient: UUID, project: Project) -> None:
    for _ in range(TRIES):
        try:
            if installation.caseload.write(patient, _worked_out(installation, patient, project)):
                return
        except RecordUnavailable as trouble:
            if trouble.reason not in (Reason.DAMAGED, Reason.NEWER_VERSION):
                raise
            return  # the comparison afterwards reports it


def back_up(into: Path) -> Made:
    """Make a backup of this installation's record.

    Raises:
        BackupRefused: none was made, and nothing is left behind.
        RecordUnavailable: the record cannot be read or the folder not written to.
        NoOwner: as `record_access.address`.
    """
    url, at = address(), clock.now()
    made = backup.make(url, into, at=at, coach=coach.__version__)
    if made.manifest.revision == verify.HEAD:  # an older record is not brought up to date by a backup
        _note(url, at)
    return made


def _note(url: str, at: datetime) -> None:
    """Tell the audit of a backup; where it cannot be written to, the backup counts all the same."""
    on_file = engine.parse(url).get_backend_name() == "sqlite"
    line = new_line(BACKED_UP, Role.OPERATOR.value, at=at)
    with suppress(RecordUnavailable), closing(Store.open(url, owner=not on_file)) as store:
        Audit(store).write(line)


def restore(folder: Path, listed: Path | None) -> Restored:
    """Restore a backup as this installation's record; patients erased since stay erased.

    Args:
        folder: the backup.
        listed: another list of tombstones besides those at the backups and at the record.

    Raises:
        BackupRefused: nothing was restored.
        RecordUnavailable: nothing was restored.
        NoTombstones: a list of tombstones cannot be read; nothing was restored.
        NoOwner: as `record_access.address`.
    """
    url = address()
    backup.known(folder)
    own = stones_file(url)
    stones = _stones(folder, own if own.is_file() else None, listed)
    done = restore_record(folder, url, stones=stones)
    if stones:
        with suppress(OSError):  # the record has them too, and the next erasure writes them again
            tombstones.write(own, stones)
    return done


def _stones(folder: Path, *files: Path | None) -> list[Tombstone]:
    """Return the tombstones in these lists and in those at the backups."""
    try:
        stones = backup.listed(folder)
        for file in files:
            stones += tombstones.read(file) if file else []
    except OSError:
        raise NoTombstones from None
    return stones


@dataclass(frozen=True, slots=True)
class Verified:
    """The findings; `waiting` projections are computed again at the next view of a caseload."""

    where: str
    findings: tuple[Finding, ...]
    heads: tuple[Head, ...]
    entries: int
    newest: datetime | None
    waiting: int


def verified(against: Path | None) -> Verified:
    """Verify this installation's record without writing; a server may use it meanwhile.

    Args:
        against: a backup or its manifest, to find a cut end; None for none.

    Raises:
        BackupRefused: `against` is not a backup.
        RecordUnavailable: there is no Coach record.
        NoOwner: as `record_access.address`.
    """
    url = address()
    known = backup.known(against) if against else None
    found = verify.examine(url, against=known)
    findings, waiting = [*found.findings, *verify.open_to_others(url)], 0
    if found.revision == verify.HEAD:
        try:
            with _as_it_is(url) as installation:
                compared = compare(installation)
                compared.findings += _ahead(installation)
        except RecordUnavailable as trouble:
            if trouble.reason is not Reason.DAMAGED or not findings:
                raise
        else:
            findings += [each for each in compared.findings if each not in findings]
            waiting = compared.waiting
    return Verified(found.where, tuple(findings), tuple(found.heads), found.entries, found.newest, waiting)


def _ahead(installation: Installation) -> list[Finding]:
    """Return the patients with entries in the future."""
    found = future_entries.ahead(installation.store, clock.now())
    return [Finding(FindingKind.AHEAD, patient, late[0].seq, len(late)) for patient, late in found.items()]


def rebuild_all(*, said: Callable[[int, int], None]) -> Compared:
    """Compute every projection of this installation's record again.

    Raises:
        RecordUnavailable: there is no record of this program's revision, or it cannot be written
            to.
        NoOwner: as `record_access.address`.
    """
    with _as_it_is(address()) as installation:
        return rebuild(installation, said=said)


@contextmanager
def _as_it_is(url: str) -> Iterator[Installation]:
    """Yield the installation of an existing record, without creating or migrating it."""
    try:
        with current_actor.acting_as(current_actor.SYSTEM), read_only.as_it_is(url) as store:
            yield Installation(store, clinic=is_clinics(store))
    except read_only.NotCurrent as older:
        raise BackupRefused(BackupFault.NOT_CURRENT, older.where) from None
