"""Outcome questions at the desk: each answer is stored once, replaced when given again, refused when it is late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from coach.desk import PatientDesk
from coach.desk.installation.recording import new_key
from coach.domain import measures
from coach.domain.case import Case
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Activity, Change, ChangeRating, FunctionScore, PutOffWhat
from tests.support.homes import Clock, size

BED, SOCKS = "Getting out of bed", "Putting on socks"


def refused(patient: PatientDesk, act: Callable[[], None]) -> Fault:
    before = size(patient)
    with pytest.raises(BadValue) as caught:
        act()
    assert size(patient) == before, "what is refused stores nothing"
    return caught.value.fault


def name(patient: PatientDesk, *texts: str) -> list[UUID]:
    patient.measures.name_activities(texts, key=new_key())
    return [each.id for each in patient.measures.activities()]


def answer_baseline(patient: PatientDesk) -> list[UUID]:
    named = name(patient, BED, SOCKS)
    for activity, able in zip(named, (2, 4), strict=True):
        patient.measures.score_activity("baseline", activity, able, key=new_key())
    return named


def test_answers_of_all_occasions_are_kept_and_compared(patient: PatientDesk, clock: Clock):
    bed, socks = answer_baseline(patient)
    due = patient.measures.questions()
    assert due
    assert not due.left
    clock.goes_on(hours=13 * 24)
    patient.measures.score_activity("week-2", bed, 6, key=new_key())
    patient.measures.score_activity("week-2", socks, None, key=new_key())
    patient.measures.rate_change("week-2", Change.MUCH_BETTER, key=new_key())
    second = measures.results(Case.of(patient.protocol, patient.history()))[-1]
    assert (second.occasion.id, second.mean, second.change, second.rated) == (
        "week-2",
        6,
        4,
        Change.MUCH_BETTER,
    )
    assert second.detectable


def test_the_same_tap_twice_is_one_answer_also_when_the_occasion_is_over(patient: PatientDesk, clock: Clock):
    (bed,) = name(patient, BED)
    key = new_key()
    patient.measures.score_activity("baseline", bed, 3, key=key)
    before = size(patient)
    patient.measures.score_activity("baseline", bed, 3, key=key)
    clock.goes_on(hours=8 * 24)
    patient.measures.score_activity("baseline", bed, 3, key=key)
    assert size(patient) == before


def test_an_answer_given_again_replaces_the_one_before(patient: PatientDesk, clock: Clock):
    (bed,) = name(patient, BED)
    for able in (3, 5):
        patient.measures.score_activity("baseline", bed, able, key=new_key())
    assert [each.fact.able for each in patient.history().of(FunctionScore)] == [5]
    clock.goes_on(hours=13 * 24)
    for rating in (Change.MUCH_BETTER, None):
        patient.measures.rate_change("week-2", rating, key=new_key())
    assert [each.fact.change for each in patient.history().of(ChangeRating)] == [None]


def test_an_answer_that_comes_when_its_occasion_is_over_is_refused(patient: PatientDesk, clock: Clock):
    (bed,) = name(patient, BED)
    clock.goes_on(hours=8 * 24)
    assert refused(patient, lambda: patient.measures.score_activity("baseline", bed, 3, key=new_key())) is (
        Fault.OCCASION_CLOSED
    )
    assert (
        refused(patient, lambda: patient.measures.name_activities([SOCKS], key=new_key()))
        is Fault.OCCASION_CLOSED
    )
    off = PutOffWhat.FOR_TODAY
    assert (
        refused(patient, lambda: patient.measures.put_off("baseline", off, key=new_key()))
        is Fault.OCCASION_CLOSED
    )
    clock.goes_on(hours=5 * 24)
    assert refused(patient, lambda: patient.measures.score_activity("baseline", bed, 3, key=new_key())) is (
        Fault.OCCASION_CLOSED
    ), "the next occasion is another one"


def test_the_change_is_not_asked_at_the_baseline(patient: PatientDesk):
    rating = Change.MUCH_BETTER
    assert (
        refused(patient, lambda: patient.measures.rate_change("baseline", rating, key=new_key()))
        is Fault.UNKNOWN_CHOICE
    )


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        ([], Fault.TEXT_MISSING),
        (["\u200b"], Fault.TEXT_MISSING),
        ([BED, BED.upper()], Fault.ACTIVITY_TWICE),
        (["a", "b", "c", "d"], Fault.TOO_MANY_ACTIVITIES),
        (["x" * 81], Fault.TEXT_TOO_LONG),
    ],
    ids=str,
)
def test_what_cannot_be_the_activities_is_refused_whole(patient: PatientDesk, texts: list[str], fault: Fault):
    assert refused(patient, lambda: patient.measures.name_activities(texts, key=new_key())) is fault


def test_a_second_tab_does_not_write_over_what_the_first_named(patient: PatientDesk):
    name(patient, BED)
    assert (
        refused(patient, lambda: patient.measures.name_activities([SOCKS], key=new_key()))
        is Fault.ACTIVITIES_NAMED
    )


def test_who_goes_back_rewords_an_activity_and_adds_one(patient: PatientDesk):
    (bed,) = name(patient, BED)
    patient.measures.score_activity("baseline", bed, 3, key=new_key())
    texts = ["Getting up from bed", SOCKS]
    patient.measures.name_activities(texts, instead_of=[bed], key=new_key())
    assert [each.fact.text for each in patient.measures.activities()] == texts
    patient.measures.score_activity(
        "baseline", bed, 4, key=new_key()
    )  # a page that still shows the old words
    (result,) = measures.results(Case.of(patient.protocol, patient.history()))
    assert [(s.activity.fact.text, s.able) for s in result.scores] == [(texts[0], 4)]


def test_an_activity_is_one_line_without_signs_that_steer_a_screen(patient: PatientDesk):
    name(patient, "  Getting\nout \u202eof bed ")
    assert [each.fact.text for each in patient.history().of(Activity)] == ["Getting out of bed"]


@pytest.mark.parametrize("able", [11, -1, 3.5, True, "7"], ids=repr)
def test_a_score_that_is_none_is_refused(patient: PatientDesk, able: int):
    (bed,) = name(patient, BED)
    assert refused(
        patient, lambda: patient.measures.score_activity("baseline", bed, able, key=new_key())
    ) is (Fault.FUNCTION_NOT_A_SCORE)


def test_a_score_of_no_activity_is_refused(patient: PatientDesk):
    assert refused(
        patient, lambda: patient.measures.score_activity("baseline", new_key(), 3, key=new_key())
    ) is (Fault.UNKNOWN_ENTRY)


def test_not_now_holds_until_the_next_day_where_the_patient_lives(patient: PatientDesk, clock: Clock):
    patient.measures.put_off("baseline", PutOffWhat.FOR_TODAY, key=new_key())
    found = patient.measures.questions()
    assert found
    assert found.put_off
    clock.now += timedelta(hours=24)
    found = patient.measures.questions()
    assert found
    assert not found.put_off


def test_answers_do_not_open_or_close_an_exercise(patient: PatientDesk):
    before = patient.decisions()
    answer_baseline(patient)
    assert patient.decisions() == before
