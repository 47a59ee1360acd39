"""The outcome questions on a phone: offered on Today, answered one a screen, seen under Progress and Diary."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from coach.domain import measures
from coach.domain.case import Case
from coach.domain.facts import Change
from tests.support.browser import complaints
from tests.support.browser_steps import heading, see, tap
from tests.support.short_home import Home

BED, SOCKS = "Getting out of bed", "Putting on ![socks](http://127.0.0.1:9/x.png)"
EXPECTED_WIDTH = 390


def type_in(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Tab")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_at_week_2_somebody_names_scores_goes_back_and_rates(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=timedelta(days=15))
    page = open_page("phone")
    heard = complaints(page)
    page.goto(home.server.url)
    heading(page, "A few questions about your days")
    look(page, "card")
    tap(page, "Answer now")

    heading(page, "Name up to three things")
    see(page, "Stratford, Gill, Westaway and Binkley")
    type_in(page, "Activity 1", BED)
    type_in(page, "Activity 2", SOCKS)
    look(page, "naming")
    tap(page, "Save and go on")

    see(page, BED)
    look(page, "scale")
    unable = page.get_by_role("button", name="0 Unable to do it", exact=True)
    expect(unable).to_be_visible()
    box = unable.bounding_box()
    assert box
    assert box["height"] >= 48
    tap(page, "4", exact=True)
    see(page, SOCKS)
    tap(page, "Back", exact=True)
    see(page, "You answered: 4 of 10")
    tap(page, "6", exact=True)
    see(page, SOCKS)
    page.goto(home.server.url)  # nothing that was answered is lost
    tap(page, "Answer now")
    see(page, SOCKS)
    tap(page, "8", exact=True)

    heading(page, "How is your back now, compared with before the procedure?")
    look(page, "change")
    tap(page, "Much better", exact=True)
    heading(page, "Thank you. Your answers are saved.")
    look(page, "thanks")
    desk = home.desk()
    (result,) = measures.results(Case.of(desk.protocol, desk.history()))
    assert (result.mean, result.rated) == (7, Change.MUCH_BETTER)
    assert [(s.activity.fact.text, s.able) for s in result.scores] == [(BED, 6), (SOCKS, 8)]

    tap(page, "See my progress")
    see(page, "2 weeks after: your activities go at 7 of 10.")
    see(page, "2 weeks after: much better")
    assert page.evaluate("document.documentElement.scrollWidth") <= EXPECTED_WIDTH
    look(page, "progress")
    page.get_by_role("link", name="Diary").click()
    see(page, re.compile("How well you could do it, 2 weeks after: 6 of 10"))
    look(page, "diary")
    page.get_by_role("link", name="Today").click()
    heading(page, re.compile("You can exercise now|Done for now|Nothing to do"))
    expect(page.get_by_text("A few questions about your days")).to_have_count(0)
    assert heard == []


def look(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    folder = os.environ.get("COACH_TEST_PICTURES")
    if folder:
        page.set_viewport_size({"width": EXPECTED_WIDTH, "height": 3600})
        page.wait_for_timeout(1500)
        page.screenshot(path=Path(folder) / f"{name}.png")
        page.set_viewport_size({"width": EXPECTED_WIDTH, "height": 844})
