"""The phases and exercises of a protocol file in lines, also of a draft that still has faults."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from coach.domain.protocol import WEEK, Anchor, Dose, RoutineKind
from coach.domain.protocol_overview import DoseLine as DoseLine
from coach.domain.protocol_overview import ExerciseLine as ExerciseLine
from coach.domain.protocol_overview import Overview as Overview
from coach.domain.protocol_overview import PhaseLine as PhaseLine
from coach.domain.quantity import CLINIC
from coach.protocols.toml_edit import plain

MOST = 1e9  # what is above is no dose and no time
Choice = TypeVar("Choice", bound=StrEnum)


def overview(content: bytes) -> Overview:
    """Return a file in lines; raises `ProtocolError` if it is not TOML."""
    root = plain(content)
    phases = _tables(root, "phase")
    exercises = tuple(_exercise(n, each, phases) for n, each in enumerate(_tables(root, "routine")))
    return Overview(
        id=_text(root, "id"),
        version=_text(root, "version"),
        title=_text(root, "title"),
        phases=tuple(_phase(n, each, exercises) for n, each in enumerate(phases)),
        exercises=exercises,
    )


def _exercise(index: int, table: Mapping[str, Any], phases: list[dict[str, Any]]) -> ExerciseLine:
    routine_id, kind, sides = _text(table, "id"), _choice(table, "kind", RoutineKind), table.get("sides")
    return ExerciseLine(
        index=index,
        id=routine_id,
        name=_text(table, "name"),
        kind=kind,
        sides=sides if isinstance(sides, int) else 1,
        drawing=_text(table, "drawing"),
        needs_release="release" in table,
        maximum=_amount(_table(table, "maximum"), kind),
        phases=tuple(_text(each, "id") for each in phases if routine_id in _table(each, "dose")),
    )


def _phase(index: int, table: Mapping[str, Any], exercises: tuple[ExerciseLine, ...]) -> PhaseLine:
    doses = _table(table, "dose")
    kinds = {each.id: each.kind for each in exercises if each.id in doses}
    in_order = [*kinds, *(each for each in doses if each not in kinds)]
    return PhaseLine(
        index=index,
        id=_text(table, "id"),
        name=_text(table, "name"),
        anchor=_choice(table, "anchor", Anchor),
        opens_after_h=_number(table, "opens_after"),
        doses=tuple(_dose(each, _table(doses, each), kinds.get(each)) for each in in_order),
    )


def _dose(routine_id: str, table: Mapping[str, Any], kind: RoutineKind | None) -> DoseLine:
    sources = (str(each.get("source", "")) for each in table.values() if isinstance(each, Mapping))
    by_clinic = any(CLINIC in each.split(", ") for each in sources)
    return DoseLine(routine_id, _amount(table, kind), by_clinic)


def _amount(table: Mapping[str, Any], kind: RoutineKind | None) -> Dose | None:
    if kind is None:
        return None
    reps = _number(table, "minutes" if kind.in_minutes else "reps")
    hold_s = 60.0 if kind.in_minutes else _number(table, "hold")
    per_day = _number(table, "per_day")
    days = _number(table, "days_per_week") if "days_per_week" in table else WEEK
    if reps is None or hold_s is None or per_day is None or days is None:
        return None
    return Dose(int(reps), hold_s, int(per_day), table.get("hourly") is True, int(days))


def _number(table: Mapping[str, Any], key: str) -> float | None:
    value = _table(table, key).get("value")
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return value if 0 <= value < MOST else None


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = table.get(key)
    return found if isinstance(found, dict) else {}


def _tables(root: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = root.get(key)
    return [each if isinstance(each, dict) else {} for each in found] if isinstance(found, list) else []


def _text(table: Mapping[str, Any], key: str) -> str:
    found = table.get(key)
    return found if isinstance(found, str) else ""


def _choice(table: Mapping[str, Any], key: str, kind: type[Choice]) -> Choice | None:
    found = table.get(key)
    return kind(found) if isinstance(found, str) and found in set(kind) else None
