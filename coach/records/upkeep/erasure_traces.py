"""Traces of an erased patient, searched for byte by byte in the files of the database."""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Text, select, type_coerce

from coach.domain.json_text import parsed
from coach.records.database import schema
from coach.records.entries.store import Store

MOST = 100  # texts that are searched for, the longest first
SHORTEST = 4  # characters; a shorter text occurs anywhere
SIDES = ("", "-wal", "-shm", "-journal")

KEY = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
HASH = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
CODE = re.compile(r"[a-z0-9_.:/+-]*|\d{4}-\d\d-\d\dT\S*")  # a value of the program, or an instant


@dataclass(frozen=True, slots=True)
class Traces:
    """Keys and hashes of entries, and texts that people wrote."""

    keys: frozenset[bytes]
    hashes: frozenset[bytes]
    texts: frozenset[bytes]


def gather(connection: Connection, patient: UUID, account: Row[Any] | None) -> Traces:
    """Return what must be gone once that patient, and the account if it is theirs alone, is erased.

    Without what stays: the identifiers in the audit, and the last hash in the tombstone.
    """
    keys: set[bytes] = set()
    hashes: set[bytes] = set()
    texts: set[str] = set()
    entry = schema.entry
    columns = (entry.c.id, entry.c.payload, entry.c.hash)
    last = b""
    query = select(*columns).where(entry.c.patient == patient).order_by(entry.c.seq)
    for key, payload, found in connection.execute(query):
        last = found.encode()
        keys.add(str(key).encode())
        hashes.add(last)
        try:
            texts.update(_texts(parsed(payload)))
        except ValueError:  # an unreadable row is deleted too, so its columns are traces
            texts.add(payload)
    query = select(schema.person).where(schema.person.c.patient == patient)
    for person in connection.execute(query):
        texts.update((person.name, person.reference, person.name_key))
    address, mail = schema.calendar_address, schema.mail_reminder
    for secret in connection.scalars(select(address.c.secret_hash).where(address.c.patient == patient)):
        hashes.add(secret.encode())
    query = select(mail.c.address, mail.c.stop_secret).where(mail.c.patient == patient)
    for row in connection.execute(query):
        texts.update(row)
    if account is not None and account.staff_role is None:
        secrets = (account.password_hash, account.totp_secret, account.oidc)
        texts.update((account.login, account.name, *(each for each in secrets if each)))
    longest = sorted((text for text in texts if len(text) >= SHORTEST), key=lambda text: (-len(text), text))
    wanted = {form for text in longest[:MOST] for form in _stored(text)}
    return Traces(frozenset(keys), frozenset(hashes - {last}), frozenset(wanted))


def _texts(value: object) -> Iterator[str]:
    """Yield the texts that people wrote in a payload, without program values, instants and ids."""
    if isinstance(value, str):
        if not CODE.fullmatch(value):
            yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _stored(text: str) -> tuple[bytes, bytes]:
    """Return the bytes of a text in a column of its own, and in a JSON payload."""
    inside = json.dumps(text, ensure_ascii=False)[1:-1]
    return text.encode("utf-8", "surrogatepass"), inside.encode("utf-8", "surrogatepass")


def found(store: Store, traces: Traces) -> int:
    """Return how many of these traces are in the files but in no existing row.

    A text that other rows hold too, such as the same name, is no trace. On PostgreSQL nothing is
    searched.
    """
    if store.path is None:
        return 0
    seen: set[bytes] = set()
    for tail in SIDES:
        seen |= _in_file(Path(f"{store.path}{tail}"), traces)
    if not seen:
        return 0
    for row in _rows(store):
        seen -= {each for each in seen if each in row}
    return len(seen)


def _in_file(path: Path, traces: Traces) -> set[bytes]:
    if not path.exists() or not path.stat().st_size:
        return set()
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        coded = traces.keys & _matches(KEY, whole) | traces.hashes & _matches(HASH, whole)
        return {*coded, *(text for text in traces.texts if whole.find(text) >= 0)}


def _matches(pattern: re.Pattern[bytes], whole: mmap.mmap) -> frozenset[bytes]:
    return frozenset(each.group() for each in pattern.finditer(whole))


def _rows(store: Store) -> Iterable[bytes]:
    """Yield every raw row of the database."""
    with store.reading() as connection:
        for table in schema.metadata.tables.values():
            query = select(*(type_coerce(column, Text) for column in table.c))
            for row in connection.execute(query.execution_options(yield_per=500)):
                yield "\n".join(str(each) for each in row).encode("utf-8", "surrogatepass")
