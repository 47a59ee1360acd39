"""Bone health: the questions of each occasion, and how far treatment, scan and appointment are.

Everything here is what the patient said. It opens and closes no exercise. Only answers of the
present course count: a new procedure starts again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from coach.domain.bone_questions import BoneOccasion
from coach.domain.case import Case
from coach.domain.course import COURSE
from coach.domain.derived import derived_from
from coach.domain.facts import (
    BoneHealth,
    BoneState,
    BoneStep,
    CourseDetail,
    Detail,
    PutOff,
    PutOffWhat,
)
from coach.domain.history import Entry
from coach.domain.measures import told_in_course
from coach.domain.times import local_date

Answers = Mapping[tuple[str, BoneStep], Entry[BoneHealth]]


@dataclass(frozen=True, slots=True)
class BoneHealthDue:
    """The occasion that is open now, over [opens, closes).

    `steps` are asked at it, `left` of them are not answered. `put_off` is true if the patient said
    "not now" today.
    """

    occasion: BoneOccasion
    opens: datetime
    closes: datetime
    steps: tuple[BoneStep, ...]
    left: tuple[BoneStep, ...]
    put_off: bool


def offered(case: Case, *, now: datetime) -> BoneHealthDue | None:
    """Return the occasion in whose window the instant lies, answered or not, or None."""
    known, asked = case.course, case.protocol.bone_health
    if known is None or asked is None:
        return None
    for occasion in asked.occasions:
        opens = known.procedure.at + occasion.opens_after.span
        closes = opens + occasion.offered_for.span
        if opens <= now < closes:
            asked_now, told = steps(case, occasion), answers(case)
            return BoneHealthDue(
                occasion=occasion,
                opens=opens,
                closes=closes,
                steps=asked_now,
                left=tuple(step for step in asked_now if (occasion.id, step) not in told),
                put_off=_put_off(case, occasion, now),
            )
    return None


def steps(case: Case, occasion: BoneOccasion) -> tuple[BoneStep, ...]:
    """Return the steps to ask: a scan or an appointment that was done is not asked for again."""
    asked = case.protocol.bone_health
    ids = [each.id for each in asked.occasions] if asked else []
    before = ids[: ids.index(occasion.id)]
    done = {
        step
        for (when, step), entry in answers(case).items()
        if when in before and entry.fact.state is BoneState.DONE
    }
    return tuple(step for step in BoneStep if step not in done)


def _put_off(case: Case, occasion: BoneOccasion, now: datetime) -> bool:
    today = local_date(now, case.history.zone)
    return any(
        each.fact.occasion == occasion.id
        and each.fact.what is PutOffWhat.BONE_HEALTH
        and each.local_date == today
        for each in told_in_course(case, PutOff)
    )


@derived_from(BoneHealth, *COURSE)
def answers(case: Case) -> Answers:
    """Return the latest answer of the present course by occasion and step."""
    told = sorted(told_in_course(case, BoneHealth), key=lambda entry: entry.seq)
    return {(entry.fact.occasion, entry.fact.step): entry for entry in told}


def latest(case: Case) -> Mapping[BoneStep, Entry[BoneHealth]]:
    """Return each step's answer of the last occasion at which there is one.

    A correction of an earlier occasion does not replace what was said later.
    """
    asked = case.protocol.bone_health
    order = [each.id for each in asked.occasions] if asked else []

    def place(entry: Entry[BoneHealth]) -> tuple[int, int]:
        known = entry.fact.occasion in order
        return order.index(entry.fact.occasion) if known else -1, entry.seq

    told = sorted(answers(case).values(), key=place)
    found = {entry.fact.step: entry for entry in told}
    return {step: found[step] for step in BoneStep if step in found}


def not_arranged(case: Case) -> Entry[BoneHealth] | None:
    """Return the answer by which no treatment is arranged and the clinic is to know, or None.

    It is None where the clinic has recorded a bone treatment since.
    """
    told, asked = latest(case).get(BoneStep.TREATMENT), case.protocol.bone_health
    occasion = asked.occasion(told.fact.occasion) if told and asked else None
    if told is None or occasion is None or not occasion.tells_clinic or told.fact.state is BoneState.YES:
        return None
    known = clinic_knows(case)
    return None if known and known.recorded_at >= told.recorded_at else told


def clinic_knows(case: Case) -> Entry[CourseDetail] | None:
    """Return the bone treatment that the clinic recorded, or None where it recorded none."""
    told = [each for each in case.history.of(CourseDetail) if each.fact.detail is Detail.BONE_TREATMENT]
    found = max(told, key=lambda entry: entry.seq, default=None)
    return found if found and found.fact.text else None
