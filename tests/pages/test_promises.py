"""Whatever state a patient is in, no page of theirs promises what the gate does not answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk import PatientDesk
from coach.desk.installation.patient_context import PatientContext
from coach.desk.installation.recording import NewEntry, new_key
from coach.domain import decisions as gate_decisions
from coach.domain.case import Case
from coach.domain.facts import (
    AnchorTime,
    Cause,
    ClinicianHold,
    Discharged,
    Fact,
    HomeArrival,
    PainWhen,
    Procedure,
    RedFlagYes,
    Reply,
    Setting,
    TimeAsked,
)
from coach.domain.reminders import TIMES
from coach.domain.times import local
from coach.text import protocol_texts
from coach.text import times as times_text
from coach.ui.parts.navigation import PATIENT
from coach.ui.patient import guide
from tests.support.followed import follow
from tests.support.pages import (
    Home,
    at_address,
    blocks,
    closed_exercises,
    enter_time,
    given,
    lines,
    links,
    run,
    said,
    tap,
    title,
    unfold,
)
from tests.support.patients import answer_questions
from tests.support.records import record
from tests.support.server import ROOT

PAGES = [name for name in PATIENT if name != "messages"]
NEXT = re.compile(r"^Next: .+?, ((?:today|tomorrow|on ).* at \d\d:\d\d)$", re.MULTILINE)
WHEN = re.compile(r"(?:opens|Next one) ((?:today|tomorrow, \w+,|on [\w, ]+?) at \d\d:\d\d)")
OPENS = re.compile(r"Opens: (.+)")
REMINDER = re.compile(r"The next reminder in your calendar: (.+)\.")
PROMISES = (
    NEXT,
    WHEN,
    OPENS,
    REMINDER,
    re.compile("You can exercise now"),
    re.compile(r"^Start, ", re.MULTILINE),
)

State = Callable[[Home], PatientDesk]


def clinic(home: Home, *facts: Fact) -> PatientDesk:
    """Let a physiotherapist follow the patient and record these."""
    team = follow(home.patient)
    desk = PatientContext(team.installation, team.patient, team.physiotherapist())
    for fact in facts:
        desk.record(NewEntry(fact))
    return home.patient


def calm(home: Home) -> PatientDesk:
    return home.settle()


def emergency(home: Home) -> PatientDesk:
    patient = home.settle()
    patient.red_flags.report_flag("chest_pain", key=new_key())
    return patient


def urgent(home: Home) -> PatientDesk:
    patient = home.settle()
    patient.red_flags.report_flag("fall", key=new_key())
    return patient


def hold(home: Home) -> PatientDesk:
    home.settle(hours=20, home=18)
    return clinic(home, ClinicianHold(None, "Wait for the scan."))


def hold_that_ends(home: Home) -> PatientDesk:
    home.settle(hours=20, home=18)
    return clinic(home, ClinicianHold(None, "Wait.", home.clock.now + timedelta(hours=9)))


def answer(home: Home) -> PatientDesk:
    patient = home.settle(hours=20, home=18)
    patient.set_up.reply("tumour_or_three", Reply.UNSURE, key=new_key())
    return patient


def answer_to_all(home: Home) -> PatientDesk:
    patient = home.settle(hours=20, home=18)
    patient.set_up.reply("went_wrong", Reply.YES, key=new_key())
    return patient


def sleepy(home: Home) -> PatientDesk:
    patient = home.settle(hours=20, home=18)
    patient.sessions.answer_drowsy(key=new_key())
    return patient


def request(home: Home) -> PatientDesk:
    home.settle(hours=20, home=18)
    return clinic(home, TimeAsked(AnchorTime.HOME_ARRIVAL, home.clock.now - timedelta(hours=19)))


def before_home(home: Home) -> PatientDesk:
    patient = home.settle(hours=3, home=1)
    patient.course_times.got_home(None, key=new_key())
    return patient


def pain(home: Home) -> PatientDesk:
    patient = home.settle()
    patient.sessions.give_pain(8, PainWhen.NOW, key=new_key())
    return patient


def night(home: Home) -> PatientDesk:
    patient = home.settle()
    home.clock.goes_on(hours=17)  # 03:07
    return patient


def late_evening(home: Home) -> PatientDesk:
    patient = home.settle(hours=20, home=18)
    home.clock.goes_on(hours=12)  # 22:07
    return patient


def discharged(home: Home) -> PatientDesk:
    home.settle()
    return clinic(home, Discharged("All well."))


STATES: tuple[State, ...] = (
    calm, emergency, urgent, hold, hold_that_ends, answer, answer_to_all, sleepy, request, before_home, pain,
    night, late_evening, discharged,
)  # fmt: skip


def opened(home: Home) -> Iterator[tuple[str, AppTest]]:
    """Yield every page of the patient, the part of the Guide about the weeks too."""
    for page in PAGES:
        yield page, unfold(home.open(page))
    at = AppTest.from_file(ROOT / "coach" / "app.py", default_timeout=120)
    at_address(at, "guide")
    at.query_params["part"] = "timeline"
    yield "the weeks", unfold(run(at))


def whole(at: AppTest) -> str:
    return "\n".join([said(at), *(each.label for each in at.button)])


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_no_page_promises_what_the_gate_does_not_answer(home: Home, state: State):
    patient = state(home)
    record(patient, NewEntry(Setting(TIMES, "08:00,23:30")))
    decisions, proposed, now = patient.decisions(), patient.proposed(), patient.now()
    named = {times_text.moment(at, patient.zone, now=now) for at in proposed.values() if at}
    names = {routine.name.lower(): routine.id for routine in patient.case.routines}
    open_now = any(isinstance(each, gate_decisions.Open) for each in decisions.values())
    dark = patient.night().holds(now)
    for page, at in opened(home):
        text = whole(at)
        for pattern in (NEXT, WHEN):
            assert set(pattern.findall(text)) <= named, (page, pattern.pattern)
        for found in OPENS.findall(text):
            assert all(proposed[names[name.lower()]] for name in re.split(", | and ", found)), (page, found)
        if "You can exercise now" in text or "Start, " in text:
            assert open_now, page
            assert not dark, page
        for data in given(at, "coach_countdowns"):
            for line in data["lines"].values():
                assert not patient.night().holds(datetime.fromisoformat(line["until"])), page
        for line in blocks(at, "li") if page == "today" else []:
            if line.split(":")[0].lower() in names:
                comes = proposed[names[line.split(":")[0].lower()]]
                assert comes or line.endswith(": closed for now"), (page, line)
        if not any(proposed.values()):
            assert not any(pattern.search(text) for pattern in PROMISES), page
    counts = patient.counts_today().values()
    due = sum(count.due for count in counts)
    told = "Nothing is due today." if not due else f"Today so far: 0 of {due} sets."
    at = unfold(home.open("progress"))
    assert told in "\n".join([said(at), *lines(at)])


@pytest.mark.parametrize("state", [emergency, urgent], ids=lambda state: state.__name__)
def test_every_page_begins_with_the_card_of_an_open_flag(home: Home, state: State):
    patient = state(home)
    (flag,) = (entry.fact.flag for entry in patient.open_flags())
    card = protocol_texts.card(patient.protocol.red_flags[flag], Case.of(patient.protocol, patient.history()))
    for page, at in opened(home):
        assert str(card["title"]) in said(at), page
        assert "Do not exercise now" in said(at), page
        for phone in card["phones"]:
            assert f"tel:{phone['tel']}" in links(at), page
    at = tap(home.open("progress"), "top-to-warning")
    assert title(at) == "Do not exercise now"


def test_a_page_without_a_flag_begins_without_a_card(home: Home):
    home.settle()
    for page, at in opened(home):
        assert "Do not exercise now." not in said(at), page


def test_with_a_flag_that_the_protocol_does_not_know_every_page_still_says_not_to_exercise(home: Home):
    patient = home.settle()
    record(patient, NewEntry(RedFlagYes("of_another_file")))
    assert "Do not exercise now." in said(home.open("settings"))


def test_what_comes_next_names_no_opening_that_a_set_up_answer_closes(home: Home):
    answer(home)
    text = said(home.open())
    assert "What comes next" in text
    assert "Opens: " not in text
    assert "Closed then too: Bottom squeeze, thigh tightening and tummy tightening. " in text


def test_what_is_too_early_anyway_is_not_told_as_sleepiness(home: Home):
    patient = sleepy(home)
    at = home.open()
    told = closed_exercises(at)
    sleepy_says = protocol_texts.protocol_text(Case.of(patient.protocol, patient.history()), "drowsy_closed")
    assert said(at).count(sleepy_says) == 1
    assert "Next: Ankle pumps, today at 11:07" in said(at), "it is of ankle pumps alone"
    for name in ("Bottom squeeze", "Thigh tightening"):
        assert "24 hours after your procedure" in told[name]
        assert sleepy_says not in told[name]


def test_at_three_in_the_night_today_proposes_sleep_and_starts_only_who_asks(home: Home):
    patient = night(home)
    at = home.open()
    assert title(at) == "It is night. Sleep if you can."
    morning = "Next: all exercises, today at 07:00"
    assert morning in said(at)
    assert "start-all" not in [each.key for each in at.button]
    tap(at, "start-at-night")
    assert title(at) == "Do you have any of these?"
    assert local(patient.now(), patient.zone).hour == 3


def test_a_reminder_is_named_for_the_day_and_a_time_in_the_night_is_left_out(home: Home):
    patient = calm(home)
    record(patient, NewEntry(Setting(TIMES, "08:00,23:30")))
    text = said(home.open("settings", part="reminders"))
    assert "In your night nothing is proposed. Left out: 23:30." in text
    assert REMINDER.findall(text) == ["tomorrow, Friday, at 08:00"]


def test_the_night_is_moved_in_settings(home: Home):
    calm(home)
    at = tap(home.open("settings", part="reminders"), "change-night_begins")
    enter_time(at, time(0, 30), field=0)
    enter_time(at, time(9), field=1)
    tap(at, "save-night_begins")
    assert "00:30 to 09:00" in said(run(at))
    assert home.patient.history().settings["night_ends"] == "09:00"


def test_a_request_from_before_a_new_course_is_said_to_wait_no_more(home: Home):
    request(home)
    assert "You asked to change this" in said(home.open("settings", part="times"))
    for fact in (Procedure(Cause.NEW_PROCEDURE), HomeArrival(home=True)):
        record(home.patient, NewEntry(fact))
    answer_questions(home.patient)
    assert "You asked to change this" not in said(home.open("settings", part="times"))


def test_no_page_names_an_exercise_that_nobody_has_released(home: Home):
    patient = calm(home)
    library = [each.name for each in patient.protocol.routines.values() if each.release]
    library.remove("Walking")  # everybody walks: its name is a word of other sentences
    for page, at in opened(home):
        words = whole(unfold(at))
        assert [name for name in library if name in words] == [], page
    for part in guide.parts(patient):
        at = home.open("guide")
        at.query_params["part"] = part
        words = whole(unfold(run(at)))
        named = [name for name in library if name in words]
        assert part == "numbers" or named == [], part  # where each number comes from: of the whole file
