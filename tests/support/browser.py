"""Chromium and the devices that people hold."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from playwright.sync_api import BrowserContext, Error, Locator, Page, Route, expect

DEVICES: Mapping[str, Mapping[str, Any]] = {
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
    "tablet": {"viewport": {"width": 820, "height": 1180}, "device_scale_factor": 2, "has_touch": True},
    "desktop": {"viewport": {"width": 1280, "height": 900}},
}

# Tests often run as root in a container, where Chromium's sandbox cannot; the other flags keep it quiet.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    # The last list of these counts: what Playwright leaves out, and two pages of the browser's own behind its address
    # bar, which nobody sees here and which take a third of what it costs to load a page in a new context.
    "--disable-features=AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,"
    "AvoidCorsURLLoaderRestartOnRedirect,TcpPortRandomizationWin,OptimizationHints,NetworkTimeServiceQuerying,"
    "AimEnabled,PreconnectToSearch,WebUIOmniboxPopup,WebUIOmniboxAimPopup",
]


def program() -> str | None:
    """Return the installed Chromium's path."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def complaints(page: Page) -> list[str]:
    """Return a list that fills with every error of the page's console, scripts and network."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("requestfailed", lambda request: heard.append(f"{request.url}: {request.failure}"))
    return heard


# Milliseconds: how long a busy computer may take over what is otherwise there at once.
SOON = 45_000

# The pages' own stopwatch, which may run faster and never leaps: to the player a leap is a device that slept, and a
# busy computer is not one.
STOPWATCH = """
{
  const watch = performance.now.bind(performance);
  let before = watch();
  let shown = before;
  performance.now = () => {
    const now = watch();
    shown += Math.min((globalThis.stopwatchTimes ?? 1) * (now - before), 1000);
    before = now;
    return shown;
  };
}
"""

OUTBOX = "**/api/outbox"

# What the player has not been told is stored, of every owner.
KEPT = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('coach', 1);
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const all = opening.result.transaction('outbox').objectStore('outbox').getAll();
    all.onsuccess = () => { opening.result.close(); resolve(all.result); };
    all.onerror = () => reject(all.error);
  };
})"""


PAINTED = """() => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
  setTimeout(done, 1000);
})"""

# When the guard last dropped a tap, by the page's clock.
DROPPED = "document.documentElement.dataset.coachDropped ?? ''"
TRIES = 5


#: Settings of a device for a test that plays a session and does not look at it.
STILL = {"reduced_motion": "reduce"}


def quicken(context: BrowserContext, times: int = 6) -> None:
    """Let the pages' own stopwatch run faster, and with it every exercise; wall clock and timers stay."""
    context.add_init_script(f"globalThis.stopwatchTimes = {times}")


@contextmanager
def hurried(page: Page, times: int = 6) -> Iterator[None]:
    """Let one page's own stopwatch run faster for a while: nobody taps until then."""
    page.evaluate("(times) => { performance.now(); globalThis.stopwatchTimes = times }", times)
    yield
    page.evaluate("performance.now(); globalThis.stopwatchTimes = 1")


def dropped(page: Page) -> str:
    """Return when the guard last dropped a tap or a key; "" if it never did, or the page is on its way to another."""
    with suppress(Error):
        return str(page.evaluate(DROPPED))
    return ""


def as_a_finger(click: Callable[..., None]) -> Callable[..., None]:
    """Return a click that comes when the page as it is now has been painted, and again if it was dropped.

    Within two frames of a change the page has not said yet what takes no taps, and drops the tap: a person
    who sees that nothing came of it taps again.
    """

    def clicked(locator: Locator, **how: Any) -> None:
        for _attempt in range(TRIES):
            with suppress(Error):  # a page that is on its way to another
                locator.page.evaluate(PAINTED)
            before = dropped(locator.page)
            click(locator, **how)
            if dropped(locator.page) in ("", before):
                return

    return clicked


def if_replaced_again(act: Callable[..., None]) -> Callable[..., None]:
    """Return an act on an element that is done again where a run draws the element anew meanwhile."""

    def acted(locator: Locator, **how: Any) -> None:
        for _attempt in range(TRIES - 1):
            try:
                return act(locator, **how)
            except Error as error:
                if "not attached" not in error.message:
                    raise
        return act(locator, **how)

    return acted


def double_tap(button: Locator) -> None:
    """Tap twice, faster than the guard on however busy a computer."""
    expect(
        button.and_(button.page.locator(":not([data-coach-wait])"))
    ).to_be_visible()  # the first tap counts
    # What it has counted so far stays counted.
    button.page.evaluate("performance.now(); globalThis.stopwatchTimes = 0")
    button.dblclick()
    button.page.evaluate("performance.now(); globalThis.stopwatchTimes = 1")


@contextmanager
def unheard(context: BrowserContext) -> Iterator[None]:
    """Let nothing that the player sends reach the server."""
    context.route(OUTBOX, lambda route: route.abort())
    yield
    context.unroute(OUTBOX)


@contextmanager
def answers_lost(context: BrowserContext) -> Iterator[None]:
    """Let what the player sends reach the server, and no answer come back."""

    def lose(route: Route) -> None:
        with suppress(Error):  # the page is gone
            route.fetch()
            route.abort()

    context.route(OUTBOX, lose)
    yield
    context.unroute(OUTBOX)
