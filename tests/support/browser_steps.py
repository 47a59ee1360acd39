"""What a person does on the screen, in the words of the screen."""

from __future__ import annotations

import re
import time as stopwatch
from collections.abc import Callable
from datetime import datetime, time

from playwright.sync_api import Locator, Page, expect

from tests.support.browser import SOON

LONG = 240_000

START = re.compile("^Start, ")
ALL_FOUR = "All 4 exercises, lying on your back."

AT_REST = """() => document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'
  && !document.querySelector('[data-stale=true]')
  && document.getAnimations().every((each) => each.playState !== 'running')"""


def tap(page: Page, name: str | re.Pattern[str], *, exact: bool = False) -> None:
    """Tap the button of that name."""
    page.get_by_role("button", name=name, exact=exact).first.click()


def go_by_more(page: Page, name: str) -> None:
    """Go to a page that stands behind "More" in the menu at the foot."""
    page.locator(".coach-more").click()
    page.get_by_role("link", name=name).click()


def see(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait until a text is on the screen."""
    expect(page.get_by_text(text).first).to_be_visible()


def heading(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait until a heading is on the screen."""
    expect(page.get_by_role("heading", name=text).first).to_be_visible()


def rest(page: Page) -> None:
    """Wait until the page has run to its end, shows nothing of the run before, and nothing on it moves."""
    page.wait_for_function(AT_REST)


def until(page: Page, happened: Callable[[], object]) -> None:
    """Wait for what no locator sees."""
    end = stopwatch.monotonic() + LONG / 1000
    while not happened():
        assert stopwatch.monotonic() < end
        page.wait_for_timeout(100)


def type_past_time(page: Page, when: datetime) -> None:
    """Choose a day of the last week, where several are possible, type a time and say that it is right."""
    rest(page)
    day = page.locator(f"[class*='-day-{when.date()}'] button")
    if day.count():
        day.click()
        heading(page, "Which hour was it?")
    tap(page, "Type the time")
    heading(page, "What time was it?")
    type_time(page.get_by_role("textbox", name="Time", exact=True), when.time())


def type_time(field: Locator, clock: time) -> None:
    """Type a time of day as no locale misreads it, and say that it is right."""
    field.fill(f"{clock:%I:%M %p}")
    field.press("Tab")
    rest(field.page)
    field.page.locator(f"[class*='-right-'][class*='-{clock:%H%M}'] button").click()
    rest(field.page)


def check_and_score(page: Page, score: int) -> None:
    """Answer the red-flag check with none, and the pain question."""
    none = page.get_by_role("button", name=re.compile("^(None of these|Nothing new)"))
    none.first.click()
    heading(page, "How bad is your back pain right now?")
    page.get_by_role("button", name=re.compile(rf"^{score}\b")).first.click()
    expect(page.get_by_test_id("start")).to_be_visible()


def get_ready(page: Page, address: str, *, before: int = 4) -> None:
    """Open the app and come to the first screen of a session of all four exercises."""
    page.goto(address)
    heading(page, "You can exercise now")
    see(page, ALL_FOUR)
    tap(page, START)
    check_and_score(page, before)


def begin(page: Page, address: str, *, before: int = 4) -> None:
    """Open the app and start all four exercises."""
    get_ready(page, address, before=before)
    page.get_by_test_id("start").click()
    expect(page.get_by_test_id("cue-label")).to_be_visible()


def answer(page: Page, test_id: str, *, timeout: float = SOON) -> None:
    """Tap an answer in the player, once it may be tapped."""
    button = page.get_by_test_id(test_id)
    expect(button).to_be_visible(timeout=timeout)
    button.click()


def to_the_end(page: Page, score: int) -> None:
    """Wait until a session is over; where a busy computer was taken for a device that slept, carry on."""
    over, carry_on = page.get_by_test_id(f"pain-{score}"), page.get_by_test_id("resume")
    while not over.is_visible():
        expect(over.or_(carry_on)).to_be_visible(timeout=LONG)
        if carry_on.is_visible():
            carry_on.click()
            expect(carry_on).to_be_hidden()


def finish(page: Page, score: int, *, effort: int = 3, note: str = "") -> None:
    """Answer what follows a session inside the player."""
    to_the_end(page, score)
    answer(page, f"pain-{score}")
    answer(page, f"effort-{effort}")
    if note:
        page.get_by_test_id("note").fill(note)
    answer(page, "save")


def saved(page: Page) -> None:
    """Wait until the player says that everything is saved."""
    expect(page.get_by_test_id("saved-state")).to_have_text("Saved", timeout=LONG)
