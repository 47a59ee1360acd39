"""Pseudo-languages: each English text in brackets and accents, longer, or for a mirrored screen.

What is shown without brackets is in no catalogue. Placeholders, markup and addresses stay as they are.
"""

from __future__ import annotations

import math
import re

OPENS, CLOSES = "⟦", "⟧"
LONGER_BY = 0.4
_PLAIN = "AaCcDdEeGgIiLlNnOoRrSsTtUuYyZz"
_ACCENTED = str.maketrans(_PLAIN, "ÁáÇçĎďÉéĞğÍíĹĺÑñÓóŔŕŠšŤťÚúÝýŽž")
# A placeholder, a tag, an entity, an address, a command or its name: not for the eyes of a translator.
KEPT = re.compile(
    r"\{[^{}]*\}|\{\{|\}\}|<[^<>]*>|&\w+;|`[^`]*`|\w+://\S+|COACH_\w+|--[\w-]+|python -m [a-z ]+|\]\([^)]*\)"
)
_FILLER = "one two three four five six seven eight nine ten ".translate(_ACCENTED)


def longer(text: str) -> str:
    """Return a text in brackets, with accents, and longer by two fifths."""
    more = math.ceil(len(text) * LONGER_BY) - len(OPENS + CLOSES)
    filler = (_FILLER * (more // len(_FILLER) + 1))[: max(more - 1, 0)].strip()
    return f"{OPENS}{accented(text)}{' ' + filler if filler else ''}{CLOSES}"


def mirrored(text: str) -> str:
    """Return a text in brackets, marked so that it runs from the right to the left."""
    return f"{OPENS}{accented(text)}{CLOSES}"


def accented(text: str) -> str:
    """Return a text with accents, but for what a translator leaves as it is."""
    parts, end = [], 0
    for found in KEPT.finditer(text):
        parts += [text[end : found.start()].translate(_ACCENTED), found.group()]
        end = found.end()
    return "".join([*parts, text[end:].translate(_ACCENTED)])
