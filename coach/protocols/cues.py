"""Reads the words that screen and voice give at the cues of a routine."""

from __future__ import annotations

from dataclasses import fields

from coach.domain.protocol import CueTexts
from coach.protocols.reading import TomlTable

SHOWN_MOST = 20  # characters: two lines of a small phone, readable at a glance from the pillow
SAID_MOST = 60  # characters: the voice says as many before the next cue begins
# No word on the screen belongs to them; there is more time for them.
ONLY_SAID = {"change_said": 60, "position_said": 150}


def read(routine: TomlTable) -> CueTexts:
    """Return the words at the cues of a routine; missing ones are the common ones."""
    if not routine.has("cues"):
        return CueTexts()
    table = routine.table("cues")
    names = [each.name for each in fields(CueTexts)]
    texts = {name: _text(table, name) for name in names if table.has(name)}
    for name in dict.fromkeys(_shown(each) for each in texts if each not in ONLY_SAID):
        if not table.has(name):
            table.note(name, "missing: the voice would say other words than the screen shows", "a text")
    table.done()
    return CueTexts(**texts)


def _text(table: TomlTable, name: str) -> str:
    most = SHOWN_MOST if name == _shown(name) else ONLY_SAID.get(name, SAID_MOST)
    return table.text(name, most=most)


def _shown(name: str) -> str:
    """Return the key of the shown word that belongs to a spoken word's key."""
    return name.removesuffix("_said").removesuffix("_first")
