"""Bone health is asked in its windows alone, once, anew after a new procedure; no answer moves an exercise."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest

from coach.domain import bone_health, facts, gate, triage
from coach.domain.bone_health import BoneHealthDue
from coach.domain.case import Case
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import BoneState, BoneStep
from coach.domain.history import History
from coach.domain.need import Need, NeedReason
from tests.domain.story import PHYSIO, PROTOCOL, Story

assert PROTOCOL.bone_health
OCCASIONS = {each.id: each for each in PROTOCOL.bone_health.occasions}
WEEK_2, WEEK_6, WEEK_12 = OCCASIONS
WEEK = 7 * 24.0
SECOND = timedelta(seconds=1)
TREATMENT, SCAN, APPOINTMENT = BoneStep.TREATMENT, BoneStep.SCAN, BoneStep.APPOINTMENT
YES, DONE, BOOKED, NO = BoneState.YES, BoneState.DONE, BoneState.BOOKED, BoneState.NO


def recovering() -> Story:
    return Story().begins()


def case_of(story: Story) -> Case:
    return Case.of(PROTOCOL, story.history)


def offered(story: Story, at: datetime | float) -> BoneHealthDue | None:
    return bone_health.offered(case_of(story), now=story.instant(at))


def left(story: Story, at: datetime | float) -> tuple[str | None, tuple[BoneStep, ...]]:
    found = offered(story, at)
    return (found.occasion.id, found.left) if found else (None, ())


def says(
    story: Story, occasion: str, step: BoneStep, state: BoneState | None, at: float, treatment: str = ""
) -> None:
    story.add(facts.BoneHealth(occasion, step, state, treatment), at)


def needs(story: Story) -> list[Need]:
    return [each for each in triage.needs(case_of(story)) if each.reason is NeedReason.BONE_TREATMENT]


@pytest.mark.parametrize("occasion", OCCASIONS)
def test_it_is_asked_from_the_first_to_the_last_second_of_its_window(occasion: str):
    story = recovering()
    opens = story.procedure_end + OCCASIONS[occasion].opens_after.span
    closes = opens + OCCASIONS[occasion].offered_for.span
    assert left(story, opens - SECOND) == (None, ())
    assert left(story, opens) == (occasion, tuple(BoneStep))
    assert left(story, closes - SECOND) == (occasion, tuple(BoneStep))
    assert left(story, closes) == (None, ())


def test_nothing_is_asked_before_a_procedure_or_by_a_protocol_without_the_questions():
    now = recovering().instant(2 * WEEK)
    assert bone_health.offered(Case.of(PROTOCOL, History()), now=now) is None
    without = dataclasses.replace(PROTOCOL, bone_health=None, digest="without")
    story = recovering()
    says(story, WEEK_6, TREATMENT, NO, 6 * WEEK)
    assert bone_health.offered(Case.of(without, story.history), now=story.instant(6 * WEEK)) is None
    assert bone_health.not_arranged(Case.of(without, story.history)) is None


def test_an_answer_is_not_asked_for_again_at_that_occasion_and_not_known_is_an_answer():
    story = recovering()
    says(story, WEEK_2, TREATMENT, None, 2 * WEEK + 1)
    says(story, WEEK_2, SCAN, BOOKED, 2 * WEEK + 1)
    assert left(story, 2 * WEEK + 2) == (WEEK_2, (APPOINTMENT,))
    says(story, WEEK_2, APPOINTMENT, NO, 2 * WEEK + 2)
    assert left(story, 2 * WEEK + 3) == (WEEK_2, ())


def test_what_is_done_is_not_asked_again_later_and_what_is_booked_is():
    story = recovering()
    says(story, WEEK_2, TREATMENT, YES, 2 * WEEK)
    says(story, WEEK_2, SCAN, DONE, 2 * WEEK)
    says(story, WEEK_2, APPOINTMENT, BOOKED, 2 * WEEK)
    assert left(story, 6 * WEEK) == (WEEK_6, (TREATMENT, APPOINTMENT))
    assert left(story, 2 * WEEK + 1) == (WEEK_2, ()), (
        "it stays a question of the occasion that it was told at"
    )


def test_not_now_holds_for_the_local_day_and_for_these_questions_alone():
    story = recovering()  # 12:00 in London
    story.add(facts.PutOff(WEEK_2, facts.PutOffWhat.FOR_TODAY), 2 * WEEK)
    other = offered(story, 2 * WEEK)
    assert other
    assert not other.put_off, "the outcome questions were put off"
    story.add(facts.PutOff(WEEK_2, facts.PutOffWhat.BONE_HEALTH), 2 * WEEK + 1)
    found = [offered(story, 2 * WEEK + hours) for hours in (2, 11.9, 12.0)]
    assert [each and each.put_off for each in found] == [True, True, False]


def test_a_new_procedure_asks_anew_and_forgets_the_need_of_the_course_before():
    story = recovering()
    says(story, WEEK_6, TREATMENT, NO, 6 * WEEK)
    assert needs(story)
    story.add(facts.Procedure(facts.Cause.NEW_PROCEDURE), 7 * WEEK)
    assert left(story, 8 * WEEK) == (None, ())
    assert left(story, 9 * WEEK) == (WEEK_2, tuple(BoneStep))
    assert bone_health.latest(case_of(story)) == {}
    assert not needs(story)


def test_a_correction_of_an_earlier_occasion_does_not_replace_what_was_said_later():
    story = recovering()
    first = story.add(facts.BoneHealth(WEEK_2, TREATMENT, NO), 2 * WEEK)
    says(story, WEEK_6, TREATMENT, NO, 6 * WEEK)
    story.add(facts.BoneHealth(WEEK_2, TREATMENT, YES), 2 * WEEK, corrects=first)
    latest = bone_health.latest(case_of(story))[TREATMENT]
    assert (latest.fact.occasion, latest.fact.state) == (WEEK_6, NO)


# ---------------------------------------------------------------- the need


@pytest.mark.parametrize(
    ("occasion", "state", "wanted"),
    [
        (WEEK_2, NO, []),
        (WEEK_6, YES, []),
        (WEEK_6, NO, [1]),
        (WEEK_6, None, [0]),
        (WEEK_12, NO, [1]),
    ],
)
def test_the_clinic_hears_at_weeks_6_and_12_that_no_treatment_is_arranged(
    occasion: str, state: BoneState | None, wanted: list[int]
):
    story = recovering()
    at = OCCASIONS[occasion].opens_after.value * WEEK + 1
    says(story, occasion, TREATMENT, state, at)
    found = needs(story)
    assert [each.detail["known"] for each in found] == wanted
    assert all(each.quiet and each.from_at == story.instant(at) for each in found)


def test_the_need_ends_by_a_later_yes_a_correction_the_clinics_own_word_or_a_mark():
    def no() -> tuple[Story, str]:
        story = recovering()
        says(story, WEEK_6, TREATMENT, NO, 6 * WEEK)
        return story, needs(story)[0].key

    later, _key = no()
    says(later, WEEK_12, TREATMENT, YES, 12 * WEEK)
    assert not needs(later)
    corrected, _key = no()
    told = corrected.history.of(facts.BoneHealth)[-1]
    corrected.add(facts.BoneHealth(WEEK_6, TREATMENT, YES), 6 * WEEK, corrects=told.id)
    assert not needs(corrected)
    recorded, _key = no()
    recorded.add(facts.CourseDetail(facts.Detail.BONE_TREATMENT, "Alendronate"), 6 * WEEK + 5)
    assert not needs(recorded)
    marked, key = no()
    marked.add(facts.Seen((key,)), 6 * WEEK + 5, author=PHYSIO)
    assert not needs(marked)
    says(marked, WEEK_12, TREATMENT, NO, 12 * WEEK)
    assert needs(marked), "the next occasion is another need"


def test_a_treatment_that_the_clinic_recorded_before_does_not_hide_what_the_patient_says_now():
    story = recovering()
    story.add(facts.CourseDetail(facts.Detail.BONE_TREATMENT, "Alendronate"), WEEK)
    says(story, WEEK_6, TREATMENT, NO, 6 * WEEK)
    assert needs(story)


# ---------------------------------------------------------------- what it is not


@pytest.mark.parametrize("state", [YES, NO, None])
def test_no_answer_opens_or_closes_an_exercise(state: BoneState | None):
    story, without = recovering(), recovering()
    says(story, WEEK_6, TREATMENT, state, 6 * WEEK)
    now = story.instant(6 * WEEK + 1)
    assert gate.decide(case_of(story), now=now) == gate.decide(case_of(without), now=now)


@pytest.mark.parametrize(
    ("step", "state", "treatment"),
    [
        (TREATMENT, DONE, ""),
        (SCAN, YES, ""),
        (APPOINTMENT, YES, ""),
        (TREATMENT, NO, "Pills"),
        (SCAN, DONE, "Pills"),
    ],
)
def test_a_step_has_its_own_states_and_a_treatment_is_named_where_there_is_one(
    step: BoneStep, state: BoneState, treatment: str
):
    with pytest.raises(BadValue) as refused:
        facts.BoneHealth(WEEK_6, step, state, treatment)
    assert refused.value.fault is Fault.UNKNOWN_CHOICE
