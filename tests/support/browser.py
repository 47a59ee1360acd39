"""Chromium and the devices that people hold."""

import shutil
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import BrowserContext, Page

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


def quicken(context: BrowserContext, times: int = 4) -> None:
    """Let the pages' own stopwatch run faster, and with it every exercise; wall clock and timers stay."""
    context.add_init_script(
        f"const watch = performance.now.bind(performance); performance.now = () => {times} * watch()"
    )
