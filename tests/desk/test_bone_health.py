"""Bone health at the desk: each answer is stored once, replaced when given again, refused when it is late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from coach.desk import PatientDesk
from coach.desk.installation.recording import new_key
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import BoneHealth, BoneState, BoneStep
from tests.support.homes import Clock, size

TREATMENT, SCAN, APPOINTMENT = BoneStep.TREATMENT, BoneStep.SCAN, BoneStep.APPOINTMENT
WEEK_2 = timedelta(days=15)


def refused(patient: PatientDesk, act: Callable[[], None]) -> Fault:
    before = size(patient)
    with pytest.raises(BadValue) as caught:
        act()
    assert size(patient) == before, "what is refused stores nothing"
    return caught.value.fault


def left(patient: PatientDesk) -> tuple[BoneStep, ...]:
    found = patient.bone_health.questions()
    return found.left if found else ()


def test_each_answer_is_kept_and_not_asked_again(patient: PatientDesk, clock: Clock):
    assert patient.bone_health.questions() is None
    clock.now += WEEK_2
    for step, state in ((TREATMENT, BoneState.YES), (SCAN, BoneState.BOOKED), (APPOINTMENT, None)):
        assert step in left(patient)
        patient.bone_health.answer("week-2", step, state, key=new_key())
        assert step not in left(patient)


def test_the_same_tap_twice_is_one_answer_also_when_the_occasion_is_over(patient: PatientDesk, clock: Clock):
    clock.now += WEEK_2
    key = new_key()
    patient.bone_health.answer("week-2", SCAN, BoneState.NO, key=key)
    before = size(patient)
    clock.now += WEEK_2
    patient.bone_health.answer("week-2", SCAN, BoneState.NO, key=key)
    assert size(patient) == before


def test_an_answer_given_again_replaces_the_one_before_and_the_treatment_is_one_line(
    patient: PatientDesk, clock: Clock
):
    clock.now += WEEK_2
    patient.bone_health.answer("week-2", TREATMENT, BoneState.NO, key=new_key())
    patient.bone_health.answer(
        "week-2", TREATMENT, BoneState.YES, treatment=" Drops\nat \u202enoon ", key=new_key()
    )
    [entry] = patient.history().of(BoneHealth)
    assert (entry.fact.state, entry.fact.treatment) == (BoneState.YES, "Drops at noon")


def test_what_is_not_asked_now_is_refused(patient: PatientDesk, clock: Clock):
    bones = patient.bone_health
    early = refused(patient, lambda: bones.answer("week-2", SCAN, BoneState.NO, key=new_key()))
    clock.now += WEEK_2
    bones.answer("week-2", SCAN, BoneState.DONE, key=new_key())
    other = refused(patient, lambda: bones.answer("week-6", TREATMENT, BoneState.NO, key=new_key()))
    state = refused(patient, lambda: bones.answer("week-2", TREATMENT, BoneState.BOOKED, key=new_key()))
    clock.now += timedelta(weeks=4)
    late = refused(patient, lambda: bones.answer("week-2", TREATMENT, BoneState.NO, key=new_key()))
    done = refused(patient, lambda: bones.answer("week-6", SCAN, BoneState.NO, key=new_key()))
    off = refused(patient, lambda: bones.put_off("week-2", key=new_key()))
    assert {early, other, late, off} == {Fault.OCCASION_CLOSED}
    assert {state, done} == {Fault.UNKNOWN_CHOICE}


def test_not_now_holds_until_the_next_day_where_the_patient_lives(patient: PatientDesk, clock: Clock):
    clock.now += WEEK_2
    patient.bone_health.put_off("week-2", key=new_key())
    found = patient.bone_health.questions()
    assert found
    assert found.put_off
    clock.now += timedelta(hours=24)
    found = patient.bone_health.questions()
    assert found
    assert not found.put_off


def test_a_late_answer_can_be_corrected_in_the_diary(patient: PatientDesk, clock: Clock):
    clock.now += WEEK_2
    patient.bone_health.answer("week-2", SCAN, BoneState.NO, key=new_key())
    [entry] = patient.history().of(BoneHealth)
    clock.now += WEEK_2
    patient.diary.correct(entry.id, BoneHealth("week-2", SCAN, BoneState.DONE), key=new_key())
    assert [each.fact.state for each in patient.history().of(BoneHealth)] == [BoneState.DONE]
