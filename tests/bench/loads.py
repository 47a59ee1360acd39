"""The first load in Chromium, with an empty cache and with a filled one: a phone's screen, until the page can be used."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext

from tests.support import browser

LONGEST_MS = 60_000

#: What must be on the screen, in words that the page says in no other state.
EMPTY = "h1:Empty"
TODAY = ".st-key-start-all button:Start"

# Looks at every frame, in the page itself: the way to the test's process and back is no part of a load.
_WATCH = """
window.coachUsable = (what) => new Promise((tell) => {
  const [selector, words] = what.split(':');
  const look = () => {
    const found = [...document.querySelectorAll(selector)].find((node) => node.textContent.includes(words));
    if (found && !found.disabled && found.checkVisibility({ opacityProperty: true, visibilityProperty: true })) {
      tell(performance.now());
    } else requestAnimationFrame(look);
  };
  look();
});
"""


@dataclass(frozen=True, slots=True)
class Place:
    """An address, and what makes it usable: `selector:words`."""

    url: str
    usable: str


def measure(
    chromium: Browser, places: Mapping[str, Place], rounds: int, *, warm: bool = False
) -> dict[str, list[float]]:
    """Return the milliseconds of each load, in turns; one load each before that warms the servers.

    Args:
        chromium: the browser.
        places: what is loaded, by its name.
        rounds: how often.
        warm: whether the browser has loaded the place before, and cached what it may.
    """
    took: dict[str, list[float]] = {name: [] for name in places}
    with ExitStack() as stack:
        kept = {name: stack.enter_context(_phone(chromium)) for name in places} if warm else {}
        for number in range(rounds + 1):
            for name, place in places.items():
                with ExitStack() as each:
                    context = kept.get(name) or each.enter_context(_phone(chromium))
                    ms = _load(context, place)
                if number:
                    took[name].append(ms)
    return took


def _phone(chromium: Browser) -> BrowserContext:
    return chromium.new_context(**browser.DEVICES["phone"], locale="en-GB")


def _load(context: BrowserContext, place: Place) -> float:
    page = context.new_page()
    try:
        page.set_default_timeout(LONGEST_MS)
        page.add_init_script(_WATCH)
        page.goto(place.url, wait_until="commit")
        return float(page.evaluate("(what) => window.coachUsable(what)", place.usable))
    finally:
        page.close()
