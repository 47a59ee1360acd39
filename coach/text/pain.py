"""Pain, effort and the light after a session in words."""

from __future__ import annotations

from coach.domain.case import Case
from coach.domain.facts import PainWhen, PainWord, Score
from coach.domain.pain import Light
from coach.domain.protocol import Protocol
from coach.i18n import N_, _
from coach.i18n.sentences import in_a_sentence
from coach.text.protocol_texts import protocol_text


def score(value: Score | None, protocol: Protocol) -> str:
    """Return a pain score as shown: the number, or the plain words."""
    if value is None:
        return _("not known")
    if isinstance(value, PainWord):
        return _(protocol.plain_words[value.value])
    return str(value)


def in_words(value: Score, protocol: Protocol) -> str:
    """Return a pain score as it stands inside a sentence."""
    return in_a_sentence(score(value, protocol))


def pain_choices(protocol: Protocol, *, plain_words: bool) -> list[tuple[Score, str, str]]:
    """Return the choices of the pain question: value, label, and words."""
    if plain_words:
        return [(word, _(protocol.plain_words[word.value]), "") for word in PainWord]
    words = dict(protocol.pain_words)
    return [(n, str(n), _(words[n]) if n in words else "") for n in range(11)]


def light(colour: Light | None, case: Case) -> str:
    """Return a session's advice by its light; "" without a light."""
    names = {Light.AMBER: "light_amber", Light.RED: "light_red"}
    return protocol_text(case, names[colour]) if colour else ""


#: A score by when it was given, for the charts and tables of both audiences.
LABELS = {
    PainWhen.NOW: N_("Right now"),
    PainWhen.BEFORE: N_("Before exercise"),
    PainWhen.AFTER: N_("After exercise"),
    PainWhen.AVERAGE_24H: N_("Average of the day"),
    PainWhen.WORST_24H: N_("Worst of the day"),
    PainWhen.BASELINE: N_("Before the procedure"),
}


def pain_question(when: PainWhen) -> str:
    """Return the question of a pain score."""
    return {
        PainWhen.NOW: _("Pain"),
        PainWhen.BEFORE: _("Pain before"),
        PainWhen.AFTER: _("Pain after"),
        PainWhen.AVERAGE_24H: _("Pain over 24 hours, on average"),
        PainWhen.WORST_24H: _("Pain over 24 hours, at its worst"),
        PainWhen.BASELINE: _("Pain in the week before the procedure"),
    }[when]


def effort(value: int, protocol: Protocol) -> str:
    """Return how hard a session was, in words if the number has some."""
    words = dict(protocol.effort_words)
    return in_a_sentence(_(words[value])) if value in words else _("{n} of 10").format(n=value)
