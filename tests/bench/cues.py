"""How late the player's cues are, in a tab that is seen and in one that is not, and how far it drifts.

The player says of each cue when it was due and when it played (`coach:cue`). The drift is taken from
another clock: what the computer's says when a cue plays, against its second in the schedule.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

from tests.support import browser

THROTTLING = [
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
]
ENDS = 10  # cues at each end of a session whose median tells the drift

_LISTEN = """
window.coachCues = [];
window.addEventListener('coach:cue', ({ detail }) => window.coachCues.push({ ...detail, clock_ms: Date.now() }));
window.coachControl = () => {
  let [fired, since, late] = [0, performance.now(), 0];
  setInterval(() => {
    fired += 1;
    late = Math.max(late, performance.now() - since - 100);
    since = performance.now();
  }, 100);
  const began = performance.now();
  window.coachControl = () => ({ fired, late, wanted: Math.floor((performance.now() - began) / 100) });
};
"""


@dataclass(frozen=True, slots=True)
class Lateness:
    """The cues of one run: how late each was, in order; the drift; and what was seen of the tab."""

    late_ms: list[float]
    drift_ms: float
    visibility: str
    control: str  # what a timer on the page's own thread did meanwhile


class Player:
    """A tab with the session page, the real player in it."""

    def __init__(self, playwright: Playwright, program: str, url: str, *, hidden: bool) -> None:
        self._hidden = hidden
        left_out = THROTTLING if hidden else []
        self._chromium: Browser = playwright.chromium.launch(
            executable_path=program, args=browser.FLAGS, ignore_default_args=left_out
        )
        self._context = self._chromium.new_context(**browser.DEVICES["phone"], locale="en-GB")
        self._page: Page = self._context.new_page()
        self._page.set_default_timeout(60_000)
        self._page.add_init_script(_LISTEN)
        self._page.goto(f"{url}/session")

    def start(self) -> None:
        """Tap Start; a tab that is not to be seen is then covered by a new one."""
        self._page.get_by_test_id("start").click()
        self._page.wait_for_function("window.coachCues.length > 0")
        if self._hidden:
            # Playwright lets every page believe that it has the focus, which keeps it visible.
            tab = self._context.new_cdp_session(self._page)
            tab.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
            cover = self._context.new_page()
            cover.bring_to_front()
            self._page.wait_for_timeout(2000)
        self._page.evaluate("window.coachControl()")
        self._page.evaluate("window.coachFrom = window.coachCues.length")

    def end(self, starts_s: list[float]) -> Lateness:
        """Return the cues since the start, `starts_s` being the schedule's seconds, and close the tab."""
        cues: list[dict[str, Any]] = self._page.evaluate("window.coachCues.slice(window.coachFrom)")
        control = self._page.evaluate("window.coachControl()")
        visibility = str(self._page.evaluate("document.visibilityState"))
        self._chromium.close()
        off = [cue["clock_ms"] - 1000 * starts_s[cue["index"]] for cue in cues]
        return Lateness(
            late_ms=[cue["at_ms"] - cue["due_ms"] for cue in cues],
            drift_ms=median(off[-ENDS:]) - median(off[:ENDS]),
            visibility=visibility,
            control=f"{control['fired']} of {control['wanted']}, the latest {control['late'] / 1000:.1f} s late",
        )

    def wait(self, ms: float) -> None:
        """Let time pass."""
        self._page.wait_for_timeout(ms)
