"""Opening an existing record as it is: nothing is created, migrated or written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event

from coach.records.database import current_actor, engine, migrations, sqlite_file
from coach.records.database.errors import Reason, RecordUnavailable, named, place
from coach.records.entries.store import Store


@contextmanager
def opened(url: str | URL) -> Iterator[tuple[Connection, str]]:
    """Yield one snapshot of an existing record with its revision; nothing is created or migrated.

    Raises:
        RecordUnavailable: There is none, or not one of ours.
    """
    own = engine.parse(url)
    with named(own), sqlite_file.to_read(own) as parsed:
        revision, mode = _looked_at(parsed)
        server = parsed.get_backend_name() != "sqlite"
        reader = engine.build(parsed, mode=mode)
        if not server:
            event.listen(reader, "connect", _read_anything)
        options: dict[str, Any] = (
            {"isolation_level": "REPEATABLE READ"} if server else {"sqlite_begin": "DEFERRED"}
        )
        try:
            with reader.execution_options(**options).connect() as connection, connection.begin():
                if server:
                    connection.exec_driver_sql("SET TRANSACTION READ ONLY")
                    revision = _server_revision(connection, parsed)
                    with current_actor.acting_as(current_actor.SYSTEM):
                        current_actor.tell(connection)
                yield connection, revision
        finally:
            reader.dispose()


class NotCurrent(Exception):
    """The record has an older revision than this program."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


@contextmanager
def as_it_is(url: str | URL) -> Iterator[Store]:
    """Yield the store of an existing record of this program's revision, without changing anything.

    Raises:
        RecordUnavailable: There is none, or not one of ours.
        NotCurrent: It has an older revision.
    """
    own = engine.parse(url)
    with contextlib.ExitStack() as stack:
        with named(own):
            parsed = stack.enter_context(sqlite_file.to_read(own))
            revision, mode = _looked_at(parsed)
            if revision and revision != migrations.HEAD:
                raise NotCurrent(place(own))
        store = Store(parsed, engine.build(parsed, mode=mode))
        stack.callback(store.close)
        yield store


def _looked_at(url: URL) -> tuple[str, str | None]:
    """Return a file's revision and journal mode; damage is examined later."""
    if url.get_backend_name() != "sqlite":
        return "", None
    path = Path(str(url.database)).absolute()
    mode = sqlite_file.journal_mode(path)
    try:
        return sqlite_file.look(url.set(database=str(path)), engine.driver()), mode
    except RecordUnavailable as trouble:
        if trouble.reason is not Reason.DAMAGED:
            raise
        return migrations.HEAD, mode


def _server_revision(connection: Connection, url: URL) -> str:
    found = migrations.revision(connection)
    if found is None:
        raise RecordUnavailable(Reason.MISSING, place(url), "no tables")
    if found not in migrations.KNOWN:
        raise RecordUnavailable(Reason.NEWER_VERSION, place(url), found[:32])
    return found


def _read_anything(raw: Any, _record: object) -> None:
    """Decode invalid UTF-8 to lone surrogates, so that text with a flipped bit can be read."""
    raw.text_factory = lambda told: told.decode("utf-8", "surrogateescape")
