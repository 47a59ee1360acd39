"""The home exercise sheet: large, true to the gate, and without a dose where something is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from coach.domain import decisions, gate
from coach.domain.case import Case
from coach.domain.facts import (
    Answer,
    ClinicianHold,
    HomeArrival,
    Override,
    PainLimit,
    PlanText,
    PlanTopic,
    RedFlagYes,
    Reply,
    Setting,
)
from coach.domain.history import History
from coach.domain.protocol import Quantity
from coach.export.pdf import exercise_sheet
from coach.text import doses as doses_text
from tests.domain.story import QUADS, Story
from tests.support.pdf_reading import boxes, embedded, pages, patient_record, text_sizes, told, whole
from tests.support.review_samples import GLUTES, PROCEDURE, PUMPS, TUMMY, Record, on_day, plausible

FOOT = 22 / 25.4 * 72
HEAD = 14 / 25.4 * 72


def doses(text: str) -> bool:
    """Tell whether a text has a dose or a box to tick in it."""
    return any(said in text for said in ("a day", "every hour", "×", "Tick each set", "seconds"))


@pytest.mark.parametrize("days", [2, 5, 9, 16, 50, 90])
@pytest.mark.parametrize("size", ["a4", "letter"])
def test_doses_are_the_gates_and_the_sheet_has_two_to_four_pages(days: int, size: str):
    made = patient_record(plausible(days, seed=days).history, on_day(days, "20:30"))
    text = pages(pdf := exercise_sheet.pdf(made, size))
    assert 2 <= len(text) <= 4
    for each in gate.decide(Case.of(made.protocol, made.history), now=made.now).values():
        if isinstance(each, decisions.Open):
            said = f"{doses_text.dose(each.routine, each.dose)}, {doses_text.often(each.dose)}"
            assert f"{each.routine.name}: {said}" in text[0]
            assert " ".join(text).count(said) >= 2
            for line in (each.routine.position, each.routine.instruction, each.routine.breathing):
                assert line in " ".join(text)
            assert all(sign in " ".join(text) for sign in each.routine.stop_when)
    assert embedded(pdf) == {True}
    for _number, (wide, high), (left, bottom, right, top) in boxes(pdf):
        assert left >= 30
        assert right <= wide - 30
        assert 10 <= bottom <= top <= high - 15


def test_after_week_twelve_it_still_says_not_to_bend_and_not_to_drive_on_strong_painkillers():
    text = whole(exercise_sheet.pdf(patient_record(plausible(90).history, on_day(90, "20:30")), "a4"))
    assert (
        "Do not bend or twist your back. Wait until a physiotherapist has seen you and says you may." in text
    )
    assert "Do not drive while you take strong painkillers." in text
    assert "at your side or waist" in text
    assert "{" not in text


def test_where_the_countrys_number_is_not_known_it_prints_none():
    history = told(Setting("country", "other"))
    text = whole(exercise_sheet.pdf(patient_record(history, on_day(3, "09:00")), "a4"))
    assert "Call your emergency number at once for any of these" in text
    assert "112" not in text


def test_a_set_done_just_now_closes_nothing_on_paper():
    record = plausible(16)
    record.session(on_day(16, "09:00"), [PUMPS, GLUTES])
    made = patient_record(record.history, on_day(16, "09:10"))
    locked = gate.decide(Case.of(made.protocol, made.history), now=made.now)[GLUTES]
    assert isinstance(locked, decisions.Locked)
    assert "Bottom squeeze: 10 × 5 seconds, 3 times a day" in pages(exercise_sheet.pdf(made, "a4"))[0]


NEXT_WEEK = PROCEDURE + timedelta(days=9)


@pytest.mark.parametrize(
    ("history", "now", "why"),
    [
        (History(), on_day(1), "First say when your procedure ended."),
        (told(), PROCEDURE + timedelta(hours=2, minutes=20), "Lie flat on your back until Mon 7 Sep, 17:30."),
        (told(HomeArrival(home=False)), PROCEDURE + timedelta(hours=4), "You are not home yet."),
        (
            told(RedFlagYes("fever_shaking"), at=PROCEDURE + timedelta(days=8)),
            NEXT_WEEK,
            "You said: A fever with shaking that you cannot stop, or with confusion. Call",
        ),
        (
            told(ClinicianHold(None, "Waits for the X-ray"), at=PROCEDURE + timedelta(days=8)),
            NEXT_WEEK,
            "Your physiotherapist closed this. Why: Waits for the X-ray",
        ),
        (
            told(Answer("went_wrong", Reply.UNSURE), at=PROCEDURE + timedelta(days=8)),
            NEXT_WEEK,
            "Your answer needs your clinic’s word first.",
        ),
    ],
    ids=["no procedure", "flat hour", "not home", "red flag", "hold", "answer"],
)
def test_where_all_is_closed_it_says_so_and_prints_no_dose(history: History, now: datetime, why: str):
    for size in ("a4", "letter"):
        read = pages(exercise_sheet.pdf(patient_record(history, now), size))
        text = " ".join(read)
        assert len(read) <= 2
        assert "Do not exercise now" in read[0]
        assert why in read[0]
        assert not doses(text)
        assert "at once for any of these" in text


def test_what_is_closed_beside_what_is_open_has_no_dose():
    made = patient_record(told(ClinicianHold(GLUTES, "Sore hip"), at=on_day(5)), on_day(6))
    text = whole(exercise_sheet.pdf(made, "a4"))
    assert "Bottom squeeze: closed. Your physiotherapist closed this. Why: Sore hip" in text
    assert text.count("Bottom squeeze") == 1
    assert "Thigh tightening: 5 × 3 seconds, each leg, 2 times a day" in text


def test_the_numbers_to_call_are_the_patients():
    facts = (Setting("country", "GB"), Setting("clinic_phone", "+44 20 7946 0000"))
    text = whole(pdf := exercise_sheet.pdf(patient_record(told(*facts), on_day(9)), "letter"))
    assert b"(tel:999)" in pdf, "read on a telephone, a tap calls"
    assert b"(tel:+442079460000)" in pdf
    assert "Call 999 at once for any of these" in text
    assert "+44 20 7946 0000" in text
    made = patient_record(History(), on_day(1))
    for flag in made.protocol.red_flags.values():
        if flag.level.value != "ask":
            assert flag.text in text


def test_everything_but_head_and_foot_is_16_pt_or_more():
    pdf = exercise_sheet.pdf(patient_record(plausible(20).history, on_day(20, "08:00")), "a4")
    body = [size for bottom, high, size in text_sizes(pdf) if FOOT < bottom < high - HEAD]
    assert len(body) > 80
    assert min(body) >= 16


def test_it_holds_until_the_first_instant_at_which_something_on_it_changes():
    second_week = patient_record(plausible(9).history, on_day(9))
    given, _closed = exercise_sheet.standing(second_week)
    assert exercise_sheet.holds_until(second_week, given) == PROCEDURE + timedelta(days=14)
    weeks_3_to_6 = patient_record(plausible(20).history, on_day(20))
    given, _closed = exercise_sheet.standing(weeks_3_to_6)
    assert exercise_sheet.holds_until(weeks_3_to_6, given) == PROCEDURE + timedelta(
        days=42
    )  # another "do not"
    text = whole(exercise_sheet.pdf(second_week, "a4"))
    valid = "Valid until Mon 21 Sep, 14:30. Then print a new sheet."
    assert f"{valid} Then a new part of your recovery begins: Weeks 3 to 6." in text
    assert text.index(valid) < text.index("Ankle pumps"), "it stands at the top"
    assert "Tue 22 Sep Use a new sheet." in text
    assert "Mon 21 Sep Use a new sheet." not in text


def test_the_end_of_a_first_dose_that_changes_no_number_ends_no_sheet():
    story = Story().begins(home=1.0)
    for hours in (25, 34, 49, 58, 73):
        story.does(GLUTES, hours, reps=8)
        story.does(QUADS, hours, reps=8)
    story.does(TUMMY, 73.2)
    made = patient_record(story.history, story.instant(80))
    given, closed = exercise_sheet.standing(made)
    assert not closed
    assert any(isinstance(step, decisions.FirstDose) for each in given for step in each.steps)
    assert exercise_sheet.holds_until(made, given) == story.instant(168)


def test_what_opens_by_itself_ends_a_sheet_that_says_it_is_closed():
    story = Story().begins(home=1.0)
    story.trains([GLUTES], 200, before=2, after=6)  # a red light
    made = patient_record(story.history, story.instant(201))
    given, closed = exercise_sheet.standing(made)
    assert {each.routine.id for each in closed} == {GLUTES, QUADS, TUMMY}
    ends = exercise_sheet.holds_until(made, given)
    assert ends == story.instant(224)
    _until, why = exercise_sheet.valid_until(made, ends)
    assert why == "What is closed now may open then: Bottom squeeze, thigh tightening and tummy tightening."


def test_a_first_dose_that_nobody_began_holds_for_as_long_as_it_would_from_now():
    story = Story().begins(home=1.0)
    made = patient_record(story.history, story.instant(200))
    given, _closed = exercise_sheet.standing(made)
    assert exercise_sheet.holds_until(made, given) == story.instant(248)


def test_an_override_is_told_with_its_end_and_its_reason():
    record = plausible(5)
    record.add(Override(TUMMY, 6, 4, 2, on_day(4), on_day(7), "Moves well"), on_day(4))
    text = whole(exercise_sheet.pdf(patient_record(record.history, on_day(5, "12:00")), "a4"))
    assert "Tummy tightening: 6 × 4 seconds, 2 times a day" in text
    assert "Your physiotherapist set this, until Mon 14 Sep, 20:00. Why: Moves well" in text


def test_a_sheet_that_an_override_ends_says_so():
    record = plausible(5)
    record.add(Override(TUMMY, 6, 4, 2, on_day(4), on_day(6), "Moves well"), on_day(4))
    text = whole(exercise_sheet.pdf(patient_record(record.history, on_day(5, "12:00")), "a4"))
    assert "Then print a new sheet. Then a dose that your physiotherapist set for you ends." in text


def test_a_sheet_of_which_nothing_changes_by_itself_is_valid_until_the_plan_changes():
    text = whole(exercise_sheet.pdf(patient_record(plausible(100).history, on_day(100)), "a4"))
    assert "Valid until your plan changes. Then print a new sheet." in text


def test_the_helper_and_the_physiotherapists_own_words_are_there():
    facts = (Answer("helper", Reply.YES), PlanText(PlanTopic.BRACE, "Wear it when you sit. " * 80, "Seen"))
    pdf = exercise_sheet.pdf(patient_record(told(*facts, at=on_day(8)), on_day(9)), "letter")
    text = whole(pdf)
    assert "Exercise only with your helper at your side." in text
    assert text.count("Wear it when you sit.") == 80
    assert all(bottom >= 10 for _n, _size, (_l, bottom, _r, _t) in boxes(pdf))


def test_the_phases_do_not_and_the_diary_of_a_week_are_there():
    made = patient_record(plausible(20).history, on_day(20, "08:00"))
    last = pages(exercise_sheet.pdf(made, "a4"))[-1]
    assert "No sit-ups or crunches." in last
    for number in range(20, 27):
        assert f"{on_day(number):%a} {on_day(number).day} Sep" in last or "Oct" in last
    assert last.count("___ / ___") == 7 * 3


def test_an_own_pain_limit_stands_in_the_place_of_the_usual_one():
    record = Record().set_up()
    assert "Pain now 6 or more?" in whole(exercise_sheet.pdf(patient_record(record.history, on_day(9)), "a4"))
    record.add(PainLimit(4, on_day(12), "Stops early"), on_day(8))
    assert "Pain now 4 or more?" in whole(exercise_sheet.pdf(patient_record(record.history, on_day(9)), "a4"))


def test_what_to_do_less_of_after_more_pain_is_the_protocols_share():
    made = patient_record(Record().set_up().history, on_day(9))
    assert "Pain up 2 after exercise? Next time do half as many." in whole(exercise_sheet.pdf(made, "a4"))
    rules = replace(made.protocol.rules, amber_reps=Quantity(0.75, "share", "PD"))
    other = whole(exercise_sheet.pdf(replace(made, protocol=replace(made.protocol, rules=rules)), "a4"))
    assert "Pain up 2 after exercise? Next time do 75 % as many." in other
    assert "half as many" not in other
