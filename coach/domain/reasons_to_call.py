"""Calls: everything that tells a patient to contact the clinic, with the clinic's reason for it.

A new sentence that tells a patient to call, ask or tell the clinic because of what is recorded must
be added here: a patient who is asked to call must not be "on track" in the caseload.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from coach.domain import measures, pain, pain_change, red_flags, rising_pain
from coach.domain.case import Case
from coach.domain.need import NeedReason
from coach.domain.times import local_date, utc


class Call(StrEnum):
    """Why the patient is asked to contact the clinic."""

    RED_FLAG = "red_flag"  # a warning sign's card, on Today, Warning and every other page
    # The notice `two_high_days`, on Today, in the diary and on the exercise sheet
    HIGH_PAIN = "high_pain"
    RED_LIGHT = "red_light"  # the notice `light_red` after a session: "Worried? Call"
    ANSWER = "answer"  # the notice `set_up_closed`, on Today and under Settings
    PAIN_WORSE = "pain_worse"  # Progress, pain: "Tell your clinic"
    FUNCTION_DOWN = "function_down"  # Progress, activities: "Tell your clinic"
    REVIEW_DUE = "review_due"  # the notice `review_due`, on Today


REASONS: Mapping[Call, NeedReason] = {
    Call.RED_FLAG: NeedReason.RED_FLAG,
    Call.HIGH_PAIN: NeedReason.HIGH_PAIN,
    Call.RED_LIGHT: NeedReason.RED_LIGHT,
    Call.ANSWER: NeedReason.ANSWER,
    Call.PAIN_WORSE: NeedReason.PAIN_WORSE,
    Call.FUNCTION_DOWN: NeedReason.FUNCTION_DOWN,
    Call.REVIEW_DUE: NeedReason.REVIEW_DUE,
}


def now(case: Case, at: datetime) -> frozenset[Call]:
    """Return all calls at an instant, by the same functions as the patient's screens."""
    return frozenset(_now(case, utc(at)))


def _now(case: Case, at: datetime) -> Iterator[Call]:
    today = local_date(at, case.history.zone)
    if red_flags.open_flags(case):
        yield Call.RED_FLAG
    if high_pain(case, at):
        yield Call.HIGH_PAIN
    lasts = case.protocol.rules.red_light_closes_for.span
    if any(red <= at < red + lasts for red in pain.reds(case)):
        yield Call.RED_LIGHT
    if any(reply for _question, reply in case.asked):
        yield Call.ANSWER
    change = pain_change.pain_change(case, today=today)
    if rising_pain.worse(case.protocol, change):
        yield Call.PAIN_WORSE
    scored = [each for each in measures.results(case) if each.mean is not None]
    if scored and measures.is_down(scored[-1]):
        yield Call.FUNCTION_DOWN
    span = case.course.span_at(at) if case.course else None
    if span and span.phase.review_due:
        yield Call.REVIEW_DUE


def high_pain(case: Case, at: datetime) -> bool:
    """Tell whether pain was high on days in a row, so that the clinic's advice is needed."""
    known = case.course
    today = local_date(at, case.history.zone)
    return known is not None and pain.two_high_days(case, since=known.procedure.at, today=today)
