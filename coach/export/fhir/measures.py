"""Outcome measures as Observation, without codes: none is confirmed."""

from __future__ import annotations

from uuid import UUID, uuid5

from coach.domain import measures
from coach.domain.facts import Activity, Change, ChangeRating, FunctionScore
from coach.domain.history import Entry
from coach.export.fhir.bundle_builder import BundleBuilder
from coach.export.fhir.values import ASKED_UNKNOWN, Json, moment, score, text
from coach.i18n import _


def add(making: BundleBuilder) -> None:
    """Add scores of activities and ratings of change, then the means of the present course."""
    for entry in making.every(FunctionScore):
        _function(making, entry)
    for rating in making.every(ChangeRating):
        _change(making, rating)
    for result in measures.results(making.case):
        _mean(making, result)


def _function(making: BundleBuilder, entry: Entry[FunctionScore]) -> None:
    fact = entry.fact
    code = _("How well this can be done, 0 (unable) to 10 (as before): {activity}").format(
        activity=_activity(making, fact.activity)
    )
    value: Json = (
        {"dataAbsentReason": ASKED_UNKNOWN} if fact.able is None else {"valueQuantity": score(fact.able)}
    )
    if measures.is_before(making.protocol, fact.occasion):
        value |= making.before(entry)
    making.observe(
        entry, {"text": text(code)}, category="survey", component=_occasion(making, fact.occasion), **value
    )


def _activity(making: BundleBuilder, key: UUID) -> str:
    """Return an activity in its present words."""
    named = making.history.by_id.get(key)
    while named and (later := making.history.replaced.get(named.id)):
        named = later
    return named.fact.text if named and isinstance(named.fact, Activity) else _("not known")


def _change(making: BundleBuilder, entry: Entry[ChangeRating]) -> None:
    known, rated = making.protocol.measures, entry.fact.change
    value: Json = {"dataAbsentReason": ASKED_UNKNOWN}
    if rated is not None:
        value = {"valueCodeableConcept": {"text": _word(making, rated)}}
    asked = _(known.change_question) if known else _("Change of the back since before the procedure")
    making.observe(
        entry,
        {"text": text(asked)},
        category="survey",
        component=_occasion(making, entry.fact.occasion),
        **value,
    )


def _word(making: BundleBuilder, rated: Change) -> str:
    known = making.protocol.measures
    return text(_(known.change_words[rated.value])) if known else rated.value


def _occasion(making: BundleBuilder, occasion: str) -> list[Json]:
    """Return the occasion of a question, as a component."""
    known = making.protocol.measures.occasion(occasion) if making.protocol.measures else None
    name = text(_(known.name) if known else occasion)
    return [{"code": {"text": _("Occasion")}, "valueString": name or _("not known")}]


def _mean(making: BundleBuilder, result: measures.Result) -> None:
    """Add the mean of the activities scored at an occasion."""
    course = making.case.course
    if result.mean is None or course is None:
        return
    when: Json = {"effectiveDateTime": moment(result.at, making.patient_record.zone)}
    if measures.is_before(making.protocol, result.occasion.id):
        when = making.before(result.scores[-1].entry)
    making.add(
        "Observation",
        str(uuid5(course.first.id, f"Observation function {result.occasion.id}")),
        status="final",
        category=making.category("survey"),
        code={"text": _("Mean of the own activities, 0 (unable) to 10 (as before)")},
        subject=making.patient,
        **when,
        performer=[making.patient],
        valueQuantity=score(round(result.mean, 2)),
        note=[{"text": text(_(making.protocol.measures.attribution))}] if making.protocol.measures else None,
        derivedFrom=[making.reference(each.entry.id) for each in result.scores],
        component=_occasion(making, result.occasion.id),
    )
