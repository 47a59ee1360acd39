"""Drafts for tests, a sample of every kind of fact, and hands that reach past the store."""

import itertools
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_type_hints
from uuid import UUID, uuid4

from hypothesis import strategies as st
from sqlalchemy import select

from coach.domain.facts import BoneHealth, Drowsy, Fact, PlannedSet
from coach.domain.free_text import clean
from coach.domain.history import Entry
from coach.domain.payloads import KINDS
from coach.domain.times import local_date
from coach.records.database import engine, migrations, schema
from coach.records.entries.hash_chain import digest
from coach.records.entries.rows import to_row
from coach.records.entries.store import Draft, Store
from tests.support.fact_values import RANGES, bone_answers
from tests.support.postgres import as_superuser
from tests.support.server import ROOT

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_minutes = itertools.count()


def draft(fact: Fact | None = None, **other: Any) -> Draft:
    """Return a draft, each a minute after the one before; `other` replaces its parts.

    The local date follows from the time, also where that is given.
    """
    minutes = next(_minutes)
    at = other.get("at") or NOON + timedelta(minutes=minutes)
    parts: dict[str, Any] = {
        "id": uuid4(),
        "at": at,
        "zone": "Europe/Berlin",
        "local_date": local_date(at, other.get("zone", "Europe/Berlin")),
        "recorded_at": at,
        "author": "patient",
        "fact": Drowsy(yes=False) if fact is None else fact,
    }
    return Draft(**parts | other)


def words(limit: int = 30) -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8"), min_size=1, max_size=limit).filter(clean)


def instants() -> st.SearchStrategy[datetime]:
    zones = st.sampled_from([UTC]) | st.timezones()
    return st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1), timezones=zones, allow_imaginary=False)  # noqa: DTZ001


def days() -> st.SearchStrategy[date]:
    return st.dates(date(1900, 1, 1), date(2200, 1, 1))


def facts(kind: str) -> st.SearchStrategy[Any]:
    """Return any fact of that kind."""
    return _built(KINDS[kind])


def _built(cls: type) -> st.SearchStrategy[Any]:
    if cls is BoneHealth:
        return bone_answers(words())
    return st.builds(cls, **{name: _field(name, hint) for name, hint in get_type_hints(cls).items()})


def _field(name: str, hint: Any) -> st.SearchStrategy[Any]:
    named = RANGES | {"sets": st.lists(st.deferred(lambda: _built(PlannedSet)), max_size=3).map(tuple)}
    typed: dict[Any, st.SearchStrategy[Any]] = {
        str: words(),
        int: st.integers(1, 1000),
        datetime: instants(),
        datetime | None: st.none() | instants(),
        UUID | None: st.none() | st.uuids(),
        str | None: st.none() | words(),
        str | bool: words() | st.booleans(),
    }
    return named[name] if name in named else typed[hint] if hint in typed else st.from_type(hint)


def tamper(url: str, *statements: str) -> None:
    """Change what lies in the database as one who may do anything could, past triggers and checks."""
    parsed = engine.parse(as_superuser(url))
    direct = engine.build(parsed)
    try:
        with direct.connect() as connection:
            if parsed.get_backend_name() == "sqlite":
                off = ["PRAGMA ignore_check_constraints=ON", "DROP TRIGGER IF EXISTS entry_unchanged"]
                off += ["DROP TRIGGER IF EXISTS entry_kept"]
            else:
                off = ["ALTER TABLE entry DISABLE TRIGGER ALL"]
            for statement in (*off, *statements):
                connection.exec_driver_sql(statement)
            connection.commit()
    finally:
        direct.dispose()


def first_version(url: str, folder: Path) -> tuple[UUID, list[Entry[Fact]]]:
    """Make a record as the first version of the program left it; return its patient and their entries."""
    source = Store.open(f"sqlite:///{folder / 'source.db'}")
    patient = source.only_patient(uuid4(), recorded_at=NOON)
    entries = [each.entry for each in source.append(patient, [draft(), draft(), draft()])]
    parsed = engine.parse(url)
    if parsed.get_backend_name() == "sqlite":
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    direct = engine.build(parsed)
    with direct.connect() as connection:
        if parsed.get_backend_name() == "sqlite":
            connection.exec_driver_sql(f"PRAGMA application_id={schema.APPLICATION_ID}")
        migrations.migrate(connection, to="0001")
        with source.reading() as old:
            for table in (schema.patient, schema.entry):
                rows = old.execute(select(table)).mappings().all()
                connection.execute(table.insert(), [dict(row) for row in rows])
        connection.commit()
    direct.dispose()
    source.close()
    return patient, entries


def second_version(url: str) -> tuple[UUID, list[dict[str, Any]]]:
    """Make a record as the second version of the program left it: a patient known by name, and two entries of theirs."""
    parsed = engine.parse(url)
    if parsed.get_backend_name() == "sqlite":
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    direct = engine.build(parsed)
    patient, last = uuid4(), ""
    first = to_row(patient, draft())
    rows = [first, to_row(patient, draft(supersedes=first["id"]))]
    for seq, row in enumerate(rows, 1):
        row |= {"seq": seq, "prev_hash": last}
        row["hash"] = last = digest(row)
    with direct.begin() as connection:
        if parsed.get_backend_name() == "sqlite":
            connection.exec_driver_sql(f"PRAGMA application_id={schema.APPLICATION_ID}")
        migrations.migrate(connection, to="0002")
        connection.execute(schema.patient.insert().values(id=patient, created_at=NOON))
        named = {"name": "Ada", "name_key": "ada", "reference": "MK-1"}
        connection.execute(schema.person.insert().values(patient=patient, **named))
        connection.execute(schema.entry.insert(), rows)
    direct.dispose()
    return patient, rows


def program(*arguments: str) -> subprocess.Popen[str]:
    """Start `tests.support.record_writer` in a process of its own."""
    command = [sys.executable, "-m", "tests.support.record_writer", *arguments]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)
