"""The size of letters, and light or dark: the page that is tapped shows them, and so does the next load at once.

Whoever signs in with the same browser afterwards has their own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.support import browser
from tests.support.browser_steps import heading, tap
from tests.support.homes import settled
from tests.support.sample_clinic import look_as, sample_clinic
from tests.support.server import AppServer

LOOK = """() => {
  const [page, app] = [document.documentElement, document.querySelector('.stApp')].map((each) => getComputedStyle(each));
  return { dark: page.getPropertyValue('--coach-ground').trim(), ground: app.backgroundColor, letters: page.fontSize };
}"""


def test_a_choice_is_seen_on_the_page_that_is_tapped_and_on_the_next_before_the_server_answers(
    chromium: Browser, tmp_path: Path, app_server: Callable[..., AppServer]
):
    settled(tmp_path / "home").installation.store.close()
    url = app_server(home=tmp_path / "home").url
    context = chromium.new_context(viewport={"width": 390, "height": 844}, color_scheme="light")
    context.set_default_timeout(browser.SOON)
    page = context.new_page()
    page.goto(f"{url}/settings?part=looks")
    heading(page, "How it looks")
    assert page.evaluate(LOOK) == {"dark": "#FBF8F3", "ground": "rgb(251, 248, 243)", "letters": "18px"}
    tap(page, "Always dark")
    tap(page, "Very large")
    expect(page.get_by_role("button", name="✓ Very large")).to_be_visible()
    chosen = {"dark": "#0F1212", "ground": "rgb(15, 18, 18)", "letters": "26px"}
    page.wait_for_function(f"() => JSON.stringify(({LOOK})()) === {as_text(chosen)}")
    page.route("**/_stcore/**", lambda _route: None)  # the server says nothing more
    page.goto(url, wait_until="commit")
    page.locator("html[data-coach-theme=dark]").wait_for(state="attached")
    letters = "getComputedStyle(document.documentElement).fontSize"
    page.wait_for_function(f"() => {letters} === '26px'")
    assert (
        page.locator("#coach-opening").evaluate("each => getComputedStyle(each).backgroundColor")
        == "rgb(15, 18, 18)"
    )
    context.close()


def test_on_a_shared_device_the_next_one_does_not_get_how_the_last_ones_pages_looked(
    chromium: Browser, tmp_path: Path
):
    kept = "localStorage.getItem('coach-looks')"
    theirs = {"dark": "#0F1212", "ground": "rgb(15, 18, 18)", "letters": "26px"}
    usual = {"dark": "#FBF8F3", "ground": "rgb(251, 248, 243)", "letters": "16px"}  # at a desk
    for clinic in sample_clinic(tmp_path):
        with clinic.in_time():
            for name, value in (("theme", "dark"), ("text_size", "largest")):
                clinic.desk("ben").settings.set(name, value)
        page = look_as(chromium, clinic, "patient")
        page.wait_for_function(f"() => JSON.stringify(({LOOK})()) === {as_text(theirs)}")
        # Somebody else signs in while it is still kept: the last one has never signed out
        page.context.add_cookies([clinic.cookie("ann")])  # type: ignore[list-item]
        page.goto(clinic.url)
        heading(page, "Caseload")
        page.wait_for_function(f"() => JSON.stringify(({LOOK})()) === {as_text(usual)}")
        page.context.add_cookies([clinic.cookie("ben")])  # type: ignore[list-item]
        page.goto(clinic.url)
        page.wait_for_function(f"() => JSON.stringify(({LOOK})()) === {as_text(theirs)}")
        assert "largest" in page.evaluate(kept)
        page.goto(f"{clinic.url}/sign-out")
        tap(page, "Sign out here")
        heading(page, "You are signed out")
        page.wait_for_function(f"() => {kept} === null")
        page.context.close()


def as_text(value: object) -> str:
    """Return a value as the browser writes it, in quotes."""
    return json.dumps(json.dumps(value, separators=(",", ":")))
