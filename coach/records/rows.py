"""Between a draft, its row in the table and the entry it becomes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from coach.domain.faults import BadValue, Fault
from coach.domain.history import KIND_OF, Entry, Fact, from_payload, to_payload
from coach.domain.moments import utc, zone
from coach.records.chain import canonical
from coach.records.unavailable import Reason, RecordUnavailable

READ = (
    "id", "seq", "kind", "at", "zone", "local_date", "recorded_at", "author", "payload",
    "supersedes",
)  # fmt: skip
SAME = ("patient", "kind", "at", "zone", "local_date", "author", "payload", "supersedes")


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has a place in the record."""

    id: UUID
    at: datetime
    zone: str
    local_date: date
    recorded_at: datetime
    author: str
    fact: Fact
    supersedes: UUID | None = None


def to_entry(row: Sequence[Any], where: str) -> Entry[Fact]:
    """Return the entry of a row that holds the columns of `READ`."""
    key, seq, kind, at, zone_name, day, recorded_at, author, payload, supersedes = row
    try:
        fact = from_payload(kind, json.loads(payload))
    except BadValue as trouble:
        newer = trouble.fault is Fault.UNKNOWN_KIND
        reason = Reason.NEWER_VERSION if newer else Reason.DAMAGED
        raise RecordUnavailable(reason, where, f"entry {seq}") from None
    except (TypeError, ValueError):
        raise RecordUnavailable(Reason.DAMAGED, where, f"entry {seq}") from None
    return Entry(key, seq, at, zone_name, day, recorded_at, author, fact, supersedes)


def to_row(patient_id: UUID, draft: Draft) -> dict[str, Any]:
    """Return the columns of a draft; what could not be read back is refused."""
    zone(draft.zone)
    if not draft.author.strip() or not draft.author.isprintable():
        raise BadValue(Fault.TEXT_MISSING)
    if type(draft.local_date) is not date:  # a datetime is one too, and reads back as none
        raise BadValue(Fault.TIME_MISSING)
    kind = KIND_OF[type(draft.fact)]
    try:
        payload = canonical(to_payload(draft.fact))
        payload.encode()
    except (TypeError, ValueError):
        raise BadValue(Fault.UNKNOWN_CHOICE, value=kind) from None
    if from_payload(kind, json.loads(payload)) != draft.fact:
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
