"""Adds, moves and removes whole parts of a protocol file: exercises, phases, doses, drawings.

Used by way of `coach.protocols.editing`, which says what all of these have in common.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

import tomlkit

from coach.domain.protocol import RoutineKind
from coach.protocols import toml_edit, toml_lists
from coach.protocols.loader import DEFAULT
from coach.protocols.numbers import set_number
from coach.protocols.toml_edit import Values

CODE = re.compile(r"[A-Z]+\d*[a-d]?")
RENUMBERED_FROM = 900  # of a source whose number stands for another one in the file


@dataclass(frozen=True, slots=True)
class Template:
    """An exercise of the protocol that comes with Coach, from which one of its kind can be begun."""

    kind: RoutineKind
    id: str
    name: str
    drawing: str


@cache
def templates() -> tuple[Template, ...]:
    """Return a starting point for each kind of exercise."""
    found: dict[RoutineKind, Template] = {}
    for each in _shipped({})["routine"]:
        kind = RoutineKind(each["kind"])
        found.setdefault(kind, Template(kind, each["id"], each["name"], each["drawing"]))
    return tuple(found[kind] for kind in RoutineKind)


def with_exercise(content: bytes, *, like: str | Template, id: str, name: str) -> bytes:  # noqa: A002
    """Add an exercise that begins as a copy of another one: its kind, texts, limits and release.

    `like` is the id of an exercise of this file, after which it comes, or else of the protocol that
    comes with Coach, or a template: then it comes last, and its sources are listed where they are
    missing. No phase has a dose of it yet.
    """

    def edit(root: Values) -> None:
        own = None if isinstance(like, Template) else toml_lists.index(root.get("routine", ()), like)
        if own is not None:
            index, new = own + 1, deepcopy(root["routine"][own])
        else:
            shipped = _shipped(root)
            index = len(root.get("routine", ()))
            new = deepcopy(
                toml_lists.found(shipped, "routine", like.id if isinstance(like, Template) else like)
            )
            _take_sources_along(root, shipped["sources"], new)
        toml_edit.put(new, "id", id)
        toml_edit.put(new, "name", name)
        toml_lists.add(root, "routine", index, new)

    return toml_edit.edited(content, edit)


def without_exercise(content: bytes, routine_id: str) -> bytes:
    """Remove an exercise and its doses; of two with one id the later one, and the doses stay."""

    def edit(root: Values) -> None:
        if toml_lists.remove_last(root, "routine", routine_id) > 1:
            return
        for phase in root.get("phase", ()):
            _remove_dose(phase, routine_id)

    return toml_edit.edited(content, edit)


def moved_exercise(content: bytes, routine_id: str, by: int) -> bytes:
    """Move an exercise up (-1) or down (1) in the order of a session, at most to its end."""

    def edit(root: Values) -> None:
        toml_lists.move_by(root, "routine", routine_id, by)

    return toml_edit.edited(content, edit)


def with_dose(
    content: bytes,
    phase_id: str,
    routine_id: str,
    *,
    per_day: float,
    reps: float | None = None,
    hold_s: float | None = None,
    minutes: float | None = None,
    days_per_week: float | None = None,
    hourly: bool | None = None,
) -> bytes:
    """Set the dose of an exercise in a phase: minutes of a walk or a rest, reps and seconds of others.

    Numbers that stay the same keep their source. `days_per_week` None is every day; `hourly` None
    leaves it as it is.
    """
    numbers = {
        "minutes": (minutes, "min"),
        "reps": (None if minutes is not None else reps, "reps"),
        "hold": (None if minutes is not None else hold_s, "s"),
        "per_day": (per_day, "sets/day"),
        "days_per_week": (days_per_week, "days/week"),
    }

    def edit(root: Values) -> None:
        phase = toml_lists.found(root, "phase", phase_id)
        doses = phase.get("dose", {})
        dose = doses.get(routine_id, {})
        for key, (value, unit) in numbers.items():
            if value is not None:
                set_number(root, dose, key, {"value": value}, unit=unit)
            elif key in dose:
                del dose[key]
        if hourly is not None and bool(dose.get("hourly", False)) != hourly:
            toml_edit.put(dose, "hourly", hourly)
        if routine_id not in doses:
            if "dose" not in phase:
                toml_edit.put_group(phase, "dose")
            toml_edit.put(phase["dose"], routine_id, dose)

    return toml_edit.edited(content, edit)


def without_dose(content: bytes, phase_id: str, routine_id: str) -> bytes:
    """Remove the dose of an exercise from a phase, which closes the exercise there."""

    def edit(root: Values) -> None:
        _remove_dose(toml_lists.found(root, "phase", phase_id), routine_id)

    return toml_edit.edited(content, edit)


def with_phase(content: bytes, *, after: str, id: str, name: str, opens_after_h: float) -> bytes:  # noqa: A002
    """Add a phase after another, as a copy of that one which begins later, from the same instant."""

    def edit(root: Values) -> None:
        index = toml_lists.place(root, "phase", after)
        new = deepcopy(root["phase"][index])
        toml_edit.put(new, "id", id)
        toml_edit.put(new, "name", name)
        set_number(root, new, "opens_after", {"value": opens_after_h}, unit="h")
        toml_edit.insert(root["phase"], index + 1, new)

    return toml_edit.edited(content, edit)


def without_phase(content: bytes, phase_id: str) -> bytes:
    """Remove a phase with its doses; of two with one id the later one."""

    def edit(root: Values) -> None:
        toml_lists.remove_last(root, "phase", phase_id)

    return toml_edit.edited(content, edit)


def with_drawing(content: bytes, name: str, svg: str) -> bytes:
    """Add a drawing to the file's own, or put another in the place of one."""

    def edit(root: Values) -> None:
        if "drawings" not in root:
            toml_edit.put(root, "drawings", {})
        if root["drawings"].get(name) != svg:
            toml_edit.put(root["drawings"], name, svg)

    return toml_edit.edited(content, edit)


def without_drawing(content: bytes, name: str) -> bytes:
    """Remove a drawing from the file's own, and their table with the last one."""

    def edit(root: Values) -> None:
        if name not in root.get("drawings", {}):
            raise ValueError(f"no drawing '{name}' in this file")
        del root["drawings"][name]
        if not root["drawings"]:
            toml_edit.remove_table(root, "drawings")

    return toml_edit.edited(content, edit)


def _remove_dose(phase: Values, routine_id: str) -> None:
    if routine_id in phase.get("dose", {}):
        toml_edit.remove_table(phase["dose"], routine_id)
        if not phase["dose"]:
            toml_edit.remove_table(phase, "dose")


def _shipped(like: Values) -> Values:
    """Return the file that comes with Coach, as plain values or as its text, like another file."""
    return _shipped_values() if toml_edit.is_plain(like) else _shipped_text()


@cache
def _shipped_values() -> Values:
    return toml_edit.plain(DEFAULT.read_bytes())


@cache
def _shipped_text() -> Values:
    return tomlkit.parse(DEFAULT.read_text(encoding="utf-8"))


def _take_sources_along(root: Values, sources: Mapping[str, str], routine: Values) -> None:
    """List the sources of a routine of another file, by another number where theirs is taken."""
    if "sources" not in root:
        toml_edit.put(root, "sources", {})
    codes: dict[str, str] = {}
    for code in sorted({code for text in toml_lists.sources(routine) for code in CODE.findall(text)}):
        codes[code] = _code(root["sources"], code, sources[code])
        if codes[code] not in root["sources"]:
            toml_edit.put(root["sources"], codes[code], sources[code])
    if any(old != new for old, new in codes.items()):
        _renumber(routine, codes)


def _code(listed: Mapping[str, str], code: str, title: str) -> str:
    """Return by which code a file lists a source, or may list it."""
    if not code.startswith("S") or listed.get(code, title) == title:
        return code
    same = (each for each, text in listed.items() if text == title)
    free = (f"S{n}" for n in range(RENUMBERED_FROM, 1000) if f"S{n}" not in listed)
    return next(same, None) or next(free, code)


def _renumber(table: Any, codes: Mapping[str, str]) -> None:
    for key, each in list(toml_lists.items(table)):
        if key in ("source", "sources", "note") and isinstance(each, str):
            new = CODE.sub(lambda found: codes.get(found[0], found[0]), each)
            if new != each:
                toml_edit.put(table, key, new)
        _renumber(each, codes)
