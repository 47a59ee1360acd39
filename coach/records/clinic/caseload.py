"""The caseload: who needs a physiotherapist now, read from the stored projection.

No history is read, so the time it takes does not grow with the histories.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from coach.domain.caseload_card import Card
from coach.domain.need import Need
from coach.domain.standing import State, current
from coach.domain.times import utc
from coach.records.clinic.people import folded
from coach.records.database.schema import caseload, entry, patient, person
from coach.records.database.schema import standing as standing_table
from coach.records.entries import caseload_rows
from coach.records.entries.caseload_rows import Row
from coach.records.entries.store import Store

# The caseload's order (`coach.domain.caseload_order`): the most urgent, then the longest there,
# then by name.
ORDER = tuple(standing_table.c[name] for name in ("rank", "since", "name_key", "patient"))


@dataclass(frozen=True, slots=True)
class Listed:
    """One patient of a caseload with state and current needs, the most urgent first.

    `seq` is the number of the last entry that the projection was computed from. Without a card
    nothing could be computed and a person must look at the record; `odd_entry` is then the number
    of an entry that cannot be read, 0 if unknown.
    """

    patient: UUID
    name: str
    reference: str
    team: UUID | None
    lead: UUID | None
    state: State
    card: Card | None
    needs: tuple[Need, ...]
    seq: int
    odd_entry: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many patients are in each state and have each reason.

    `reasons` counts patients who need attention today, `later_reasons` those whose need can wait.
    `together` counts by state and by all reasons, as they are stored: " one other ".
    """

    reasons: Mapping[str, int] = field(default_factory=dict)
    later_reasons: Mapping[str, int] = field(default_factory=dict)
    needed: int = 0
    seen: int = 0
    on_track: int = 0
    discharged: int = 0
    later: int = 0
    together: Mapping[tuple[State, str], int] = field(default_factory=dict)

    def with_any(self, state: State, reasons: Iterable[str]) -> int:
        """Return how many patients of that state have one of these reasons, or more."""
        wanted = set(reasons)
        return sum(
            many
            for (each, why), many in self.together.items()
            if each is state and not wanted.isdisjoint(why.split())
        )

    @property
    def total(self) -> int:
        """The number of all patients."""
        return self.needed + self.later + self.seen + self.on_track + self.discharged


@dataclass(frozen=True, slots=True)
class Among:
    """A filter: which patients, at which instant.

    Attributes:
        teams: Patients of these care teams.
        now: The present instant.
        lead: Only patients of this lead; None for all.
        search: Part of a name or reference, ignoring case and accents; empty for all.
        never: The viewer's own patient record, which they must not see here; None if they have
            none.
    """

    teams: frozenset[UUID]
    now: datetime
    lead: UUID | None = None
    search: str = ""
    never: UUID | None = None

    def of(self, query: Select[Any]) -> Select[Any]:
        """Restrict a query to these patients and to the stretch of time that holds now."""
        now = utc(self.now)
        query = query.where(standing_table.c.from_at <= now, standing_table.c.until_at > now)
        if wanted := folded(self.search):
            named = person.c.name_key.contains(wanted, autoescape=True)
            found = select(person.c.patient).where(person.c.team.in_(self.teams), named)
            query = query.where(standing_table.c.patient.in_(found))
        else:
            query = query.where(standing_table.c.team.in_(self.teams))
        if self.lead is not None:
            query = query.where(standing_table.c.lead == self.lead)
        if self.never is not None:
            query = query.where(standing_table.c.patient != self.never)
        return query


class Caseload:
    """Reads and writes the projection of every patient."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(
        self, state: State, among: Among, *, reasons: Iterable[str] = (), limit: int = 20, offset: int = 0
    ) -> list[Listed]:
        """Return patients in that state: by urgency of the first need, then its age, then by name.

        Args:
            state: Their state now.
            among: The filter.
            reasons: Only patients with one of these needs; none for all.
            limit: At most this many.
            offset: How many to skip.
        """
        inner = among.of(select(standing_table.c.patient)).where(standing_table.c.state == state.value)
        has = [standing_table.c.reasons.contains(f" {each} ", autoescape=True) for each in reasons]
        if has:
            inner = inner.where(or_(*has))
        inner = inner.order_by(*ORDER).limit(limit).offset(offset)
        with self._store.still() as connection:  # everybody listed has a row in `person`
            found = list(connection.scalars(inner))
            query = (
                select(person, *caseload_rows.STORED)
                .join(caseload, caseload.c.patient == person.c.patient)
                .where(person.c.patient.in_(found))
            )
            rows = {row.patient: row for row in connection.execute(query)} if found else {}
        return [_listed(rows[patient_id], state, among.now) for patient_id in found]

    def counts(self, among: Among) -> Counts:
        """Return how many of these patients are in each state."""
        of = (standing_table.c.state, standing_table.c.reasons)
        query = among.of(select(*of, func.count())).group_by(*of)
        states: Counter[State] = Counter()
        together: Counter[tuple[State, str]] = Counter()
        reasons: dict[State, Counter[str]] = {State.NEEDED: Counter(), State.LATER: Counter()}
        with self._store.reading() as connection:
            for state, why, many in connection.execute(query):
                states[State(state)] += many
                together[State(state), why] += many
                if state in reasons:
                    reasons[state].update(dict.fromkeys(why.split(), many))
        needed, later = (dict(reasons[state]) for state in (State.NEEDED, State.LATER))
        found = Counts(needed, later, *(states[state] for state in State))  # type: ignore[arg-type]
        return replace(found, together=together)

    def read(self, patient_id: UUID) -> Row | None:
        """Return a patient's projection; None if it was never computed."""
        with self._store.reading() as connection:
            return caseload_rows.read(connection, patient_id)

    def active(self, patients: Iterable[UUID]) -> dict[UUID, bool]:
        """Return which of these patients the clinic follows.

        Patients without a projection are left out.
        """
        query = select(caseload.c.patient, caseload.c.active).where(
            caseload.c.patient.in_(set(patients)), caseload.c.card != ""
        )
        with self._store.reading() as connection:
            return {row.patient: bool(row.active) for row in connection.execute(query)}

    def write(self, patient_id: UUID, row: Row) -> bool:
        """Replace a patient's projection; False if entries were recorded after it was computed."""
        last = select(func.coalesce(func.max(entry.c.seq), 0)).where(entry.c.patient == patient_id)
        with self._store.writing() as connection:
            there = select(patient.c.id).where(patient.c.id == patient_id).with_for_update()
            if connection.scalar(there) is None or connection.scalar(last) != row.seq:
                return False
            # The patient may have been erased meanwhile
            caseload_rows.begin(connection, patient_id)
            caseload_rows.write(connection, patient_id, row)
            return True

    def follows(self, patient_id: UUID, row: Row) -> bool:
        """Tell whether everything stored for the caseload of a patient equals `row`."""
        with self._store.reading() as connection:
            return caseload_rows.follows(connection, patient_id, row)

    def edition(self, patient_id: UUID) -> tuple[int, str] | None:
        """Return the entry number and digest of a projection.

        None if the patient has no row for one.
        """
        query = select(caseload.c.seq, caseload.c.digest).where(caseload.c.patient == patient_id)
        with self._store.reading() as connection:
            found = connection.execute(query).first()
            return (found.seq, found.digest) if found else None

    def stale(self, digest: str, *, most: int) -> list[UUID]:
        """Return at most `limit` patients whose projection has another digest or lacks entries."""
        found: list[UUID] = []
        with self._store.reading() as connection:
            for other in _other(digest):
                query = select(caseload.c.patient).where(other).limit(most - len(found))
                found += connection.scalars(query)
        return found

    def how_many_stale(self, digest: str) -> int:
        """Return how many patients `stale` would return without a limit."""
        query = select(func.count()).select_from(caseload)
        with self._store.reading() as connection:
            return sum(connection.scalar(query.where(other)) or 0 for other in _other(digest))


def _other(digest: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the condition "another digest" as two index ranges, where `<>` would read every row.

    Projections that were never computed come first.
    """
    return caseload.c.digest < digest, caseload.c.digest > digest


def _listed(found: Any, state: State, now: datetime) -> Listed:
    row = caseload_rows.to_row(found)
    return Listed(
        patient=found.patient,
        name=found.name,
        reference=found.reference,
        team=found.team,
        lead=found.lead,
        state=state,
        card=row.card,
        needs=current(row.needs, now),
        seq=row.seq,
        odd_entry=row.odd_entry,
    )
