"""What the patient said about their bones, in plain words for both audiences.

The name of a treatment is in the patient's own words: show it as plain text, never as Markdown.
"""

from __future__ import annotations

from collections.abc import Mapping

from coach.domain.facts import BoneHealth, BoneState, BoneStep
from coach.domain.protocol import Protocol
from coach.i18n import N_, _
from coach.i18n.sentences import in_a_sentence

#: The answers as buttons; `None` is asked but unknown.
ANSWERS: Mapping[BoneStep, Mapping[BoneState | None, str]] = {
    BoneStep.TREATMENT: {
        BoneState.YES: N_("Yes"),
        BoneState.NO: N_("No"),
        None: N_("I do not know"),
    },
    BoneStep.SCAN: {
        BoneState.DONE: N_("Yes, it is done"),
        BoneState.BOOKED: N_("It is booked"),
        BoneState.NO: N_("No"),
        None: N_("I do not know"),
    },
    BoneStep.APPOINTMENT: {
        BoneState.DONE: N_("Yes, I was there"),
        BoneState.BOOKED: N_("It is booked"),
        BoneState.NO: N_("No"),
        None: N_("I do not know"),
    },
}
#: An answer in the patient's diary.
TOLD: Mapping[BoneStep, Mapping[BoneState | None, str]] = {
    BoneStep.TREATMENT: {
        BoneState.YES: N_("Treatment for your bones: yes"),
        BoneState.NO: N_("Treatment for your bones: no"),
        None: N_("Treatment for your bones: not known"),
    },
    BoneStep.SCAN: {
        BoneState.DONE: N_("Bone density scan: done"),
        BoneState.BOOKED: N_("Bone density scan: booked"),
        BoneState.NO: N_("Bone density scan: no"),
        None: N_("Bone density scan: not known"),
    },
    BoneStep.APPOINTMENT: {
        BoneState.DONE: N_("Visit about your bones: done"),
        BoneState.BOOKED: N_("Visit about your bones: booked"),
        BoneState.NO: N_("Visit about your bones: no"),
        None: N_("Visit about your bones: not known"),
    },
}
#: An answer in a row for the physiotherapist.
SHORT: Mapping[BoneStep, Mapping[BoneState | None, str]] = {
    BoneStep.TREATMENT: {
        BoneState.YES: N_("treatment arranged"),
        BoneState.NO: N_("treatment not arranged"),
        None: N_("treatment not known"),
    },
    BoneStep.SCAN: {
        BoneState.DONE: N_("DXA done"),
        BoneState.BOOKED: N_("DXA booked"),
        BoneState.NO: N_("no DXA"),
        None: N_("DXA not known"),
    },
    BoneStep.APPOINTMENT: {
        BoneState.DONE: N_("visit done"),
        BoneState.BOOKED: N_("visit booked"),
        BoneState.NO: N_("no visit"),
        None: N_("visit not known"),
    },
}
#: An answer in a letter, where the question stands beside it.
REPORTED: Mapping[BoneStep, Mapping[BoneState | None, str]] = {
    BoneStep.TREATMENT: {
        BoneState.YES: N_("arranged or started"),
        BoneState.NO: N_("not arranged"),
        None: N_("not known"),
    },
    BoneStep.SCAN: {
        BoneState.DONE: N_("done"),
        BoneState.BOOKED: N_("booked"),
        BoneState.NO: N_("not done or booked"),
        None: N_("not known"),
    },
    BoneStep.APPOINTMENT: {
        BoneState.DONE: N_("done"),
        BoneState.BOOKED: N_("booked"),
        BoneState.NO: N_("not done or booked"),
        None: N_("not known"),
    },
}


def occasion(occasion_id: str, protocol: Protocol) -> str:
    """Return the name of an occasion: "Week 6"."""
    known = protocol.bone_health.occasion(occasion_id) if protocol.bone_health else None
    return _(known.name) if known else occasion_id


def occasion_in_a_sentence(occasion_id: str, protocol: Protocol) -> str:
    """Return the name of an occasion as it stands inside a sentence: "week 6"."""
    return in_a_sentence(occasion(occasion_id, protocol))


def answer(told: BoneHealth) -> str:
    """Return an answer as it is on its button."""
    return _(ANSWERS[told.step][told.state])


def short(told: BoneHealth) -> str:
    """Return an answer as a few words for a physiotherapist, with the treatment's name if any."""
    said = _(SHORT[told.step][told.state])
    return _("{what}: {treatment}").format(what=said, treatment=told.treatment) if told.treatment else said


def reported(told: BoneHealth) -> str:
    """Return an answer for a letter, with the treatment's name if any."""
    said = _(REPORTED[told.step][told.state])
    return _("{what}: {treatment}").format(what=said, treatment=told.treatment) if told.treatment else said


def fact(told: BoneHealth, protocol: Protocol) -> tuple[str, ...]:
    """Return an answer for the patient: what was said and when it was asked, then the own words."""
    said, when = _(TOLD[told.step][told.state]), occasion_in_a_sentence(told.occasion, protocol)
    return (
        _("{what} ({occasion})").format(what=said, occasion=when),
        *filter(None, [told.treatment]),
    )
