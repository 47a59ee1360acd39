"""Whatever is typed as a time is read back in words and confirmed before it is stored, or refused."""

from __future__ import annotations

from datetime import date, time

import pytest
from streamlit.testing.v1 import AppTest

from coach import i18n
from coach.desk.installation.recording import new_key
from coach.domain.times import local
from coach.text import times
from tests.support.pages import Home, buttons, confirmed, run, said, tap, time_fields, title, type_time
from tests.support.server import ROOT

TODAY, YESTERDAY = date(2026, 3, 5), date(2026, 3, 4)


def asked(home: Home, *, locale: str) -> AppTest:
    """Open the first question that asks for a time, in a browser of that locale, with a day chosen."""
    home.patient.settings.set("zone", "Europe/Berlin")
    home.patient.set_up.understand(key=new_key())
    at = AppTest.from_file(ROOT / "coach" / "app.py", default_timeout=120)
    at.context = {"locale": locale}
    run(at)
    assert title(at) == "When did your procedure end?"
    tap(at, f"procedure-day-{YESTERDAY}")
    return tap(at, "Type the time")


def right(at: AppTest) -> list[str]:
    return [key for key in buttons(at) if key.startswith("procedure-own-right-")]


def stored(home: Home) -> time | None:
    known = home.patient.course()
    return local(known.procedure.at, home.patient.zone).time() if known else None


def test_who_reads_another_language_than_the_browsers_is_asked_for_the_half_too(home: Home):
    at = type_time(asked(home, locale="de-DE-x-en-US"), "3:30")
    assert "Which do you mean?" in said(at)
    assert stored(home) is None


@pytest.mark.parametrize("typed", ["3:30", "330", "3.30", "03:30"])
def test_where_people_count_to_twelve_a_time_without_its_half_is_asked_for(home: Home, typed: str):
    at = type_time(asked(home, locale="en-US"), typed)
    assert "Which do you mean?" in said(at)
    labels = [each.label for each in at.button if each.key in right(at)]
    assert labels == [
        "Yesterday at half past three at night (3:30\u202fAM), 1 day and 6 hours ago",
        "Yesterday at half past three in the afternoon (3:30\u202fPM), 18 hours and 37 minutes ago",
    ]
    assert stored(home) is None
    tap(at, "procedure-own-right-20260304-1530")
    assert stored(home) == time(15, 30)


@pytest.mark.parametrize(
    ("locale", "typed", "meant"),
    [
        ("en-US", "1 30 pm", time(13, 30)),
        ("en-US", "13:30", time(13, 30)),
        ("en-US", "12:05 am", time(0, 5)),
        ("en-DE", "2:30", time(2, 30)),
        ("en-DE", "1430", time(14, 30)),
        ("en-DE", "1:15", time(1, 15)),
        ("en-DE", "2.30 pm", time(14, 30)),
    ],
)
def test_what_can_be_meant_once_is_read_back_and_stored_when_it_is_confirmed(
    home: Home, locale: str, typed: str, meant: time
):
    at = type_time(asked(home, locale=locale), typed)
    (button,) = right(at)
    assert button == f"procedure-own-right-20260304-{meant:%H%M}"
    with i18n.speaking(locale.removesuffix("-DE")):
        assert f"({times.clock(meant)})" in said(at)
    assert " ago" in said(at)
    assert stored(home) is None
    tap(at, button)
    assert stored(home) == meant


@pytest.mark.parametrize("typed", ["2", "2:3", "25:00", "half past three", "15:30 am", "12:75"])
def test_what_cannot_be_read_is_refused_in_words_and_stays_in_the_field(home: Home, typed: str):
    at = type_time(asked(home, locale="en-US"), typed)
    assert "cannot be read as a time" in at.error[0].value
    assert time_fields(at)[0].value == typed
    assert right(at) == []
    assert stored(home) is None


def test_a_changed_time_and_a_changed_day_are_asked_about_again(home: Home):
    home.settle()
    before = home.size
    at = tap(home.open("diary"), "diary-past")
    at.pills(key="past-recent").set_value(YESTERDAY)
    assert asked_about(type_time(at, "14:30")) == ["past-right-20260304-1430"]
    assert asked_about(type_time(at, "14:50")) == ["past-right-20260304-1450"]
    at.pills(key="past-recent").set_value(date(2026, 3, 3))
    assert asked_about(run(at)) == ["past-right-20260303-1450"]
    assert home.size == before


def asked_about(at: AppTest) -> list[str]:
    return [key for key in buttons(at) if key.startswith("past-right-")]


def test_what_was_confirmed_in_a_form_holds_for_that_value_alone(home: Home):
    home.settle()
    at = tap(home.open("diary"), "diary-past")
    at.pills(key="past-recent").set_value(TODAY)
    tap(type_time(at, "8:15 am"), "past-right-20260305-0815")
    assert confirmed(at) == [
        "✓ Today at a quarter past eight in the morning (08:15), 1 hour and 52 minutes ago"
    ]
    type_time(at, "9:15 am")
    assert confirmed(at) == []
    tap(at, "past-save")
    assert "Look at the time above first" in at.error[0].value
    assert home.patient.history().sessions == ()
