"""For the operator: records of one or all patients for export, and importing a paper diary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

from coach import desk
from coach.desk.access.authorization import Principal
from coach.desk.access.permissions import Action, Role
from coach.desk.operator.record_access import is_clinics
from coach.desk.patient.diary_import import PaperRefused
from coach.desk.patient.diary_merge import PaperFile
from coach.desk.patient.export import gathered
from coach.domain.date_reading import DayOrder
from coach.domain.patient_record import PatientRecord
from coach.records.database import current_actor
from coach.records.database.errors import EntryUnreadable, NoSuchPatient
from coach.records.entries.store import Store

__all__ = ["PaperRefused", "import_diary", "patient_record", "patient_records"]


def patient_record(store: Store, patient: UUID) -> PatientRecord:
    """Return a patient's record for an export, with a line of the audit.

    Raises:
        NoSuchPatient: there is no such patient.
        RecordUnavailable: the record cannot be read.
    """
    with current_actor.acting_as(current_actor.SYSTEM):
        if not store.knows(patient):
            raise NoSuchPatient
        installation = desk.Installation(store, clinic=is_clinics(store))
        installation.note(Principal(Role.OPERATOR), Action.HISTORY_EXPORT, patient, allowed=True)
        return gathered(installation, patient)


def patient_records(store: Store, *, odd: Callable[[UUID, int], None]) -> Iterator[PatientRecord]:
    """Yield the record of every patient, one at a time, with one line of the audit.

    `odd` is called with each patient that is left out, and the unreadable entry.

    Raises:
        RecordUnavailable: the record cannot be read.
    """
    with current_actor.acting_as(current_actor.SYSTEM):
        installation = desk.Installation(store, clinic=is_clinics(store))
        installation.note(Principal(Role.OPERATOR), Action.HISTORY_EXPORT, None, allowed=True)
        patients = store.patients()
    for patient in patients:
        with current_actor.acting_as(current_actor.SYSTEM):
            try:
                found = gathered(installation, patient)
            except EntryUnreadable as trouble:
                odd(patient, trouble.seq)
                continue
            yield found


def import_diary(
    store: Store,
    patient: UUID,
    content: bytes,
    *,
    store_it: bool,
    order: DayOrder | None = None,
    many: bool = False,
) -> PaperFile:
    """Return what a paper diary's file would add to a patient's record; add it if `store_it`.

    The entries' author is the patient; the audit has who imported them.

    Raises:
        NoSuchPatient: there is no such patient.
        PaperRefused: the file has faults; nothing is stored.
        BadValue: the clock looks wrong; nothing is stored.
        RecordUnavailable: nothing is stored.
    """
    with current_actor.acting_as(current_actor.SYSTEM):
        if not store.knows(patient):
            raise NoSuchPatient
        installation = desk.Installation(store, clinic=is_clinics(store))
        action = Action.HISTORY_TELL if store_it else Action.HISTORY_SEE
        installation.note(Principal(Role.OPERATOR), action, patient, allowed=True)
        followed = installation.clinic or installation.is_followed()
    principal = Principal(Role.PATIENT if followed else Role.HOUSEHOLD, patient=patient)
    theirs = desk.PatientDesk(installation, patient, principal).for_one_run()
    if store_it:
        return theirs.diary_import.keep_paper(content, order, many=many)
    paper = theirs.diary_import.read_paper(content, order, many=many)
    if paper.wrong:
        raise PaperRefused(paper)
    return paper
