"""The hash chain: each entry's hash covers all its columns and the hash before it.

It finds a changed entry, one removed from the middle, and bit rot. It cannot find a cut tail or a
record rewritten as a whole, so reports, backups and exports print the last hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from coach.records.database.schema import instant_text

COVERED = (
    "id", "patient", "seq", "kind", "at", "zone", "local_date", "recorded_at", "author",
    "payload", "supersedes", "prev_hash",
)  # fmt: skip


def canonical(value: object) -> str:
    """Return the one JSON text of a value: keys sorted, no spaces, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(row: Mapping[str, Any]) -> str:
    """Return the hash of an entry's row, the same on every database."""
    text = canonical([_plain(row[name]) for name in COVERED])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: object) -> object:
    if value is None or isinstance(value, int):
        return value
    return instant_text(value) if isinstance(value, datetime) else str(value)


class Break(StrEnum):
    """The way in which a chain is broken at an entry."""

    MISSING = "missing"
    UNLINKED = "unlinked"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One fault at entry number `seq`; `many` entries are missing before it."""

    what: Break
    seq: int
    many: int = 0


def flaws(rows: Iterable[Mapping[str, Any]]) -> Iterator[Flaw]:
    """Yield each fault of one patient's rows, given in the order of seq."""
    seq, last = 0, ""
    for row in rows:
        if row["seq"] != seq + 1:
            yield Flaw(Break.MISSING, row["seq"], row["seq"] - seq - 1)
        elif row["prev_hash"] != last:
            yield Flaw(Break.UNLINKED, row["seq"])
        if row["hash"] != digest(row):
            yield Flaw(Break.CHANGED, row["seq"])
        seq, last = row["seq"], row["hash"]


def faults(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return one sentence for each fault of one patient's rows, given in the order of seq."""
    return [_said(flaw) for flaw in flaws(rows)]


def _said(flaw: Flaw) -> str:
    match flaw.what:
        case Break.MISSING:
            return f"Missing before entry {flaw.seq}: {flaw.many}."
        case Break.UNLINKED:
            return f"Entry {flaw.seq} does not follow from the one before it."
        case Break.CHANGED:
            return f"Entry {flaw.seq} was changed after it was recorded."
