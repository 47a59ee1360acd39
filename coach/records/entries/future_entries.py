"""Entries recorded while a clock stood ahead: dated in the future, they block later ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from coach.domain.history import Entry, History
from coach.domain.times import CLOCK_SLACK, utc
from coach.records.database.errors import EntryUnreadable
from coach.records.database.schema import entry, in_force
from coach.records.entries.store import Store


def ahead(store: Store, now: datetime) -> Mapping[UUID, tuple[Entry[object], ...]]:
    """Return the entries dated in the future that are not set aside, by patient."""
    latest = utc(now + CLOCK_SLACK)
    query = select(entry.c.patient).where(entry.c.recorded_at > latest).distinct().order_by(entry.c.patient)
    with store.reading() as connection:
        patients = list(connection.scalars(query))
    found: dict[UUID, tuple[Entry[object], ...]] = {}
    for patient in patients:
        try:
            counted = History(store.entries(patient)).counted
        except EntryUnreadable:  # `verify` reports it
            continue
        late = tuple(each for each in counted if each.recorded_at > latest)
        if late:
            found[patient] = late
    return found


def is_all_ahead(store: Store, now: datetime) -> bool:
    """Tell whether all entries lie in the future: then the present clock is wrong."""
    with store.reading() as connection:
        first: datetime | None = connection.scalar(select(func.min(entry.c.recorded_at)))
    return first is not None and first > utc(now + CLOCK_SLACK)


def protocols_ahead(store: Store, now: datetime) -> tuple[datetime, ...]:
    """Return the start instants of protocols that were put in force in the future."""
    late = in_force.c.made_at > utc(now + CLOCK_SLACK)
    with store.reading() as connection:
        return tuple(connection.scalars(select(in_force.c.starts_at).where(late)))
