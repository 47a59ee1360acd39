"""The Diary as a patient uses it: each question, each refusal, and the list with its corrections."""

from datetime import date, time, timedelta
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from coach import desk
from coach.desk.installation.recording import new_key
from coach.desk.patient.diary import PastSet
from coach.domain.facts import Pain, PainWhen, PainWord, SetDone
from coach.protocols import editing, loader
from coach.ui.parts import assets
from tests.support.homes import NOW
from tests.support.pages import (
    Home,
    blocks,
    buttons,
    enter_time,
    lines,
    markup,
    open_day,
    open_line,
    run,
    said,
    tap,
    time_fields,
    title,
    type_time,
)
from tests.support.patients import wall

PICTURE = "![x](http://127.0.0.1:9/x.png) **b** <b>c</b>"


@pytest.fixture
def diary(home: Home) -> AppTest:
    home.settle()
    return home.open("diary")


def scores(home: Home, when: PainWhen) -> list[object]:
    return [entry.fact.score for entry in home.patient.history().of(Pain) if entry.fact.when is when]


def log_session(home: Home, note: str = "") -> str:
    key = new_key()
    starts = wall(NOW - timedelta(hours=2))
    sets = [PastSet("ankle_pumps", 10), PastSet("quadriceps", 16)]
    home.patient.diary.log_past(starts, sets, before=2, after=3, effort=5, note=note, key=key)
    return str(key)


def inert(at: AppTest, text: str) -> None:
    """Assert that a text is on the page, and only where nothing formats it."""
    assert any(text in each for each in [*(str(each.value) for each in at.text), *blocks(at)])
    assert not any(text in str(getattr(each, "value", "")) for each in at.get("html"))
    assert not any(text in each.label for each in at.expander)
    formatted = ("markdown", "title", "header", "subheader", "caption", "error", "warning", "info", "success")
    for kind in formatted:
        assert not any(text in str(getattr(each, "value", "")) for each in at.get(kind)), kind
    assert not any(text in each.label for each in at.button)


# the daily check-in


def test_before_the_first_day_is_told_it_is_drawn_and_said_what_will_be_here(home: Home):
    patient = home.settle(hours=60)
    will = "Each day will be one line here, with your pain and what you did."
    picture = assets.address("drawings/states/diary.svg")
    at = home.open("diary")
    assert will in said(at)
    assert picture in [each.get("src") for _tag, each in markup(at)]
    patient.diary.check_in(average=3, worst=None, key=new_key())
    at = run(at)
    assert will not in said(at)
    assert picture not in [each.get("src") for _tag, each in markup(at)]


def test_the_check_in_asks_one_question_after_the_other(home: Home, diary: AppTest):
    tap(diary, "check-in")
    assert "average" in title(diary)
    assert [name for name in buttons(diary) if name.startswith("average_24h-")] == [
        f"average_24h-{n}" for n in range(11)
    ]
    tap(diary, "average_24h-0")
    assert "worst" in title(diary)
    tap(diary, "worst_24h-4")
    assert scores(home, PainWhen.AVERAGE_24H) == [0]
    assert scores(home, PainWhen.WORST_24H) == [4]
    assert "On average: 0" in said(diary)
    assert "At its worst: 4" in said(diary)
    assert "check-in" not in buttons(diary)


def test_the_worst_can_be_left_out_and_is_missing_then(home: Home, diary: AppTest):
    tap(diary, "check-in")
    tap(diary, "average_24h-3")
    tap(diary, "worst_24h-skip")
    assert scores(home, PainWhen.WORST_24H) == []
    assert "At its worst: left out" in said(diary)


def test_a_second_click_on_the_same_screen_is_the_same_check_in(home: Home, diary: AppTest):
    tap(diary, "check-in")
    before = home.size[0]
    key = diary.session_state["act:average_24h"]
    tap(diary, "average_24h-5")
    home.patient.diary.check_in(average=5, worst=None, key=key)
    assert home.size[0] == before + 1
    assert scores(home, PainWhen.AVERAGE_24H) == [5]


def test_a_second_click_while_the_first_is_being_saved_stores_nothing_more(home: Home, diary: AppTest):
    session = log_session(home)
    tap(run(diary), f"back-{session}")
    key = diary.session_state[f"act:void-{session}"]
    home.patient.diary.void(UUID(session), why="It is in the list twice", key=key)
    before = home.size
    tap(diary, f"void-{session}-2")
    assert home.size == before
    assert not diary.error


def test_a_check_in_is_changed_and_the_old_one_is_kept(home: Home, diary: AppTest):
    home.patient.diary.check_in(average=6, worst=8, key=new_key())
    at = run(diary)
    tap(at, "check-in-change")
    tap(at, "average_24h-4")
    tap(at, "worst_24h-keep")
    assert scores(home, PainWhen.AVERAGE_24H) == [4]
    assert scores(home, PainWhen.WORST_24H) == [8]
    assert "Earlier version: Pain over 24 hours, on average: 6" in said(at)


def test_yesterdays_check_in_is_not_todays(home: Home, diary: AppTest):
    home.patient.diary.check_in(average=6, worst=None, key=new_key())
    home.clock.goes_on(hours=24)
    assert "check-in" in buttons(home.open("diary"))


def test_plain_words_are_stored_as_words(home: Home, diary: AppTest):
    home.patient.settings.set("plain_words", value=True)
    tap(run(diary), "check-in")
    tap(diary, "average_24h-bad")
    assert scores(home, PainWhen.AVERAGE_24H) == [PainWord.BAD]


# pain with its time


def test_pain_right_now_is_stored_with_this_moment(home: Home, diary: AppTest):
    tap(diary, "diary-now")
    tap(diary, "diary-0")
    latest = home.patient.history().latest(Pain)
    assert latest
    assert (latest.fact.score, latest.fact.when, latest.at) == (0, PainWhen.NOW, NOW)


def test_pain_of_yesterday_is_stored_with_yesterdays_time(home: Home, diary: AppTest):
    tap(diary, "diary-now")
    diary.pills[0].set_value("yesterday")
    run(diary)
    tap(enter_time(diary, time(18, 30)), "diary-5")
    latest = home.patient.history().latest(Pain)
    assert latest
    assert latest.local_date == home.patient.today() - timedelta(days=1)
    assert latest.at.astimezone(NOW.tzinfo).time() == time(17, 30)


def test_pain_of_an_earlier_time_is_asked_for_once_the_time_is_confirmed(home: Home, diary: AppTest):
    tap(diary, "diary-now")
    diary.pills[0].set_value("today")
    assert "diary-5" not in buttons(run(diary))
    type_time(diary, time(7, 0))
    assert "diary-5" not in buttons(diary)
    assert "Today at seven o’clock in the morning (07:00), 3 hours and 7 minutes ago" in said(diary)


def test_a_time_that_lies_ahead_stores_nothing(home: Home, diary: AppTest):
    tap(diary, "diary-now")
    diary.pills[0].set_value("today")
    enter_time(run(diary), time(23, 55))
    before = home.size
    tap(diary, "diary-5")
    assert "This time lies ahead" in diary.error[0].value
    assert home.size == before
    assert time_fields(diary)[0].value == "11:55 PM"


def test_a_high_score_says_what_it_closes(home: Home, diary: AppTest):
    tap(diary, "diary-now")
    tap(diary, "diary-7")
    assert "tightening exercises wait" in diary.success[0].value


# exercises without the app


def fill_past(diary: AppTest, day: date, clock: time, **reps: int) -> None:
    tap(diary, "diary-past")
    pills = {each.label: each for each in diary.pills}
    pills["Day"].set_value(day)
    pills["Tap all that you did"].set_value(list(reps))
    enter_time(diary, clock)
    for routine, number in reps.items():
        diary.number_input(key=f"past-count-{routine}").set_value(number)
    run(diary)


def test_an_exercise_may_be_called_like_a_question_of_the_form(home: Home, diary: AppTest):
    content = editing.changed(loader.DEFAULT.read_bytes(), {("routine", 0, "id"): "effort"})
    desk.open_installation().protocol = loader.read(content, "own.toml")
    fill_past(diary, home.patient.today(), time(8, 0), effort=10)
    tap(diary, "past-save")
    done = home.patient.history().of(SetDone)
    assert [(each.fact.routine, each.fact.reps_done) for each in done] == [("effort", 10)]


def test_a_past_session_is_stored_with_both_legs(home: Home, diary: AppTest):
    fill_past(diary, home.patient.today(), time(8, 0), ankle_pumps=10, quadriceps=8)
    pills = {each.label: each for each in diary.pills}
    pills["Pain before"].set_value(0)
    diary.text_area[0].set_value(PICTURE)
    tap(diary, "past-save")
    (session,) = home.patient.history().sessions
    assert [done.fact.reps_done for done in session.sets] == [10, 16]
    assert session.before
    assert session.before.fact.score == 0
    assert session.after is None
    assert session.effort is None
    inert(diary, PICTURE)


@pytest.mark.parametrize(
    ("days", "clock", "sentence"),
    [(0, time(23, 0), "This time lies ahead"), (3, time(8, 0), "before your procedure ended")],
)
def test_a_past_session_at_an_impossible_time_stores_nothing(home, diary, days, clock, sentence):
    fill_past(diary, home.patient.today() - timedelta(days=days), clock, ankle_pumps=10)
    before = home.size
    tap(diary, "past-save")
    assert sentence in diary.error[0].value
    assert home.size == before
    assert diary.number_input(key="past-count-ankle_pumps").value == 10


def test_an_exercise_without_a_number_is_asked_for(home: Home, diary: AppTest):
    fill_past(diary, home.patient.today(), time(8, 0), ankle_pumps=0)
    before = home.size
    tap(diary, "past-save")
    assert "whole number from 1" in diary.error[0].value
    assert home.size == before


def test_a_note_of_too_many_characters_is_kept_in_the_form(home: Home, diary: AppTest):
    fill_past(diary, home.patient.today(), time(8, 0), ankle_pumps=10)
    diary.text_area[0].set_value("x" * 2001)
    before = home.size
    tap(diary, "past-save")
    assert "2001 characters" in diary.error[0].value
    assert home.size == before
    assert diary.text_area[0].value == "x" * 2001


# the list


def test_the_list_shows_every_kind_by_day(home: Home, diary: AppTest):
    log_session(home, note="before lunch")
    home.patient.sessions.answer_none(whole=True, key=new_key())
    home.patient.sessions.give_pain(4, PainWhen.NOW, key=new_key())
    run(diary)
    assert lines(diary) == [
        "Today, Thursday 5 March  \n1 session, 2 exercises, worst pain: 4",
        "14 checks and answers",
        "Tuesday 3 March  \n1 entry",
        "Monday 2 March  \n1 entry",
    ]
    for day in ("2026-03-03", "2026-03-02"):
        open_day(diary, date.fromisoformat(day))
    for key in [each.proto.id.partition("-small-")[2] for each in diary.expander]:
        if key:
            open_line(diary, f"small-{key}")
    shown = said(diary)
    for line in (
        "Exercises without the app",
        "Ankle pumps: 10 times",
        "Thigh tightening: 8 times, each leg",
        "Pain before: 2",
        "Pain after: 3",
        "How hard it was: medium",
        "Note: before lunch",
        "Your procedure ended",
        "You got home",
        "Pain in the week before the procedure: 8",
        "Warning signs: none of these",
        "Country: ",
    ):
        assert line in shown, line


def test_older_days_are_shown_on_demand(home: Home, diary: AppTest):
    for _ in range(20):
        home.clock.goes_on(hours=24)
        home.patient.diary.check_in(average=3, worst=None, key=new_key())
    at = home.open("diary")
    assert sum("March" in each for each in lines(at)) == 7
    for days in (14, 21, 23):
        tap(at, "diary-older")
        assert sum("March" in each for each in lines(at)) == days
    assert "diary-older" not in buttons(at)


def three_days(home: Home) -> list[date]:
    """Score pain on three days, 6 on the last; return them, the latest first."""
    for score in (2, 4, 6):
        home.patient.sessions.give_pain(score, PainWhen.NOW, key=new_key())
        home.clock.goes_on(hours=24)
    return [home.patient.today() - timedelta(days=days) for days in (1, 2, 3)]


def test_a_day_that_is_not_open_sends_none_of_its_entries(home: Home, diary: AppTest):
    latest, before, _first = three_days(home)
    at = home.open("diary")
    assert "Pain: 6" in said(at)
    assert "Pain: 4" not in said(at)
    assert len([each for each in buttons(at) if each.startswith("correct-")]) == 1
    assert "Pain: 4" in said(open_day(at, before))
    open_day(at, latest)
    assert "Pain: 6" not in said(at)
    assert "Pain: 4" in said(at)


def test_what_was_opened_stays_so_over_a_form_and_when_its_line_says_something_else(home, diary):
    _latest, before, _first = three_days(home)
    at = open_day(home.open("diary"), before)
    tap(tap(at, "diary-now"), "diary-back-now")
    assert "Pain: 4" in said(at)
    scored = next(e for e in home.patient.history().of(Pain) if e.local_date == before)
    tap(tap(at, f"correct-{scored.id}"), f"right-{scored.id}-9")
    assert any(each.endswith("worst pain: 9") for each in lines(at))
    assert "Earlier version: Pain: 4" in said(at)


def test_the_day_of_what_is_entered_afterwards_is_open(home: Home, diary: AppTest):
    _latest, before, _first = three_days(home)
    at = home.open("diary")
    fill_past(at, before, time(8, 0), ankle_pumps=10)
    tap(at, "past-save")
    assert "Ankle pumps: 10 times" in said(at)


def test_what_is_typed_into_a_correction_stays_when_its_day_is_closed(home: Home, diary: AppTest):
    session = log_session(home)
    (done, *_more) = home.patient.history().of(SetDone)
    at = run(diary)
    tap(tap(at, f"correct-{session}"), f"part-{done.id}")
    at.number_input(key=f"right-{done.id}").set_value(7)
    open_day(run(at), home.patient.today())
    assert not at.expander[0].proto.expanded
    open_day(at, home.patient.today())
    assert at.number_input(key=f"right-{done.id}").value == 7


def test_the_line_of_a_day_counts_only_what_counts(home: Home, diary: AppTest):
    kept, gone = log_session(home), log_session(home)
    home.patient.sessions.give_pain(9, PainWhen.NOW, key=new_key())
    score = home.patient.history().of(Pain)[-1]
    assert lines(run(diary))[0].endswith("2 sessions, 4 exercises, worst pain: 9")
    for each in (UUID(gone), score.id):
        home.patient.diary.void(each, why="It is in the list twice", key=new_key())
    assert lines(run(diary))[0].endswith("\n1 session, 2 exercises, worst pain: 3")
    home.patient.sessions.give_pain(PainWord.BAD, PainWhen.NOW, key=new_key())
    assert lines(run(diary))[0].endswith("worst pain: 3, Bad pain")
    home.patient.red_flags.report_flag("fall", key=new_key())
    assert "\n1 warning sign, 1 session" in lines(run(diary))[0]
    assert kept in str(buttons(diary))


def test_a_score_is_corrected_in_the_list(home: Home, diary: AppTest):
    key = new_key()
    home.patient.sessions.give_pain(7, PainWhen.NOW, key=key)
    at = run(diary)
    tap(at, f"correct-{key}")
    tap(at, f"right-{key}-0")
    assert scores(home, PainWhen.NOW) == [0]
    assert "Earlier version: Pain: 7" in said(at)


def test_the_time_of_a_score_is_corrected_in_the_list(home: Home, diary: AppTest):
    key = new_key()
    home.patient.sessions.give_pain(7, PainWhen.NOW, key=key)
    at = run(diary)
    tap(at, f"correct-{key}")
    enter_time(at, time(7, 15))
    latest = home.patient.history().latest(Pain)
    assert latest
    assert latest.at.time() == time(6, 15)


def test_after_a_flight_a_time_is_read_back_on_the_clock_that_the_score_was_told_by(
    home: Home, diary: AppTest
):
    key = new_key()
    home.patient.sessions.give_pain(7, PainWhen.NOW, key=key)
    home.patient.settings.set("zone", "America/New_York")
    at = run(diary)
    tap(at, f"correct-{key}")
    assert str(time_fields(at)[0].value).startswith("10:07")
    type_time(at, time(9, 7))
    assert "9:07 in the morning, 1 hour ago" in said(at)
    enter_time(at, time(9, 7))
    latest = home.patient.history().latest(Pain)
    assert latest
    assert (latest.at, latest.zone) == (NOW - timedelta(hours=1), "Europe/Berlin")


def test_a_part_of_a_session_is_corrected(home: Home, diary: AppTest):
    session = log_session(home)
    done = home.patient.history().of(SetDone)[0]
    at = run(diary)
    tap(at, f"correct-{session}")
    tap(at, f"part-{done.id}")
    at.number_input(key=f"right-{done.id}").set_value(7)
    tap(run(at), f"right-{done.id}-save")
    corrected = home.patient.history().of(SetDone)[0]
    assert (corrected.fact.reps_done, corrected.supersedes) == (7, done.id)


def test_taking_back_asks_why_and_keeps_the_entry_in_the_list(home: Home, diary: AppTest):
    session = log_session(home)
    at = run(diary)
    tap(at, f"back-{session}")
    before = home.size
    tap(at, f"void-{session}-save")  # nothing said
    assert "Something is missing here" in at.error[0].value
    assert home.size == before
    tap(at, f"void-{session}-2")
    assert not home.patient.history().sessions
    assert "Taken back today at 10:07: It is in the list twice" in said(at)
    assert "Ankle pumps: 10 times" in said(at)
    assert f"back-{session}" not in buttons(at)


def test_a_reason_of_ones_own_is_shown_as_plain_text(home: Home, diary: AppTest):
    session = log_session(home)
    tap(run(diary), f"back-{session}")
    diary.text_input(key=f"void-{session}-other").set_value(PICTURE)
    tap(run(diary), f"void-{session}-save")
    inert(diary, PICTURE)


def test_a_warning_sign_has_nothing_to_take_back(home: Home, diary: AppTest):
    home.patient.red_flags.report_flag("fall", key=new_key())
    (flag,) = home.patient.open_flags()
    at = run(diary)
    assert "You had a fall." in said(at)
    assert "Still open" in said(at)
    assert f"to-{flag.id}" in buttons(at)
    assert not {f"back-{flag.id}", f"correct-{flag.id}"} & set(buttons(at))
    home.clock.goes_on(hours=1)
    spoke = wall(home.clock.now - timedelta(minutes=10))
    home.patient.red_flags.clear_flag(flag.id, who=PICTURE, spoke=spoke, key=new_key())
    at = home.open("diary")
    assert "Cleared today at 11:07" in said(at)
    inert(at, PICTURE)


def test_what_stands_in_settings_leads_there(home: Home, diary: AppTest):
    known = home.patient.course()
    assert known
    open_day(diary, known.procedure.local_date)
    tap(diary, f"settings-{known.procedure.id}")
    assert title(diary) == "Times"
