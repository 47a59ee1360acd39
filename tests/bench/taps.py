"""From a tap to the frame that shows its answer, in Chromium on a phone's screen: Today and the player."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page

from tests.support import browser

LONGEST_MS = 60_000

# Looks before every frame, in the page itself: what it sees then is painted in this frame, and the
# next task comes after that.
_WATCH = """
{
  const all = function* (root, selector) {
    yield* root.querySelectorAll(selector);
    for (const node of root.querySelectorAll('*')) if (node.shadowRoot) yield* all(node.shadowRoot, selector);
  };
  const seen = (node) =>
    node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && node.getClientRects().length > 0;
  const shows = ([selector, words]) =>
    [...all(document, selector)].some((node) => node.textContent.includes(words) && seen(node));
  let answered;
  window.coachAwait = ([what, gone]) => {
    if (shows(what) !== gone) throw new Error(`before the tap already: ${what}`);
    answered = new Promise((tell, fail) => {
      setTimeout(() => fail(new Error(`after the tap not yet: ${what}`)), 20_000);
      const began = (event) => {
        const look = () => {
          if (shows(what) === gone) return requestAnimationFrame(look);
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => tell(performance.now() - event.timeStamp);
          port2.postMessage(null);
        };
        requestAnimationFrame(look);
      };
      addEventListener('pointerdown', began, { capture: true, once: true });
    });
  };
  window.coachAnswered = () => answered;
}
"""

What = tuple[str, str]  # a selector, and words inside of what it selects


@dataclass(frozen=True, slots=True)
class Tap:
    """What is tapped, and what is its answer: something that is shown then, or is gone."""

    name: str
    on: What
    answer: What
    gone: bool = False


_START: What = (".st-key-start-all button", "Start")
_ONLY: What = ("[class*=st-key-only-] button", "Start only this one")
_SUMMARY: What = (".stExpander summary", "today")

#: Each leads back to where the first begins.
TODAY = (
    Tap("Today: open an exercise", _SUMMARY, _ONLY),
    Tap(
        "Today: close it",
        _SUMMARY,
        (".stExpander [data-testid=stExpanderDetails]:not([inert])", ""),
        gone=True,
    ),
    Tap("Today: score my pain", (".st-key-score-now button", ""), ("h1", "How bad is your back pain")),
    Tap("Score: back", (".st-key-score-back button", ""), _START),
    Tap("Today: start", _START, ("h1", "any of these")),
    Tap("Check: back to Today", (".st-key-back-to-today button", ""), _START),
    Tap("Menu: to Progress", (".st-key-coach-menu a", "Progress"), ("h1", "Your progress")),
    Tap("Menu: to Today", (".st-key-coach-menu a", "Today"), _START),
)


def _by_id(name: str) -> What:
    return f"[data-testid={name}]", ""


PLAYER = (
    Tap("Player: start", _by_id("start"), _by_id("pause")),
    Tap("Player: pause", _by_id("pause"), _by_id("resume")),
    Tap("Player: resume", _by_id("resume"), _by_id("pause")),
    Tap("Player: stop", _by_id("stop"), _by_id("stop-reason-pain")),
)


def on_today(chromium: Browser, url: str, rounds: int) -> dict[str, list[float]]:
    """Return for each tap on Today the milliseconds from the finger's touch to the frame that shows its answer.

    Args:
        chromium: the browser.
        url: the address of a server on the sample record, `records.sample`.
        rounds: how often each is tapped; one round before that warms the server.
    """
    took: dict[str, list[float]] = {tap.name: [] for tap in TODAY}
    with closing(_phone(chromium)) as context:
        page = _open(context, url, TODAY[0])
        for number in range(rounds + 1):
            for tap in TODAY:
                ms = _tap(page, tap)
                if number:
                    took[tap.name].append(ms)
    return took


def on_player(chromium: Browser, url: str, rounds: int) -> dict[str, list[float]]:
    """Return the same for the taps on the player, each round on a phone that has played nothing yet.

    Args:
        chromium: the browser.
        url: the address of a server on a record with a session just started, `records.in_session`.
        rounds: how often each is tapped; one round before that warms the server.
    """
    took: dict[str, list[float]] = {tap.name: [] for tap in PLAYER}
    for number in range(rounds + 1):
        with closing(_phone(chromium)) as context:
            page = _open(context, f"{url}/session", PLAYER[0])
            for tap in PLAYER:
                ms = _tap(page, tap)
                if number:
                    took[tap.name].append(ms)
    return took


def _phone(chromium: Browser) -> BrowserContext:
    return chromium.new_context(**browser.DEVICES["phone"], locale="en-GB")


def _open(context: BrowserContext, url: str, first: Tap) -> Page:
    page = context.new_page()
    page.set_default_timeout(LONGEST_MS)
    page.add_init_script(_WATCH)
    page.goto(url)
    page.locator(first.on[0], has_text=first.on[1]).first.wait_for()
    return page


def _tap(page: Page, tap: Tap) -> float:
    """Tap when nothing runs any more and the guard lets everything through; return the milliseconds."""
    page.locator(".stApp[data-test-script-state=notRunning]").wait_for()
    page.locator("html[data-coach-ready=true]").wait_for(state="attached")
    page.evaluate("(args) => window.coachAwait(args)", [list(tap.answer), tap.gone])
    selector, words = tap.on
    page.locator(selector, has_text=words).locator("visible=true").first.tap()
    return float(page.evaluate("() => window.coachAnswered()"))
