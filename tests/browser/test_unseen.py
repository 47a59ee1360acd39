"""A session that nobody sees goes on where it is heard, waits where it is not, and never credits what nobody noticed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from coach.domain.facts import SetDone
from tests.support.browser_steps import get_ready, until
from tests.support.short_home import Home

SIXTY = timedelta(hours=60)

# A voice that speaks or does not, as the test says; the AudioContexts that are made; the cues that were played.
DEVICE = """
window.speaks = true;
window.spoken = 0;
Object.defineProperty(window, 'speechSynthesis', { value: {
  speaking: false, pending: false, getVoices: () => [], cancel() {},
  speak(words) {
    if (!window.speaks || !words.text) return;
    setTimeout(() => { window.spoken += 1; words.onstart?.(new Event('start')); });
  },
} });
window.contexts = [];
const Made = window.AudioContext;
window.AudioContext = class extends Made { constructor(...all) { super(...all); window.contexts.push(this); } };
window.recorded = 0;
const { start } = AudioBufferSourceNode.prototype;
AudioBufferSourceNode.prototype.start = function (...at) { window.recorded += 1; return start.apply(this, at); };
window.cues = 0;
window.addEventListener('coach:cue', () => (window.cues += 1));
window.seen = (state) => {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
};
"""
PAUSED = "Paused, because nobody saw this screen and no sound was on."


@pytest.fixture
def player(
    short_home: Callable[..., Home], open_context: Callable[..., BrowserContext]
) -> Callable[..., tuple[Home, Page]]:
    """Start a session with these sounds on."""

    def start(*, voice: bool, tones: bool, speaks: bool = True) -> tuple[Home, Page]:
        home = short_home(procedure=SIXTY)
        context = open_context("phone")
        context.add_init_script(DEVICE + f"window.speaks = {str(speaks).lower()};")
        page = context.new_page()
        get_ready(page, home.server.url)
        for name, wanted in (("voice", voice), ("tones", tones)):
            if not wanted:
                page.get_by_test_id(name).click()
        page.get_by_test_id("start").click()
        until(page, lambda: page.evaluate("cues"))
        return home, page

    return start


def goes_on(page: Page) -> None:
    """Two more cues are played, or it is at its end, where nobody looks."""
    before = page.evaluate("cues")
    until(page, lambda: page.evaluate("cues") >= before + 2)
    expect(page.locator(".stage[data-paused]")).to_have_count(0)


def waits(page: Page) -> None:
    """It is paused, says why, and plays nothing more."""
    expect(page.locator(".stage[data-paused]")).to_have_count(1)
    expect(page.locator(".instruction [data-now]")).to_contain_text(PAUSED)
    before = page.evaluate("cues")
    page.wait_for_timeout(2_000)
    assert page.evaluate("cues") == before


def look_and_carry_on(page: Page) -> None:
    page.evaluate("seen('visible')")
    expect(page.locator(".stage[data-paused]")).to_have_count(1)  # it waits for a tap
    page.get_by_test_id("resume").click()
    expect(page.locator(".stage[data-paused]")).to_have_count(0)


def test_without_a_sound_it_waits_for_whoever_looked_away_and_credits_nothing_meanwhile(
    player: Callable[..., tuple[Home, Page]],
):
    home, page = player(voice=False, tones=False)
    page.evaluate("seen('hidden')")
    waits(page)
    assert home.desk().history().of(SetDone) == ()
    look_and_carry_on(page)
    until(page, lambda: home.desk().history().of(SetDone))
    [done] = home.desk().history().of(SetDone)
    assert (done.fact.reps_done, done.fact.estimated) == (2, False)


def test_it_goes_on_as_long_as_it_is_heard(player: Callable[..., tuple[Home, Page]]):
    _home, page = player(voice=True, tones=True, speaks=False)  # a device without voices
    page.evaluate("seen('hidden')")
    goes_on(page)  # the tones lead
    page.evaluate("contexts[0].suspend()")  # a call comes in: they are gone, and no voice ever spoke
    waits(page)
    page.evaluate("speaks = true")
    look_and_carry_on(page)
    page.get_by_test_id("more").click()
    page.get_by_test_id("tones").click()
    until(page, lambda: page.evaluate("spoken + recorded"))
    page.evaluate("seen('hidden')")
    goes_on(page)  # the voice leads, or the recordings that stand in for it
    page.get_by_test_id("voice").dispatch_event("click")
    waits(page)


def test_a_voice_that_is_switched_on_and_does_not_speak_is_no_voice(
    player: Callable[..., tuple[Home, Page]],
):
    home, page = player(voice=True, tones=False)
    until(page, lambda: page.evaluate("spoken"))
    # The lock screen silences it, and the recordings with it, and nobody is told.
    page.evaluate("speaks = false; contexts[0].suspend(); seen('hidden')")
    waits(page)
    page.evaluate("speaks = true")
    look_and_carry_on(page)
    until(page, lambda: len(home.desk().history().of(SetDone)) > 1)
    first, second, *_ = home.desk().history().of(SetDone)
    # What was counted until that was noticed is an estimate, and says so.
    assert (first.fact.routine, first.fact.estimated) == ("ankle_pumps", True)
    assert (second.fact.routine, second.fact.estimated) == ("static_glutes", False)


def test_where_the_device_has_no_voice_the_recordings_speak_and_are_heard(
    player: Callable[..., tuple[Home, Page]],
):
    home, page = player(voice=True, tones=False, speaks=False)
    until(page, lambda: page.evaluate("recorded"))
    page.evaluate("seen('hidden')")
    goes_on(page)
    page.evaluate("contexts[0].suspend()")  # a call comes in
    waits(page)
    look_and_carry_on(page)
    until(page, lambda: home.desk().history().of(SetDone))
