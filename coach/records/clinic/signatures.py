"""Signatures: what clinicians said about single values of a protocol. They are only ever added to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, func, select

from coach.domain.sign_off import Opinion, Signature, value_hash
from coach.domain.times import utc
from coach.records.database.schema import instant_text, signature
from coach.records.database.upsert import insert
from coach.records.entries import hash_chain
from coach.records.entries.store import Store

__all__ = ["Signatures", "faulty", "is_whole"]

COVERED = tuple(column.name for column in signature.c if column.name != "digest")


class Signatures:
    """The signatures of one database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, list[Signature]] = {}

    def add(self, signed: Iterable[Signature]) -> None:
        """Store signatures, all or none; one with a known id is not stored again."""
        rows = [_row(each) for each in signed]
        with self._store.writing() as connection:
            for row in rows:
                connection.execute(
                    insert(connection, signature).values(row).on_conflict_do_nothing(index_elements=["id"])
                )

    def of(self, protocol: str) -> list[Signature]:
        """Return all signatures of the protocols with that id, the oldest first, without names."""
        mine = signature.c.protocol == protocol
        query = select(*(signature.c[name] for name in COVERED)).where(mine)
        with self._store.reading() as connection:
            many = connection.scalar(select(func.count()).select_from(signature).where(mine))
            kept = self._kept.get(protocol, [])
            if len(kept) != many:  # rows are only ever added, so as many rows are the same rows
                rows = connection.execute(query.order_by(signature.c.at, signature.c.id)).mappings()
                self._kept[protocol] = kept = [_signature(dict(row)) for row in rows]
            return kept


def is_whole(row: Mapping[str, Any]) -> bool:
    """Tell whether a stored row is as it was written: its digest, and the hash of its value."""
    return bool(row["digest"] == _digest(row) and row["hash"] == value_hash(row["path"], row["value"]))


def faulty(connection: Connection) -> Iterator[str]:
    """Yield the id of each row that is not as it was written."""
    for found in connection.execute(select(signature)).mappings():
        row = dict(found)
        if not is_whole(row):
            yield str(row["id"])


def _row(signed: Signature) -> dict[str, Any]:
    row = asdict(signed)
    del row["name"]
    row |= {"at": utc(signed.at), "value": row.pop("text"), "opinion": signed.opinion.value}
    return row | {"digest": _digest(row)}


def _signature(row: Mapping[str, Any]) -> Signature:
    known = dict(row)
    return Signature(**known | {"text": known.pop("value"), "opinion": Opinion(known["opinion"])})


def _digest(row: Mapping[str, Any]) -> str:
    """Return the hash over all other columns, the same on every database."""
    plain = [instant_text(row["at"]) if name == "at" else str(row[name]) for name in COVERED]
    return hashlib.sha256(hash_chain.canonical(plain).encode("utf-8", "surrogatepass")).hexdigest()
