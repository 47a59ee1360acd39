"""Erasure: deletes everything of one patient in one transaction, and stores a tombstone.

The audit is not changed: it holds the patient's identifier, no name and nothing about health.
Signatures of protocol values and drafts of protocols stay too: they are about no patient.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Row, Table, select

from coach.domain.times import utc
from coach.records.clinic import audit
from coach.records.clinic.people import Person
from coach.records.database import current_actor, schema
from coach.records.database.errors import NoSuchPatient
from coach.records.entries.store import Store
from coach.records.upkeep import erasure_traces, tombstones
from coach.records.upkeep.erasure_traces import Traces
from coach.records.upkeep.tombstones import Tombstone

__all__ = ["ACTION", "Erased", "ErasureCase", "case", "erase", "erase_known", "finish"]

ACTION = "patient.erase"  # in the audit
ROLE = "operator"
HOME = "home"  # a record's mode


@dataclass(frozen=True, slots=True)
class ErasureCase:
    """What an erasure would delete.

    `person` is None if the patient has no name here; `works_here`: the account stays, as staff.
    """

    patient: UUID
    person: Person | None
    entries: int
    has_account: bool
    works_here: bool


@dataclass(frozen=True, slots=True)
class Erased:
    """The result of an erasure: the tombstone, and the traces that must not be found any more."""

    stone: Tombstone
    traces: Traces


def case(store: Store, patient: UUID) -> ErasureCase:
    """Return what the erasure of a patient would delete.

    Raises:
        NoSuchPatient: There is no such patient.
    """
    with current_actor.acting_as(current_actor.SYSTEM), store.reading() as connection:
        _there(connection, patient)
        seq, _hash = _head(connection, patient)
        account = _account(connection, patient)
        query = select(schema.person).where(schema.person.c.patient == patient)
        found = connection.execute(query).first()
    person = Person(found.patient, found.name, found.reference, found.team, found.lead) if found else None
    works = account is not None and account.staff_role is not None
    return ErasureCase(patient, person, seq, account is not None, works)


def erase(store: Store, patient: UUID, *, at: datetime, by: str, line: UUID) -> Erased:
    """Erase a patient, all or nothing; `finish` must follow.

    Args:
        store: The database, opened by a role that may delete rows.
        patient: The patient.
        at: When.
        by: "operator", or role and account.
        line: The id of the line in the audit.

    Raises:
        NoSuchPatient: There is no such patient.
        RecordUnavailable: Nothing was erased.
    """
    with current_actor.acting_as(current_actor.SYSTEM), store.writing() as connection:
        _there(connection, patient, lock=True)
        seq, head = _head(connection, patient)
        stone = Tombstone(uuid4(), tombstones.digest(patient), utc(at), seq, head, by)
        found = erasure_traces.gather(connection, patient, _account(connection, patient))
        _remove(connection, patient)
        tombstones.keep(connection, stone)
        audit.add(connection, audit.new_line(ACTION, ROLE, at=at, patient=patient, id=line))
    return Erased(stone, found)


def erase_known(store: Store, stones: Iterable[Tombstone]) -> list[UUID]:
    """Erase from a restored record the patients erased since.

    Store the tombstones, return the patients.

    The file is rewritten if a patient was erased.

    Raises:
        RecordUnavailable: Some may be left; it can be tried again.
    """
    known = {each.patient_hash: each for each in stones}
    with current_actor.acting_as(current_actor.SYSTEM), store.writing() as connection:
        found = [
            patient
            for patient in connection.scalars(select(schema.patient.c.id))
            if tombstones.digest(patient) in known
        ]
        for patient in found:
            _there(connection, patient, lock=True)
            _remove(connection, patient)
        for stone in known.values():
            tombstones.keep(connection, stone)
    if found:
        store.compact()
    return found


def finish(store: Store, left: Traces | None = None) -> int:
    """Rewrite the database (VACUUM); return how many traces are still found in its files.

    Raises:
        RecordUnavailable: It was not rewritten: the disk is full, or another process is reading.
    """
    store.compact()
    return erasure_traces.found(store, left) if left else 0


def _remove(connection: Connection, patient: UUID) -> None:
    """Delete every row of a patient; an account that is also staff stays, without the patient."""
    whose = {"patient": patient}
    connection.execute(schema.erasing.insert().values(whose))
    _delete(connection, schema.entry, schema.entry.c.patient == patient)
    own = (schema.standing, schema.caseload, schema.looked, schema.person)
    for table in (*own, schema.calendar_address, schema.mail_reminder, schema.ticket):
        _delete(connection, table, table.c.patient == patient)
    account = _account(connection, patient)
    if account is not None and account.staff_role is not None:
        mine = schema.account.c.id == account.id
        connection.execute(schema.account.update().where(mine).values(patient=None))
    elif account is not None:
        _remove_account(connection, account.id)
    if _is_home(connection):
        _empty_home(connection)
    _delete(connection, schema.patient, schema.patient.c.id == patient)
    _delete(connection, schema.erasing, schema.erasing.c.patient == patient)


def _is_home(connection: Connection) -> bool:
    query = select(schema.about.c.value).where(schema.about.c.name == "mode")
    return connection.scalar(query) == HOME


def _empty_home(connection: Connection) -> None:
    """Delete the physiotherapist of a home's one patient: the next patient begins without one."""
    for account in connection.scalars(select(schema.account.c.id)).all():
        _remove_account(connection, account)
    connection.execute(schema.team.delete())


def _remove_account(connection: Connection, account: UUID) -> None:
    for table in (schema.sign_in, schema.invitation, schema.membership, schema.looked):
        _delete(connection, table, table.c.account == account)
    for table in (schema.person, schema.standing):
        connection.execute(table.update().where(table.c.lead == account).values(lead=None))
    _delete(connection, schema.account, schema.account.c.id == account)


def _delete(connection: Connection, table: Table, which: ColumnElement[bool]) -> None:
    connection.execute(table.delete().where(which))


def _there(connection: Connection, patient: UUID, *, lock: bool = False) -> None:
    query = select(schema.patient.c.id).where(schema.patient.c.id == patient)
    if connection.scalar(query.with_for_update() if lock else query) is None:
        raise NoSuchPatient


def _head(connection: Connection, patient: UUID) -> tuple[int, str]:
    columns = select(schema.entry.c.seq, schema.entry.c.hash).where(schema.entry.c.patient == patient)
    row = connection.execute(columns.order_by(schema.entry.c.seq.desc()).limit(1)).first()
    return (row.seq, row.hash) if row else (0, "")


def _account(connection: Connection, patient: UUID) -> Row[Any] | None:
    return connection.execute(select(schema.account).where(schema.account.c.patient == patient)).first()
