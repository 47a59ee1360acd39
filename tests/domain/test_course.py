"""Where in recovery a patient is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from coach.domain.course import Course, PhaseSpan, course
from coach.domain.facts import Cause, HomeArrival, Procedure, Void
from tests.domain.story import GLUTES, PROTOCOL, PUMPS, Story


def of(story: Story) -> Course:
    found = course(PROTOCOL, story.history)
    assert found is not None
    return found


def hours(spans: tuple[PhaseSpan, ...], story: Story) -> dict[str, float]:
    return {span.phase.id: (span.starts - story.procedure_end) / timedelta(hours=1) for span in spans}


def test_the_phases_of_somebody_who_went_home_at_once():
    story = Story().begins(home=1)
    assert hours(of(story).spans, story) == {
        "flat-hour": 1, "bed-rest": 2, "first-day": 6, "second-day": 24, "first-week": 48, "second-week": 168,
        "weeks-3-6": 336, "weeks-7-12": 1008, "after-week-12": 2016,
    }  # fmt: skip
    assert of(story).spans[-1].ends is None


def test_a_phase_of_no_length_is_skipped():
    story = Story().begins(home=50)
    assert hours(of(story).spans, story) == {
        "flat-hour": 50, "bed-rest": 51, "first-week": 55, "second-week": 168, "weeks-3-6": 336,
        "weeks-7-12": 1008, "after-week-12": 2016,
    }  # fmt: skip


def test_home_after_twelve_weeks_still_gives_the_hours_of_rest():
    story = Story().begins(home=3000)
    assert hours(of(story).spans, story) == {"flat-hour": 3000, "bed-rest": 3001, "after-week-12": 3005}


@pytest.mark.parametrize(("home", "second_day"), [(20, 24), (30, 30)])
def test_after_a_night_in_hospital_the_first_day_begins_at_home(home: int, second_day: int):
    story = Story().begins(home=home)
    story.answers("overnight", "yes")
    starts = hours(of(story).spans, story)
    assert "flat-hour" not in starts
    assert "bed-rest" not in starts
    assert starts["second-day"] == second_day


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ((), {"flat-hour": 10, "bed-rest": 11, "first-day": 15}),
        (("flat-hour",), {"bed-rest": 10, "first-day": 14}),
        (("flat-hour", "bed-rest"), {"first-day": 10, "second-day": 24}),
        (("flat-hour", "bed-rest", "first-day"), {"second-day": 24}),
    ],
)
def test_a_night_in_hospital_stands_for_the_phases_that_the_protocol_says(
    done: tuple[str, ...], expected: dict[str, float]
):
    phases = tuple(replace(phase, done_after_overnight=phase.id in done) for phase in PROTOCOL.phases)
    story = Story().begins(home=10)
    story.answers("overnight", "yes")
    known = course(replace(PROTOCOL, phases=phases, digest=str(done)), story.history)
    assert known is not None
    starts = hours(known.spans, story)
    assert {phase: starts[phase] for phase in expected} == expected
    assert not set(starts) & set(done)


def test_the_phase_at_its_first_instant_and_just_before():
    story = Story().begins(home=1)
    microsecond = timedelta(microseconds=1)
    known = of(story)
    for before, span in zip((None, *known.spans), known.spans, strict=False):
        assert known.span_at(span.starts) == span
        assert known.span_at(span.starts - microsecond) == before


def test_what_is_told_in_another_order_means_the_same_in_the_first_course():
    story = Story()
    story.answers("overnight", "yes")
    story.add(HomeArrival(home=True), 20)
    story.add(Procedure(), 0)
    assert of(story).home == story.instant(20)
    assert of(story).overnight


def test_a_restart_asks_again_for_home_and_the_night():
    story = Story().begins(home=20)
    story.answers("overnight", "yes")
    story.add(Procedure(Cause.NEW_PROCEDURE), 500)
    assert of(story).home == story.instant(502)
    assert of(story).home_assumed
    assert not of(story).overnight
    story.add(HomeArrival(home=True), 505)
    assert (of(story).home, of(story).home_assumed) == (story.instant(505), False)


def test_a_correction_of_an_earlier_course_does_not_bring_it_back():
    story = Story().begins()
    first = story.entries[1].id
    story.add(Procedure(Cause.NEW_PROCEDURE), 500)
    story.add(Procedure(), -1, told=510, corrects=first)
    assert of(story).procedure.at == story.instant(500)


def test_a_correction_keeps_the_course_and_what_was_told_in_it():
    story = Story().begins(home=4)
    first = story.entries[1].id
    corrected = story.add(Procedure(), 2, told=30, corrects=first)
    known = of(story)
    assert (known.first.id, known.procedure.id) == (first, corrected)
    assert known.home == story.instant(4)


def test_a_procedure_that_was_entered_anew_keeps_the_arrival_at_home():
    story = Story().begins(home=4)
    story.add(Void(story.entries[1].id, "wrong day"), 30)
    assert course(PROTOCOL, story.history) is None
    story.add(Procedure(), 1, told=31)
    assert of(story).home == story.instant(4)


def test_entries_that_correct_each_other_in_a_circle_do_not_hang():
    story = Story()
    story.add(Procedure(), 0, corrects=UUID(int=2))
    story.add(Procedure(), 1, corrects=UUID(int=1))
    assert of(story).procedure.at == story.instant(1)


@pytest.mark.parametrize("linked", [True, False])
def test_an_arrival_at_home_corrected_to_earlier_starts_at_the_first_dose(linked: bool):
    story = Story().begins(home=3)
    arrival = story.entries[2].id
    story.does(GLUTES, 30)
    assert story.open(GLUTES, 80).dose.reps == 8
    story.add(HomeArrival(home=True), 2, told=80, corrects=arrival if linked else None)
    assert of(story).first_dose_since == story.instant(80)
    assert story.open(GLUTES, 80).dose.reps == 5


def test_an_arrival_at_home_corrected_to_later_keeps_the_dose():
    story = Story().begins(home=3)
    story.does(GLUTES, 30)
    story.add(HomeArrival(home=True), 4, told=80, corrects=story.entries[2].id)
    assert of(story).first_dose_since is None
    assert story.open(GLUTES, 80).dose.reps == 8


def test_not_home_and_then_home_is_no_correction():
    story = Story().begins(home=None)
    story.add(HomeArrival(home=False), 1)
    assert of(story).home is None
    assert of(story).spans == ()
    story.add(HomeArrival(home=True), 5)
    assert of(story).first_dose_since is None
    assert story.open(PUMPS, 6).phase.id == "bed-rest"
