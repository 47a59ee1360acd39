"""The two roles of a PostgreSQL server: one owns the tables, the other serves people and can do no more than that."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from coach.records.database.schema import metadata

__all__ = ["BOUND", "GRANTS", "are_bound", "exists", "grant", "is_unsafe", "may_read", "me"]

READ, ADD, CHANGE, REMOVE = "SELECT", "INSERT", "UPDATE", "DELETE"

# What the serving role may do to each table. What is only ever added to can neither be changed nor removed.
GRANTS: Mapping[str, tuple[str, ...]] = {
    "alembic_version": (READ,),
    "patient": (
        READ,
        ADD,
        "UPDATE (created_at)",
    ),  # to lock a row asks for it; the policy lets nothing be changed
    "entry": (READ, ADD),
    "audit": (READ, ADD),
    "protocol_file": (READ, ADD),
    "in_force": (READ, ADD),
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

# The tables with rules of their own about who gets at which row; their owner is bound as well.
BOUND = (
    "patient", "person", "membership", "entry", "caseload", "standing", "looked", "audit", "calendar_address",
    "mail_reminder", "ticket",
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
    """Return the role that this connection has."""
    return str(connection.scalar(text("SELECT current_user")))


def exists(connection: Connection, role: str) -> bool:
    """Tell whether the server has that role."""
    return bool(
        connection.scalar(text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)"), {"role": role})
    )


def is_unsafe(connection: Connection, role: str) -> bool:
    """Tell whether a role may pass the rules of the tables, or become one that may.

    That is a superuser, one with BYPASSRLS, one that may make itself a member of others, and the owner of a table.
    """
    return bool(connection.scalar(_UNSAFE, {"role": role, "tables": list(GRANTS)}))


def are_bound(connection: Connection) -> bool:
    """Tell whether every table keeps its rules, for its owner too."""
    query = text(
        "SELECT count(*) FROM pg_class WHERE relname = ANY(:tables) AND relkind = 'r' "
        "AND pg_table_is_visible(oid) AND relrowsecurity AND relforcerowsecurity"
    ).bindparams(bindparam("tables", list(BOUND), type_=ARRAY(Text)))
    return int(connection.scalar(query) or 0) == len(BOUND)


def may_read(connection: Connection, table: str) -> bool:
    """Tell whether this connection's role may read that table, which may be missing."""
    query = text("SELECT has_table_privilege(to_regclass(:table), 'SELECT')")
    return bool(connection.scalar(query, {"table": table}))


def grant(connection: Connection, role: str) -> None:
    """Give a role exactly what serving people needs, take whatever more it had, and let the tables keep their rules.

    Args:
        connection: of the tables' owner.
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
