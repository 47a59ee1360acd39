"""The Guide aloud and in motion: one tap begins, the next one ends it, and so does leaving."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.support import browser
from tests.support.browser_steps import heading, tap, until
from tests.support.homes import settled
from tests.support.server import AppServer

# A voice that says nothing and never ends, and what it was asked to say.
VOICE = """
globalThis.asked = [];
Object.defineProperty(window, 'speechSynthesis', { value: {
  getVoices: () => [{ lang: 'en' }], cancel: () => { globalThis.asked.length = 0; }, addEventListener: () => {},
  speak: (words) => globalThis.asked.push(words.text),
} });
"""
MOVES = "each => each.currentSrc.endsWith('#moves')"


def reader(chromium: Browser, url: str, *, voice: bool = True, motion: str = "no-preference") -> Page:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, reduced_motion=motion)  # type: ignore[arg-type]
    context.set_default_timeout(browser.SOON)
    if voice:
        context.add_init_script(VOICE)
    page = context.new_page()
    page.goto(url)
    return page


def test_a_text_is_read_aloud_until_the_second_tap_and_a_drawing_moves_until_it_is_stilled(
    chromium: Browser, tmp_path: Path, app_server: Callable[..., AppServer]
):
    settled(tmp_path / "home").installation.store.close()
    url = app_server(home=tmp_path / "home").url

    page = reader(chromium, f"{url}/guide?part=quadriceps")
    heading(page, "Thigh tightening")
    tap(page, "Listen: Thigh tightening")
    expect(page.get_by_role("button", name="Stop reading")).to_have_attribute("aria-pressed", "true")
    said = page.evaluate("asked")
    assert said[0] == "Thigh tightening"
    assert said.index("Step by step") < said.index("Let go fully.") < said.index("When to stop")
    assert not [each for each in said if each.startswith(("Listen", "Stop the"))]
    tap(page, "Stop reading")
    assert page.evaluate("asked") == []
    tap(page, "Listen: Thigh tightening")
    assert page.evaluate("asked")
    tap(page, "Next: Tummy tightening")
    heading(page, "Tummy tightening")
    until(page, lambda: page.evaluate("asked") == [])
    picture = page.locator(".coach-moving img")
    assert picture.evaluate(MOVES)
    tap(page, "Stop the motion: Tummy tightening")
    expect(page.get_by_role("button", name="Show the motion")).to_be_visible()
    until(page, lambda: not picture.evaluate(MOVES))
    tap(page, "Show the motion")
    until(page, lambda: picture.evaluate(MOVES))
    page.context.close()

    page = reader(chromium, f"{url}/guide?part=quadriceps", voice=False, motion="reduce")
    heading(page, "Thigh tightening")
    assert not page.locator(".coach-moving img").evaluate(MOVES)
    expect(page.get_by_role("button", name="Stop the motion")).to_have_count(0)
    tap(page, "Listen: Thigh tightening")
    expect(page.get_by_text("This device has no voice that can read this.")).to_be_visible()
    page.context.close()
