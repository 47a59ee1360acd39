"""The table `[drawings]` of a protocol file: its own drawings, and which drawing each exercise has."""

from __future__ import annotations

import re

from coach.domain.protocol import Protocol, Routine
from coach.protocols.drawings import kit, sanitised
from coach.protocols.reading import Report, TomlTable

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


def read(table: TomlTable) -> dict[str, str]:
    """Return a file's own drawings by their names; the stand-in of a refused one is empty."""
    found = {}
    for name in table.keys:
        text = table.lines(name)
        if not NAME.fullmatch(name):
            table.note(name, "this is no name of a drawing", "small letters, digits and _, a letter first")
        elif name in kit():
            table.note(name, f"'{name}' is the name of a drawing of Coach", "a name of its own")
        elif not table.report.noted(table.at(name)):
            found[name] = _checked(name, text, table)
            continue
        found[name] = ""
    table.done()
    return found


def _checked(name: str, text: str, table: TomlTable) -> str:
    try:
        safe = sanitised(text)
    except ValueError as refused:
        table.note(name, str(refused).rstrip("."), "an SVG drawing of lines and shapes")
        return ""
    if text.strip() != safe:
        what = "the drawing is not in the form in which Coach keeps it"
        table.note(name, what, "what `python -m coach drawing FILE` prints")
        return ""
    return safe


def check(protocol: Protocol, routines: tuple[Routine, ...], report: Report) -> None:
    """Note each exercise without its drawing, and each drawing without an exercise."""
    for n, routine in enumerate(routines):
        if routine.drawing and routine.drawing not in {*kit(), *protocol.drawings}:
            what = f"there is no drawing '{routine.drawing}'"
            report.add(f"routine[{n}].drawing", what, ", ".join([*kit(), *protocol.drawings]))
    named = {routine.drawing for routine in routines}
    for name, svg in protocol.drawings.items():
        if svg and name not in named:
            report.add(f"drawings.{name}", "no exercise has this drawing", "drawings that an exercise names")
