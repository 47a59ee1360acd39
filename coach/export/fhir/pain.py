"""Pain scores as Observation: pain right now has a LOINC code, all others are text."""

from __future__ import annotations

from datetime import timedelta

from coach.domain.facts import OVER_A_DAY, RIGHT_NOW, Pain, PainWhen, PainWord
from coach.domain.history import Entry
from coach.export.fhir.bundle_builder import BundleBuilder
from coach.export.fhir.codes import PAIN_NOW
from coach.export.fhir.values import ASKED_UNKNOWN, Json, coded, period, score, text
from coach.i18n import N_, _

#: The question of a score, for readers outside: with body part and scale.
QUESTIONS = {
    PainWhen.NOW: N_("Back pain right now"),
    PainWhen.BEFORE: N_("Back pain right now, before an exercise session"),
    PainWhen.AFTER: N_("Back pain right now, after an exercise session"),
    PainWhen.AVERAGE_24H: N_("Back pain on average over the last 24 hours"),
    PainWhen.WORST_24H: N_("Back pain at its worst in the last 24 hours"),
    PainWhen.BASELINE: N_("Back pain before the procedure, as remembered"),
}


def add(making: BundleBuilder) -> None:
    """Add every pain score."""
    for entry in making.every(Pain):
        _score(making, entry)


def _score(making: BundleBuilder, entry: Entry[Pain]) -> None:
    """Add one score: a number as a Quantity, a word as text, an unknown one as absent."""
    fact = entry.fact
    more: Json = {}
    if fact.when in OVER_A_DAY:
        more["effectivePeriod"] = period(entry.at - timedelta(days=1), entry.at, entry.zone)
    elif fact.when is PainWhen.BASELINE:
        more |= making.before(entry)
    else:
        more["effectiveDateTime"] = making.day_or_time(entry, fact.session)
    if fact.score is None:
        more["dataAbsentReason"] = ASKED_UNKNOWN
    elif isinstance(fact.score, PainWord):
        more["valueCodeableConcept"] = {"text": text(_(making.protocol.plain_words[fact.score.value]))}
    else:
        more["valueQuantity"] = score(fact.score)
    making.observe(entry, _code(fact), category="survey", session=fact.session, **more)


def _code(fact: Pain) -> Json:
    """Return the question's code; LOINC's is for a number 0-10 right now, so only that gets it."""
    asked = _(QUESTIONS[fact.when])
    if isinstance(fact.score, PainWord):
        return {"text": _("{question}, in plain words").format(question=asked)}
    scale = _("{question}, 0 (no pain) to 10 (worst pain you can imagine)").format(question=asked)
    return coded(PAIN_NOW, scale) if fact.when in RIGHT_NOW else {"text": scale}
