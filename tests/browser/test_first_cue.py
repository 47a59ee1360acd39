"""From the first page to the first cue: at most fourteen taps and nothing typed, whatever is known of the times."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from coach.domain.facts import HomeArrival, Procedure
from coach.domain.times import local
from tests.support.browser_steps import heading, rest
from tests.support.first_cue import ZONE, Finger, clock_file, to_the_first_cue
from tests.support.patients import desk_in
from tests.support.server import AppServer
from tests.support.short_home import TIMED

MOST_TAPS = 14
UNDER_S = 120
NOW = time(14, 7)
ENDED, OVERNIGHT, HOME = (
    "When did your procedure end?",
    re.compile("for the night"),
    "When did you get home?",
)
HOUR, WHICH, ROUGHLY = "Which hour was it?", "Which one is right?", "I do not know exactly"
ABOUT = "About when was it?"
SAME_DAY = "No, I got home the same day"

Taps = list[tuple[str | re.Pattern[str], str | re.Pattern[str]]]

#: What is tapped for the times; the local times that are recorded then.
CASES: dict[str, tuple[Taps, list[str], list[str | None]]] = {
    "today": (
        [(ENDED, re.compile("^Today")), (HOUR, "09:00"), (WHICH, "09:30"),
         (OVERNIGHT, SAME_DAY), (HOME, "11:00"), (WHICH, "11:15")],
        ["09:30", "11:15"], [None, None],
    ),
    "yesterday": (
        [(ENDED, re.compile("^Yesterday")), (HOUR, "14:00"), (WHICH, "14:30"),
         (OVERNIGHT, SAME_DAY), (HOME, "17:00"), (WHICH, "17:00")],
        ["14:30", "17:00"], [None, None],
    ),
    "a night in hospital": (
        [(ENDED, re.compile("^Yesterday")), (HOUR, "15:00"), (WHICH, "15:15"),
         (OVERNIGHT, "Yes"), (HOME, "10:00"), (WHICH, "10:00")],
        ["15:15", "10:00"], [None, None],
    ),
    "no time known": (
        [(ENDED, re.compile("^Yesterday")), (HOUR, ROUGHLY), (ABOUT, re.compile("^I do not know the time")),
         (OVERNIGHT, SAME_DAY), (HOME, ROUGHLY), (ABOUT, re.compile("^I do not know the time"))],
        ["23:59", "23:59"], ["00:00", "00:00"],
    ),
}  # fmt: skip


def one_answer_in_reach(page: Page) -> None:
    """See that the one answer of the group stays in the thumb's reach once all of its questions were in sight."""
    heading(page, "Is any of these true for you?")
    rest(page)
    none = page.locator(".st-key-set-up-none button")
    expect(none).not_to_be_in_viewport(ratio=0.99)
    expect(page.get_by_role("button", name="Show more")).to_be_in_viewport(ratio=1)
    none.scroll_into_view_if_needed()
    page.locator(".st-key-answers-set-up-group button").first.evaluate("node => node.scrollIntoView()")
    expect(none).to_be_in_viewport(ratio=1)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_the_first_cue_is_fourteen_taps_away_and_nothing_is_typed(
    case: str, app_server: Callable[..., AppServer], open_page: Callable[..., Page], tmp_path: Path
):
    taps, ends, begins = CASES[case]
    server = app_server(entry=TIMED, env={"COACH_TEST_CLOCK": str(clock_file(tmp_path, NOW))})
    page = open_page("phone", timezone=ZONE, locale="en-DE")
    finger = Finger(page)
    page.goto(server.url)
    finger.tap("Your exercises after balloon kyphoplasty", "I understand")
    for question, answer in taps:
        if question == WHICH and case == "yesterday":
            heading(page, WHICH)
            rest(page)
            page.reload()  # the day and the hour that were tapped are kept
        finger.tap(question, answer)
    finger.tap(re.compile("week before the procedure"), re.compile(r"^8\b"))
    one_answer_in_reach(page)
    finger.tap("Is any of these true for you?", "None of these")
    to_the_first_cue(finger, start=re.compile("^Start"))

    assert finger.typed == 0
    assert finger.taps <= MOST_TAPS
    assert finger.pace_s < UNDER_S
    assert len(set(finger.screens)) == len(finger.screens)  # the guard tells each from the one before
    history = desk_in(server.home).history()
    (ended,), (arrived,) = history.of(Procedure), history.of(HomeArrival)
    assert [f"{local(at, ZONE):%H:%M}" for at in (ended.at, arrived.at)] == ends
    known = [ended.fact.earliest, arrived.fact.earliest]
    assert [at and f"{local(at, ZONE):%H:%M}" for at in known] == begins
    assert history.settings["country"] == "EU"
