"""Pseudo-languages: each English text in brackets and accents, longer, or running from the right to the left.

What is shown without brackets is in no catalogue. Placeholders, markup and addresses stay as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

OPENS, CLOSES = "«", "»"
LONGER_BY = 0.4
_PLAIN = "AaCcDdEeGgIiLlNnOoRrSsTtUuYyZz"
_ACCENTED = str.maketrans(_PLAIN, "ÁáÇçĎďÉéĞğÍíĹĺÑñÓóŔŕŠšŤťÚúÝýŽž")
# A placeholder, a tag, an entity, an address, a command or its name: not for the eyes of a translator.
KEPT = re.compile(
    r"\{[^{}]*\}|\{\{|\}\}|<[^<>]*>|&\w+;|`[^`]*`|\w+://\S+|COACH_\w+|--[\w-]+|python -m [a-z ]+|\]\([^)]*\)"
)
_LETTERS = re.compile(r"[^\W\d_]+")
#: Around each word, so that its letters run from the right to the left as Arabic ones do, and what stands beside it is
#: placed as it would be beside an Arabic word.
_RIGHT_TO_LEFT = "\u200f\u202e{}\u202c\u200f"
_FILLER = "one two three four five six seven eight nine ten ".translate(_ACCENTED)


def longer(text: str) -> str:
    """Return a text in brackets, with accents, and longer by two fifths."""
    more = math.ceil(len(text) * LONGER_BY) - len(OPENS + CLOSES)
    filler = (_FILLER * (more // len(_FILLER) + 1))[: max(more - 1, 0)].strip()
    return f"{OPENS}{accented(text)}{' ' + filler if filler else ''}{CLOSES}"


def mirrored(text: str) -> str:
    """Return a text in brackets and accents, each word of which runs from the right to the left."""
    return f"{OPENS}{_translatable(text, _from_the_right)}{CLOSES}"


def _from_the_right(text: str) -> str:
    words = text.translate(_ACCENTED)
    return _LETTERS.sub(lambda word: _RIGHT_TO_LEFT.format(word.group()), words)


def accented(text: str) -> str:
    """Return a text with accents, but for what a translator leaves as it is."""
    return _translatable(text, lambda part: part.translate(_ACCENTED))


def _translatable(text: str, change: Callable[[str], str]) -> str:
    """Return a text with a change in each part that a translator translates."""
    parts, end = [], 0
    for found in KEPT.finditer(text):
        parts += [change(text[end : found.start()]), found.group()]
        end = found.end()
    return "".join([*parts, change(text[end:])])
