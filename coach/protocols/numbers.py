"""Sets a number of a protocol file, with its unit and where it comes from."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

from coach.domain.quantity import CLINIC, CLINIC_TITLE
from coach.protocols import toml_edit
from coach.protocols.toml_edit import Values

FIELDS = ("value", "unit", "source", "note")
# Numbers in words too: a note that tells of the old number must not stand beside the new one.
TELLS_A_NUMBER = re.compile(
    r"\d|\b(?:half|halves|third|quarter|one|two|three|four|five|six|seven|eight|nine|ten|twelve|once|twice)\b",
    re.IGNORECASE,
)


def is_number(value: object) -> bool:
    """Tell whether a value of a file is a number with its unit."""
    return isinstance(value, Mapping) and "value" in value


def same(one: object, two: object) -> bool:
    """Tell whether two values of a file are the same; true is not 1, and 2.0 is 2."""
    if isinstance(one, bool) or isinstance(two, bool):
        return isinstance(one, bool) and isinstance(two, bool) and one == two
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(same, one, two))
    return one == two


def set_number(root: Values, table: Values, key: str, change: Mapping[str, Any], *, unit: str | None) -> None:
    """Change parts of a number, or add it; with another value its source is the clinic's.

    A new number needs a unit. A source and a note that are handed in as they were count as not given:
    they told of the old value. Of such a note only the sentences that tell no number stay.

    Raises:
        ValueError: the value is not finite, or the unit of a new number is unknown.
    """
    old = dict(table[key].items()) if is_number(table.get(key)) else {}
    new = {**old, **{name: _tidy(each) for name, each in change.items()}}
    if "unit" not in new and unit:
        new["unit"] = unit
    if "value" not in new or "unit" not in new:
        raise ValueError(f"'{key}' needs a value and a unit")
    if not old or not same(old["value"], new["value"]):
        if change.get("source") in (None, old.get("source")):
            new["source"] = CLINIC
        if "note" in old and change.get("note", old["note"]) == old["note"]:
            new["note"] = _kept(old["note"])
    new = {name: each for name, each in new.items() if each is not None and (name != "note" or each != "")}
    if old.keys() == new.keys() and all(same(old[name], new[name]) for name in old):
        return
    if CLINIC in str(new.get("source", "")).split(", "):
        list_clinic(root)
    in_order = [name for name in FIELDS if name in new] + [name for name in new if name not in FIELDS]
    toml_edit.put(table, key, {name: new[name] for name in in_order})


def list_clinic(root: Values) -> None:
    """List the clinic's own choice under the sources, unless it is there."""
    if "sources" not in root:
        toml_edit.put(root, "sources", {})
    if isinstance(root["sources"], MutableMapping) and CLINIC not in root["sources"]:
        toml_edit.put(root["sources"], CLINIC, CLINIC_TITLE)


def _tidy(value: object) -> object:
    """Return a number as a file has it: whole ones without a point."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number of a protocol must be finite")
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _kept(note: object) -> str:
    """Return the sentences of a note that tell no number."""
    sentences = re.split(r"(?<=[.;!?])\s+", str(note))
    return " ".join(each for each in sentences if not TELLS_A_NUMBER.search(each))
