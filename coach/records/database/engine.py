"""Database connections: durable, one writer at a time, and errors without the stored values."""

from __future__ import annotations

import importlib
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from coach.records.database.errors import Reason, RecordUnavailable

WAIT_MS = 5_000  # how long a writer waits for another
AGAIN_S = 0.002  # until it looks again whether it may write

# For this transaction alone: a pooler may give the next one another connection.
SETTLED = f"SELECT set_config('timezone', 'UTC', true), set_config('lock_timeout', '{WAIT_MS}', true)"


def parse(url: str | URL) -> URL:
    """Return the parsed URL of a SQLite file or of PostgreSQL; any other is refused."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: the port is not a number
        raise RecordUnavailable(Reason.UNSUPPORTED, "", "URL") from None
    name = parsed.get_backend_name()
    if name in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if name != "sqlite" or parsed.database in (None, "", ":memory:") or "\0" in str(parsed.database):
        raise RecordUnavailable(Reason.UNSUPPORTED, name)
    return parsed.set(drivername="sqlite", query={})


def file_url(path: Path) -> str:
    """Return the URL of a SQLite file, whatever characters its name has."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def driver() -> ModuleType:
    """Return the SQLite driver: pysqlite3, which has its own SQLite library, or else Python's.

    Never open the database with the other one in the same process: the locks of two SQLite
    libraries in one process do not see each other.
    """
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return importlib.import_module("sqlite3.dbapi2")


def sound(version: tuple[int, ...]) -> bool:
    """Whether a SQLite version is free of the WAL-reset bug, which can lose writes.

    3.7.0 to 3.51.2 have it, but for the patched 3.44.6 and 3.50.7 (sqlite.org/wal.html).
    """
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def journal(module: ModuleType) -> tuple[str, str]:
    """Return the journal mode and the sync level: no WAL with a library that has the bug."""
    return ("WAL", "FULL") if sound(module.sqlite_version_info) else ("DELETE", "EXTRA")


def build(url: URL, *, module: ModuleType | None = None, mode: str | None = None) -> Engine:
    """Return the engine for a URL; nothing is opened yet.

    Args:
        url: As `parse` returns it.
        module: The SQLite driver; `driver()` when None.
        mode: The journal mode when it is not to be what `journal` says.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, module or driver(), mode)
    engine = create_engine(
        url,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        # A pooler may give each transaction another server connection: what is prepared on one is
        # unknown to the next, and a session setting would apply to another client.
        connect_args={"connect_timeout": 5, "prepare_threshold": None},
    )

    @event.listens_for(engine, "begin")
    def _settle(connection: Connection) -> None:
        connection.exec_driver_sql(SETTLED)

    return engine


def _begin_to_write(connection: Connection) -> None:
    """Begin as soon as nobody else writes, and look for that every two milliseconds.

    SQLite's own wait looks only every tenth of a second after a while, so that of several writers some
    would wait for most of a second. It still is how all else waits, such as a reader.
    """
    raw: Any = connection.connection.driver_connection
    until = time.monotonic() + WAIT_MS / 1000
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while not _began(connection, last=time.monotonic() >= until):
            time.sleep(AGAIN_S)
    finally:
        raw.execute(f"PRAGMA busy_timeout={WAIT_MS}")


def _began(connection: Connection, *, last: bool) -> bool:
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except DBAPIError as trouble:
        if last or not getattr(trouble.orig, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
            raise
        return False
    return True


def _sqlite(url: URL, module: ModuleType, mode: str | None) -> Engine:
    engine = create_engine(url, module=module, hide_parameters=True)
    journal_mode, synchronous = journal(module)

    @event.listens_for(engine, "connect")
    def _settle(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # the driver must not begin transactions by itself
        for pragma in (
            f"busy_timeout={WAIT_MS}",
            f"journal_mode={mode or journal_mode}",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "recursive_triggers=ON",  # otherwise REPLACE deletes rows without firing the triggers
            "trusted_schema=OFF",
            "secure_delete=ON",
            "cell_size_check=ON",
        ):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        how = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
        if how == "IMMEDIATE":
            _begin_to_write(connection)
        else:
            connection.exec_driver_sql(f"BEGIN {how}")

    return engine
