"""Set-up: one question a screen, each answer stored as it is given, every one correctable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk.installation.recording import new_key
from coach.domain.facts import Answer, HomeArrival, Pain, PainWord, Procedure, Reply, Setting
from tests.support.homes import NOW
from tests.support.pages import Home, buttons, enter_time, headers, run, said, tap, title, type_time
from tests.support.patients import wall

TODAY, YESTERDAY = date(2026, 3, 5), date(2026, 3, 4)


def enter(at: AppTest, day: date | str, clock: time) -> AppTest:
    """Choose a day and a time, and confirm it, which goes on."""
    at.pills[0].set_value(day)
    return enter_time(at, clock)


def write(at: AppTest, text: str, button: str = "Next") -> AppTest:
    at.text_input[0].set_value(text)
    return tap(at, button)


#: Every screen in order: its title, how it is answered, and the fact that is stored then.
SCREENS: list[tuple[str, Callable[[AppTest], AppTest], object]] = [
    ("Your exercises after", lambda at: tap(at, "I understand"), Setting("understood", "1.0.0")),
    ("When did your procedure end?", lambda at: enter(at, YESTERDAY, time(14, 7)), Procedure()),
    ("Did you stay in the hospital", lambda at: tap(at, "q-overnight-no"), Answer("overnight", Reply.NO)),
    ("When did you get home?", lambda at: enter(at, YESTERDAY, time(16, 7)), HomeArrival(home=True)),
    ("How bad was your back pain", lambda at: tap(at, "baseline-0"), None),
    ("Did anything go wrong", lambda at: tap(at, "q-went_wrong-no"), Answer("went_wrong", Reply.NO)),
    ("Was the procedure for", lambda at: tap(at, "q-tumour_or_three-unsure"), Answer("tumour_or_three", Reply.UNSURE)),
    ("In the last 3 months", lambda at: tap(at, "q-recent_event-no"), Answer("recent_event", Reply.NO)),
    ("Do you have blood pressure", lambda at: tap(at, "q-heart_or_vessels-no"), Answer("heart_or_vessels", Reply.NO)),
    ("Do you have a leg clot", lambda at: tap(at, "q-leg_clot_or_injury-no"), Answer("leg_clot_or_injury", Reply.NO)),
    ("Do you take strong", lambda at: tap(at, "q-strong_painkillers-yes"), Answer("strong_painkillers", Reply.YES)),
    ("Do you need help", lambda at: tap(at, "q-helper-no"), Answer("helper", Reply.NO)),
    ("Which country", lambda at: tap(at, "country-GB"), Setting("country", "GB")),
    ("What is your clinic", lambda at: write(at, "020 7946 0000"), Setting("clinic_phone", "020 7946 0000")),
    ("What shall we call you?", lambda at: write(at, "Zoë", "Finish"), Setting("first_name", "Zoë")),
]  # fmt: skip


def until(home: Home, screen: str, *, zone: str = "Europe/Berlin") -> AppTest:
    """Answer every question before a screen and return a browser that shows it."""
    patient = home.patient
    patient.settings.set("zone", zone)
    acts: dict[str, Callable[[], object]] = {
        "understood": lambda: patient.set_up.understand(key=new_key()),
        "procedure": lambda: patient.course_times.procedure_ended(
            wall(NOW - timedelta(hours=20)), key=new_key()
        ),
        "home": lambda: patient.course_times.got_home(wall(NOW - timedelta(hours=18)), key=new_key()),
        "baseline": lambda: patient.set_up.baseline(7, key=new_key()),
        "country": lambda: patient.settings.set("country", "GB"),
        "clinic_phone": lambda: patient.settings.set("clinic_phone", ""),
    }
    for step, (heading, _, _) in zip(patient.set_up.steps(), SCREENS, strict=True):
        if heading.startswith(screen):
            break
        if step in acts:
            acts[step]()
        else:
            patient.set_up.reply(step, Reply.NO, key=new_key())
    at = home.open()
    assert title(at).startswith(screen)
    return at


def test_set_up_goes_from_the_first_screen_to_the_last_and_stores_each_answer(home: Home):
    at = home.open(zone="Europe/Berlin")
    assert len(SCREENS) == len(home.patient.set_up.steps())
    for heading, answer, fact in SCREENS:
        assert title(at).startswith(heading)
        stored = home.size[0]
        answer(at)
        assert home.size[0] > stored
        if fact:
            assert home.patient.history().entries[-1].fact == fact
    assert home.patient.set_up.missing() == ()
    assert "Your exercises" in headers(at)
    known = home.patient.course()
    assert known is not None
    assert known.procedure.at == datetime(2026, 3, 4, 13, 7, tzinfo=UTC)
    assert known.home == datetime(2026, 3, 4, 15, 7, tzinfo=UTC)
    assert [p.fact.score for p in home.patient.history().of(Pain)] == [0]


def test_a_new_browser_and_a_new_server_go_on_at_the_first_unanswered_question(home: Home):
    for number, (heading, answer, _) in enumerate(SCREENS):
        if number % 5 == 0:
            home.restart()
        at = home.open(zone="Europe/Berlin")
        assert title(at).startswith(heading)
        answer(at)
    assert not [each for each in buttons(home.open()) if each.startswith("set-up-back")]


def test_the_first_screen_says_what_this_is_and_is_not(home: Home):
    text = said(home.open())
    for part in (
        "guidance between you and your clinic",
        "not for emergencies",
        "No one can promise",
        "default",
    ):
        assert part in text
    assert home.size == (0, "")


def test_back_shows_the_former_question_and_forgets_nothing(home: Home):
    at = until(home, "How bad was")
    stored = home.size
    for former in (
        "When did you get home?",
        "Did you stay",
        "When did your procedure",
        "Your exercises after",
    ):
        assert title(tap(at, "Back")).startswith(former)
    assert not [each for each in buttons(at) if each.startswith("set-up-back")]
    assert home.size == stored


def test_an_answer_given_again_after_back_is_the_one_that_counts(home: Home):
    at = tap(until(home, "How bad was"), "Back")
    tap(at, "Back")
    tap(at, "q-overnight-yes")
    assert home.patient.said_yes("overnight")
    assert title(at).startswith("How bad was")


def test_a_later_time_after_back_simply_counts(home: Home):
    at = tap(until(home, "How bad was"), "Back")
    enter(at, YESTERDAY, time(17, 0))
    assert title(at).startswith("How bad was")
    (arrival,) = home.patient.history().of(HomeArrival)
    assert arrival.at == datetime(2026, 3, 4, 16, 0, tzinfo=UTC)


def test_an_earlier_time_after_back_is_asked_once_more_and_then_counts(home: Home):
    at = tap(until(home, "How bad was"), "Back")
    stored = home.size
    enter(at, YESTERDAY, time(15, 0))
    assert title(at) == "When did you get home?"
    assert "may open earlier" in said(at)
    assert home.size == stored
    enter(at, YESTERDAY, time(15, 30))
    assert home.size == stored
    tap(at, "Yes, this is right")
    assert title(at).startswith("How bad was")
    (arrival,) = home.patient.history().of(HomeArrival)
    assert arrival.at == datetime(2026, 3, 4, 14, 30, tzinfo=UTC)
    assert not [each for each in buttons(tap(at, "Back")) if each.startswith("set-up-sure")]


def test_an_earlier_procedure_after_back_is_asked_once_more_too(home: Home):
    at = tap(until(home, "Did you stay"), "Back")
    enter(at, YESTERDAY, time(9, 0))
    assert "may open earlier" in said(at)
    tap(at, "Yes, this is right")
    known = home.patient.course()
    assert known is not None
    assert known.procedure.at == datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


# the zone


@pytest.mark.parametrize(
    ("browser", "stored"),
    [
        ("Asia/Kathmandu", "Asia/Kathmandu"),
        ("Europe/Lodon", "UTC"),
        ("../../etc/passwd", "UTC"),
        (None, "UTC"),
    ],
)
def test_the_zone_comes_from_the_browser_where_it_names_one(home: Home, browser: str | None, stored: str):
    tap(home.open(zone=browser), "I understand")
    assert home.patient.zone == stored


def test_the_zone_can_be_changed_where_the_time_is_asked(home: Home):
    at = until(home, "When did your procedure", zone="Europe/Berlin")
    assert at.expander[0].label == "Times are those of Europe/Berlin"
    at.selectbox[0].set_value("America/New_York")
    tap(at, "Use this zone")
    assert at.expander[0].label == "Times are those of America/New York"
    enter(at, YESTERDAY, time(14, 7))
    known = home.patient.course()
    assert known is not None
    assert known.procedure.at == datetime(2026, 3, 4, 19, 7, tzinfo=UTC)


# what is refused, on the screen


def refused(home: Home, at: AppTest, sentence: str, stored: tuple[int, str]) -> None:
    assert sentence in "\n".join(each.value for each in at.error)
    assert home.size == stored


def test_a_time_that_cannot_be_is_refused_in_words_on_the_screen(home: Home):
    at = until(home, "When did your procedure")
    stored = home.size
    refused(home, tap(at, "Next"), "A day and a time are needed here.", stored)
    at.pills[0].set_value(YESTERDAY)
    refused(home, tap(at, "Next"), "A day and a time are needed here.", stored)
    refused(home, enter(at, TODAY, time(10, 8)), "This time lies ahead.", stored)
    enter(at, TODAY, time(10, 7))
    assert title(at).startswith("Did you stay")


def test_an_earlier_day_is_chosen_from_a_calendar(home: Home):
    at = until(home, "When did your procedure")
    at.pills[0].set_value("earlier")
    run(at)
    assert (at.date_input[0].max, at.date_input[0].min) == (TODAY, TODAY - timedelta(days=5 * 366))
    at.date_input[0].set_value(date(2026, 2, 20))
    enter_time(at, time(9, 0))
    known = home.patient.course()
    assert known is not None
    assert known.procedure.at == datetime(2026, 2, 20, 8, 0, tzinfo=UTC)


def test_a_time_that_the_clock_change_skipped_is_refused_in_words(home: Home):
    home.clock.now = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
    at = until(home, "When did your procedure")
    stored = home.size
    at.pills[0].set_value(date(2026, 3, 29))
    refused(home, type_time(at, time(2, 30)), "That time did not exist", stored)
    assert not [key for key in buttons(at) if "-right-" in key]
    enter(at, date(2026, 3, 29), time(3, 30))
    known = home.patient.course()
    assert known is not None
    assert known.procedure.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_home_before_the_procedure_is_refused_in_words(home: Home):
    at = until(home, "When did you get home?")
    stored = home.size
    refused(home, enter(at, YESTERDAY, time(14, 6)), "You cannot get home before the procedure", stored)


def test_not_home_yet_is_stored_and_asked_on_today(home: Home):
    at = until(home, "When did you get home?")
    tap(at, "I am not home yet")
    assert [a.fact.home for a in home.patient.history().of(HomeArrival)] == [False]
    assert title(at).startswith("How bad was")


def test_a_phone_number_that_is_none_is_refused_in_words_and_shown_as_it_was_typed(home: Home):
    at = until(home, "What is your clinic")
    stored = home.size
    refused(home, write(at, "   "), "Enter the number", stored)
    refused(home, write(at, "call me"), "“call me” is not a phone number", stored)
    refused(
        home, write(at, "![x](http://evil.example/x.png)"), r"“!\[x\](http://evil.example/x.png)”", stored
    )
    refused(home, write(at, "1" * 41), "41 characters", stored)
    tap(at, "I do not have it now")
    assert home.patient.history().settings["clinic_phone"] == ""


def test_a_name_too_long_is_refused_in_words_and_none_is_needed(home: Home):
    at = until(home, "What shall we call you?")
    stored = home.size
    refused(home, write(at, "a" * 61, "Finish"), "61 characters. At most 60 fit", stored)
    write(at, "", "Finish")
    assert home.patient.set_up.missing() == ()


def test_while_the_clock_is_wrong_an_answer_is_refused_in_words(home: Home):
    at = until(home, "Did anything go wrong")
    stored = home.size
    home.clock.goes_on(hours=-2)
    refused(home, tap(at, "q-went_wrong-no"), "This computer's clock looks wrong.", stored)
    home.clock.goes_on(hours=2)
    tap(at, "q-went_wrong-no")
    assert title(at).startswith("Was the procedure")


# pain before


def test_the_pain_before_can_be_unknown_which_is_not_zero(home: Home):
    at = until(home, "How bad was")
    tap(at, "I do not remember")
    assert [p.fact.score for p in home.patient.history().of(Pain)] == [None]


def test_the_pain_before_can_be_told_in_plain_words(home: Home):
    at = until(home, "How bad was")
    assert [name for name in buttons(at) if name.startswith("baseline-")] == [
        f"baseline-{n}" for n in range(11)
    ]
    tap(at, "Use plain words instead of numbers")
    assert [name for name in buttons(at) if name.startswith("baseline-")] == [
        f"baseline-{w}" for w in PainWord
    ]
    tap(at, "baseline-bad")
    assert [p.fact.score for p in home.patient.history().of(Pain)] == [PainWord.BAD]
    assert home.patient.history().settings["plain_words"] is True


def test_who_has_answered_everything_is_led_to_today(home: Home):
    home.settle()
    assert title(home.open("set_up")) == "You can exercise now"
