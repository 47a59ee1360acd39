"""The first load in Chromium: an empty cache, a phone's screen, until the page can be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import Browser

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


def measure(chromium: Browser, places: Mapping[str, Place], rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of each load, in turns; one load each before that warms the servers."""
    took: dict[str, list[float]] = {name: [] for name in places}
    for number in range(rounds + 1):
        for name, place in places.items():
            ms = _load(chromium, place)
            if number:
                took[name].append(ms)
    return took


def _load(chromium: Browser, place: Place) -> float:
    context = chromium.new_context(**browser.DEVICES["phone"], locale="en-GB")
    try:
        page = context.new_page()
        page.set_default_timeout(LONGEST_MS)
        page.add_init_script(_WATCH)
        page.goto(place.url, wait_until="commit")
        return float(page.evaluate("(what) => window.coachUsable(what)", place.usable))
    finally:
        context.close()
