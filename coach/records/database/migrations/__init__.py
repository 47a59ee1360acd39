"""Schema migrations, one file each; Alembic is imported only when one has to run."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from coach.records.database.schema import metadata

FOLDER = Path(__file__).parent
KNOWN = frozenset(file.name.split("_")[0] for file in FOLDER.glob("versions/[0-9]*_*.py"))
HEAD = max(KNOWN)
FIRST = frozenset({"patient", "entry"})  # the tables of revision 0001
SINCE = {  # the tables that a later revision made
    "0003": frozenset({"tombstone", "erasing"}),
    "0005": frozenset({"calendar_address", "mail_reminder"}),
    "0007": frozenset({"ticket", "rate"}),
    "0008": frozenset({"secret", "seal", "tally"}),
    "0010": frozenset({"signature"}),
    "0011": frozenset({"protocol_draft"}),
}
LOCK = 0x436F6163  # the number of the PostgreSQL advisory lock
_ONE_AT_A_TIME = threading.Lock()  # Alembic keeps its context in a global


def revision(connection: Connection) -> str | None:
    """Return the revision of the tables, or None if there are no tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def tables(of: str) -> frozenset[str]:
    """Return the tables that a known revision has."""
    if of == "0001":
        return FIRST
    later = frozenset[str]().union(*(made for revision, made in SINCE.items() if revision > of))
    return frozenset(metadata.tables) - later


def lock(connection: Connection) -> None:
    """Lock out other processes that create tables or the first patient; SQLite waits at BEGIN."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def migrate(connection: Connection, to: str = "head") -> None:
    """Migrate the tables to the newest or another revision, in the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    lock(connection)
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, to)
