"""Sign-off in words: whether values are checked by a clinician, and what the values are called."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from coach.domain import sign_off
from coach.domain.case import Case
from coach.domain.protocol import UNITS, Protocol, Quantity
from coach.domain.sign_off import PARTS, CheckedValue, SignOff, Summary, Value, ValueState
from coach.domain.times import local_date
from coach.i18n import _
from coach.i18n.sentences import at_the_start, in_a_row, listed
from coach.text import times
from coach.text.protocol_labels import FIELDS, MEASURES, RULES, SAYS, SECTIONS
from coach.text.protocols import quantity

LEFT_OUT = frozenset({"doses"})  # parts of a path that say nothing to a reader


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


def of_plan(found: SignOff, case: Case) -> str:
    """Return it of all that shapes any dose of a patient's exercises."""
    phases = [phase.id for phase in case.protocol.phases]
    places = sign_off.of_plan(case.protocol, phases=phases, routines=[each.id for each in case.routines])
    return of_protocol(found.of(*places), case.history.zone)


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
