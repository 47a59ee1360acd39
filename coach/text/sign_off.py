"""Sign-off in words: whether values are checked by a clinician, by whom and when."""

from __future__ import annotations

from coach.domain import sign_off
from coach.domain.case import Case
from coach.domain.sign_off import CheckedValue, SignOff, Summary, ValueState
from coach.domain.times import local_date
from coach.i18n import _
from coach.i18n.sentences import at_the_start, listed
from coach.text import times


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


def _named(name: str) -> str:
    return name or _("a physiotherapist")
