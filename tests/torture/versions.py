"""Records as each version of the program left them, with data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import inspect, select

from coach.records.database import current_actor, engine, migrations, schema
from coach.records.entries.hash_chain import digest
from coach.records.entries.rows import Draft, to_row
from tests.support.record_making import NOON

OLD = sorted(migrations.KNOWN)


def record_of(url: str, revision: str, patient: UUID, drafts: Sequence[Draft]) -> None:
    """Make a record of that revision with a patient and their entries."""
    parsed = engine.parse(url)
    if parsed.get_backend_name() == "sqlite":
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    rows, last = [to_row(patient, each) for each in drafts], ""
    for seq, row in enumerate(rows, 1):
        row |= {"seq": seq, "prev_hash": last}
        row["hash"] = last = digest(row)
    direct = engine.build(parsed)
    with direct.begin() as connection:
        if parsed.get_backend_name() == "sqlite":
            connection.exec_driver_sql(f"PRAGMA application_id={schema.APPLICATION_ID}")
        current_actor.tell(connection)
        migrations.migrate(connection, to=revision)
        connection.execute(schema.patient.insert().values(id=patient, created_at=NOON))
        if revision != "0001":
            blank = {"patient": patient, "seq": 0, "digest": "", "active": 1, "card": "", "needs": "[]"}
            connection.execute(schema.caseload.insert().values(blank))
        connection.execute(schema.entry.insert(), rows)
    direct.dispose()


def state(url: str) -> tuple[str | None, frozenset[str]]:
    """Return the revision and the tables of a record."""
    direct = engine.build(engine.parse(url))
    try:
        with direct.connect() as connection:
            return migrations.revision(connection), frozenset(inspect(connection).get_table_names())
    finally:
        direct.dispose()


def whole(revision: str | None) -> tuple[str | None, frozenset[str]]:
    """Return what `state` says of a whole record of that revision; None: of one that is not begun."""
    if revision is None:
        return None, frozenset()
    return revision, migrations.tables(revision) | {"alembic_version"}


def entries_of(url: str) -> list[tuple[str, str]]:
    """Return the key and the hash of every entry, whoever's it is, for a role that rules do not hold."""
    direct = engine.build(engine.parse(url))
    try:
        with direct.connect() as connection:
            rows = connection.execute(
                select(schema.entry.c.id, schema.entry.c.hash).order_by(schema.entry.c.seq)
            )
            return [(str(key), str(digest)) for key, digest in rows]
    finally:
        direct.dispose()
