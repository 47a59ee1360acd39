"""Metadata: values that hold for the whole record, such as its mode."""

from __future__ import annotations

from sqlalchemy import select

from coach.records.database.schema import about
from coach.records.database.upsert import insert
from coach.records.entries.store import Store

__all__ = ["Metadata"]


class Metadata:
    """Names and values of the whole record; a value is set once and never changed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def value(self, name: str) -> str:
        """Return the value of that name, "" if it is not set."""
        with self._store.reading() as connection:
            return connection.scalar(select(about.c.value).where(about.c.name == name)) or ""

    def say(self, name: str, value: str) -> str:
        """Set a value unless it is set already; return the stored one."""
        with self._store.writing() as connection:
            row = {"name": name, "value": value}
            connection.execute(
                insert(connection, about).values(row).on_conflict_do_nothing(index_elements=["name"])
            )
            return str(connection.scalars(select(about.c.value).where(about.c.name == name)).one())
