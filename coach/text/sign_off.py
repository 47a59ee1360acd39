"""Sign-off in words: whether values are checked by a clinician, and what the values are called."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from coach.domain.protocol import UNITS, Anchor, Protocol, Quantity
from coach.domain.sign_off import PARTS, CheckedValue, Opinion, Summary, Value, ValueState
from coach.domain.times import local_date
from coach.i18n import N_, _
from coach.i18n.sentences import at_the_start, in_a_row, listed
from coach.text import times
from coach.text.protocol_labels import MEASURES, RULES
from coach.text.protocols import quantity

SECTIONS: Mapping[str, str] = {
    "title": N_("Title"),
    "rules": N_("Rules"),
    "red_flags": N_("Warning signs"),
    "questions": N_("Set-up questions"),
    "curves": N_("Studies"),
    "emergency_numbers": N_("Numbers to call"),
    "measures": N_("Outcome questions"),
    "pain_words": N_("Words for pain"),
    "plain_words": N_("Pain in plain words"),
    "effort_words": N_("Words for effort"),
    "notices": N_("Notices"),
    "guide": N_("Guide"),
}
FIELDS: Mapping[str, str] = {
    "reps": N_("Repetitions"),
    "hold": N_("Hold"),
    "per_day": N_("Sets a day"),
    "hourly": N_("Every hour"),
    "first_dose": N_("First dose"),
    "maximum": N_("Never more than"),
    "gap": N_("Least time between two sets"),
    "hourly_gap": N_("Least time between two sets, while hourly"),
    "hourly_cap": N_("Most sets a day, while hourly"),
    "hourly_met_at": N_("Sets that a day asks for, while hourly"),
    "tighten": N_("Time to tighten"),
    "sides": N_("Sides that take turns"),
    "kind": N_("Kind of exercise"),
    "name": N_("Name"),
    "clinical_name": N_("Clinical name"),
    "aliases": N_("Also called"),
    "why": N_("Why"),
    "position": N_("Position"),
    "steps": N_("Steps"),
    "instruction": N_("Instruction"),
    "breathing": N_("Breathing"),
    "effort": N_("Effort"),
    "feels_like": N_("What it feels like"),
    "faults": N_("Common mistakes"),
    "stop_when": N_("Stop when"),
    "cues": N_("Words of the session"),
    "anchor": N_("Counted from"),
    "opens_after": N_("Begins after"),
    "rest_rule": N_("Rest rule"),
    "do": N_("Do"),
    "dont": N_("Do not"),
    "next_change": N_("What comes next"),
    "text": N_("Text"),
    "level": N_("How urgent"),
    "advice": N_("What to do"),
    "closes": N_("What a yes closes"),
    "emergency": N_("Emergency number"),
}
SAYS: Mapping[str, str] = {
    "yes": N_("Yes"),
    "no": N_("No"),
    Anchor.PROCEDURE_END: N_("The end of the procedure"),
    Anchor.HOME_ARRIVAL: N_("Coming home"),
}
LEFT_OUT = frozenset({"doses"})  # parts of a path that say nothing to a reader
OPINIONS: Mapping[Opinion, str] = {
    Opinion.AGREE: N_("I agree"),
    Opinion.CHANGE: N_("I agree, with a change needed"),
    Opinion.NOT_MINE: N_("Not mine to judge"),
    Opinion.WITHDRAWN: N_("I take back what I said"),
}


def state(found: CheckedValue, zone: str) -> str:
    """Return how one value stands: "Checked by A. Meyer on 3 November 2026"."""
    match found.state, found.signature:
        case ValueState.CHECKED, signed if signed:
            day = times.long_date(local_date(signed.at, zone))
            return _("Checked by {name} on {day}").format(name=_named(signed.name), day=day)
        case ValueState.CHANGE_ASKED, signed if signed:
            day = times.long_date(local_date(signed.at, zone))
            asks = at_the_start(
                _("{name} asks for a change, {day}").format(name=_named(signed.name), day=day)
            )
            return _("{what}: {why}").format(what=asks, why=signed.note) if signed.note else asks
        case ValueState.CHANGED, _signed:
            return _("Changed since it was checked")
        case _:
            return _("Not checked by a clinician")


def sentence(found: Summary, zone: str, *, counted: bool = True) -> str:
    """Return whether all of some values are checked, by whom and when last, as a sentence.

    Where one of them is not, it says that not all are: never that they are checked. Then it names
    how many are, where that is wanted.
    """
    if not found.checked or found.last is None:
        return _("Not checked by a clinician.")
    if not found.is_whole and not counted:
        return _("Not all checked by a clinician.")
    if not found.is_whole:
        return _("Not all checked by a clinician: {n} of {of} values.").format(n=found.checked, of=found.of)
    names, day = [_named(name) for name in found.names], times.long_date(local_date(found.last, zone))
    if len(names) == 1:
        return _("Checked by {name} on {day}.").format(name=names[0], day=day)
    return _("Checked by {names}, last on {day}.").format(names=listed(names), day=day)


def of_protocol(found: Summary, zone: str, *, counted: bool = True) -> str:
    """Return the same sentence, where a reader has to be told what it is about."""
    return _("The protocol’s values: {told}").format(told=sentence(found, zone, counted=counted))


def count(found: Summary) -> str:
    """Return how many are checked: "42 of 118 checked"."""
    return _("{n} of {of} checked").format(n=found.checked, of=found.of)


def section(name: str, protocol: Protocol) -> str:
    """Return what a section is called: a phase and an exercise by their names."""
    part, _dot, which = name.partition(".")
    if part in PARTS:
        return _part(which, protocol)
    return _(SECTIONS[name]) if name in SECTIONS else _in_words(name)


def label(value: Value, protocol: Protocol) -> str:
    """Return what a value is called within its section."""
    names = value.path.removeprefix(value.section).strip(".").split(".")
    if value.section == "rules" and names[0] in RULES:
        return _(RULES[names[0]])
    if value.section == "measures" and names[0] in MEASURES:
        return _(MEASURES[names[0]])
    if value.section == "title":
        return _("Title")
    return in_a_row(_part(name, protocol) for name in names if name not in LEFT_OUT)


def said(value: Value) -> str:
    """Return what a value says: a number with its unit, a text in the words of the file."""
    number, _space, unit = value.text.partition(" ")
    if unit in UNITS:
        try:
            return quantity(Quantity(float(Decimal(number)), unit, value.source))
        except (InvalidOperation, ValueError):  # a text that ends as a unit does
            return value.text
    return _(SAYS[value.text]) if value.text in SAYS else value.text


def _part(name: str, protocol: Protocol) -> str:
    if name in protocol.routines:
        return _(protocol.routines[name].name)
    phase = next((each for each in protocol.phases if each.id == name), None)
    if phase:
        return _(phase.name)
    return _(FIELDS[name]) if name in FIELDS else _in_words(name)


def _in_words(name: str) -> str:
    return at_the_start(name.replace("_", " ").replace("-", " "))


def _named(name: str) -> str:
    return name or _("a physiotherapist")
