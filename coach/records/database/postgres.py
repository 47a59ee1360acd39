"""The tables on a PostgreSQL server: made and changed by their owner, looked at before anybody is served."""

from __future__ import annotations

from sqlalchemy import URL, Connection, Engine, inspect

from coach.records.database import engine, migrations, postgres_roles
from coach.records.database.errors import Reason, RecordUnavailable, named, place
from coach.records.database.schema import metadata

__all__ = ["NoSuchRole", "check", "migrate", "prepare"]


class NoSuchRole(Exception):
    """The server does not have the role that is to serve people."""

    def __init__(self, role: str) -> None:
        super().__init__("no such role")
        self.role = role


def check(url: URL, server: Engine) -> None:
    """Refuse to serve people on tables that are not ready, or by a role that passes their rules.

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
    """Bring the tables to the newest revision, as their owner.

    Raises:
        RecordUnavailable: they are another program's or newer; nothing was changed.
    """
    with server.connect() as connection:
        found = _look(url, connection)
    if found != migrations.HEAD:
        with server.begin() as connection:
            migrations.migrate(connection)


def prepare(owner: str, serving: str) -> str:
    """Make or migrate the tables as their owner, and give the serving role what it needs; return that role.

    Args:
        owner: the address with the role that owns the tables.
        serving: the address with the role that serves people.

    Raises:
        RecordUnavailable: one of the two cannot be used, with the reason.
        NoSuchRole: the server lacks the serving role.
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
                if postgres_roles.is_unsafe(connection, role):  # the tables' owner, which is known only now
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
    """Return the revision of the tables, None where there are none; those of another program are refused."""
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
