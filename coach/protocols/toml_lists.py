"""Walks a protocol file's tables: those of a list by their names, and the sources within them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from coach.protocols import toml_edit
from coach.protocols.toml_edit import Values

KEYS: Mapping[str, str] = {"emergency": "country"}  # what names a table, where it is not its id


def index(tables: Sequence[Mapping[str, Any]], name: str, key: str = "id") -> int | None:
    """Return the index of the first table of that name; None if there is none."""
    return next((n for n, each in enumerate(tables) if each.get(key) == name), None)


def place(root: Values, kind: str, name: str) -> int:
    """Return the index of a table of that name; raises `ValueError` if there is none."""
    known = index(root.get(kind, ()), name, _key(kind))
    if known is None:
        raise ValueError(f"no {kind} '{name}' in this file")
    return known


def found(root: Values, kind: str, name: str) -> Values:
    """Return the table of that name; raises `ValueError` if there is none."""
    table: Values = root[kind][place(root, kind, name)]
    return table


def add(root: Values, kind: str, at: int, table: Values) -> None:
    """Add a table to a list of the file, which is begun with it if need be."""
    if root.get(kind):
        toml_edit.insert(root[kind], at, table)
    else:
        toml_edit.put_first(root, kind, table)


def remove_last(root: Values, kind: str, name: str) -> int:
    """Remove the last table of that name; return how many there were."""
    places = [n for n, each in enumerate(root.get(kind, ())) if each.get(_key(kind)) == name]
    if not places:
        raise ValueError(f"no {kind} '{name}' in this file")
    toml_edit.remove(root, kind, places[-1])
    return len(places)


def move_by(root: Values, kind: str, name: str, by: int) -> None:
    """Move a table up (-1) or down (1) in its list, at most to its end."""
    at, tables = place(root, kind, name), root[kind]
    toml_edit.move(tables, at, min(max(at + by, 0), len(tables) - 1))


def sources(table: object) -> Iterator[str]:
    """Yield each source of a table and of the numbers within it, as it is written."""
    for key, each in items(table):
        if key in ("source", "sources") and isinstance(each, str):
            yield each
        yield from sources(each)


def items(table: object) -> Iterable[tuple[Any, Any]]:
    """Return the values of a table or of a list, each with its key; none of anything else."""
    if isinstance(table, Mapping):
        return table.items()
    return enumerate(table) if isinstance(table, list) else ()


def _key(kind: str) -> str:
    return KEYS.get(kind, "id")
