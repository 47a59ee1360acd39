"""The health of the database and its disk, as values; the command line has the sentences."""

from __future__ import annotations

import shutil
import stat
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, text

from coach.records.database import (
    current_actor,
    engine,
    migrations,
    postgres,
    postgres_roles,
    sqlite_file,
)
from coach.records.database.errors import Reason, RecordUnavailable, named, place, translated
from coach.records.entries import future_entries
from coach.records.entries.metadata import Metadata
from coach.records.entries.store import Store


@dataclass(frozen=True, slots=True)
class Health:
    """The findings; None for a value that could not be read or does not exist there.

    Attributes:
        where: The file, or the URL without its password.
        backend: "sqlite" or "postgresql".
        library: The version of the SQLite library, or of PostgreSQL.
        sound: Whether that SQLite library is free of the WAL-reset bug.
        journal: The journal mode the file is opened with.
        size: Bytes of the file with its WAL.
        free: Bytes free on its disk.
        mode: The file's permission bits; 0o600 is right.
        revision: The revision of its tables.
        newest: The revision of this program.
        integrity: What a full check of the file found; empty when all is well.
        chain: The faults in the hash chains; empty when all is well.
        kind: The mode stored in it, "" if none is.
        patients: The number of patients.
        ahead: How many entries and protocol starts are dated in the future.
        trouble: Why it cannot be used.
    """

    where: str
    backend: str
    library: str | None = None
    sound: bool | None = None
    journal: str | None = None
    size: int | None = None
    free: int | None = None
    mode: int | None = None
    revision: str | None = None
    newest: str = migrations.HEAD
    integrity: tuple[str, ...] | None = None
    chain: tuple[str, ...] | None = None
    kind: str | None = None
    patients: int | None = None
    ahead: int | None = None
    trouble: RecordUnavailable | None = None


def report(url: str, *, now: datetime | None = None) -> Health:
    """Return the health of a database; nothing is created, migrated or repaired."""
    try:
        parsed = engine.parse(url)
    except RecordUnavailable as trouble:
        return Health(where=trouble.where, backend="", trouble=trouble)
    return _file(parsed, now) if parsed.get_backend_name() == "sqlite" else _server(parsed, now)


def _file(url: URL, now: datetime | None) -> Health:
    path = Path(str(url.database)).absolute()
    url = url.set(database=str(path))
    module = engine.driver()
    revision, integrity, found_in, trouble = None, None, _Found(), None
    try:
        with named(url), sqlite_file.to_read(url) as there_to_read:
            copy = Path(str(there_to_read.database))
            revision = sqlite_file.look(there_to_read, module)
            integrity = _checked(copy, there_to_read)
            if revision == migrations.HEAD and not integrity:
                found_in = _look_in(there_to_read, now, sqlite_file.journal_mode(copy))
            if copy != path:  # readable, but nothing can be recorded
                trouble = RecordUnavailable(Reason.READ_ONLY, str(path))
    except RecordUnavailable as found:
        trouble = found
    there = path.is_file()
    folder = next(parent for parent in path.parents if parent.is_dir())
    parts = [part for tail in ("", "-wal") if (part := Path(f"{path}{tail}")).is_file()]
    return Health(
        where=str(path),
        backend="sqlite",
        library=module.sqlite_version,
        sound=engine.sound(module.sqlite_version_info),
        journal=engine.journal(module)[0],
        size=sum(part.stat().st_size for part in parts) if there else None,
        free=shutil.disk_usage(folder).free,
        mode=stat.S_IMODE(path.stat().st_mode) if there else None,
        revision=revision,
        integrity=integrity,
        chain=found_in.chain,
        kind=found_in.kind,
        patients=found_in.patients,
        ahead=found_in.ahead,
        trouble=trouble,
    )


def _checked(path: Path, url: URL) -> tuple[str, ...]:
    """Return the findings of the full check; `Reason.DAMAGED` if it cannot finish."""
    module = engine.driver()
    try:
        with closing(module.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as raw:
            lines = [str(line) for (line,) in raw.execute("PRAGMA integrity_check(20)")]
    except module.Error as trouble:
        raise translated(trouble, url) from None
    return () if lines == ["ok"] else tuple(lines)


@dataclass(frozen=True, slots=True)
class _Found:
    """Values read from the database; None if not read."""

    chain: tuple[str, ...] | None = None
    kind: str | None = None
    patients: int | None = None
    ahead: int | None = None


def _look_in(url: URL, now: datetime | None, mode: str | None = None) -> _Found:
    """Return the faults in the hash chains and the stored mode; a file keeps its journal `mode`."""
    store = Store(url, engine.build(url, mode=mode))
    try:
        with current_actor.acting_as(current_actor.SYSTEM):
            patients = store.patients()
            faults = tuple(fault for patient in patients for fault in store.verify(patient))
            late = _ahead(store, now) if now else None
            return _Found(faults, Metadata(store).value("mode"), len(patients), late)
    except (TypeError, ValueError):  # a key or a number that cannot be read
        raise RecordUnavailable(Reason.DAMAGED, place(url), "column") from None
    finally:
        store.close()


def _ahead(store: Store, now: datetime) -> int:
    return sum(map(len, future_entries.ahead(store, now).values())) + len(
        future_entries.protocols_ahead(store, now)
    )


def _server(url: URL, now: datetime | None) -> Health:
    where, connections = place(url), engine.build(url)
    version, revision, found_in, trouble = None, None, _Found(), None
    try:
        with named(url):
            with connections.connect() as connection:
                version = connection.scalar(text("SELECT current_setting('server_version')"))
                if postgres_roles.may_read(connection, "alembic_version"):
                    revision = migrations.revision(connection)
            postgres.check(url, connections)
        found_in = _look_in(url, now)
    except RecordUnavailable as found:
        trouble = found
    finally:
        connections.dispose()
    return Health(
        where=where,
        backend="postgresql",
        library=version,
        revision=revision,
        chain=found_in.chain,
        kind=found_in.kind,
        patients=found_in.patients,
        ahead=found_in.ahead,
        trouble=trouble,
    )
