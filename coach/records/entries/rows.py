"""Conversions between a draft, its row in the table and the entry it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Text, select, type_coerce

from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Fact
from coach.domain.history import Entry
from coach.domain.json_text import parsed
from coach.domain.payloads import KIND_OF, from_payload, to_payload
from coach.domain.times import read_instant, utc, within, zone
from coach.records.database.errors import EntryUnreadable, Reason
from coach.records.database.schema import entry
from coach.records.entries.hash_chain import canonical

READ = (
    "id", "seq", "kind", "at", "zone", "local_date", "recorded_at", "author", "payload",
    "supersedes",
)  # fmt: skip
_READERS: Mapping[str, Callable[[str], object]] = {
    "id": UUID,
    "supersedes": UUID,
    "at": read_instant,
    "recorded_at": read_instant,
    "local_date": date.fromisoformat,
}
SAME = ("patient", "kind", "at", "zone", "local_date", "author", "payload", "supersedes")


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has a number and a hash."""

    id: UUID
    at: datetime
    zone: str
    local_date: date
    recorded_at: datetime
    author: str
    fact: Fact
    supersedes: UUID | None = None

    def entry(self, seq: int) -> Entry[Fact]:
        """Return the entry that it becomes under that number."""
        return Entry(
            self.id,
            seq,
            self.at,
            self.zone,
            self.local_date,
            self.recorded_at,
            self.author,
            self.fact,
            self.supersedes,
        )


def to_entry(row: Sequence[Any], where: str) -> Entry[Fact]:
    """Return the entry of a row with the columns `READ`.

    Raises:
        EntryUnreadable: nothing can be made of it.
    """
    key, seq, kind, at, zone_name, day, recorded_at, author, payload, supersedes = row
    try:
        fact = from_payload(kind, parsed(payload))
        at, recorded_at, place = within(at), within(recorded_at), zone(zone_name).key
    except BadValue as trouble:
        newer = trouble.fault is Fault.UNKNOWN_KIND
        reason = Reason.NEWER_VERSION if newer else Reason.DAMAGED
        raise EntryUnreadable(reason, where, seq) from None
    except (TypeError, ValueError):
        raise EntryUnreadable(Reason.DAMAGED, where, seq) from None
    return Entry(key, seq, at, place, day, recorded_at, author, fact, supersedes)


def from_raw(row: Mapping[str, Any], where: str) -> Entry[Fact]:
    """Return the entry of a raw row: on SQLite keys, instants and days are text.

    Raises:
        EntryUnreadable: nothing can be made of it.
    """
    known = dict(row)
    try:
        for name, read in _READERS.items():
            if isinstance(known[name], str):
                known[name] = read(known[name])
    except (TypeError, ValueError):
        seq = row["seq"]
        raise EntryUnreadable(Reason.DAMAGED, where, seq if type(seq) is int else 0) from None
    return to_entry([known[name] for name in READ], where)


def to_row(patient_id: UUID, draft: Draft) -> dict[str, Any]:
    """Return the columns of a draft; a draft that could not be read back is refused."""
    zone(draft.zone)
    if not draft.author.strip() or not draft.author.isprintable():
        raise BadValue(Fault.TEXT_MISSING)
    if type(draft.local_date) is not date:  # a datetime is a date too, and would not read back
        raise BadValue(Fault.TIME_MISSING)
    kind = KIND_OF[type(draft.fact)]
    try:
        payload = canonical(to_payload(draft.fact))
        payload.encode()
    except (TypeError, ValueError):
        raise BadValue(Fault.UNKNOWN_CHOICE, value=kind) from None
    if from_payload(kind, parsed(payload)) != draft.fact:
        raise BadValue(Fault.UNKNOWN_CHOICE, value=kind)
    return {
        "id": draft.id,
        "patient": patient_id,
        "kind": kind,
        "at": utc(draft.at),
        "zone": draft.zone,
        "local_date": draft.local_date,
        "recorded_at": utc(draft.recorded_at),
        "author": draft.author,
        "payload": payload,
        "supersedes": draft.supersedes,
    }


def first_odd(connection: Connection, patient_id: UUID, where: str) -> EntryUnreadable:
    """Return the first of a patient's rows that cannot be read."""
    raw = [type_coerce(column, Text).label(column.name) for column in entry.c]
    query = select(*raw).where(entry.c.patient == patient_id).order_by(entry.c.seq)
    for row in connection.execute(query).mappings():
        try:
            from_raw(dict(row), where)
        except EntryUnreadable as odd:
            return odd
    return EntryUnreadable(Reason.DAMAGED, where, 0)
