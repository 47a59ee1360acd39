"""The Guide aloud and in motion: one tap begins, the next one ends it, and so does leaving."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from coach.config import recordings
from coach.protocols import loader
from tests.support import browser
from tests.support.browser_steps import heading, tap, until
from tests.support.homes import settled
from tests.support.server import AppServer

# Voices that say nothing and never end, what they were asked to say, and which recordings are played.
VOICES = """
globalThis.asked = [];
globalThis.played = [];
const { arrayBuffer } = Response.prototype;
Response.prototype.arrayBuffer = function () {
  const { pathname, search } = new URL(this.url);
  globalThis.fetched = pathname + search;
  return arrayBuffer.call(this);
};
const { start } = AudioBufferSourceNode.prototype;
AudioBufferSourceNode.prototype.start = function () {
  played.push(fetched);
  globalThis.over = () => this.stop();
  return start.call(this);
};
Object.defineProperty(window, 'speechSynthesis', { value: {
  getVoices: () => LANGUAGES.map((lang) => ({ lang })), addEventListener: () => {},
  cancel: () => { globalThis.asked.length = 0; },
  speak: (words) => globalThis.asked.push(words.text),
} });
"""
MOVES = "each => each.currentSrc.endsWith('#moves')"


def reader(
    chromium: Browser, url: str, *, voices: Sequence[str] | None = ("en",), motion: str = "no-preference"
) -> Page:
    """Open a page on a device with voices in these languages; None: in a browser that cannot speak."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, reduced_motion=motion)  # type: ignore[arg-type]
    context.set_default_timeout(browser.SOON)
    told = VOICES.replace("LANGUAGES", json.dumps(voices or []))
    context.add_init_script(told if voices is not None else f"{told} delete window.speechSynthesis;")
    page = context.new_page()
    page.goto(url)
    return page


def test_a_text_is_read_aloud_until_the_second_tap_and_a_drawing_moves_until_it_is_stilled(
    chromium: Browser, tmp_path: Path, app_server: Callable[..., AppServer]
):
    now = datetime.now(UTC)  # noqa: TID251
    settled(tmp_path / "home", hours=20, home=18, now=now).installation.store.close()
    url = app_server(home=tmp_path / "home").url

    page = reader(chromium, url)
    page.evaluate("globalThis.loaded = 'once'")
    page.locator("a.coach-row", has_text="Tummy tightening").click()
    heading(page, "Tummy tightening")
    assert page.evaluate("globalThis.loaded") == "once", "a link of Today loads no document"
    page.go_back()
    expect(page.locator("a.coach-row", has_text="Tummy tightening")).to_be_visible()
    page.goto(f"{url}/guide?part=quadriceps")
    heading(page, "Thigh tightening")
    tap(page, "Listen")
    expect(page.get_by_role("button", name="Stop reading")).to_have_attribute("aria-pressed", "true")
    said = page.evaluate("asked")
    assert said[0] == "Thigh tightening"
    assert said.index("Step by step") < said.index("Let go fully.") < said.index("When to stop")
    assert not [each for each in said if each.startswith(("Listen", "Stop the"))]
    tap(page, "Stop reading")
    until(page, lambda: page.evaluate("asked") == [])
    tap(page, "Listen")
    until(page, lambda: page.evaluate("asked"))
    tap(page, "Next: Tummy tightening")
    heading(page, "Tummy tightening")
    until(page, lambda: page.evaluate("asked") == [])
    picture = page.locator(".coach-moving img")
    until(page, lambda: picture.evaluate(MOVES))
    tap(page, "Stop the motion: Tummy tightening")
    expect(page.get_by_role("button", name="Show the motion")).to_be_visible()
    until(page, lambda: not picture.evaluate(MOVES))
    tap(page, "Show the motion")
    until(page, lambda: picture.evaluate(MOVES))
    page.context.close()

    page = reader(chromium, f"{url}/guide?part=quadriceps", voices=None, motion="reduce")
    heading(page, "Thigh tightening")
    assert not page.locator(".coach-moving img").evaluate(MOVES)
    expect(page.get_by_role("button", name="Stop the motion")).to_have_count(0)
    hears_what_is_recorded(page)
    page.context.close()

    page = reader(chromium, f"{url}/guide?part=quadriceps", voices=["fr-FR", "eng"])
    heading(page, "Thigh tightening")
    hears_what_is_recorded(page)
    page.goto(f"{url}/guide?part=words")
    tap(page, "Listen")
    expect(page.get_by_text("This device has no voice that can read this.")).to_be_visible()
    assert page.evaluate("[...asked, ...played]") == []
    page.context.close()


def hears_what_is_recorded(page: Page) -> None:
    """Without a voice in this language the recordings say what there is of them, and the page says so."""
    told = page.get_by_role("status").filter(has_text="You hear what is recorded.")
    routine = loader.default().routines["quadriceps"]
    wanted = [recordings.told("en", text)[1] for text in (routine.position, routine.breathing)]
    assert all(wanted)
    tap(page, "Listen")
    expect(told).to_be_visible()
    until(page, lambda: page.evaluate("played") == wanted[:1])
    page.evaluate("over()")
    until(page, lambda: page.evaluate("played") == wanted)
    tap(page, "Stop reading")
    expect(told).to_have_count(0)
    assert page.evaluate("asked") == []
