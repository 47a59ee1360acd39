"""What one revision of a protocol's draft says otherwise than another, value by value.

Unlike `protocol_diff` this compares what stands in the files, so that a draft with faults can be
compared too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value that differs: a number, a text, a list of texts, or a table that came or went as a whole.

    Attributes:
        place: Where it stands in the new file; where it stood in the old one if it is `gone`.
        old: What stood there; None for nothing.
        new: What stands there now; None for nothing.
        gone: Whether the place is one of the old file.
    """

    place: Place
    old: Any
    new: Any
    gone: bool = False


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[ValueChange, ...]:
    """Return what differs between the values of two files, in the order of the old one.

    Tables of a list are compared by their ids; where they have none, by their places. A change of
    their order is one change, of the ids that both files have.
    """
    return tuple(_in_tables(old, new, ()))


def _in_tables(old: Mapping[str, Any], new: Mapping[str, Any], place: Place) -> Iterator[ValueChange]:
    for key in dict.fromkeys((*old, *new)):
        yield from _between(old.get(key), new.get(key), (*place, key))


def _between(old: Any, new: Any, place: Place) -> Iterator[ValueChange]:
    if _is_table(old) and _is_table(new):
        yield from _in_tables(old, new, place)
    elif _is_list_of_tables(old) and _is_list_of_tables(new):
        yield from _in_lists(old, new, place)
    elif old != new or type(old) is not type(new):
        yield ValueChange(place, old, new)


def _in_lists(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], place: Place
) -> Iterator[ValueChange]:
    before, after = _by_name(old), _by_name(new)
    one, two = [each for each in before if each in after], [each for each in after if each in before]
    if one != two:
        yield ValueChange(place, one, two)
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            yield ValueChange((*place, before[name][0]), before[name][1], None, gone=True)
        elif name not in before:
            yield ValueChange((*place, after[name][0]), None, after[name][1])
        else:
            yield from _in_tables(before[name][1], after[name][1], (*place, after[name][0]))


def _by_name(tables: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, Mapping[str, Any]]]:
    """Return tables by their ids, or else their places, each with its place; also the second one of an id."""
    found: dict[str, tuple[int, Mapping[str, Any]]] = {}
    for n, each in enumerate(tables):
        name = str(each.get("id") or each.get("country") or n)
        found[name if name not in found else f"{name} ({n + 1})"] = (n, each)
    return found


def _is_table(value: object) -> bool:
    """Tell whether a value is a table, and not a number with its unit."""
    return isinstance(value, Mapping) and "value" not in value


def _is_list_of_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, Mapping) for each in value)
