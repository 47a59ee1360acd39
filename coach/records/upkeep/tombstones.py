"""Tombstones: digests of erased patients, so that restoring an older backup leaves them out."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from coach.domain.json_text import parsed
from coach.domain.times import read_instant
from coach.records.database import current_actor
from coach.records.database.schema import instant_text, seal, secret, tombstone
from coach.records.database.upsert import insert
from coach.records.entries.store import Store

__all__ = ["NAME", "NoTombstones", "Tombstone", "digest", "read", "tombstones", "write"]

NAME = "tombstones.json"  # kept beside the database too, in case the database is lost
FORMAT = "coach-tombstones"
VERSION = 1
LARGEST = 100_000_000  # bytes
SEALING = "tombstones"  # the name of the sealing key


class NoTombstones(ValueError):
    """The file holds no tombstones that this program can read."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One erased patient.

    Attributes:
        id: Random.
        patient_hash: The SHA-256 of the patient's identifier.
        erased_at: When.
        head_seq: How many entries they had.
        head_hash: The hash of the last entry, "" without entries.
        erased_by: "operator", or role and account.
    """

    id: UUID
    patient_hash: str
    erased_at: datetime
    head_seq: int
    head_hash: str
    erased_by: str


def digest(patient: UUID) -> str:
    """Return the digest by which an erased patient is recognised."""
    return hashlib.sha256(str(patient).encode()).hexdigest()


def tombstones(store: Store) -> list[Tombstone]:
    """Return every tombstone of a database, the oldest first."""
    with current_actor.acting_as(current_actor.SYSTEM), store.reading() as connection:
        return of(connection)


def of(connection: Connection) -> list[Tombstone]:
    """Return every tombstone, in the caller's transaction."""
    query = select(tombstone).order_by(tombstone.c.erased_at, tombstone.c.id)
    return [Tombstone(**row) for row in connection.execute(query).mappings()]


def keep(connection: Connection, stone: Tombstone) -> None:
    """Store and seal a tombstone; there is one for each erased patient."""
    connection.execute(insert(connection, tombstone).values(asdict(stone)).on_conflict_do_nothing())
    if connection.scalar(select(tombstone.c.id).where(tombstone.c.id == stone.id)):
        made = {"tombstone": stone.id, "mac": _mac(_key(connection), stone)}
        connection.execute(insert(connection, seal).values(made).on_conflict_do_nothing())


def forged(connection: Connection) -> list[Tombstone]:
    """Return the tombstones without a valid seal: forged, changed or from another record."""
    key = _key(connection)
    seals = {row.tombstone: row.mac for row in connection.execute(select(seal))}
    return [
        stone
        for stone in of(connection)
        if not key
        or not hmac.compare_digest(
            seals.get(stone.id, "").encode("utf-8", "replace"), _mac(key, stone).encode()
        )
    ]


def _key(connection: Connection) -> str:
    """Return the record's key for sealing tombstones; "" if it was deleted."""
    return connection.scalar(select(secret.c.value).where(secret.c.name == SEALING)) or ""


def _mac(key: str, stone: Tombstone) -> str:
    told = [str(stone.id), stone.patient_hash, instant_text(stone.erased_at)]
    text = json.dumps(
        [*told, stone.head_seq, stone.head_hash, stone.erased_by], separators=(",", ":"), ensure_ascii=False
    )
    return hmac.digest(key.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()


def to_plain(stone: Tombstone) -> dict[str, Any]:
    """Return a tombstone as JSON values."""
    return asdict(stone) | {"id": str(stone.id), "erased_at": instant_text(stone.erased_at)}


def from_plain(value: Any) -> Tombstone:
    """Return the tombstone that `to_plain` wrote.

    Raises:
        ValueError: It is not a tombstone.
    """
    if not isinstance(value, dict) or set(value) != set(Tombstone.__slots__):
        raise ValueError("no tombstone")
    texts = [value[name] for name in ("id", "patient_hash", "erased_at", "head_hash", "erased_by")]
    if not all(isinstance(text, str) and "\0" not in text for text in texts):
        raise ValueError("no text")
    if type(value["head_seq"]) is not int or not 0 <= value["head_seq"] < 2**31:
        raise ValueError("no number")
    if len(bytes.fromhex(value["patient_hash"])) != 32:
        raise ValueError("no digest")
    return Tombstone(
        UUID(value["id"]),
        value["patient_hash"],
        read_instant(value["erased_at"]),
        value["head_seq"],
        value["head_hash"],
        value["erased_by"],
    )


def read(file: Path) -> list[Tombstone]:
    """Return the tombstones in a file.

    Raises:
        NoTombstones: It holds none that this program can read.
        OSError: It cannot be read.
    """
    if file.stat().st_size > LARGEST:
        raise NoTombstones
    try:
        plain = parsed(file.read_bytes())
        if plain["format"] != FORMAT or plain["version"] != VERSION:
            raise NoTombstones
        return [from_plain(each) for each in plain["tombstones"]]
    except (ValueError, TypeError, KeyError):
        raise NoTombstones from None


def write(file: Path, stones: Iterable[Tombstone]) -> None:
    """Add tombstones to a file with mode 0600; those in it stay.

    Raises:
        NoTombstones: The existing file is not a list of tombstones.
        OSError: It cannot be written; it is unchanged.
    """
    known = {each.patient_hash: each for each in stones}
    if file.exists():
        known = {each.patient_hash: each for each in read(file)} | known
    ordered = sorted(known.values(), key=lambda each: (each.erased_at, each.id))
    plain = {"format": FORMAT, "version": VERSION, "tombstones": [to_plain(each) for each in ordered]}
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(json.dumps(plain, indent=1) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(file)
    finally:
        Path(name).unlink(missing_ok=True)
