"""Today: what is open, what is not and when it opens, and what comes first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk.installation.history_cache import HistoryCache
from coach.desk.installation.recording import NewEntry, new_key
from coach.desk.patient.diary import PastSet
from coach.domain.facts import Cause, ClinicianHold, HomeArrival, PainWhen, Procedure, Reply
from coach.records.database.errors import Reason, RecordUnavailable
from tests.support.homes import NOW
from tests.support.pages import (
    Home,
    blocks,
    buttons,
    closed_exercises,
    enter_time,
    given,
    links,
    markup,
    run,
    said,
    tap,
    title,
    unfold,
)
from tests.support.patient_acts import (
    GLUTES,
    PUMPS,
    QUADS,
    SQUEEZES,
    TUMMY,
    begin,
    item,
    send,
    set_done,
)
from tests.support.patients import answer_questions, wall
from tests.support.records import record
from tests.support.server import ROOT

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def expected(at: datetime, now: datetime, zone: str) -> str:
    """Say a near instant as the screen does, from the calendar alone."""
    there, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    weekday = WEEKDAYS[there.weekday()]
    day = {
        0: "today",
        1: f"tomorrow, {weekday},",
        2: f"on {weekday}, {there.day} {there:%B},",
    }[(there.date() - today).days]
    return f"{day} at {there:%H:%M}"


def countdown(at: AppTest, name: str, *, now: datetime = NOW) -> datetime:
    """Return the instant that a countdown on the page leads to."""
    (data,) = given(at, "coach_countdowns")
    assert any(each.get("data-countdown") == name for _tag, each in markup(at))
    line = data["lines"][name]
    until = datetime.fromisoformat(line["until"])
    assert line["left_ms"] == (until - now) / timedelta(milliseconds=1)
    return until


def touchable(at: AppTest, routine: str) -> list[str]:
    """Return the buttons that belong to one routine, also those of its opened row."""
    return [name for name in buttons(unfold(at)) if name.endswith(routine)]


# after 20 hours


@pytest.mark.parametrize(
    ("zone", "now"),
    [
        ("Europe/Berlin", NOW),
        ("Asia/Kathmandu", NOW),
        ("America/New_York", NOW),
        ("Pacific/Chatham", NOW),
        ("Europe/Berlin", datetime(2026, 3, 28, 21, 41, tzinfo=UTC)),  # the clocks go forward that night
        ("Europe/Berlin", datetime(2026, 10, 24, 20, 13, tzinfo=UTC)),  # and back
    ],
    ids=str,
)
def test_twenty_hours_after_only_ankle_pumps_are_open_and_the_rest_say_when_they_open(
    home: Home, zone: str, now: datetime
):
    home.clock.now = now
    patient = home.settle(hours=20, home=18, zone=zone)
    patient.settings.set_night(
        time(0), time(0), key=new_key()
    )  # there is none: it is night in some of these zones
    at = home.open()
    ended = now - timedelta(hours=20)
    assert title(at) == "You can exercise now"
    assert f"only-{PUMPS}" in touchable(at, PUMPS)
    assert "start-all" in buttons(at)
    assert "Ankle pumps, lying on your back." in blocks(at)
    told = closed_exercises(at)
    for routine, hours in ((GLUTES, 24), (QUADS, 24), (TUMMY, 48)):
        opens = ended + timedelta(hours=hours)
        assert touchable(at, routine) == []
        told_of = told[home.patient.protocol.routines[routine].name]
        assert f"Not yet: opens {expected(opens, now, zone)}" in told_of
        assert f"{hours} hours after your procedure" in told_of
        if routine != QUADS:  # it opens together with the one before
            assert countdown(at, routine, now=now) == opens
    assert len(told) == 3
    assert said(at).count("Not yet: opens") == 2, "what is true of two is said once"


def test_a_locked_routine_opens_at_the_minute_and_not_a_second_before(home: Home):
    home.settle(hours=20, home=18)
    home.clock.goes_on(hours=4, seconds=-1)
    at = home.open()
    assert touchable(at, GLUTES) == []
    home.clock.goes_on(seconds=1)
    run(at)
    assert f"only-{GLUTES}" in touchable(at, GLUTES)
    assert "start-all" in buttons(at)
    assert "Ankle pumps, bottom squeeze and thigh tightening, lying on your back." in blocks(at)


def test_the_course_is_the_drawing_of_progress_and_what_comes_next_opens_to_its_doses(home: Home):
    home.settle(hours=20, home=18)
    today = home.open()  # it is open while some exercises are not

    def course(at: AppTest) -> list[str]:
        return [re.sub(r".*(<div class=\"coach-course\".*?</div></div>).*", r"\1", each.body, flags=re.DOTALL)
                for each in at.html if "coach-course" in each.body]  # fmt: skip

    assert course(today) == course(home.open("progress"))
    assert "You are here: First day" in course(today)[0]
    first = blocks(today, "summary")[0]
    assert first.split("\n")[:2] == ["today at 14:07", "Second day"]
    assert "Bottom squeeze: 5 × 3 seconds, 2 times a day" in blocks(today, "li")


# before there is anything to do


def test_the_flat_hour_shows_its_rest_rule_with_its_time_and_nothing_to_start(home: Home):
    home.settle(hours=2.5, home=0.5)
    at = home.open()
    assert title(at) == "Lie flat on your back until 10:37."
    assert countdown(at, "rest") == NOW + timedelta(minutes=30)
    assert [name for name in buttons(at) if name.startswith(("start", "only", "easier"))] == []
    assert "Not yet: opens today at 10:37" in closed_exercises(at)["Ankle pumps"]
    assert said(at).count("10:37") == 3, "in the rule, at the exercise, and in what comes next"
    home.clock.goes_on(minutes=30)
    assert title(run(at)) == "Stay in bed until 14:37, in any position."
    assert "start-all" in buttons(at)


def test_in_bed_rest_between_two_sets_the_rest_rule_comes_first(home: Home):
    patient = home.settle(hours=4, home=2)
    session = begin(patient)
    send(patient, set_done(session), item(session, "session_finished"))
    at = home.open()
    assert title(at) == "Stay in bed until 13:07, in any position."
    assert countdown(at, PUMPS) >= NOW + timedelta(minutes=50)


def test_not_home_yet_is_asked_at_each_visit_and_answered_in_one_screen(home: Home):
    home.settle(hours=3)
    home.patient.course_times.restart(
        Cause.NEW_PROCEDURE, wall(NOW - timedelta(hours=1)), None, key=new_key()
    )
    answer_questions(home.patient)
    for _ in range(2):
        at = home.open()
        assert title(at) == "Are you home now?"
        assert [name for name in buttons(at) if name.startswith(("start", "only"))] == []
        told = closed_exercises(at).values()
        assert [each.count("You are not home yet. It starts when you are.") for each in told] == [1] * 4
        assert said(at).count("You are not home yet.") == 1
    tap(at, "Yes, I am home")
    assert title(at) == "When did you get home?"
    tap(at, "Type the time")
    enter_time(at, wall(NOW - timedelta(minutes=10)).time())
    assert title(at) == "Lie flat on your back until 10:57."


def test_contradictory_times_say_so_before_anything_else(home: Home):
    patient = home.settle(hours=3)
    record(patient, NewEntry(Procedure(), at=NOW - timedelta(minutes=20)))
    record(patient, NewEntry(HomeArrival(home=True), at=NOW - timedelta(minutes=50)))
    answer_questions(patient)
    at = home.open()
    assert title(at) == "Not yet"
    assert "You got home before the procedure ended? Change the times under Settings." in said(at)
    assert [name for name in buttons(at) if name.startswith(("start", "only"))] == []


def test_a_time_that_lies_ahead_says_so_before_anything_else(home: Home):
    patient = home.settle(hours=3)
    record(patient, NewEntry(Procedure(), at=NOW + timedelta(hours=5)))
    record(patient, NewEntry(HomeArrival(home=True), at=NOW - timedelta(minutes=5)))
    answer_questions(patient)
    at = home.open()
    assert title(at) == "Not yet"
    assert "The time you gave lies ahead." in said(at)
    assert [name for name in buttons(at) if name.startswith(("start", "only"))] == []


def test_who_has_not_answered_set_up_is_led_there(home: Home):
    assert title(home.open()).startswith("Your exercises after")


def test_a_set_up_answer_closes_what_it_names_until_the_clinic_agreed(home: Home):
    home.settle()
    home.patient.set_up.reply("went_wrong", Reply.UNSURE, key=new_key())
    at = home.open()
    assert title(at) == "Not yet"
    assert "Your answer needs your clinic’s word first. Call +49 30 555 0100." in said(at)
    stored = home.size
    tap(at, "agreed-went_wrong-save")
    assert "A day and a time are needed here." in said(at)
    assert home.size == stored
    at.pills[0].set_value(home.patient.today())
    enter_time(at, wall(NOW - timedelta(minutes=30)).time())
    tap(at, "agreed-went_wrong-save")
    assert "Something is missing here." in said(at)
    assert home.size == stored
    at.text_input[0].set_value("Dr Okafor")
    tap(at, "agreed-went_wrong-save")
    assert title(at) == "You can exercise now"


# one card for each state, drawn


def at_night(home: Home) -> None:
    home.settle()
    home.clock.goes_on(hours=16)


def rests(home: Home) -> None:
    home.settle(hours=2.5, home=0.5)


def is_unsure(home: Home) -> None:
    home.settle().set_up.reply("went_wrong", Reply.UNSURE, key=new_key())


def is_sleepy(home: Home) -> None:
    home.settle(hours=20, home=18).sessions.answer_drowsy(key=new_key())


def is_held(home: Home) -> None:
    record(home.settle(), NewEntry(ClinicianHold(None, "Wait for the scan.")))


def did_all(home: Home) -> None:
    patient = home.settle(hours=65, zone="UTC")
    for hours, routines in ((6, (PUMPS, *SQUEEZES)), (3, (PUMPS, *SQUEEZES)), (1, (PUMPS,))):
        patient.diary.log_past(
            wall(NOW - timedelta(hours=hours), "UTC"),
            [PastSet(routine, 5) for routine in routines],
            before=None,
            after=None,
            effort=None,
            note="",
            key=new_key(),
        )


def did_one(home: Home) -> None:
    patient = home.settle()
    session = begin(patient, PUMPS, *SQUEEZES)
    sets = [set_done(session, each, index=n, reps=5) for n, each in enumerate((PUMPS, *SQUEEZES))]
    send(patient, *sets, item(session, "session_finished"))


@pytest.mark.parametrize(
    ("state", "says", "drawn"),
    [
        (lambda home: home.settle(), "You can exercise now", "drawings/ankle_pumps"),
        (at_night, "It is night. Sleep if you can.", "scenes/night"),
        (rests, "Lie flat on your back until 10:37.", "scenes/rest"),
        (is_unsure, "Not yet", "scenes/clinic"),
        (is_sleepy, "Not yet", "scenes/sleepy"),
        (is_held, "Not yet", "scenes/hold"),
        (did_one, "Nothing to do just now", "scenes/wait"),
        (did_all, "All done for today", "scenes/done"),
        (lambda home: begin(home.settle()), "Your exercises are not finished", "scenes/wait"),
    ],
    ids=["open", "night", "rest", "unsure", "sleepy", "held", "one", "all", "running"],
)
def test_each_state_has_one_drawn_card_and_says_nothing_twice(
    home: Home, state: Callable[[Home], object], says: str, drawn: str
):
    state(home)
    at = home.open()
    assert title(at) == says
    pictures = [each.get("src", "") for tag, each in markup(at) if tag == "img"]
    assert pictures[0].startswith(f"/coach-assets/{drawn}.svg")
    lines = [text for text in blocks(at, "p") if len(text) > 20]
    assert len(lines) == len(set(lines)), "no sentence stands twice"


# done for now, and pain


def test_a_set_just_done_waits_for_its_gap(home: Home):
    patient = home.settle()
    session = begin(patient)
    home.clock.goes_on(minutes=1)
    send(patient, set_done(session), item(session, "session_finished"))
    at = home.open()
    text = said(at)
    assert "Next one opens today at 12:08" in text
    assert "1 of 3 today" in text
    assert touchable(at, PUMPS) == []


def test_what_was_done_in_one_session_is_waited_for_together_and_the_reason_is_said_once(home: Home):
    patient = home.settle(hours=60)
    session = begin(patient, PUMPS, GLUTES)
    for index, routine in enumerate((PUMPS, GLUTES)):
        home.clock.goes_on(minutes=2)
        send(patient, set_done(session, routine, index=index, reps=5))
    send(patient, item(session, "session_finished"))
    text = said(home.open())
    first, last = (f"Next one opens today at {hour}" for hour in ("12:09", "12:11"))
    assert text.count(last) == 1
    assert first not in text
    assert text.count("Your muscles rest between two sets.") == 1


def test_today_begins_at_its_top_when_a_warning_sign_is_reported_and_when_it_is_taken_back(home: Home):
    patient = home.settle()
    open_screen = given(home.open(), "coach_top")[0]["screen"]
    patient.red_flags.report_flag("fall", key=new_key())
    assert given(home.open(), "coach_top")[0]["screen"] != open_screen


def test_a_day_whose_dose_is_done_says_so_and_names_the_morning(home: Home):
    patient = home.settle(hours=60)
    for _ in range(2):
        session = begin(patient, GLUTES)
        home.clock.goes_on(minutes=1)
        send(patient, set_done(session, GLUTES, reps=5), item(session, "session_finished"))
        home.clock.goes_on(hours=2)
    at = home.open()
    assert "Done for today: 2 of 2." in said(at)
    assert "2 of 2 today" not in said(at), "said once"
    assert "Next one tomorrow, Friday, at 07:00" in said(at)
    assert "at 00:00" not in said(at)
    assert touchable(at, GLUTES) == []


def test_more_than_the_cap_is_said_and_nothing_more_can_be_started(home: Home):
    patient = home.settle(hours=60)
    for hours in (3, 5, 7):
        patient.diary.log_past(
            wall(NOW - timedelta(hours=hours)),
            [PastSet(GLUTES, 5)],
            before=None,
            after=None,
            effort=None,
            note="",
            key=new_key(),
        )
    at = home.open()
    assert "Done for today: 3 of 2." in said(at)
    addresses = [marks.get("href") for tag, marks in markup(at) if tag == "a"]
    assert "/guide?part=static-glutes" in addresses, "how it is done can still be read"
    assert touchable(at, GLUTES) == []


def test_too_much_pain_closes_the_squeezes_and_offers_to_score_again(home: Home):
    patient = home.settle()
    patient.sessions.give_pain(7, PainWhen.NOW, key=new_key())
    at = home.open()
    for routine in SQUEEZES:
        assert touchable(at, routine) == ([f"again-{routine}"] if routine == GLUTES else [])
        told = closed_exercises(at)[patient.protocol.routines[routine].name]
        assert "Not yet: opens today at 12:07" in told
    assert countdown(at, GLUTES) == NOW + timedelta(hours=2)
    assert f"only-{PUMPS}" in touchable(at, PUMPS)
    assert "Ankle pumps are fine. Score again when it changes." in said(at)
    tap(at, f"again-{GLUTES}")
    assert [name for name in buttons(at) if name.startswith("now-")] == [f"now-{n}" for n in range(11)]
    tap(at, "now-0")
    assert patient.latest_pain().fact.score == 0  # type: ignore[union-attr]
    assert "All 4 exercises, lying on your back." in blocks(at)


def test_pain_can_be_scored_at_any_time_and_the_answer_can_be_left_out(home: Home):
    home.settle()
    stored = home.size
    at = tap(home.open(), "score-now")
    tap(at, "score-back")
    assert home.size == stored
    assert "No score yet." in said(at)
    tap(at, "score-now")
    tap(at, "now-4")
    assert home.size[0] == stored[0] + 1
    assert "4, today at 10:07" in said(at)


def test_high_pain_on_two_days_says_to_call_the_clinic(home: Home):
    patient = home.settle(hours=90)
    patient.sessions.give_pain(6, PainWhen.NOW, key=new_key())
    assert "Call your clinic today." not in said(home.open())
    home.clock.goes_on(hours=24)
    patient.sessions.give_pain(8, PainWhen.NOW, key=new_key())
    assert "Call your clinic today. Pain this high for two days" in said(home.open())


# a session that runs, and a red flag


def test_a_running_session_can_be_carried_on_or_left_and_no_other_started(home: Home):
    session = begin(home.settle())
    at = home.open()
    assert title(at) == "Your exercises are not finished"
    assert [name for name in buttons(at) if name.startswith(("start", "only", "easier"))] == []
    tap(at, "carry-on")
    assert [data["session"] for data in given(at, "coach_player")] == [str(session)]
    at = tap(home.open(), "leave")
    assert title(at) == "You can exercise now"
    assert home.patient.sessions.running_session() is None


def test_a_session_that_ran_out_is_offered_no_more(home: Home):
    begin(home.settle())
    home.clock.goes_on(hours=3)
    assert title(home.open()) == "You can exercise now"


def test_a_red_flag_closes_everything_and_comes_first_also_after_a_restart(home: Home):
    home.settle().red_flags.report_flag("chest_pain", key=new_key())
    for _ in range(2):
        at = home.open()
        assert title(at) == "Do not exercise now"
        assert "Call 112 now" in said(at)
        assert links(at) == ["tel:112", "tel:+49305550100"]
        (mistake,) = buttons(at)
        assert mistake.startswith("mistake-")
        home.restart()


def test_a_red_flag_over_a_running_session_comes_first(home: Home):
    patient = home.settle()
    begin(patient)
    patient.red_flags.report_flag("fall", key=new_key())
    at = home.open()
    assert title(at) == "Do not exercise now"
    assert "carry-on" not in buttons(at)
    assert title(home.open("session")) == "Do not exercise now"


def test_the_clinic_and_help_are_one_tap_away(home: Home):
    home.settle()
    at = home.open()
    assert links(at) == ["tel:+49305550100", "tel:112"]
    (asks,) = [each for _tag, each in markup(at) if "coach-wrong" in each.get("class", "")]
    assert asks == {
        "class": "coach-button coach-wrong",
        "href": "/warning",
        "role": "button",
        "style": "--icon:var(--coach-icon-warning)",
    }


def test_where_no_emergency_number_is_known_one_tap_leads_to_where_it_is_written_down(home: Home):
    home.settle().settings.set("country", "other")
    at = home.open()
    assert "Emergency: your emergency number" in said(at)
    assert links(at) == ["tel:+49305550100"]
    tap(at, "write-emergency")
    assert title(at) == "You and where you are"
    assert at.text_input(key="set-emergency_phone") is not None


# what goes wrong


@pytest.mark.parametrize(
    "page", ["today", "set_up", "session", "warning", "progress", "guide", "diary", "settings"]
)
def test_every_page_opened_first_on_a_cold_server_admits_through_the_door(home: Home, page: str):
    home.settle()
    home.restart()
    assert title(home.open(page))
    home.restart()
    (home.folder / "coach.sqlite3").write_bytes(b"garbage" * 1000)
    assert title(home.open(page)) == "Your record cannot be opened"


@pytest.mark.parametrize("page", ["today", "warning", "set_up"])
def test_a_page_file_run_by_itself_admits_through_the_door(home: Home, page: str):
    if page != "set_up":  # it leads on to Today where all is answered
        home.settle()
    at = AppTest.from_file(ROOT / "pages" / "patient" / f"{page}.py", default_timeout=120)
    assert title(run(at))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"this is no database" * 100, "is not a record of Coach. It is left as it is."),
        (b"", "is empty. It is left as it is."),
        (b"SQLite format 3\0", "is damaged. It is left as it is."),
        (b"SQLite format 3\0" + bytes(2000), "belongs to another program."),
    ],
    ids=["text", "empty", "cut", "foreign"],
)
def test_a_file_that_is_no_record_is_said_plainly_and_left_as_it_is(
    home: Home, content: bytes, sentence: str
):
    home.folder.mkdir()
    file = home.folder / "coach.sqlite3"
    file.write_bytes(content)
    at = home.open()
    assert title(at) == "Your record cannot be opened"
    assert f"The file {file} {sentence}" in said(at)
    assert file.read_bytes() == content
    file.unlink()
    assert title(home.open()).startswith("Your exercises after")


def test_a_record_damaged_in_the_middle_is_said_plainly(home: Home):
    home.settle()
    home.restart()
    file = home.folder / "coach.sqlite3"
    content = bytearray(file.read_bytes())
    content[4096:12288] = b"\xff" * 8192
    file.write_bytes(content)
    at = home.open()
    assert title(at) == "Your record cannot be opened"
    assert "is damaged" in said(at)


def test_a_home_that_is_no_folder_is_said_plainly(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "file" / "home"))
    assert title(home.open()) == "Your record cannot be opened"
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "file"))
    assert title(home.open()) == "Your record cannot be opened"
    monkeypatch.setenv("COACH_HOME", str(home.folder))
    assert title(home.open()).startswith("Your exercises after")


def test_a_database_of_another_kind_is_said_plainly(home: Home, monkeypatch: pytest.MonkeyPatch):
    for url in ("mysql://x/y", "no address", "sqlite://"):
        monkeypatch.setenv("COACH_DATABASE_URL", url)
        assert title(home.open()) == "Your record cannot be opened"


def test_a_full_disk_is_said_where_the_answer_was_given_and_the_answer_can_be_given_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
):
    home.settle()
    at = tap(home.open(), "score-now")
    stored = home.size

    def full(*_: object, **__: object) -> None:
        raise RecordUnavailable(Reason.DISK_FULL, "coach.sqlite3")

    with monkeypatch.context() as patched:
        patched.setattr(HistoryCache, "append", full)
        tap(at, "now-3")
        assert "The disk is full." in said(at)
        assert home.size == stored
    tap(at, "now-3")
    assert home.size[0] == stored[0] + 1


def test_while_the_clock_is_wrong_a_score_and_leaving_are_refused_in_words(home: Home):
    begin(home.settle())
    home.clock.goes_on(minutes=-20)
    at = tap(home.open(), "leave")
    assert "This computer's clock looks wrong." in said(at)
    tap(at, "score-now")
    tap(at, "now-3")
    assert "This computer's clock looks wrong." in said(at)


# what set-up left out


def test_a_missing_clinic_number_is_asked_for_on_one_quiet_line(home: Home):
    home.settle()
    assert "later-clinic" not in buttons(home.open())
    home.patient.settings.set("clinic_phone", "")
    at = home.open()
    assert "Coach does not know your clinic’s number yet. It is on your letter." in said(at)
    tap(at, "later-clinic")
    at.text_input(key="set-clinic_phone").set_value("+49 30 555 0100")
    tap(run(at), "save-clinic_phone")
    assert "later-clinic" not in buttons(home.open())


def test_answers_that_are_not_sure_are_one_line_too(home: Home):
    home.settle()
    assert "later-unsure" not in buttons(home.open())
    home.patient.set_up.reply("strong_painkillers", Reply.UNSURE, key=new_key())
    at = tap(home.open(), "later-unsure")
    assert "You said you are not sure about these" in said(at)


def test_where_the_procedure_ended_about_then_today_says_about(home: Home):
    patient = home.settle(hours=30)
    at = wall(NOW - timedelta(hours=29))
    patient.course_times.got_home(wall(NOW - timedelta(hours=28)), key=new_key())
    patient.course_times.procedure_ended(at, key=new_key(), earliest=at - timedelta(hours=5))
    assert "about 29 hours after your procedure" in said(home.open())
