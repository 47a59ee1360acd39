"""The two PostgreSQL roles: the owner of the tables, and the serving role with few rights."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from coach.records.database.schema import metadata

__all__ = ["BOUND", "GRANTS", "are_bound", "exists", "grant", "is_unsafe", "may_read", "me"]

READ, ADD, CHANGE, REMOVE = "SELECT", "INSERT", "UPDATE", "DELETE"

# What the serving role may do to each table. Append-only tables have neither UPDATE nor DELETE.
GRANTS: Mapping[str, tuple[str, ...]] = {
    "alembic_version": (READ,),
    "patient": (
        READ,
        ADD,
        "UPDATE (created_at)",
    ),  # locking a row needs UPDATE; the policy lets no row be changed
    "entry": (READ, ADD),
    "audit": (READ, ADD),
    "protocol_file": (READ, ADD),
    "in_force": (READ, ADD),
    "signature": (READ, ADD),
    "protocol_draft": (READ, ADD),
    "tombstone": (READ,),
    "erasing": (),
    "about": (READ, ADD),
    "team": (READ, ADD),
    "membership": (READ, ADD, REMOVE),
    "person": (READ, ADD, CHANGE),
    "caseload": (READ, ADD, CHANGE),
    "standing": (READ, ADD, REMOVE),
    "looked": (READ, ADD, CHANGE),
    "account": (READ, ADD, CHANGE),
    "invitation": (READ, ADD, CHANGE),
    "sign_in": (READ, ADD, CHANGE, REMOVE),
    "attempt": (READ, ADD, CHANGE, REMOVE),
    "calendar_address": (READ, ADD, CHANGE, REMOVE),
    "mail_reminder": (READ, ADD, CHANGE, REMOVE),
    "ticket": (READ, ADD, REMOVE),
    "rate": (READ, ADD, CHANGE),
    "tally": (READ, ADD, CHANGE),
    "secret": (),
    "seal": (),
}

# The tables with row-level security, forced for their owner too.
BOUND = (
    "patient", "person", "membership", "entry", "caseload", "standing", "looked", "audit", "calendar_address",
    "mail_reminder", "ticket", "signature", "protocol_draft",
)  # fmt: skip

_UNSAFE = text(
    """
    SELECT EXISTS (
      SELECT FROM pg_roles r
      WHERE (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole) AND pg_has_role(:role, r.oid, 'MEMBER')
    ) OR EXISTS (
      SELECT FROM pg_class c
      WHERE c.relname = ANY(:tables) AND c.relkind = 'r' AND pg_table_is_visible(c.oid)
        AND pg_has_role(:role, c.relowner, 'MEMBER')
    )
    """
).bindparams(bindparam("tables", type_=ARRAY(Text)))


def me(connection: Connection) -> str:
    """Return the role of this connection."""
    return str(connection.scalar(text("SELECT current_user")))


def exists(connection: Connection, role: str) -> bool:
    """Tell whether the role exists."""
    return bool(
        connection.scalar(text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)"), {"role": role})
    )


def is_unsafe(connection: Connection, role: str) -> bool:
    """Tell whether a role can bypass row-level security, or become one that can.

    That is a superuser, a role with BYPASSRLS or CREATEROLE, the owner of a table, or a member of
    these.
    """
    return bool(connection.scalar(_UNSAFE, {"role": role, "tables": list(GRANTS)}))


def are_bound(connection: Connection) -> bool:
    """Tell whether row-level security is on and forced for every table that needs it."""
    query = text(
        "SELECT count(*) FROM pg_class WHERE relname = ANY(:tables) AND relkind = 'r' "
        "AND pg_table_is_visible(oid) AND relrowsecurity AND relforcerowsecurity"
    ).bindparams(bindparam("tables", list(BOUND), type_=ARRAY(Text)))
    return int(connection.scalar(query) or 0) == len(BOUND)


def may_read(connection: Connection, table: str) -> bool:
    """Tell whether this connection's role may read that table; False if the table is missing."""
    query = text("SELECT has_table_privilege(to_regclass(:table), 'SELECT')")
    return bool(connection.scalar(query, {"table": table}))


def grant(connection: Connection, role: str) -> None:
    """Grant a role exactly what the server needs, revoke the rest, and force row-level security.

    Args:
        connection: a connection of the owner of the tables.
        role: the serving role, which exists.
    """
    quote = connection.dialect.identifier_preparer.quote
    schema, name = quote(str(connection.scalar(text("SELECT current_schema()")))), quote(role)
    for statement in (
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",
        f"REVOKE ALL ON SCHEMA {schema} FROM {name}",
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
    ):
        connection.exec_driver_sql(statement)
    for table in BOUND:
        for how in ("ENABLE", "FORCE"):
            connection.exec_driver_sql(f"ALTER TABLE {schema}.{table} {how} ROW LEVEL SECURITY")
    for table in ("alembic_version", *metadata.tables):
        there = f"{schema}.{quote(table)}"
        connection.exec_driver_sql(f"REVOKE ALL ON {there} FROM PUBLIC, {name}")
        if GRANTS[table]:
            connection.exec_driver_sql(f"GRANT {', '.join(GRANTS[table])} ON {there} TO {name}")
