"""Drafts of protocols in the record: steps that are only ever added to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from coach.domain.protocol_draft import DraftAct, DraftStep
from coach.domain.times import utc
from coach.records.database import migrations
from coach.records.database.schema import instant_text, protocol_draft
from coach.records.entries import hash_chain
from coach.records.entries.store import KeyReused, Overtaken, Store

__all__ = ["ProtocolDrafts", "are_complete", "faulty", "is_whole", "text_digest"]

COLUMNS = tuple(column for column in protocol_draft.c if column.name not in ("content", "digest"))
COVERED = tuple(column.name for column in COLUMNS)
FILES_AT_ONCE = 20  # rows with a file each


class ProtocolDrafts:
    """The drafts of one database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, step: DraftStep, content: str | None) -> None:
        """Store a step as the next one of its draft; the same one again is not stored again.

        Args:
            step: The step; its `seq` is one more than the writer has seen.
            content: What was saved; None with any other step.

        Raises:
            Overtaken: Another step was added since the writer looked.
            KeyReused: The key is another step's.
        """
        row = asdict(step) | {"at": utc(step.at), "act": step.act.value}
        with self._store.writing() as connection:
            migrations.lock(connection)
            there = connection.execute(select(*COLUMNS).where(protocol_draft.c.id == step.id)).mappings()
            if found := there.first():
                if not _same(dict(found), row):
                    raise KeyReused(step.id)
                return
            mine = protocol_draft.c.draft == step.draft
            seen = connection.scalar(select(func.count()).select_from(protocol_draft).where(mine))
            if seen != step.seq - 1:
                raise Overtaken
            whole = row | {"content": content, "digest": _digest(row)}
            connection.execute(protocol_draft.insert().values(whole))

    def steps(self, draft: UUID | None = None) -> dict[UUID, list[DraftStep]]:
        """Return the steps of that draft, or of all, by draft and in order; {} if there are none."""
        query = select(*COLUMNS).order_by(protocol_draft.c.draft, protocol_draft.c.seq)
        if draft is not None:
            query = query.where(protocol_draft.c.draft == draft)
        found: dict[UUID, list[DraftStep]] = {}
        with self._store.reading() as connection:
            for row in connection.execute(query).mappings():
                step = DraftStep(**dict(row) | {"act": DraftAct(row["act"])})
                found.setdefault(step.draft, []).append(step)
        return found

    def content(self, step: UUID) -> str | None:
        """Return the content that a step saved; None with any other step."""
        query = select(protocol_draft.c.content).where(protocol_draft.c.id == step)
        with self._store.reading() as connection:
            found: str | None = connection.scalar(query)
        return found


def text_digest(content: str) -> str:
    """Return the digest of a protocol's text, as the loader gives it to the protocol."""
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def is_whole(row: Mapping[str, Any]) -> bool:
    """Tell whether a stored row is as it was written: its digest, and that of its content."""
    content = row["content"]
    unchanged = content is None or text_digest(content) == row["content_digest"]
    return unchanged and bool(row["digest"] == _digest(row))


def faulty(connection: Connection) -> Iterator[str]:
    """Yield the id of each row that is not as it was written, or before which one is missing."""
    query = select(protocol_draft).order_by(protocol_draft.c.draft, protocol_draft.c.seq)
    steps: dict[UUID, int] = {}
    for found in connection.execute(query.execution_options(yield_per=FILES_AT_ONCE)).mappings():
        row = dict(found)
        steps[row["draft"]] = steps.get(row["draft"], 0) + 1
        if row["seq"] != steps[row["draft"]] or not is_whole(row):
            yield str(row["id"])


def are_complete(rows: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether each draft's steps are numbered from 1 on, without a gap."""
    found: dict[UUID, list[int]] = {}
    for row in rows:
        found.setdefault(row["draft"], []).append(row["seq"])
    return all(sorted(steps) == list(range(1, len(steps) + 1)) for steps in found.values())


def _same(found: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Tell whether a stored step is the same act: of the same person, with the same words."""
    return all(found[name] == row[name] for name in ("draft", "account", "act", "content_digest", "note"))


def _digest(row: Mapping[str, Any]) -> str:
    """Return the hash over all other columns, the same on every database."""
    plain = [instant_text(row["at"]) if name == "at" else str(row[name]) for name in COVERED]
    return hashlib.sha256(hash_chain.canonical(plain).encode("utf-8", "surrogatepass")).hexdigest()
