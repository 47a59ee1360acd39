"""A place in a protocol file in the reader's words: "Thigh tightening: Never more than, Hold"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coach.i18n import _
from coach.i18n.sentences import at_the_start, in_a_row
from coach.text.protocol_labels import FIELDS, MEASURES, RULES, SCALE_WORDS, SECTIONS
from coach.text.protocol_notices import NAMES

Place = tuple[str | int, ...]
# The tables of a file, and the sections of the same name on the other screens
TABLES: Mapping[str, str] = {
    "red_flag": "red_flags",
    "question": "questions",
    "curve": "curves",
    "emergency": "emergency_numbers",
}
WORDS_OF = frozenset({"emergency", "sources", "measures", "pain_words", "effort_words", "plain_words"})
ADVICE = FIELDS["advice_line"]
LEFT_OUT = frozenset({"value", "dose"})  # parts of a place that say nothing to a reader
SHOWN = 60  # characters of a text that stands for its item


def label(place: Place, said: Mapping[str, Any]) -> str:
    """Return what a field is called within its item, such as "Never more than, Hold"."""
    parts = [each for each in _within(place) if each not in LEFT_OUT]
    names: list[str] = []
    for n, part in enumerate(parts):
        if isinstance(part, int) and n < len(parts) - 1:
            names[-1] = _("{what} {n}").format(what=names[-1], n=part + 1)
        elif isinstance(part, int):
            names.append(_("line {n}").format(n=part + 1))
        elif place[0] in WORDS_OF and n == len(parts) - 1 and (told := _of_scale(place)):
            names.append(told)
        elif n == 0 and place[0] == "rules" and part in RULES:
            names.append(_(RULES[part]))
        elif place[0] == "notices" and part in NAMES:
            names.append(_(NAMES[part]))
        elif place[0] == "measures" and part in MEASURES:
            names.append(_(MEASURES[part]))
        elif n == 0 and place[0] == "phase" and "dose" in place:
            names.append(_routine_name(part, said))
        else:
            names.append(_(FIELDS[part]) if part in FIELDS else in_words(part))
    return in_a_row(names)


def _of_scale(place: Place) -> str:
    """Return what a word of a scale, a number to call or a source is called; "" for anything else."""
    last = str(place[-1])
    if last.isdecimal():
        return _("Word for {n} of 10").format(n=last)
    if place[0] == "sources":
        return _("{source}: what it is, and where it is found").format(source=last)
    if place[0] == "emergency":
        return _(ADVICE) if last == "advice" else ""
    return _(SCALE_WORDS[last]) if last in SCALE_WORDS else ""


def whole(place: Place, said: Mapping[str, Any]) -> str:
    """Return what a field is called anywhere: its item, then its own name."""
    head, tail = item(place, said), label(place, said)
    if not tail or not head:
        return head or tail
    return _("{item}: {field}").format(item=head, field=tail)


def item(place: Place, said: Mapping[str, Any]) -> str:
    """Return what the exercise, phase, sign or section of a place is called."""
    if not place:
        return ""
    table = str(place[0])
    if len(place) > 1 and isinstance(place[1], int):
        found = _item(said.get(table), place[1])
        named = str(found.get("name") or found.get("title") or found.get("text") or "")
        if named:
            named = _(named)
            return shortened(named)
    if len(place) == 1 and table in ("title", "version", "id"):
        return ""
    name = TABLES.get(table, table)
    if name in ("routine", "phase"):
        return _("Exercises") if name == "routine" else _("Phases")
    return _(SECTIONS[name]) if name in SECTIONS else in_words(name)


def _within(place: Place) -> Place:
    """Return the place within its item; of one that stands in the file itself the place."""
    if len(place) == 1:
        return place if place[0] in ("title", "version", "id") else ()
    return place[2:] if isinstance(place[1], int) else place[1:]


def _item(items: object, n: int) -> Mapping[str, Any]:
    if isinstance(items, Sequence) and not isinstance(items, str) and n < len(items):
        found = items[n]
        return found if isinstance(found, dict) else {}
    return {}


def _routine_name(name: str, said: Mapping[str, Any]) -> str:
    routines = said.get("routine")
    for each in routines if isinstance(routines, list) else ():
        if isinstance(each, dict) and each.get("id") == name:
            named = str(each.get("name") or name)
            return _(named)
    return in_words(name)


def shortened(text: str) -> str:
    """Return a text that stands for its item, cut where it is long."""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def in_words(name: str) -> str:
    """Return a key of the file as words, where it has no name of its own."""
    return at_the_start(name.replace("_", " ").replace("-", " "))
