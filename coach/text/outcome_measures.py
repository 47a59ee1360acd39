"""The outcome questions and their answers in plain words.

An activity is in the patient's own words: show it as plain text, never as Markdown.
"""

from __future__ import annotations

from typing import assert_never

from coach.domain.facts import Activity, Change, ChangeRating, FunctionScore, PutOff, PutOffWhat
from coach.domain.protocol import Protocol
from coach.i18n import _, formats
from coach.i18n.sentences import in_a_sentence
from coach.text import bone_health

MeasureFact = Activity | FunctionScore | ChangeRating | PutOff


def number(value: float, *, digits: int = 1) -> str:
    """Return a mean without needless digits: 4, not 4.0; halves go up (0.5 is 1 at 0 digits)."""
    shown = int(value * 10**digits + 0.5) / 10**digits
    return formats.number(int(shown) if shown == int(shown) else shown)


def fact(what: MeasureFact, protocol: Protocol) -> tuple[str, ...]:
    """Return an answer in words: what it is, then the rest, a line each."""
    match what:
        case Activity(text):
            return (_("An activity of yours: {text}").format(text=text),)
        case FunctionScore(occasion, _activity, points):
            told = _("How well you could do it, {occasion}: {value}")
            return (
                told.format(
                    occasion=occasion_in_a_sentence(occasion, protocol), value=able(points, protocol)
                ),
            )
        case ChangeRating(occasion, change):
            told = _("Your back, {occasion}: {value}")
            value = in_a_sentence(changed(change, protocol))
            return (told.format(occasion=occasion_in_a_sentence(occasion, protocol), value=value),)
        case PutOff(occasion, PutOffWhat.FOR_TODAY):
            told = _("Questions left for another day, {occasion}")
            return (told.format(occasion=occasion_in_a_sentence(occasion, protocol)),)
        case PutOff(occasion, PutOffWhat.BONE_HEALTH):
            told = _("Questions about your bones left for another day, {occasion}")
            return (told.format(occasion=bone_health.occasion_in_a_sentence(occasion, protocol)),)
        case PutOff(occasion):
            told = _("No activities named, {occasion}")
            return (told.format(occasion=occasion_in_a_sentence(occasion, protocol)),)
        case _:
            assert_never(what)


def occasion(occasion_id: str, protocol: Protocol) -> str:
    """Return the name of an occasion: "2 weeks after"."""
    known = protocol.measures.occasion(occasion_id) if protocol.measures else None
    return _(known.name) if known else occasion_id


def occasion_in_a_sentence(occasion_id: str, protocol: Protocol) -> str:
    """Return the name of an occasion as it stands inside a sentence: "before the procedure"."""
    return in_a_sentence(occasion(occasion_id, protocol))


def able(points: int | None, protocol: Protocol) -> str:
    """Return the score of an activity, with words at the ends of the scale."""
    if points is None:
        return _("not known")
    words = dict(protocol.measures.function_words) if protocol.measures else {}
    number = _("{n} of 10").format(n=points)
    return f"{number} ({in_a_sentence(_(words[points]))})" if points in words else number


def changed(change: Change | None, protocol: Protocol) -> str:
    """Return a rating of change in the protocol's words."""
    if change is None:
        return _("Not known")
    words = protocol.measures.change_words if protocol.measures else {}
    return _(words[change.value]) if change.value in words else change.value.replace("_", " ")


def choices(protocol: Protocol) -> list[tuple[int, str, str]]:
    """Return the choices for an activity: value, label, and words."""
    words = dict(protocol.measures.function_words) if protocol.measures else {}
    return [(n, str(n), _(words[n]) if n in words else "") for n in range(11)]
