"""The outcome questions as a patient meets them: a quiet card, one question a screen, and the way back."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk.installation.recording import new_key
from coach.domain import measures
from coach.domain.case import Case
from coach.domain.facts import Change, FunctionScore, PutOff
from tests.support.homes import size
from tests.support.pages import Home, buttons, run, said, tap, title

BED = "Getting out of bed"
ODD = "**b** ![x](http://127.0.0.1:9/x.png) <b>c</b>"
WEEK_2 = 15 * 24


def week_2(home: Home, *activities: str) -> Home:
    """Settle a home in which activities were named and scored 2 at the baseline; go on to week 2."""
    home.settle()
    patient = home.patient
    if activities:
        patient.name_activities(activities, key=new_key())
    for each in patient.activities():
        patient.score_activity("baseline", each.id, 2, key=new_key())
    home.clock.goes_on(hours=WEEK_2 - 60)
    home.restart()
    return home


def fill(at: AppTest, *texts: str) -> AppTest:
    for field, text in zip(at.text_input, texts, strict=False):
        field.set_value(text)
    return tap(at, "Save and go on")


def score(at: AppTest, able: int) -> AppTest:
    keys = [str(each.key) for each in at.button]
    (found,) = [key for key in keys if key.startswith("able-") and key.endswith(f"-{able}")]
    return tap(at, found)


def marked_up(at: AppTest) -> str:
    """Return everything on the page that is shown as Markdown, a line each."""
    shown = [*at.title, *at.header, *at.subheader, *at.markdown, *at.caption]
    return "\n".join([str(each.value) for each in shown] + [str(each.label) for each in at.button])


def test_today_offers_the_questions_quietly_below_the_exercises(home: Home):
    home.settle()
    at = home.open()
    assert "A few questions about your days" in said(at)
    keys = buttons(at)
    assert keys.index("start-all") < keys.index("questions-start")
    assert [each.key for each in at.button if each.proto.type == "primary"] == ["start-all"]


def test_not_now_hides_them_for_the_day_alone(home: Home):
    home.settle()
    at = tap(home.open(), "Not now")
    assert "questions-start" not in buttons(at)
    assert len(home.patient.history().of(PutOff)) == 1
    assert "questions-start" not in buttons(home.open()), "nor in another tab"
    home.clock.goes_on(hours=24)
    assert "questions-start" in buttons(home.open())


def test_an_open_warning_sign_comes_first(home: Home):
    home.settle()
    home.patient.report_flag("fall", key=new_key())
    assert "questions-start" not in buttons(home.open())
    assert "Do not exercise now" in said(home.open("questions"))


def test_a_running_session_comes_first(home: Home):
    home.settle()
    home.patient.answer_none(whole=True, key=new_key())
    home.patient.start(("ankle_pumps",), easier=False, session=new_key())
    assert "questions-start" not in buttons(home.open())
    assert title(home.open("questions")) == "Your exercises are not finished"


def test_at_the_baseline_activities_are_named_then_scored_and_nothing_else_is_asked(home: Home):
    home.settle()
    at = tap(home.open(), "Answer now")
    assert title(at) == "Name up to three things that your back made hard before the procedure."
    assert "Stratford, Gill, Westaway and Binkley" in said(at)
    at = fill(at, BED, "", "Putting on socks")
    assert title(at) == "In the week before the procedure, how well could you do this?"
    labels = [each.label for each in at.button if str(each.key).startswith("able-")]
    assert labels[0] == "0   Unable to do it"
    assert labels[10] == "10   As well as before my back trouble"
    at = score(score(at, 3), 0)
    assert title(at) == "Thank you. Your answers are saved."
    assert [each.fact.able for each in home.patient.history().of(FunctionScore)] == [3, 0]
    at = tap(at, "To Today")
    assert "questions-start" not in buttons(at), "never twice"


def test_at_week_2_every_answer_is_saved_at_once_and_the_change_is_rated(home: Home):
    week_2(home, BED)
    at = score(tap(home.open(), "Answer now"), 6)
    assert title(at) == "How is your back now, compared with before the procedure?"
    again = home.open("questions")  # another tab, or a reload
    assert title(again) == title(at), "what was answered is not asked again"
    assert [each.label for each in at.button if str(each.key).startswith("change-")][:7] == [
        "Very much better", "Much better", "A little better", "About the same", "A little worse", "Much worse",
        "Very much worse",
    ]  # fmt: skip
    at = tap(at, "Much better")
    assert title(at) == "Thank you. Your answers are saved."
    second = measures.results(Case.of(home.patient.protocol, home.patient.history()))[-1]
    assert (second.mean, second.change, second.rated) == (6, 4, Change.MUCH_BETTER)


def test_back_shows_what_was_answered_and_a_new_answer_replaces_it(home: Home):
    week_2(home, BED)
    at = tap(score(tap(home.open(), "Answer now"), 6), "Back")
    assert "You answered: 6 of 10" in said(at)
    at = tap(score(at, 8), "Much better")
    assert title(at) == "Thank you. Your answers are saved."
    assert measures.results(Case.of(home.patient.protocol, home.patient.history()))[-1].mean == 8


def test_back_to_the_activities_rewords_them(home: Home):
    home.settle()
    at = fill(tap(home.open(), "Answer now"), "Geting up")
    at = tap(at, "Back")
    assert at.text_input[0].value == "Geting up"
    fill(at, "Getting up")
    assert [each.fact.text for each in home.patient.activities()] == ["Getting up"]


def test_i_do_not_know_is_an_answer(home: Home):
    week_2(home, BED)
    at = tap(tap(home.open(), "Answer now"), "I do not know")
    assert title(tap(at, "I do not know")) == "Thank you. Your answers are saved."
    second = measures.results(Case.of(home.patient.protocol, home.patient.history()))[-1]
    assert (second.mean, second.rated) == (None, None)
    assert "questions-start" not in buttons(home.open())


def test_who_leaves_the_activities_out_is_asked_for_the_change_alone(home: Home):
    week_2(home)
    at = tap(tap(home.open(), "Answer now"), "Leave this out")
    assert title(at) == "How is your back now, compared with before the procedure?"
    tap(at, "A little better")
    assert "questions-start" not in buttons(home.open())


def test_who_stops_goes_on_where_an_answer_is_missing(home: Home):
    week_2(home, BED, "Putting on socks")
    at = tap(score(tap(home.open(), "Answer now"), 6), "Stop here")
    assert title(at) != "Thank you. Your answers are saved."
    at = tap(at, "Answer now")
    assert "Putting on socks" in said(at)


def test_an_answer_after_the_last_moment_is_refused_in_words_and_nothing_is_lost(home: Home):
    week_2(home, BED, "Putting on socks")
    at = score(tap(home.open(), "Answer now"), 6)
    before = size(home.patient)
    home.clock.goes_on(hours=7 * 24)
    at = run(at)
    assert title(at) == "Nothing to answer now"
    assert "These questions are over for now. What you answered before is kept." in said(at)
    assert size(home.patient) == before


def test_a_page_opened_when_nothing_is_asked_says_so(home: Home):
    home.settle()
    home.clock.goes_on(hours=9 * 24)
    assert title(home.open("questions")) == "Nothing to answer now"


@pytest.mark.parametrize("texts", [("", "", ""), ("Bed", "bed", "")], ids=["none", "one twice"])
def test_activities_that_cannot_be_are_refused_in_words(home: Home, texts: tuple[str, ...]):
    home.settle()
    at = tap(home.open(), "Answer now")
    before = size(home.patient)
    at = fill(at, *texts)
    assert at.error
    assert size(home.patient) == before


def test_the_patients_own_words_are_never_markup(home: Home):
    week_2(home, ODD)
    at = tap(home.open(), "Answer now")
    assert ODD in [each.value for each in at.text]
    assert "127.0.0.1" not in marked_up(at)
    score(at, 4)
    for page in ("diary", "progress"):
        assert "127.0.0.1" not in marked_up(home.open(page)), page


def test_the_diary_shows_the_answers_and_corrects_them(home: Home):
    week_2(home, BED)
    score(tap(home.open(), "Answer now"), 6)
    at = home.open("diary")
    assert "How well you could do it, 2 weeks after: 6 of 10" in said(at)
    entry = home.patient.history().of(FunctionScore)[-1]
    at = tap(at, f"correct-{entry.id}")
    assert BED in said(at)
    at = tap(at, f"right-{entry.id}-9")
    assert "How well you could do it, 2 weeks after: 9 of 10" in said(at)
    assert "Earlier version" in said(at)
    assert measures.results(Case.of(home.patient.protocol, home.patient.history()))[-1].mean == 9
