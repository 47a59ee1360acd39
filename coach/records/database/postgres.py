"""The tables on PostgreSQL: migrated by their owner, checked before a server starts."""

from __future__ import annotations

from sqlalchemy import URL, Connection, Engine, inspect

from coach.records.database import engine, migrations, postgres_roles
from coach.records.database.errors import Reason, RecordUnavailable, named, place
from coach.records.database.schema import metadata

__all__ = ["NoSuchRole", "check", "migrate", "prepare"]


class NoSuchRole(Exception):
    """PostgreSQL does not have the serving role."""

    def __init__(self, role: str) -> None:
        super().__init__("no such role")
        self.role = role


def check(url: URL, server: Engine) -> None:
    """Refuse tables that are not prepared, and a role that row-level security does not bind.

    Raises:
        RecordUnavailable: with the reason; nothing was changed.
    """
    with server.connect() as connection:
        if postgres_roles.is_unsafe(connection, postgres_roles.me(connection)):
            raise RecordUnavailable(Reason.UNSAFE_ROLE, place(url))
        found = _look(url, connection)
        ready = (
            found == migrations.HEAD
            and postgres_roles.may_read(connection, "entry")
            and postgres_roles.are_bound(connection)
        )
        if not ready:
            raise RecordUnavailable(Reason.NOT_PREPARED, place(url), found or "")


def migrate(url: URL, server: Engine) -> None:
    """Migrate the tables to the newest revision, as their owner.

    Raises:
        RecordUnavailable: the tables are another program's or newer; nothing was changed.
    """
    with server.connect() as connection:
        found = _look(url, connection)
    if found != migrations.HEAD:
        with server.begin() as connection:
            migrations.migrate(connection)


def prepare(owner: str, serving: str) -> str:
    """Create or migrate the tables as their owner, and grant the serving role its rights.

    Return it.

    Args:
        owner: the URL with the role that owns the tables.
        serving: the URL with the role that the server uses.

    Raises:
        RecordUnavailable: one of the two cannot be used, with the reason.
        NoSuchRole: the serving role does not exist.
    """
    own, other = engine.parse(owner), engine.parse(serving)
    for each in (own, other):
        if each.get_backend_name() != "postgresql":
            raise RecordUnavailable(Reason.UNSUPPORTED, place(each), "not PostgreSQL")
    role = str(other.username or "")
    server = engine.build(own)
    try:
        with named(own):
            with server.connect() as connection:
                if not postgres_roles.exists(connection, role):
                    raise NoSuchRole(role)
                if postgres_roles.is_unsafe(connection, role):
                    raise RecordUnavailable(Reason.UNSAFE_ROLE, place(other))
            migrate(own, server)
            with server.begin() as connection:
                # The owner of the tables, known only after connecting
                if postgres_roles.is_unsafe(connection, role):
                    raise RecordUnavailable(Reason.UNSAFE_ROLE, place(other))
                postgres_roles.grant(connection, role)
    finally:
        server.dispose()
    server = engine.build(other)
    try:
        with named(other):
            check(other, server)
    finally:
        server.dispose()
    return role


def _look(url: URL, connection: Connection) -> str | None:
    """Return the revision of the tables, or None; another program's tables are refused."""
    there = set(metadata.tables) & set(inspect(connection).get_table_names())
    if not inspect(connection).has_table("alembic_version"):
        if there:
            raise RecordUnavailable(Reason.FOREIGN, place(url))
        return None
    if not postgres_roles.may_read(connection, "alembic_version"):
        return ""
    found = migrations.revision(connection)
    known = found in migrations.KNOWN
    if (known and there != migrations.tables(str(found))) or (found is None and there):
        raise RecordUnavailable(Reason.FOREIGN, place(url))
    if found is not None and not known:
        newer = there >= migrations.FIRST
        raise RecordUnavailable(Reason.NEWER_VERSION if newer else Reason.FOREIGN, place(url), found[:32])
    return found
