"""People: care teams, their members and their patients."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Table, select

from coach.domain.errors import BadValue, Fault
from coach.domain.times import utc
from coach.records.database import current_actor
from coach.records.database.schema import account, looked, membership, patient, person, team
from coach.records.database.upsert import insert
from coach.records.entries import caseload_rows
from coach.records.entries.store import Store, make_patient

LONGEST = 200  # letters of a folded name that are sorted and searched by: what an index can hold

__all__ = ["People", "Person", "Team", "as_row", "folded"]


@dataclass(frozen=True, slots=True)
class Team:
    """A care team: physiotherapists who look after the same patients."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """A clinic's patient: `team` is None without a care team, `lead` without a lead."""

    patient: UUID
    name: str
    reference: str
    team: UUID | None
    lead: UUID | None


def folded(text: str) -> str:
    """Return the text as names are compared: without accents, capitals and extra spaces."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(sign for sign in apart if not unicodedata.combining(sign)).split())


class People:
    """Care teams and the patients a clinic knows by name."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def teams(self) -> list[Team]:
        """Return every care team by name."""
        with self._store.reading() as connection:
            rows = connection.execute(select(team.c.id, team.c.name)).all()
        return sorted((Team(*row) for row in rows), key=lambda each: (folded(each.name), each.name))

    def add_team(self, new: Team, *, at: datetime) -> None:
        """Create a care team; the same one again changes nothing.

        Raises:
            BadValue: another team has that name.
        """
        with self._store.writing() as connection:
            _insert(connection, team, {"id": new.id, "name": new.name, "made_at": utc(at)})
            there = connection.scalar(select(team.c.name).where(team.c.id == new.id))
        if there != new.name:
            raise BadValue(Fault.NAME_TAKEN, value=new.name)

    def team_of(self, patient_id: UUID) -> UUID | None:
        """Return the patient's care team, or None.

        Read as "system", as the permission check itself needs it.
        """
        with current_actor.acting_as(current_actor.SYSTEM), self._store.reading() as connection:
            return connection.scalar(select(person.c.team).where(person.c.patient == patient_id))

    def known_team_of(self, patient_id: UUID) -> tuple[bool, UUID | None]:
        """Tell whether there is such a patient, and return the care team or None; read as "system"."""
        query = (
            select(person.c.team)
            .select_from(patient.outerjoin(person, person.c.patient == patient.c.id))
            .where(patient.c.id == patient_id)
        )
        with current_actor.acting_as(current_actor.SYSTEM), self._store.reading() as connection:
            row = connection.execute(query).first()
        return row is not None, row[0] if row else None

    def teams_of(self, account_id: UUID) -> frozenset[UUID]:
        """Return the care teams that an account works in."""
        query = select(membership.c.team).where(membership.c.account == account_id)
        with self._store.reading() as connection:
            return frozenset(connection.scalars(query))

    def members(self, team_id: UUID) -> list[UUID]:
        """Return the members of a team, sorted by name."""
        query = (
            select(account.c.id)
            .join(membership, membership.c.account == account.c.id)
            .where(membership.c.team == team_id)
            .order_by(account.c.name, account.c.id)
        )
        with self._store.reading() as connection:
            return list(connection.scalars(query))

    def join(self, team_id: UUID, account_id: UUID) -> None:
        """Add an account to a team."""
        with self._store.writing() as connection:
            _insert(connection, membership, {"team": team_id, "account": account_id})

    def leave(self, team_id: UUID, account_id: UUID) -> None:
        """Remove an account from a team."""
        mine = (membership.c.team == team_id) & (membership.c.account == account_id)
        with self._store.writing() as connection:
            connection.execute(membership.delete().where(mine))

    def person(self, patient_id: UUID) -> Person | None:
        """Return the patient's name and team, or None if the clinic does not know them by name."""
        query = select(person).where(person.c.patient == patient_id)
        with self._store.reading() as connection:
            row = connection.execute(query).first()
        return _person(row) if row else None

    def persons(self, patients: Iterable[UUID]) -> dict[UUID, Person]:
        """Return the names and teams of those patients; unknown ones are left out."""
        query = select(person).where(person.c.patient.in_(set(patients)))
        with self._store.reading() as connection:
            return {row.patient: _person(row) for row in connection.execute(query)}

    def by_reference(self, reference: str) -> list[UUID]:
        """Return the patients with exactly that reference."""
        query = select(person.c.patient).where(person.c.reference == reference).order_by(person.c.patient)
        with self._store.reading() as connection:
            return list(connection.scalars(query))

    def add_person(self, new: Person, *, at: datetime) -> None:
        """Create a patient with a name; an existing one is not changed."""
        with self._store.writing() as connection:
            make_patient(connection, new.patient, at)
            _insert(connection, person, {"patient": new.patient} | as_row(new))
            caseload_rows.named(connection, new.patient)

    def looked(
        self, account_id: UUID, patient_id: UUID, *, at: datetime, lasts: timedelta
    ) -> tuple[int, datetime] | None:
        """Return which entry a viewer had seen before the present visit, and when.

        A visit goes on while they look again within `lasts`. None before and during the first
        visit.
        """
        with self._store.reading() as connection:
            return _before(
                connection.execute(select(looked).where(_mine(account_id, patient_id))).first(), at, lasts
            )

    def look(self, account_id: UUID, patient_id: UUID, *, seq: int, at: datetime, lasts: timedelta) -> None:
        """Store the last entry that a viewer has seen, in a new or the present visit.

        Never an earlier one.
        """
        mine = _mine(account_id, patient_id)
        with self._store.writing() as connection:
            first = {"account": account_id, "patient": patient_id, "seq": seq, "at": utc(at)}
            _insert(connection, looked, first)
            # Locked, so that of two tabs at once neither writes back what the other had read.
            row = connection.execute(select(looked).where(mine).with_for_update()).one()
            before_seq, before_at = _before(row, at, lasts) or (None, None)
            now = {"seq": max(seq, row.seq), "at": utc(at), "before_seq": before_seq, "before_at": before_at}
            connection.execute(looked.update().where(mine).values(now))

    def names(self, accounts: Iterable[UUID]) -> dict[UUID, str]:
        """Return the names of those accounts, by account; unknown ones are left out."""
        query = select(account.c.id, account.c.name).where(account.c.id.in_(set(accounts)))
        with self._store.reading() as connection:
            return {row.id: row.name for row in connection.execute(query)}


def _mine(account_id: UUID, patient_id: UUID) -> ColumnElement[bool]:
    return (looked.c.account == account_id) & (looked.c.patient == patient_id)


def _before(row: Row[Any] | None, at: datetime, lasts: timedelta) -> tuple[int, datetime] | None:
    """Return what was seen before a visit at that instant: by the last visit, or the one before."""
    if row is None:
        return None
    if abs(utc(at) - row.at) > lasts:  # abs(): a look dated far ahead by a wrong clock ends too
        return row.seq, row.at
    return None if row.before_at is None else (row.before_seq, row.before_at)


def _person(row: Row[Any]) -> Person:
    return Person(row.patient, row.name, row.reference, row.team, row.lead)


def as_row(new: Person) -> dict[str, Any]:
    """Return the stored columns of a person, without the patient's key."""
    return {
        "name": new.name,
        "name_key": folded(f"{new.name} {new.reference}")[:LONGEST],
        "reference": new.reference,
        "team": new.team,
        "lead": new.lead,
    }


def _insert(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    """Insert the row unless it exists."""
    connection.execute(insert(connection, table).values(row).on_conflict_do_nothing())
