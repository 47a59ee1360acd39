"""Keeping the record: whether what a caseload is read from follows from the entries, and making it anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from coach.desk import clock
from coach.desk.projection import edition, projector
from coach.domain.history import History
from coach.records.standing import Row
from coach.records.unavailable import Reason, RecordUnavailable
from coach.records.verify import Finding, Kind

if TYPE_CHECKING:
    from coach.desk.office import Office

TRIES = 5  # where somebody records meanwhile
BATCH = 50  # patients between two words of how far it is

Project = Callable[[History], Row]


@dataclass(slots=True)
class Compared:
    """How many projections follow from the entries, how many wait to be made anew, and what is wrong."""

    right: int = 0
    waiting: int = 0
    findings: list[Finding] = field(default_factory=list)


def compare(office: Office) -> Compared:
    """Return whether each stored projection is the one that follows from the entries; servers may write meanwhile."""
    now = clock.now()
    made_under, project = edition(office, now), projector(office, now)
    found = Compared()
    for patient in office.store.patients():
        try:
            _compare(office, patient, made_under, project, found)
        except RecordUnavailable as trouble:
            if trouble.reason not in (Reason.DAMAGED, Reason.NEWER_VERSION, Reason.FAILED):
                raise
            found.findings.append(Finding(Kind.PROJECTION, patient))
    return found


def _compare(office: Office, patient: UUID, made_under: str, project: Project, found: Compared) -> None:
    for _ in range(TRIES):
        made = office.caseload.edition(patient)
        if made is not None and made[1] != made_under:
            found.waiting += 1
            return
        if made is not None and office.caseload.follows(patient, _worked_out(office, patient, project)):
            found.right += 1
            return
    found.findings.append(Finding(Kind.PROJECTION, patient))


def _worked_out(office: Office, patient: UUID, project: Project) -> Row:
    return project(History(office.store.entries(patient)))


def rebuild(office: Office, *, said: Callable[[int, int], None]) -> Compared:
    """Make every projection anew from the entries, and compare each afterwards; servers may write meanwhile.

    Args:
        office: Whose record.
        said: Told from time to time how many are made, of how many.
    """
    now = clock.now()
    project = projector(office, now)
    patients = office.store.patients()
    for done, patient in enumerate(patients):
        if done % BATCH == 0:
            said(done, len(patients))
        _make(office, patient, project)
    said(len(patients), len(patients))
    return compare(office)


def _make(office: Office, patient: UUID, project: Project) -> None:
    for _ in range(TRIES):
        try:
            if office.caseload.write(patient, _worked_out(office, patient, project)):
                return
        except RecordUnavailable as trouble:
            if trouble.reason not in (Reason.DAMAGED, Reason.NEWER_VERSION):
                raise
            return  # the comparison afterwards tells of it
