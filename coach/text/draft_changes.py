"""What a revision of a protocol's draft says otherwise than the one before, in the words of the editor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coach.domain.draft_changes import Place, ValueChange
from coach.i18n import _, formats
from coach.text import protocol_places
from coach.text.protocol_labels import UNIT_NAMES

SHOWN = 400  # characters of a value
NAMED_BY = ("name", "text", "title", "country")  # what stands for a table that came or went


def where(change: ValueChange, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Return what the changed value is called; `old` and `new` are the values of both files."""
    return protocol_places.whole(change.place, old if change.gone else new)


def before_and_now(change: ValueChange) -> tuple[str, str]:
    """Return what stood there and what stands there now."""
    return _value(change.old, change.place), _value(change.new, change.place)


def _value(value: Any, place: Place) -> str:
    if place[0] == "drawings" and value is not None:
        return _("a drawing")
    text = _("nothing") if value is None else _written(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float):
        return formats.number(value)
    if isinstance(value, Mapping):
        return _number(value) if "value" in value else _table(value)
    if isinstance(value, list):
        return " / ".join(map(_written, value)) or _("nothing")
    return _("“{text}”").format(text=value) if value else _("nothing")


def _number(number: Mapping[str, Any]) -> str:
    """Return a number with its unit, its source and its note."""
    unit, value = str(number.get("unit", "")), number["value"]
    told = _("{n} {unit} ({source})").format(
        n=_written(value) if isinstance(value, int | float) else value,
        unit=_(UNIT_NAMES[unit]) if unit in UNIT_NAMES else unit,
        source=number.get("source", ""),
    )
    return _("{number}: {note}").format(number=told, note=number["note"]) if number.get("note") else told


def _table(table: Mapping[str, Any]) -> str:
    """Return a table by its name; one without a name by its values."""
    named = next((table[key] for key in NAMED_BY if isinstance(table.get(key), str)), None)
    return _written(named) if named else "; ".join(_values(table))


def _values(table: Mapping[str, Any]) -> Iterator[str]:
    for key, each in table.items():
        label = protocol_places.label(("routine", 0, key), {})
        yield _("{where}: {what}").format(where=label, what=_written(each))
