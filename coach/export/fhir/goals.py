"""Goals: the protocol's clear change for the better, in pain and in the patient's activities.

No clinician set them for this patient, so their status is `proposed`.
"""

from __future__ import annotations

from uuid import uuid5

from coach.domain import measures, pain_change
from coach.domain.facts import Procedure
from coach.domain.history import Entry
from coach.domain.pain_change import Verdict
from coach.export.fhir.bundle_builder import BundleBuilder
from coach.export.fhir.values import HL7, Json, moment, score, text
from coach.i18n import _
from coach.review.patient import frames
from coach.text import estimates
from coach.text.outcome_measures import number

REACHED = {
    Verdict.CLEARLY_BETTER: ("achieved", "Achieved"),
    Verdict.LITTLE_BETTER: ("improving", "Improving"),
    Verdict.SAME: ("no-change", "No Change"),
    Verdict.WORSE: ("worsening", "Worsening"),
}


def add(making: BundleBuilder) -> None:
    """Add the goals of the present course; without a baseline there is none."""
    if making.case.course is None:
        return
    _pain(making)
    _function(making)


def _pain(making: BundleBuilder) -> None:
    case = making.case
    change = pain_change.pain_change(case, today=making.patient_record.today)
    limit = frames.better_limit(case.protocol, change.baseline) if change.baseline is not None else None
    if limit is None:
        return
    known = change.days >= case.protocol.rules.better_needs.whole
    _goal(
        making,
        "pain",
        _(
            "Back pain clearly better than before the procedure: {limit} or less on average over {n} days"
        ).format(limit=number(limit), n=case.protocol.rules.better_window.whole),
        {**score(round(limit, 2)), "comparator": "<="},
        change.verdict if known else None,
    )


def _function(making: BundleBuilder) -> None:
    known, results = making.protocol.measures, measures.results(making.case)
    before = next((each for each in results if measures.is_before(making.protocol, each.occasion.id)), None)
    if known is None or before is None or before.mean is None:
        return
    aim = round(before.mean + known.detectable_mean.value, 2)
    if aim > measures.AS_BEFORE:
        return
    compared = [each for each in results if each.change is not None]
    _goal(
        making,
        "function",
        _("The own activities go clearly better than before the procedure: {aim} or more on average").format(
            aim=number(aim)
        ),
        {**score(aim), "comparator": ">="},
        _function_verdict(compared[-1]) if compared else None,
    )


def _function_verdict(result: measures.Result) -> Verdict:
    if not result.detectable:
        return Verdict.SAME
    return Verdict.WORSE if measures.is_down(result) else Verdict.CLEARLY_BETTER


def _day(ended: Entry[Procedure]) -> str | None:
    """Return the day of the procedure, or None if it is not known."""
    known = estimates.day_is_known(ended.fact.earliest, ended.at, ended.zone)
    return moment(ended.at, ended.zone)[:10] if known else None


def _goal(making: BundleBuilder, name: str, said: str, aim: Json, verdict: Verdict | None) -> None:
    course = making.case.course
    if course is None:
        return
    code = REACHED[verdict] if verdict else None
    reached = {"system": f"{HL7}/goal-achievement", "code": code[0], "display": code[1]} if code else None
    making.goals.append(
        making.add(
            "Goal",
            str(uuid5(course.first.id, f"Goal {name}")),
            lifecycleStatus="proposed",
            achievementStatus={"coding": [reached]} if reached else None,
            description={"text": text(said)},
            subject=making.patient,
            startDate=_day(course.procedure),
            target=[{"measure": {"text": text(said)}, "detailQuantity": aim}],
        )
    )
