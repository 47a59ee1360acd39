"""Changes a protocol file: values one by one, and whole exercises, phases, doses and drawings.

A draft is the text of a file, and stays the truth. Each function takes the bytes of a file and
returns those of another one; comments and all that is not touched stay byte for byte. None checks
what the loader checks: `problems` does, for a draft with faults is kept and shown like any other.

All of them raise `ProtocolError` if the file is not TOML, and `ValueError` if what is to be changed
is not there, or cannot be written (a number that is not finite, half a character).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

from coach.domain.quantity import CLINIC as CLINIC
from coach.protocols import keys, loader, toml_edit
from coach.protocols.editing_lists import cited as cited
from coach.protocols.editing_lists import moved_question as moved_question
from coach.protocols.editing_lists import moved_sign as moved_sign
from coach.protocols.editing_lists import next_source as next_source
from coach.protocols.editing_lists import with_checkpoint as with_checkpoint
from coach.protocols.editing_lists import with_country as with_country
from coach.protocols.editing_lists import with_question as with_question
from coach.protocols.editing_lists import with_sign as with_sign
from coach.protocols.editing_lists import with_source as with_source
from coach.protocols.editing_lists import without_checkpoint as without_checkpoint
from coach.protocols.editing_lists import without_country as without_country
from coach.protocols.editing_lists import without_question as without_question
from coach.protocols.editing_lists import without_sign as without_sign
from coach.protocols.editing_lists import without_source as without_source
from coach.protocols.editing_parts import Template as Template
from coach.protocols.editing_parts import moved_exercise as moved_exercise
from coach.protocols.editing_parts import templates as templates
from coach.protocols.editing_parts import with_dose as with_dose
from coach.protocols.editing_parts import with_drawing as with_drawing
from coach.protocols.editing_parts import with_exercise as with_exercise
from coach.protocols.editing_parts import with_phase as with_phase
from coach.protocols.editing_parts import without_dose as without_dose
from coach.protocols.editing_parts import without_drawing as without_drawing
from coach.protocols.editing_parts import without_exercise as without_exercise
from coach.protocols.editing_parts import without_phase as without_phase
from coach.protocols.numbers import FIELDS, is_number, list_clinic, same, set_number
from coach.protocols.reading import Problem, ProtocolError
from coach.protocols.toml_edit import Values
from coach.protocols.toml_edit import plain as plain

Place = tuple[str | int, ...]

PART = re.compile(r'"((?:[^"\\]|\\.)*)"|([^.\[\]"]+)|\[(\d+)\]')
UNITS: Mapping[str, str] = {
    **keys.RULES, **keys.LATER_RULES, **keys.CRITERIA,
    **{name: each.unit for name, each in keys.DECLARED_RULES.items()},
    "reps": "reps", "hold": "s", "minutes": "min", "per_day": "sets/day", "days_per_week": "days/week",
    "gap": "h", "hourly_gap": "min", "hourly_cap": "sets/day", "hourly_met_at": "sets/day", "tighten": "s",
    "activities_most": "activities", "unable": "PSFS", "as_before": "PSFS",
    "detectable_mean": "PSFS points", "detectable_single": "PSFS points",
    "offered_for": "weeks", "after": "d", "mean": "NRS", "sd": "NRS points",
}  # fmt: skip


def place_of(problem: Problem) -> Place:
    """Return the place that a problem names; empty for one of the file as a whole."""
    found: list[str | int] = []
    for quoted, name, index in PART.findall(problem.where):
        found.append(int(index) if index else name or re.sub(r"\\(.)", r"\1", quoted))
    return tuple(found)


def problems(content: bytes, name: str) -> tuple[Problem, ...]:
    """Return everything that is wrong with a file; empty if it is in order."""
    try:
        loader.read(content, name)
    except ProtocolError as refused:
        return refused.problems
    return ()


def unit_of(place: Place) -> str | None:
    """Return the unit of the number at a place, whether the file has it or not; None if there is none."""
    if place and place[-1] == "opens_after":
        return "h" if len(place) == 3 and place[0] == "phase" else "weeks"
    return UNITS.get(str(place[-1])) if place else None


def changed(content: bytes, changes: Mapping[Place, object]) -> bytes:
    """Set values: text, list of texts, choice, flag, count or number; None removes one.

    A number is set by its value alone, or by a mapping of value, unit, source and note, or part by
    part (a place that ends in "note"). With another value its source becomes CLINIC unless one is
    given, and the sentences of its note that tell a number go; a source or note handed in as it was
    is none that is given. A value that stays the same changes
    nothing, so that a whole form may be handed in. A new id of an exercise takes its doses along.
    One text or table of a list is removed by None, and added at the place after the last.
    """
    for value in changes.values():
        _check(value)

    def edit(root: Values) -> None:
        for place, change in _gathered(root, changes).items():
            _apply(root, place, change)

    return toml_edit.edited(content, edit)


def copied(content: bytes, *, id: str, title: str) -> bytes:  # noqa: A002 - what the file calls it
    """Return the file as the first version of another protocol."""
    return changed(content, {("id",): id, ("version",): "1.0.0", ("title",): title})


def next_version(content: bytes) -> bytes:
    """Return the file with the version after its own: 1.0.0 becomes 1.1.0."""
    version = str(plain(content).get("version", ""))
    first, second, _third = (
        map(int, version.split(".")) if loader.VERSION.fullmatch(version) else (0, 9999, 0)
    )
    after = f"{first}.{second + 1}.0" if second < 9999 else f"{first + 1}.0.0"
    return changed(content, {("version",): after})


def _check(value: object) -> None:
    """Raise `ValueError` for a text that no file can hold."""
    for each in (
        value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else [value]
    ):
        if isinstance(each, str):
            each.encode()


def _gathered(root: Values, changes: Mapping[Place, object]) -> Mapping[Place, object]:
    """Return the changes with those of one number in one mapping."""
    found: dict[Place, Any] = {}
    for where, value in changes.items():
        if not where or not isinstance(where[0], str):
            raise ValueError(f"{where!r} is no place of a file")
        alone = is_number(value_at(root, where)) and value is not None and not isinstance(value, Mapping)
        place = (*where, "value") if alone else where
        if place[-1] in FIELDS and (is_number(value_at(root, place[:-1])) or place[:-1] in found):
            found[place[:-1]] = {**(found.get(place[:-1]) or {}), str(place[-1]): value}
        else:
            found[place] = value
    return found


def value_at(root: Mapping[str, Any], place: Place) -> Any:
    """Return what stands at a place; None if nothing does."""
    here: Any = root
    for part in place:
        known = isinstance(here, Mapping) and part in here
        if not known and not (isinstance(here, list) and isinstance(part, int) and 0 <= part < len(here)):
            return None
        here = here[part]
    return here


def _apply(root: Values, place: Place, change: object) -> None:
    key, old = str(place[-1]), value_at(root, place)
    if change is None and old is None:
        return
    if isinstance(place[-1], int):
        _apply_in_list(root, place, change)
        return
    if change is None:
        toml_edit.remove_table(_table(root, place), key)
        return
    table = _table(root, place)
    number = not isinstance(change, str | list | bool) and unit_of(place) is not None
    if is_number(old) or number or (isinstance(change, Mapping) and "value" in change):
        parts = change if isinstance(change, Mapping) else {"value": change}
        set_number(root, table, key, parts, unit=unit_of(place))
    elif not same(old, change):
        if len(place) == 3 and place[0] == "routine" and key == "id":
            _take_doses_along(root, str(old), str(change))
        toml_edit.put(table, key, change)
        if key in ("source", "sources") and CLINIC in str(change).split(", "):
            list_clinic(root)


def _table(root: Values, place: Place) -> Values:
    """Return the table in which a place is; tables on the way are added."""
    table: Any = root
    for part in place[:-1]:
        if isinstance(part, str) and isinstance(table, MutableMapping) and part not in table:
            toml_edit.put(table, part, {})
        table = value_at(table, (part,))
    if not isinstance(table, MutableMapping) or isinstance(place[-1], int):
        raise ValueError(f"{place!r} is not in this file")
    return table


def _apply_in_list(root: Values, place: Place, change: object) -> None:
    """Change, add or remove one text or one table of a list."""
    index, tables = int(place[-1]), value_at(root, place[:-1])
    if not isinstance(tables, list) or not 0 <= index <= len(tables):
        raise ValueError(f"{place!r} is not in this file")
    above, key = _table(root, place[:-1]), str(place[-2])
    if any(isinstance(each, Mapping) for each in tables):
        if change is None:
            toml_edit.remove(above, key, index)
        elif index == len(tables):
            toml_edit.insert(tables, index, toml_edit.item(above, change))
        else:
            raise ValueError(f"{place!r} is a table: its values are changed one by one")
        return
    texts = [*tables[:index], *([] if change is None else [change]), *tables[index + 1 :]]
    if not same(list(tables), texts):
        toml_edit.put(above, key, texts)


def _take_doses_along(root: Values, old: str, new: str) -> None:
    if sum(each.get("id") == old for each in root.get("routine", ())) > 1:
        return
    for phase in root.get("phase", ()):
        doses = phase.get("dose", {})
        if old in doses and new not in doses:
            toml_edit.rename(doses, old, new)
