"""The values of a protocol in words: what each is called within its section, and what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from coach.domain.bone_questions import BoneOccasion
from coach.domain.protocol import (
    UNITS,
    Checkpoint,
    Curve,
    CurvePoint,
    Emergency,
    Occasion,
    Phase,
    Protocol,
    Quantity,
    Question,
    RedFlag,
    Routine,
)
from coach.domain.sign_off import PARTS, Value
from coach.i18n import _
from coach.i18n.sentences import in_a_row
from coach.text import function_tests, protocol_notices
from coach.text.protocol_labels import CHOICES, FIELDS, MEASURES, RULES, SAYS, SCALE_WORDS, SECTIONS
from coach.text.protocol_places import in_words, shortened
from coach.text.protocols import quantity

LEFT_OUT = frozenset(
    {"doses", "occasions", "checkpoints", "points"}
)  # what is below them has a name of its own
NAMED: Mapping[str, Mapping[str, str]] = {
    "rules": RULES,
    "measures": MEASURES,
    "notices": protocol_notices.NAMES,
}
CALLED = {**FIELDS, **SCALE_WORDS}


def section(name: str, protocol: Protocol) -> str:
    """Return what a section is called: a phase and an exercise by their names."""
    part, _dot, which = name.partition(".")
    if part in PARTS:
        return _item(_below(getattr(protocol, part), which)) or in_words(which)
    return _(SECTIONS[name]) if name in SECTIONS else in_words(name)


def label(value: Value, protocol: Protocol) -> str:
    """Return what a value is called within its section: "Fever, How urgent"."""
    if value.section == "title":
        return _("Title")
    names = value.path.removeprefix(value.section).strip(".").split(".")
    known = NAMED.get(value.section, {})
    if names[0] in known:
        return _(known[names[0]])
    return in_a_row(_names(value, protocol))


def said(value: Value) -> str:
    """Return what a value says: a number with its unit, a choice by its name, a text in the words of the file."""
    choices = CHOICES.get(value.path.rpartition(".")[2], SAYS)
    if value.text in choices:
        return _(choices[value.text])
    number, _space, unit = value.text.partition(" ")
    if unit in UNITS:
        try:
            return quantity(Quantity(float(Decimal(number)), unit, value.source))
        except (InvalidOperation, ValueError):  # a text that ends as a unit does
            return value.text
    return value.text


def _names(value: Value, protocol: Protocol) -> Iterator[str]:
    """Yield what leads from a section to a value: an item by its name, a field by what it is called."""
    within = value.section.count(".") + 1
    found: object = protocol
    for n, part in enumerate(value.path.split(".")):
        found = _below(found, part)
        if n < within or part in LEFT_OUT:
            continue
        if part in protocol.routines:
            yield _(protocol.routines[part].name)
        else:
            yield _item(found) or (_(CALLED[part]) if part in CALLED else in_words(part))


def _below(found: object, name: str) -> object:
    """Return the part of a protocol that a path names next: by its key, its id, its score or its number."""
    if isinstance(found, Mapping):
        return found.get(name)
    if isinstance(found, Sequence) and not isinstance(found, str):
        for n, each in enumerate(found):
            if isinstance(each, tuple) and str(each[0]) == name:
                return each[1]
            if getattr(each, "id", str(n)) == name:
                return each
        return None
    return getattr(found, name, None)


def _item(found: object) -> str:
    """Return what an item of a list is called, "" for what is none."""
    match found:
        case Routine(name=name) | Phase(name=name) | Occasion(name=name) | BoneOccasion(name=name):
            return _(name)
        case Emergency(name=name) | Curve(title=name) | RedFlag(text=name) | Question(text=name):
            return shortened(_(name)).removesuffix(".")
        case Checkpoint():
            return function_tests.occasion(found)
        case CurvePoint(after=after):
            return quantity(after)
        case _:
            return ""
