"""The patient directory: everybody a clinic knows by name, with team, lead and reference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select

from coach.domain.errors import BadValue, Fault
from coach.domain.times import utc
from coach.records.clinic.people import Person, as_row, folded
from coach.records.database import current_actor, migrations
from coach.records.database.schema import patient, person
from coach.records.entries import caseload_rows
from coach.records.entries.store import Store

__all__ = ["PatientDirectory"]

# Columns that one form changes together: a lead must work in the team.
PARTS = (("name", "reference"), ("team", "lead"))
ALL = [name for part in PARTS for name in part]


class PatientDirectory:
    """The patients of a clinic; a reference belongs to one of them at most."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(
        self,
        *,
        teams: frozenset[UUID] | None,
        but: UUID | None = None,
        search: str = "",
        limit: int = 20,
        offset: int = 0,
    ) -> list[Person]:
        """Return patients sorted by name: of these teams, or all (None), without one patient."""
        columns = (person.c.patient, person.c.name, person.c.reference, person.c.team, person.c.lead)
        query = _of(select(*columns), teams, but, search).order_by(person.c.name_key, person.c.patient)
        with self._store.reading() as connection:
            return [Person(*row) for row in connection.execute(query.limit(limit).offset(offset))]

    def count(self, *, teams: frozenset[UUID] | None, but: UUID | None = None, search: str = "") -> int:
        """Return how many patients `find` would return without a limit."""
        with self._store.reading() as connection:
            return connection.scalar(_of(select(func.count(person.c.patient)), teams, but, search)) or 0

    def enter(self, new: Person, *, at: datetime) -> None:
        """Create a patient with a name; the same one again changes nothing.

        Raises:
            BadValue: another patient has the reference, or the id.
        """
        with self._store.writing() as connection:
            # The id came from a form and may be another patient's
            with current_actor.within(connection, current_actor.SYSTEM):
                known = connection.execute(select(person).where(person.c.patient == new.patient)).first()
                taken = connection.scalar(select(patient.c.id).where(patient.c.id == new.patient))
            if known:
                if (known.name, known.reference) != (new.name, new.reference):
                    raise BadValue(Fault.KEY_REUSED)
                return
            if taken:
                raise BadValue(Fault.KEY_REUSED)
            _keep_apart(connection, new)
            connection.execute(patient.insert().values(id=new.patient, created_at=utc(at)))
            connection.execute(person.insert().values(patient=new.patient, **as_row(new)))
            caseload_rows.named(connection, new.patient)

    def change(self, old: Person, new: Person, *, shown: Person | None = None) -> None:
        """Store the fields of a patient that a form changed, so that other users' changes stay.

        Args:
            old: the patient as the permission check saw them; changed fields must still have these
                values.
            new: the same with the form's changes.
            shown: the values the form showed, all of which must still hold; None to check only
                changes.

        Raises:
            BadValue: another patient has the reference, or another user changed one of these
                fields.
        """
        parts = [part for part in PARTS if _differ(old, new, part)]
        changed = [name for part in parts for name in part]
        with self._store.writing() as connection:
            if "reference" in changed:
                _keep_apart(connection, new)
            there = _locked(connection, new.patient)
            must_stand = [(old, changed), (shown, ALL)] if shown else [(old, changed)]
            if there is None or any(_differ(there, *each) for each in must_stand):
                raise BadValue(Fault.PERSON_CHANGED)
            if not changed:
                return
            row = as_row(replace(there, **{name: getattr(new, name) for name in changed}))
            kept = [*changed, "name_key"] if "name" in changed else changed
            values = {name: row[name] for name in kept}
            connection.execute(person.update().where(person.c.patient == new.patient).values(values))
            caseload_rows.named(connection, new.patient)


def _differ(one: Person, other: Person, names: Iterable[str]) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in names)


def _locked(connection: Connection, patient_id: UUID) -> Person | None:
    """Return a patient's row and lock it and the projection until the transaction ends.

    None if the patient moved to a team that the acting user cannot see.
    """
    caseload_rows.hold(connection, patient_id)
    row = connection.execute(select(person).where(person.c.patient == patient_id).with_for_update()).first()
    return Person(row.patient, row.name, row.reference, row.team, row.lead) if row else None


def _of(query: Select[Any], teams: frozenset[UUID] | None, but: UUID | None, search: str) -> Select[Any]:
    if but is not None:
        query = query.where(person.c.patient != but)
    if teams is not None:
        query = query.where(person.c.team.in_(teams))
    if wanted := folded(search):
        query = query.where(person.c.name_key.contains(wanted, autoescape=True))
    return query


def _keep_apart(connection: Connection, new: Person) -> None:
    """Refuse a reference that another patient has; a lock keeps others from taking it meanwhile."""
    if not new.reference:
        return
    migrations.lock(connection)
    like = person.c.name_key.contains(folded(new.reference), autoescape=True)
    same = like | (person.c.reference == new.reference)
    others = select(person.c.reference).where(person.c.patient != new.patient, same)
    # Other patients, in every team of the clinic
    with current_actor.within(connection, current_actor.SYSTEM):
        known = {folded(each) for each in connection.scalars(others)}
    if folded(new.reference) in known:
        raise BadValue(Fault.REFERENCE_TAKEN, value=new.reference)
