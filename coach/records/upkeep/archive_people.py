"""The people of an archive: each row is checked to be unique and to refer to existing rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from coach.records.database.row_json import from_plain
from coach.records.upkeep.archive import COLUMNS, ArchiveFault, ArchiveRefused

Rows = list[dict[str, Any]]
People = dict[str, Rows]

ONCE = {
    "about": (("name",),),
    "team": (("id",), ("name",)),
    "patient": (("id",),),
    "account": (("id",), ("login",), ("patient",)),
    "membership": (("team", "account"),),
    "person": (("patient",),),
    "looked": (("account", "patient"),),
}
REFERS = (
    ("account", "patient", "patient"),
    ("membership", "team", "team"),
    ("membership", "account", "account"),
    ("person", "patient", "patient"),
    ("person", "team", "team"),
    ("person", "lead", "account"),
    ("looked", "account", "account"),
    ("looked", "patient", "patient"),
)
STAFF_ROLES = (None, "physiotherapist", "administrator")


def checked(said: Any, patients: frozenset[UUID], gone: frozenset[UUID]) -> People:
    """Return the rows of `people.json` without those of erased patients.

    Raises:
        ArchiveRefused: A row occurs twice, or refers to one that is missing.
        ValueError, TypeError, KeyError: The rows have other columns or values.
    """
    if set(said) != set(COLUMNS):
        raise ValueError("other tables")
    people = {name: [from_plain(columns, row) for row in said[name]] for name, columns in COLUMNS.items()}
    for table, keys in ONCE.items():
        for key in keys:
            _once(people[table], key)
    if {row["id"] for row in people["patient"]} != patients:
        raise ArchiveRefused(ArchiveFault.PEOPLE)
    for table, column, other in REFERS:
        _refers(people[table], column, {row["id"] for row in people[other]})
    if any(row["staff_role"] not in STAFF_ROLES for row in people["account"]):
        raise ArchiveRefused(ArchiveFault.PEOPLE)
    return _without(people, gone)


def _once(rows: Rows, key: tuple[str, ...]) -> None:
    found = [values for row in rows if None not in (values := tuple(row[name] for name in key))]
    if len(set(found)) != len(found):
        raise ArchiveRefused(ArchiveFault.PEOPLE)


def _refers(rows: Rows, column: str, there: Iterable[UUID]) -> None:
    if not {row[column] for row in rows} <= {*there, None}:
        raise ArchiveRefused(ArchiveFault.PEOPLE)


def _without(people: People, gone: frozenset[UUID]) -> People:
    """Leave out patients, their own accounts, and rows that refer to either."""
    own = {row["id"] for row in people["account"] if row["patient"] in gone and row["staff_role"] is None}
    out = {
        "patient": ("id",),
        "account": ("id",),
        "membership": ("account",),
        "person": ("patient",),
        "looked": ("patient", "account"),
    }
    for name, keys in out.items():
        people[name] = [row for row in people[name] if not (gone | own) & {row[key] for key in keys}]
    for row in people["account"]:
        row["patient"] = None if row["patient"] in gone else row["patient"]
    for row in people["person"]:
        row["lead"] = None if row["lead"] in own else row["lead"]
    return people
