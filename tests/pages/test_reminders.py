"""Reminders in Settings: times first, then the calendar's file and address, then e-mail where there is a server."""

from __future__ import annotations

from datetime import time

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk.accounts.calendar_access import Calendars, NotFound
from coach.domain.reminders import BEFORE, NAMES, TIMES
from tests.support.mail import HOST, MailServer
from tests.support.pages import Home, buttons, enter_time, given, links, run, said, tap, type_time


@pytest.fixture
def settings(home: Home) -> AppTest:
    home.settle()
    return home.open("settings", part="reminders")


def choose(at: AppTest, *clocks: time) -> AppTest:
    tap(at, f"change-{TIMES}")
    for place, clock in enumerate(clocks):
        if place:
            tap(at, "reminders-more")
        enter_time(at, clock, field=place)
    return tap(at, f"save-{TIMES}")


def address(at: AppTest) -> str:
    (found,) = given(at, "coach_copy")
    return str(found["text"])


def test_where_the_address_is_shown_it_opens_a_program_and_each_big_one_has_its_line(settings: AppTest):
    choose(settings, time(8, 0))
    assert not any(link.startswith("webcal:") for link in links(settings))
    tap(settings, "calendar-make")
    scheme, rest = address(settings).split("://", 1)
    assert scheme in ("http", "https")
    assert f"webcal://{rest}" in links(settings)
    for program in ("iPhone, iPad, Mac", "Google Calendar", "Outlook"):
        (line,) = [each for each in said(settings).splitlines() if each.startswith(program)]
        assert "alarm" in line


def test_before_times_are_chosen_no_calendar_is_offered(settings: AppTest):
    assert "none chosen yet" in said(settings)
    assert "/api/take/ics" not in links(settings)
    assert "calendar-make" not in buttons(settings)


def test_times_are_chosen_one_under_another_and_the_next_one_is_said(home: Home, settings: AppTest):
    choose(settings, time(18, 0), time(8, 0), time(12, 30))
    assert home.patient.history().settings[TIMES] == "08:00,12:30,18:00"
    told = next(line for line in said(settings).splitlines() if line.startswith("The next reminder"))
    assert "12:30" in told  # it is ten in the morning
    assert "/api/take/ics" in links(settings)
    again = home.open("settings", part="reminders")
    assert "08:00, 12:30, 18:00" in said(again)


def test_six_times_are_the_most_and_an_emptied_one_is_left_out(home: Home, settings: AppTest):
    choose(settings, *(time(hour) for hour in (7, 9, 11, 13, 15, 17)))
    tap(settings, f"change-{TIMES}")
    assert "reminders-more" not in buttons(settings)
    type_time(settings, "")
    tap(settings, f"save-{TIMES}")
    assert home.patient.history().settings[TIMES] == "09:00,11:00,13:00,15:00,17:00"


def test_while_everything_is_closed_it_says_that_nothing_is_proposed(home: Home, settings: AppTest):
    choose(settings, time(8, 0))
    home.patient.red_flags.report_flag("fall", key=home.patient.patient)
    assert "Nothing is proposed just now" in said(home.open("settings", part="reminders"))


def test_names_and_alarm_are_off_until_chosen(home: Home, settings: AppTest):
    choose(settings, time(8, 0))
    tap(settings, f"on-{NAMES}")
    tap(settings, f"change-{BEFORE}")
    tap(settings, f"set-{BEFORE}-10")
    known = home.patient.history().settings
    assert (known[NAMES], known[BEFORE]) == (True, "10")
    assert "10 minutes before" in said(settings)


def test_an_address_is_made_shown_once_replaced_and_revoked(home: Home, settings: AppTest):
    choose(settings, time(8, 0))
    tap(settings, "calendar-make")
    first = address(settings).rpartition("/")[2].removesuffix(".ics")
    calendars = Calendars(home.patient.installation)
    assert calendars.desk(first, address="here").agenda().slots
    assert not given(
        home.open("settings", part="reminders"), "coach_copy"
    )  # another look does not show it again
    tap(settings, "calendar-replace")
    second = address(settings).rpartition("/")[2].removesuffix(".ics")
    assert second != first
    with pytest.raises(NotFound):
        calendars.desk(first, address="here")
    tap(settings, "calendar-revoke")
    assert "calendar-make" in buttons(settings)
    assert not given(settings, "coach_copy")
    with pytest.raises(NotFound):
        calendars.desk(second, address="here")


def test_without_a_mail_server_email_is_not_offered(settings: AppTest):
    assert "mail-address" not in {each.key for each in settings.text_input}


def test_email_is_confirmed_by_a_code_and_switched_off(home: Home, monkeypatch: pytest.MonkeyPatch):
    home.settle()
    monkeypatch.setenv("COACH_MAIL_FROM", "coach@example.org")
    monkeypatch.setenv("COACH_PUBLIC_URL", "http://localhost:8501")
    with MailServer() as server:
        monkeypatch.setenv("COACH_SMTP_URL", f"smtp://{HOST}:{server.port}")
        at = home.open("settings", part="reminders")
        at.text_input(key="mail-address").set_value("nobody")
        tap(at, "Send me a code")
        assert "no e-mail address" in at.error[0].value
        at.text_input(key="mail-address").set_value("ada@example.org")
        tap(at, "Send me a code")
        (message,) = server.inbox.messages
    code = message.get_content().split("code is ")[1].split(".")[0]
    at.text_input(key="mail-code").set_value("0000-0000")
    tap(at, "Confirm")
    assert "not the one in the e-mail" in at.error[0].value
    at.text_input(key="mail-code").set_value(code)
    tap(at, "Confirm")
    assert "On. It goes to:" in said(at)
    at.selectbox(key="mail-new-hour").set_value(9)
    run(at)
    state = home.patient.reminders.mail()
    assert state
    assert (state.address, state.hour, state.confirmed) == ("ada@example.org", 9, True)
    tap(at, "mail-off")
    assert home.patient.reminders.mail() is None


def test_an_email_that_cannot_be_sent_leaves_nothing_behind(home: Home, monkeypatch: pytest.MonkeyPatch):
    home.settle()
    monkeypatch.setenv("COACH_MAIL_FROM", "coach@example.org")
    monkeypatch.setenv("COACH_PUBLIC_URL", "http://localhost:8501")
    monkeypatch.setenv("COACH_SMTP_URL", f"smtp://{HOST}:1")
    at = home.open("settings", part="reminders")
    at.text_input(key="mail-address").set_value("ada@example.org")
    tap(at, "Send me a code")
    assert "could not be sent" in at.error[0].value
    assert home.patient.reminders.mail() is None
