"""Two taps in a row on everything that can be tapped: the second never answers a screen that nobody has seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from coach.domain.history import Pain, PainWhen
from tests.browser.conftest import Home
from tests.browser.steps import heading

PAUSES_MS = (60, 120, 250, 350, 500)
LEAN_MS = (120, 500)
# Every tap that gets as far as the page itself, and what then stood on the screen for how long.
WATCH = """
{
  globalThis.reached = [];
  let since = 0;
  let shown = '';
  const title = () => [...document.querySelectorAll('.stMain h1')].map((each) => each.textContent).join() ;
  const look = () => {
    if (title() !== shown) [shown, since] = [title(), performance.now()];
    requestAnimationFrame(look);
  };
  look();
  addEventListener('DOMContentLoaded', () => document.body.addEventListener('click', (event) => {
    if (!event.composedPath().some((each) => each.matches?.('button, a[href], summary, label, [role=button]'))) return;
    reached.push([title(), title() === shown ? performance.now() - since : 0]);
  }, true));
}
"""
TAPPABLE = ".stMain button:visible, .stMain summary:visible, .st-key-coach-menu a:visible"


def ready(page: Page) -> None:
    """Wait until the screen may be tapped."""
    expect(page.locator("html[data-coach-ready=true]")).to_be_attached()


def names(page: Page) -> list[str]:
    """Return what can be tapped, in its order; a phone link leads out of the page."""
    return [each.inner_text() for each in page.locator(TAPPABLE).all()]


def unseen(page: Page) -> list[tuple[str, float]]:
    """Return the taps that reached a screen which had not been painted for 600 ms."""
    reached: list[tuple[str, float]] = page.evaluate("reached")
    return [(title, ms) for title, ms in reached if ms < 500]


def twice(page: Page, thing: Locator, pause_ms: int) -> None:
    """Tap at one place twice, with that pause."""
    thing.scroll_into_view_if_needed()
    page.wait_for_timeout(100)
    box = thing.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.click(x, y)
    page.wait_for_timeout(pause_ms)
    page.mouse.click(x, y)
    page.wait_for_timeout(700 - pause_ms)


@pytest.mark.parametrize(
    ("pages", "pauses"),
    [
        pytest.param(("", "diary"), LEAN_MS, id="lean"),
        pytest.param(
            ("", "diary", "warning", "progress", "guide", "settings", "questions"),
            PAUSES_MS,
            id="whole",
            marks=[pytest.mark.torture, pytest.mark.timeout(7200)],
        ),
    ],
)
def test_no_second_tap_answers_a_screen_that_was_not_painted(
    pages: tuple[str, ...],
    pauses: tuple[int, ...],
    short_home: Callable[..., Home],
    open_page: Callable[..., Page],
):
    home = short_home(procedure=timedelta(hours=60))
    page = open_page("phone")
    page.add_init_script(WATCH)
    taps = 0
    for path in pages:
        page.goto(f"{home.server.url}/{path}")
        ready(page)
        page.wait_for_timeout(700)
        count = len(names(page))
        assert count
        step = 1 if len(pauses) > len(LEAN_MS) else max(1, count // 3)
        for index in range(0, count, step):
            for pause_ms in pauses:
                page.goto(f"{home.server.url}/{path}")
                page.locator(".stMain h1").first.wait_for()
                page.wait_for_timeout(300)
                ready(page)
                things = page.locator(TAPPABLE)
                if index >= things.count():
                    continue
                twice(page, things.nth(index), pause_ms)
                taps += 1
                assert unseen(page) == [], (path, index, pause_ms)
    print(f"{taps} double taps on {len(pages)} pages")  # noqa: T201


@pytest.mark.parametrize("how", ["finger", "key", "reader"])
def test_a_second_no_at_once_leaves_the_next_question_open(
    how: str, short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=timedelta(hours=60))
    page = open_page("phone")
    page.goto(home.server.url)
    heading(page, "You can exercise now")
    page.get_by_role("button", name="Start (4 exercises)").click()
    none = page.get_by_role("button", name="None of these")
    none.scroll_into_view_if_needed()
    ready(page)
    pause_ms = 120
    if how == "finger":
        twice(page, none, pause_ms)
    elif how == "key":
        none.focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(pause_ms)
        page.keyboard.press("Enter")
    else:
        page.evaluate(
            """(pause) => {
              const tap = (name) => [...document.querySelectorAll('.stMain button')]
                .find((each) => each.textContent.trim().startsWith(name))?.click();
              tap('None of these');
              return new Promise((done) => setTimeout(() => { tap('8'); tap('None'); done(); }, pause));
            }""",
            pause_ms,
        )
    heading(page, "How bad is your back pain right now?")
    page.wait_for_timeout(900)
    heading(page, "How bad is your back pain right now?")
    expect(page.get_by_test_id("start")).to_have_count(0)
    assert not [each for each in home.desk().history().of(Pain) if each.fact.when is PainWhen.BEFORE]
