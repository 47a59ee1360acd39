"""Erasing one patient for good, on request."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from coach import desk
from coach.desk.access.permissions import Role
from coach.desk.installation import clock
from coach.desk.operator.record_access import Several, is_clinics, stones_file
from coach.domain.history import History
from coach.records.clinic.people import People
from coach.records.database import current_actor
from coach.records.database.errors import EntryUnreadable, NoSuchPatient
from coach.records.entries.store import Store
from coach.records.upkeep import erasure, tombstones
from coach.records.upkeep.erasure import Erased, ErasureCase

__all__ = ["Erased", "Found", "case", "erase", "find", "finish", "note", "was_erased"]


@dataclass(frozen=True, slots=True)
class Found:
    """The patient that an erasure would concern; `name` may be ""."""

    case: ErasureCase
    name: str


def find(store: Store, named: str) -> UUID:
    """Return the patient with that reference or identifier; without one, the one patient of a home.

    Raises:
        Several: more than one has the reference.
        NoSuchPatient: there is no such patient.
    """
    with current_actor.acting_as(current_actor.SYSTEM):
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
        raise NoSuchPatient
    return found[0]


def case(store: Store, patient: UUID) -> Found:
    """Return what the erasure of a patient would concern.

    Raises:
        NoSuchPatient: there is no such patient.
    """
    what = erasure.case(store, patient)
    if what.person and what.person.name:
        return Found(what, what.person.name)
    with current_actor.acting_as(current_actor.SYSTEM):
        try:
            history = History(store.entries(patient))
        except EntryUnreadable:  # an unreadable record can be erased like any other
            return Found(what, "")
        return Found(what, str(history.settings.get("first_name") or ""))


def was_erased(store: Store, patient: UUID) -> bool:
    """Tell whether there is a tombstone of that patient."""
    return tombstones.digest(patient) in {each.patient_hash for each in tombstones.tombstones(store)}


def erase(store: Store, patient: UUID) -> Erased:
    """Erase a patient from the record; `note` and `finish` must follow.

    Raises:
        NoSuchPatient: there is no such patient.
        RecordUnavailable: nothing was erased.
    """
    return erasure.erase(store, patient, at=clock.now(), by=Role.OPERATOR.value, line=uuid7())


def note(store: Store) -> None:
    """Write the record's tombstones to the list at the record.

    Raises:
        NoTombstones: another file is in its place.
        OSError: it cannot be written.
    """
    tombstones.write(stones_file(desk.database_url()), tombstones.tombstones(store))


def finish(store: Store, erased: Erased | None = None) -> int:
    """Rewrite the database; return how many traces of the erased patient its files still have."""
    return erasure.finish(store, erased.traces if erased else None)
