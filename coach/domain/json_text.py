"""Reads untrusted JSON within limits: posts, archives, lists of tombstones and stored entries."""

from __future__ import annotations

import json
import math
from typing import Any

DEEPEST = 40  # nested lists and objects; what Coach writes has five levels
LONGEST = 100_000_000  # characters


def parsed(text: bytes | str, *, most: int = LONGEST, half_letters: bool = False) -> Any:
    """Return the value of a JSON text.

    Refused are: more than `most` bytes or characters, more than `DEEPEST` nested lists and objects,
    a name given twice, NaN and too large numbers, and, unless `half_letters` is set, lone
    surrogates: a browser may cut a text inside a character, and the rest of it must not be lost.

    Raises:
        ValueError: It is refused, or not JSON.
    """
    if len(text) > most:
        raise ValueError("too long")
    told = text.decode("utf-8") if isinstance(text, bytes) else text
    try:
        found = json.loads(told, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
    except RecursionError:
        raise ValueError("too deep") from None
    if isinstance(found, dict | list) and told.count("[") + told.count("{") > DEEPEST:
        _look_how_deep(found)
    if not half_letters and "\\u" in told:  # a lone surrogate can only be written as an escape
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    return found


def _look_how_deep(found: Any) -> None:
    """Refuse nesting that is deeper than recursive code can follow."""
    level = [found]
    for _deep in range(DEEPEST):
        level = [
            each
            for outer in level
            for each in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(each, dict | list)
        ]
        if not level:
            return
    raise ValueError("too deep")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _no_number(name: str) -> None:
    raise ValueError(name)


def _finite(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise ValueError("too large")
    return found
