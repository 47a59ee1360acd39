"""Where there is nothing yet, or nothing to be had: one drawing, one sentence, one thing to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from coach.ui.parts import assets
from coach.ui.parts.text_block import TextBlock

Name = Literal[
    "away", "diary", "messages", "not_found", "patients", "progress", "record", "signed_out", "wait"
]
PICTURES: Mapping[Name, str] = {
    "away": "drawings/states/away.svg",
    "diary": "drawings/states/diary.svg",
    "messages": "drawings/states/messages.svg",
    "not_found": "drawings/states/not_found.svg",
    "patients": "drawings/states/patients.svg",
    "progress": "drawings/states/progress.svg",
    "record": "drawings/states/record.svg",
    "signed_out": "drawings/states/signed_out.svg",
    "wait": "drawings/states/wait.svg",
}
SIZE = (240, 130)  # of every drawing, in its own units


def begin(name: Name, title: str) -> TextBlock:
    """Return a page's first block: a drawing and the title; the caller says the rest."""
    block = TextBlock()
    picture(block, name)
    return block.title(title)


def picture(block: TextBlock, name: Name) -> None:
    """Add a drawing; it says nothing that the sentence below it does not."""
    with block.group("empty"):
        block.picture(assets.address(PICTURES[name]), "", size=SIZE)
