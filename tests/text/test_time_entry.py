"""A time is read back so that the half of the day, the day and the distance are heard."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest

from coach import i18n
from coach.domain import facts
from coach.domain.times import local
from coach.protocols import loader
from coach.text import entries, estimates, time_entry, times

NOW = datetime(2026, 3, 5, 16, 40, tzinfo=UTC)  # a Thursday, 17:40 in Berlin
BERLIN = "Europe/Berlin"
#: What no sentence holds: a word for when after another, two of a sign, a gap before one.
GLUED = re.compile(
    r"\b(from|until|since|at|on|in|to|after|before) (from|until|since|at|on|in|to)\b|  | [.,;:]|[,.] ?[,.]",
    re.I,
)


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        (time(15, 30), "half past three in the afternoon (15:30)"),
        (time(3, 30), "half past three at night (03:30)"),
        (time(11, 45), "a quarter to twelve in the morning (11:45)"),
        (time(12, 45), "a quarter to one in the afternoon (12:45)"),
        (time(23, 40), "twenty to twelve at night (23:40)"),
        (time(0, 30), "half past twelve at night (00:30)"),
        (time(18), "six o’clock in the evening (18:00)"),
        (time(0), "midnight, when the day begins (00:00)"),
        (time(12), "noon (12:00)"),
        (time(14, 7), "14:07 in the afternoon"),
    ],
)
def test_a_time_of_day_is_said_in_words_and_figures(clock: time, words: str):
    assert time_entry.spoken(clock) == words


def test_no_two_minutes_of_the_day_are_said_alike():
    for tag in ("en", "en-US", "es-MX", "fr-CA"):
        with i18n.speaking(tag):
            said = {time_entry.spoken(time(hour, minute)) for hour in range(24) for minute in range(60)}
            assert len(said) == 24 * 60


@pytest.mark.parametrize(
    ("tag", "hours"),
    [
        ("en", ["00:00", "09:00", "12:00", "15:00", "midnight"]),
        ("en-US", ["midnight", "9 AM", "noon", "3 PM", "midnight"]),
        ("de", ["00:00", "09:00", "12:00", "15:00", "Mitternacht"]),
        ("es-MX", ["medianoche", "9\u202fa.m.", "mediodía", "3\u202fp.m.", "medianoche"]),
        ("fr-CA", ["00 h 00", "09 h 00", "12 h 00", "15 h 00", "minuit"]),
    ],
)
def test_an_hour_to_tap_stands_as_on_the_clock_of_the_sentence_that_is_read_back(tag: str, hours: list[str]):
    with i18n.speaking(tag):
        assert [time_entry.hour(each).replace("\u00a0", " ") for each in (0, 9, 12, 15, 24)] == hours


@pytest.mark.parametrize(
    ("apart", "words"),
    [
        (timedelta(), "just now"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=-2, minutes=-10), "2 hours and 10 minutes ago"),
        (timedelta(hours=-12), "12 hours ago"),
        (timedelta(days=-1, hours=-6, minutes=-10), "1 day and 6 hours ago"),
        (timedelta(days=-20, hours=-6), "20 days ago"),
        (timedelta(minutes=20), "in 20 minutes"),
    ],
)
def test_how_far_an_instant_is_from_now(apart: timedelta, words: str):
    assert times.distance(NOW + apart, now=NOW) == words


def test_the_sentence_names_day_time_and_distance():
    def said(day: date, clock: time, at: datetime) -> str:
        wall = datetime.combine(day, clock)
        return time_entry.read_back(wall, at, BERLIN, now=NOW)

    assert said(date(2026, 3, 5), time(15, 30), datetime(2026, 3, 5, 14, 30, tzinfo=UTC)) == (
        "Today at half past three in the afternoon (15:30), 2 hours and 10 minutes ago"
    )
    assert said(date(2025, 12, 24), time(9), datetime(2025, 12, 24, 8, 0, tzinfo=UTC)).startswith(
        "On Wednesday, 24 December 2025, at nine o’clock in the morning"
    )
    assert said(date(2026, 3, 6), time(9), datetime(2026, 3, 6, 8, 0, tzinfo=UTC)).startswith("Tomorrow at ")


@pytest.mark.parametrize("tag", ["en", "en-US"])
def test_no_sentence_about_a_time_has_one_preposition_after_another(tag: str):
    ahead = [timedelta(minutes=1, hours=12 * n) for n in range(-60, 40)]
    with i18n.speaking(tag):
        for at in (NOW + each for each in ahead):
            wall = local(at, BERLIN).replace(tzinfo=None)
            for text in (
                time_entry.counted_from(at, BERLIN, now=NOW),
                time_entry.read_back(wall, at, BERLIN, now=NOW),
                estimates.counted(at, at - timedelta(hours=3), BERLIN, now=NOW),
                estimates.moment(at, at - timedelta(hours=3), BERLIN, now=NOW),
                estimates.moment(at, at - timedelta(days=3), BERLIN, now=NOW),
                times.opens(at, BERLIN, now=NOW) if at > NOW else "",
                *entries.fact(
                    facts.Away(at, at + timedelta(days=1), "why"), loader.default(), zone=BERLIN, now=NOW
                ),
            ):
                assert not GLUED.search(text), text
