"""Reads the words that screen and voice give at the cues of a routine."""

from __future__ import annotations

from dataclasses import fields

from coach.domain.protocol import CueTexts
from coach.protocols.reading import TomlTable

SHOWN_MOST = 20  # characters: two lines of a small phone, readable at a glance from the pillow
SAID_MOST = 60  # characters: the voice says as many before the next cue begins


def read(routine: TomlTable) -> CueTexts:
    """Return the words at the cues of a routine; missing ones are the common ones."""
    if not routine.has("cues"):
        return CueTexts()
    table = routine.table("cues")
    names = [each.name for each in fields(CueTexts)]
    texts = {name: _text(table, name) for name in names if table.has(name)}
    for name in dict.fromkeys(map(_shown, texts)):
        if not table.has(name):
            table.note(name, "missing: the voice would say other words than the screen shows", "a text")
    table.done()
    return CueTexts(**texts)


def _text(table: TomlTable, name: str) -> str:
    return table.text(name, most=SHOWN_MOST if name == _shown(name) else SAID_MOST)


def _shown(name: str) -> str:
    """Return the key of the shown word that belongs to a spoken word's key."""
    return name.removesuffix("_said").removesuffix("_first")
