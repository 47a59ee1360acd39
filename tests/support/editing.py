"""Protocol files for tests of the editor: their places and values, and what an edit touched."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from coach.protocols import editing, toml_edit
from coach.protocols.editing import Place
from coach.protocols.loader import DEFAULT
from coach.protocols.numbers import is_number

CONTENT = DEFAULT.read_bytes()
VALUES = tomllib.loads(CONTENT.decode())
NAME = "clinic.toml"
STEPS = (1, -1, 0.5, -0.5, 0.1)
HALF: Place = ("notices", "light_amber")  # says in words what share of the reps is done next time
KEPT_ROUTINES = ("ankle_pumps", "static_glutes", "belly_breathing", "walking")
KEPT_PHASES = ("flat-hour", "first-day", "first-week", "after-week-12")
KEPT_LISTS = {"emergency": -2, "red_flag": -4, "question": 5, "curve": 1}


def places(found: Any = VALUES, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield each place of a file that a form has a field for, with its value: a number is one."""
    if isinstance(found, Mapping) and not is_number(found):
        for key, each in found.items():
            yield from places(each, (*place, key))
    elif isinstance(found, list) and not all(isinstance(each, str) for each in found):
        for n, each in enumerate(found):
            yield from places(each, (*place, n))
    else:
        yield place, found


def at(values: Any, place: Place) -> Any:
    for part in place:
        values = values[part]
    return values


def touched(old: bytes, new: bytes) -> tuple[list[str], list[str]]:
    """Return the lines that an edit took away and those that it added."""
    before, after = old.decode().split("\n"), new.decode().split("\n")
    same = Counter(before) & Counter(after)
    return _rest(before, same), _rest(after, same)


def _rest(lines: list[str], same: Counter[str]) -> list[str]:
    left, rest = same.copy(), []
    for line in lines:
        if left[line]:
            left[line] -= 1
        else:
            rest.append(line)
    return rest


def comments(content: bytes) -> list[str]:
    return [line for line in content.decode().split("\n") if line.startswith("#")]


@cache
def small() -> bytes:
    """Return the default file with few exercises, phases and lists, its comments kept: quick to edit."""

    def edit(root: Any) -> None:
        for name, kept in (("routine", KEPT_ROUTINES), ("phase", KEPT_PHASES)):
            for n in reversed(range(len(root[name]))):
                if root[name][n]["id"] not in kept:
                    toml_edit.remove(root, name, n)
        for phase in root["phase"]:
            for routine in list(phase.get("dose", {})):
                if routine not in KEPT_ROUTINES:
                    toml_edit.remove_table(phase["dose"], routine)
        for name, few in KEPT_LISTS.items():
            length = len(root[name])
            wanted = range(length)[few:] if few < 0 else range(length)[:few]
            for n in reversed(range(length)):
                if n not in wanted:
                    toml_edit.remove(root, name, n)

    content = toml_edit.edited(CONTENT, edit)
    assert editing.problems(content, NAME) == ()
    return content


def other_numbers() -> tuple[bytes, list[Place]]:
    """Return the default file with each number another one, as near as the loader takes it, and their places.

    A number that can be no other one in this file stays: how often a test is done, the ends of a scale.
    """
    numbers = [place for place, value in places() if is_number(value)]
    steps = dict.fromkeys(numbers, 0)
    while True:
        changes: dict[Place, object] = {
            place: at(VALUES, place)["value"] + STEPS[n] for place, n in steps.items() if n < len(STEPS)
        }
        content = editing.changed(CONTENT, changes | {HALF: "Your pain went up. Next time you do fewer."})
        faults = [editing.place_of(each) for each in editing.problems(content, NAME)]
        if not faults:
            return content, list(changes)
        for place in faults:
            steps[place[:-1]] += 1
