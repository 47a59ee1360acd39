"""Set-up: one question a screen, each answer stored as it is given, every one correctable."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk.installation.recording import new_key
from coach.domain.facts import Answer, HomeArrival, Pain, PainWord, Procedure, Reply, Setting
from coach.domain.protocol import OTHER
from tests.support.homes import NOW
from tests.support.pages import (
    Home,
    answer_kept,
    at_address,
    buttons,
    enter_time,
    headers,
    opened,
    run,
    said,
    tap,
    title,
    type_time,
)
from tests.support.patients import wall
from tests.support.server import ROOT

TODAY, YESTERDAY = date(2026, 3, 5), date(2026, 3, 4)


def on_day(at: AppTest, day: date) -> AppTest:
    """Choose a day, where several are possible."""
    chosen = [key for key in buttons(at) if key.endswith(f"-day-{day}")]
    return tap(at, chosen[0]) if chosen else at


def enter(at: AppTest, day: date, clock: time) -> AppTest:
    """Choose a day, type a time, and confirm it, which goes on."""
    if not at.text_input:
        on_day(at, day)
        tap(at, "Type the time")
    return enter_time(at, clock)


def choose(at: AppTest, day: date, *taps: str) -> AppTest:
    """Choose a day and then by buttons, named by the ends of their keys."""
    on_day(at, day)
    for each in taps:
        (key,) = [key for key in buttons(at) if key.endswith(each)]
        tap(at, key)
    return at


#: Every screen in order: its title, how it is answered, and the fact that is stored then.
SCREENS: list[tuple[str, Callable[[AppTest], AppTest], object]] = [
    ("Your exercises after", lambda at: tap(at, "I understand"), Setting("understood", "1.1.0")),
    ("When did your procedure end?", lambda at: enter(at, YESTERDAY, time(14, 7)), Procedure()),
    ("Did you stay in the hospital", lambda at: tap(at, "q-overnight-no"), Answer("overnight", Reply.NO)),
    ("When did you get home?", lambda at: enter(at, YESTERDAY, time(16, 7)), HomeArrival(home=True)),
    ("How bad was your back pain", lambda at: tap(at, "baseline-0"), None),
    ("Is any of these true", lambda at: tap(at, "None of these"), Answer("helper", Reply.NO)),
    ("Which country", lambda at: tap(at, "country-GB"), Setting("country", "GB")),
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
    }
    headings = [heading for heading, _, _ in SCREENS]
    place = next(n for n, heading in enumerate(headings) if heading.startswith(screen))
    for step in patient.set_up.steps()[:place]:
        if step in acts:
            acts[step]()
        else:
            patient.set_up.reply(step, Reply.NO, key=new_key())
    at = home.open()
    assert title(at).startswith(screen)
    return at


def test_set_up_goes_from_the_first_screen_to_the_last_and_stores_each_answer(home: Home):
    at = home.open(zone="Etc/GMT-1")
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
        at = home.open(zone="Etc/GMT-1")
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
    assert "Getting home: Today, Thursday" in said(at)  # another night, another day: it is asked again
    enter(at, TODAY, time(9, 0))
    assert title(at).startswith("How bad was")


def test_the_same_answer_after_back_asks_nothing_again(home: Home):
    at = tap(until(home, "How bad was"), "Back")
    tap(at, "Back")
    tap(at, "q-overnight-no")
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
    assert title(at) == "Is this right?"
    assert "Yesterday at three o’clock in the afternoon (15:00)" in said(at)
    assert "may open earlier" in said(at)
    assert home.size == stored
    tap(at, "Back")
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
    assert "country" not in home.patient.history().settings


def test_the_country_comes_from_the_zone_is_shown_and_can_be_changed(home: Home):
    at = home.open(zone="Australia/Perth")
    assert "In an emergency call 000." in said(at)
    assert at.expander[0].label == "Emergency number for: Australia"
    assert home.size == (0, "")
    assert choices_of(at, "use-country") == [
        "Australia", "United Kingdom", "United States", "Ireland", "Another country",
    ]  # fmt: skip
    for key in ("use-country-elsewhere", "use-country-part-pacific", "use-country-NZ"):
        tap(at, key)
    assert "In an emergency call 111." in said(at)
    tap(at, "I understand")
    assert home.patient.history().settings["country"] == "NZ"
    assert "country" not in home.patient.set_up.missing()


@pytest.mark.parametrize(
    ("locale", "zone", "first"),
    [
        ("de-AT", "UTC", ["Österreich", "Deutschland", "Schweiz"]),
        ("en-US", "Europe/Berlin", ["Germany", "United States", "United Kingdom", "Ireland"]),
        ("en-GB", None, ["United Kingdom", "United States", "Ireland", "Australia"]),
    ],
)
def test_the_likely_countries_come_first_and_the_others_by_the_part_of_the_world(
    home: Home, locale: str, zone: str | None, first: list[str]
):
    to_country(home)
    at = home.open(zone=zone, locale=locale)
    *likely, _another = choices_of(at, "country")
    assert likely == first
    tap(at, "country-elsewhere")
    assert len(choices_of(at, "country-part")) == 5
    listed = {OTHER}
    for part in ("europe", "america", "asia", "africa", "pacific"):
        tap(at, f"country-part-{part}")
        assert len(choices_of(at, "country")) <= 18, "no list without an end"
        listed |= {key.removeprefix("country-") for key in buttons(at) if key.startswith("country-")}
        tap(at, f"set-up-back-country/parts/{part}")
    assert listed == set(home.patient.protocol.emergency_numbers)


def test_a_member_of_the_union_is_chosen_by_its_own_name_and_has_the_unions_number(home: Home):
    to_country(home)
    at = tap(home.open(locale="de-AT"), "country-AT")
    assert title(at) != "Which country are you in?"
    assert home.patient.history().settings["country"] == "EU"


def test_who_lives_in_no_country_of_the_list_is_asked_for_the_number(home: Home):
    at = to_country(home)
    for key in ("country-elsewhere", "country-part-asia", "country-other"):
        tap(at, key)
    assert home.patient.history().settings["country"] == OTHER
    assert "write-emergency" in buttons(home.open())


def to_country(home: Home) -> AppTest:
    """Answer all but the country, in a time zone that tells none."""
    return tap(until(home, "Is any of these true", zone="UTC"), "None of these")


def choices_of(at: AppTest, name: str) -> list[str]:
    """Return the large buttons of a choice."""
    return [each.label for each in at.button if str(each.key).rpartition("-")[0] == name]


def test_the_zone_can_be_changed_where_the_time_is_asked(home: Home):
    at = until(home, "When did your procedure", zone="Europe/Berlin")
    assert at.expander[0].label == "Times are those of Berlin"
    assert "use-zone-Europe/Berlin" in buttons(at)
    for key in ("use-zone-elsewhere", "use-zone-part-america"):
        tap(at, key)
    assert "New York: 04:07 there now" in at.selectbox[0].options
    at.selectbox[0].set_value("America/New_York")
    tap(run(at), "use-zone-use")
    assert at.expander[0].label == "Times are those of New York"
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
    refused(home, enter(at, TODAY, time(10, 8)), "This time lies ahead.", stored)
    enter(at, TODAY, time(10, 7))
    assert title(at).startswith("Did you stay")


def test_an_earlier_day_is_chosen_by_its_week(home: Home):
    at = tap(until(home, "When did your procedure"), "Another day")
    assert title(at) == "In which week?"
    tap(at, "16 February to 22 February")
    tap(at, "Friday, 20 February")
    assert "The end of your procedure: Friday, 20 February" in said(at)
    enter(at, date(2026, 2, 20), time(9, 0))
    known = home.patient.course()
    assert known is not None
    assert known.procedure.at == datetime(2026, 2, 20, 8, 0, tzinfo=UTC)


def test_a_day_long_ago_is_chosen_from_a_calendar(home: Home):
    at = tap(until(home, "When did your procedure"), "Another day")
    assert (at.date_input[0].max, at.date_input[0].min) == (
        date(2026, 1, 12),
        TODAY - timedelta(days=5 * 366),
    )
    at.date_input[0].set_value(date(2025, 10, 20))
    enter(run(at), date(2025, 10, 20), time(9, 0))
    known = home.patient.course()
    assert known is not None
    assert known.procedure.at == datetime(2025, 10, 20, 7, 0, tzinfo=UTC)


# what is not known


def test_an_hour_and_its_quarter_are_chosen_by_figures_and_read_back_in_a_sentence(home: Home):
    at = choose(until(home, "When did your procedure"), YESTERDAY, "procedure-hour-14")
    assert title(at) == "Which one is right?"
    tap(at, "14:30")
    known = home.patient.course()
    assert known is not None
    assert (known.procedure.at, known.procedure.fact.earliest) == (
        datetime(2026, 3, 4, 13, 30, tzinfo=UTC),
        None,
    )
    understood = "Yesterday at half past two in the afternoon (14:30), 19 hours and 37 minutes ago"
    assert f"Your procedure ended: {understood}" in said(at)


#: What is tapped on a day, and the local times from which to which it may have been.
ESTIMATES = [
    (YESTERDAY, ("hour-14", "about-hour-alone"), (4, 14, 0), (4, 15, 0)),
    (YESTERDAY, ("-roughly", "about-night"), (4, 0, 0), (4, 5, 0)),
    (YESTERDAY, ("-roughly", "about-morning"), (4, 5, 0), (4, 12, 0)),
    (YESTERDAY, ("-roughly", "about-evening"), (4, 18, 0), (4, 23, 59)),
    (YESTERDAY, ("-roughly", "about-not-known"), (4, 0, 0), (4, 23, 59)),
    (TODAY, ("-roughly", "about-morning"), (5, 5, 0), (5, 10, 7)),
    (TODAY, ("-roughly", "about-not-known"), (5, 0, 0), (5, 10, 7)),
    (date(2026, 1, 1), ("about-no-day",), None, (5, 10, 7)),
]


@pytest.mark.parametrize(("day", "taps", "earliest", "latest"), ESTIMATES)
def test_what_is_not_known_counts_as_the_latest_it_can_have_been_and_never_later_than_now(
    home: Home,
    day: date,
    taps: tuple[str, ...],
    earliest: tuple[int, int, int] | None,
    latest: tuple[int, int, int],
):
    at = until(home, "When did your procedure")
    choose(at, day, *taps)
    known = home.patient.course()
    assert known is not None
    assert known.procedure.at == berlin(*latest)
    if earliest:
        assert known.procedure.fact.earliest == berlin(*earliest)
    else:
        assert known.procedure.fact.earliest is not None
        assert known.procedure.fact.earliest < berlin(1, 0, 0)


def berlin(day: int, hour: int, minute: int) -> datetime:
    """Return a time in March in Berlin's winter."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("locale", "hour", "sentence"),
    [("en-GB", "15:00", "(15:30)"), ("en-US", "3 PM", "(3:30\u202fPM)"), ("en-DE", "15:00", "(15:30)")],
)
def test_an_hour_to_tap_and_the_time_that_is_read_back_stand_on_the_same_clock(
    home: Home, locale: str, hour: str, sentence: str
):
    home.patient.set_up.understand(key=new_key())
    home.patient.settings.set("country", "GB")  # a typed time may mean either half of the day there
    at = on_day(opened("today", locale), YESTERDAY)
    labels = {str(each.key): each.label for each in at.button}
    assert labels["procedure-hour-15"] == hour
    tap(at, "procedure-hour-15")
    labels = {str(each.key): each.label for each in at.button}
    assert f"({labels['procedure-at-30']})" == sentence
    assert hour in labels["procedure-about-hour-alone"]
    tap(at, "procedure-at-30")
    assert sentence in said(at)


def test_no_time_ahead_is_offered_and_none_before_the_procedure(home: Home):
    at = on_day(until(home, "When did your procedure"), TODAY)
    assert [key for key in buttons(at) if "-hour-" in key] == [
        f"procedure-hour-{n}" for n in [*range(5, 11), *range(5)]
    ]
    tap(at, "procedure-hour-10")
    assert [key for key in buttons(at) if "-at-" in key] == ["procedure-at-0"]
    tap(at, "procedure-at-0")
    tap(at, "q-overnight-no")
    assert [key for key in buttons(at) if "-hour-" in key] == ["home-hour-10"]


def test_somebody_who_got_home_while_the_procedure_was_only_about_known_is_not_contradicted(home: Home):
    at = choose(until(home, "When did your procedure"), YESTERDAY, "-roughly", "about-morning")
    tap(at, "q-overnight-no")
    choose(at, YESTERDAY, "hour-11", "home-at-30")
    known = home.patient.course()
    assert known is not None
    assert (known.procedure.at, known.home) == (berlin(4, 12, 0), berlin(4, 11, 30))
    assert not known.contradictory


# the questions that one tap answers


def test_none_of_these_stores_a_no_to_each_question(home: Home):
    at = tap(until(home, "Is any of these true"), "None of these")
    assert title(at).startswith("Which country")
    given = {name: each.fact.reply for name, each in home.patient.history().answers.items()}
    assert given == {question.id: Reply.NO for question in home.patient.protocol.questions}


def test_a_question_of_the_group_is_answered_alone_and_none_of_the_others_leaves_it(home: Home):
    at = tap(until(home, "Is any of these true"), "group-tumour_or_three")
    assert "set-up-none" not in buttons(at)  # it would say no to what was tapped
    tap(at, "q-tumour_or_three-unsure")
    assert title(at).startswith("Is any of these true")
    assert not [key for key in buttons(at) if key.startswith("q-")]
    line = next(each.label for each in at.button if each.key == "group-tumour_or_three")
    assert line.endswith("**✓ Your answer: Not sure**")
    assert "set-up-none" in buttons(at)
    tap(at, "None of the others")
    given = {name: each.fact.reply for name, each in home.patient.history().answers.items()}
    assert given.pop("tumour_or_three") is Reply.UNSURE
    assert set(given.values()) == {Reply.NO}
    assert [each.id for each in home.patient.set_up.unsure()] == ["tumour_or_three"]


def test_the_answers_to_one_question_open_under_it_and_back_closes_them(home: Home):
    at = tap(until(home, "Is any of these true"), "group-helper")
    assert title(at).startswith("Is any of these true")
    keys = [each.key for each in at.button]
    assert str(keys[keys.index("group-helper") + 1]).startswith("q-helper-")
    tap(at, "Back")
    assert title(at).startswith("Is any of these true")
    assert not [key for key in buttons(at) if key.startswith("q-")]


def test_a_time_that_the_clock_change_skipped_is_refused_in_words(home: Home):
    home.clock.now = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
    at = until(home, "When did your procedure")
    stored = home.size
    tap(on_day(at, date(2026, 3, 29)), "Type the time")
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
    at = until(home, "Did you stay")
    tap(at, "I am not home yet")
    assert [a.fact.home for a in home.patient.history().of(HomeArrival)] == [False]
    assert title(at).startswith("How bad was")


def test_while_the_clock_is_wrong_an_answer_is_refused_in_words(home: Home):
    at = tap(until(home, "Is any of these true"), "group-went_wrong")
    stored = home.size
    home.clock.goes_on(hours=-2)
    refused(home, tap(at, "q-went_wrong-no"), "This computer's clock looks wrong.", stored)
    home.clock.goes_on(hours=2)
    tap(at, "q-went_wrong-no")
    assert title(at).startswith("Is any of these true")


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
    assert "Coach asks for your pain in words from now on." in said(at)
    tap(at, "Use numbers after all")
    assert "baseline-0" in buttons(at)
    assert home.patient.history().settings["plain_words"] is False
    tap(at, "Use plain words instead of numbers")
    tap(at, "baseline-bad")
    assert [p.fact.score for p in home.patient.history().of(Pain)] == [PainWord.BAD]
    assert home.patient.history().settings["plain_words"] is True


def test_who_has_answered_everything_is_led_to_today(home: Home):
    home.settle()
    assert title(home.open("set_up")) == "You can exercise now"


def reloaded(home: Home) -> AppTest:
    """Load the page again in the middle of changing a time."""
    at = AppTest.from_file(ROOT / "coach" / "app.py", default_timeout=120)
    at_address(at, "set_up")
    at.query_params["at"] = "3"
    return run(at)


def test_a_reload_while_a_time_is_changed_waits_for_the_browser_and_comes_back(home: Home):
    home.settle()
    at = reloaded(home)
    assert title(at) == "One moment …"
    kept = json.dumps({"step": f"procedure/{YESTERDAY}/14", "back": "times"})
    assert title(answer_kept(at, "set-up-at", kept)) == "Which one is right?"
    assert "procedure-at-30" in buttons(at)
    assert "Your exercises" in headers(answer_kept(reloaded(home), "set-up-at", ""))


@pytest.mark.parametrize(
    "kept", ["[]", "{", '{"step": "baseline", "back": ""}', '{"step": "procedure/9999-01-01/99", "back": 1}',
             '{"step": "questions/nothing", "back": ""}', '{"step": "procedure/2026-03-04/a", "back": ""}'],
)  # fmt: skip
def test_a_browser_leads_to_no_question_that_is_not_reached_or_is_none(home: Home, kept: str):
    at = until(home, "When did your procedure")
    before = home.size
    assert title(answer_kept(at, "set-up-at", kept)) == "When did your procedure end?"
    assert home.size == before
