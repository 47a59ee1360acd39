"""The roll: everybody a clinic knows by name, whoever looks after them."""

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

__all__ = ["Roll"]

# What one form changes, and what makes sense only together: a lead works in the team.
PARTS = (("name", "reference"), ("team", "lead"))
ALL = [name for part in PARTS for name in part]


class Roll:
    """The people of a clinic; a reference belongs to one of them at most."""

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
        """Return people by name: those of these teams, or everybody (None), but for one patient."""
        columns = (person.c.patient, person.c.name, person.c.reference, person.c.team, person.c.lead)
        query = _of(select(*columns), teams, but, search).order_by(person.c.name_key, person.c.patient)
        with self._store.reading() as connection:
            return [Person(*row) for row in connection.execute(query.limit(limit).offset(offset))]

    def count(self, *, teams: frozenset[UUID] | None, but: UUID | None = None, search: str = "") -> int:
        """Return how many people `find` can return."""
        with self._store.reading() as connection:
            return connection.scalar(_of(select(func.count(person.c.patient)), teams, but, search)) or 0

    def enter(self, new: Person, *, at: datetime) -> None:
        """Make a patient with a name; the same person again is nobody new.

        Raises:
            BadValue: somebody else has the reference, or the key is somebody else's.
        """
        with self._store.writing() as connection:
            with current_actor.within(connection, current_actor.SYSTEM):  # the key may be anybody's
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
        """Write what a form changed of a patient, and nothing else: what others changed meanwhile stays.

        Args:
            old: what whoever acts was let in with; what the form changes must still stand there as it does here.
            new: the same with what the form changed.
            shown: all that must still stand there, None where only what is changed matters.

        Raises:
            BadValue: somebody else has the reference, or something else stands there.
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
    """Return who a patient is, and let nobody else change it or record something of theirs meanwhile.

    None where they went to a team of which whoever acts sees nothing.
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
    """Refuse a reference that somebody else has; nobody else takes it meanwhile."""
    if not new.reference:
        return
    migrations.lock(connection)
    like = person.c.name_key.contains(folded(new.reference), autoescape=True)
    same = like | (person.c.reference == new.reference)
    others = select(person.c.reference).where(person.c.patient != new.patient, same)
    with current_actor.within(connection, current_actor.SYSTEM):  # the others of the whole clinic
        known = {folded(each) for each in connection.scalars(others)}
    if folded(new.reference) in known:
        raise BadValue(Fault.REFERENCE_TAKEN, value=new.reference)
