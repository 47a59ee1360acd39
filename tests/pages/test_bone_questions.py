"""The questions about bone health as a patient meets them, and what becomes of the answers on other pages."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from coach.desk.installation.recording import new_key
from coach.domain.facts import BoneHealth, BoneState, BoneStep, PutOff, PutOffWhat
from tests.support.pages import Home, buttons, said, tap, title

ODD = "**b** ![x](http://127.0.0.1:9/x.png) <b>c</b>"
TREATMENT = "Has a treatment for your bones been set up or started?"
SCAN = "Have you had a bone density scan?"
APPOINTMENT = "Have you seen someone about your bones?"


def week_2(home: Home) -> Home:
    """Go on to week 2, in which the outcome questions were put off for the day."""
    home.settle()
    home.clock.goes_on(hours=15 * 24 - 60)
    home.restart()
    home.patient.measures.put_off("week-2", PutOffWhat.FOR_TODAY, key=new_key())
    return home


def begin(home: Home) -> AppTest:
    return tap(home.open(), "bones-start")


def answers(home: Home) -> list[tuple[BoneStep, BoneState | None, str]]:
    return [(e.fact.step, e.fact.state, e.fact.treatment) for e in home.patient.history().of(BoneHealth)]


def test_today_offers_one_card_at_a_time(home: Home):
    home.settle()
    assert "bones-start" not in buttons(home.open())
    home.clock.goes_on(hours=15 * 24 - 60)
    home.restart()
    keys = buttons(home.open())
    assert "questions-start" in keys
    assert "bones-start" not in keys
    home.patient.measures.put_off("week-2", PutOffWhat.FOR_TODAY, key=new_key())
    keys = buttons(home.open())
    assert "questions-start" not in keys
    assert "bones-start" in keys


def test_not_now_hides_it_for_the_day_alone(home: Home):
    week_2(home)
    at = tap(home.open(), "bones-later")
    assert "bones-start" not in buttons(at)
    assert home.patient.history().of(PutOff)[-1].fact.what is PutOffWhat.BONE_HEALTH
    home.clock.goes_on(hours=24)
    home.patient.measures.put_off("week-2", PutOffWhat.FOR_TODAY, key=new_key())
    assert "bones-start" in buttons(home.open())


def test_one_question_a_screen_and_each_answer_is_saved_at_once(home: Home):
    at = begin(week_2(home))
    assert title(at) == TREATMENT
    at = tap(at, "Yes")
    assert title(at) == "Which one is it?"
    at.text_input[0].set_value("Quokka drops")
    at = tap(at, "Save")
    assert title(at) == SCAN
    assert [each.label for each in at.button if str(each.key).startswith("bones-week-2-scan")] == [
        "Yes, it is done", "It is booked", "No", "I do not know",
    ]  # fmt: skip
    at = tap(at, "It is booked")
    assert title(home.open("bones")) == APPOINTMENT, "another tab goes on where an answer is missing"
    at = tap(at, "I do not know")
    assert title(at) == "Thank you. Your answers are saved."
    assert "Ask your doctor about your bones at your next visit." in said(at)
    assert answers(home) == [
        (BoneStep.TREATMENT, BoneState.YES, "Quokka drops"),
        (BoneStep.SCAN, BoneState.BOOKED, ""),
        (BoneStep.APPOINTMENT, None, ""),
    ]
    assert "bones-start" not in buttons(tap(at, "To Today")), "never twice"


def test_the_treatments_name_can_be_left_out_and_back_changes_an_answer(home: Home):
    at = tap(tap(begin(week_2(home)), "Yes"), "Leave this out")
    assert title(at) == SCAN
    at = tap(tap(at, "Back"), "Back")
    assert title(at) == TREATMENT
    assert "You answered: Yes" in said(at)
    at = tap(at, "No")
    assert title(at) == SCAN
    assert answers(home) == [(BoneStep.TREATMENT, BoneState.NO, "")]


def test_an_open_warning_sign_comes_first(home: Home):
    week_2(home)
    home.patient.red_flags.report_flag("fall", key=new_key())
    assert "bones-start" not in buttons(home.open())
    assert "Do not exercise now" in said(home.open("bones"))


def test_a_page_opened_when_nothing_is_asked_says_so(home: Home):
    home.settle()
    assert title(home.open("bones")) == "Nothing to answer now"


def test_the_diary_shows_the_answers_as_plain_text_and_corrects_them(home: Home):
    week_2(home)
    key = new_key()
    home.patient.bone_health.answer("week-2", BoneStep.TREATMENT, BoneState.YES, treatment=ODD, key=key)
    at = home.open("diary")
    assert "Treatment for your bones: yes (week 2)" in said(at)
    marked = [str(each.value) for each in [*at.title, *at.header, *at.markdown, *at.caption]]
    assert not any("127.0.0.1" in each for each in [*marked, *(str(each.label) for each in at.button)])
    at = tap(tap(at, f"correct-{key}"), f"right-{key}-no")
    assert "Treatment for your bones: no (week 2)" in said(at)
    assert answers(home) == [(BoneStep.TREATMENT, BoneState.NO, "")]
