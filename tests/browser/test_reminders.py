"""Reminders on a phone: times are typed, the calendar's address is copied and read by a program without a cookie."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import time, timedelta

import pytest
from playwright.sync_api import Page, expect

from coach.domain.reminders import TIMES
from tests.support import ical
from tests.support.browser_steps import heading, see, tap, type_time
from tests.support.short_home import Home


@pytest.mark.timeout(180)
def test_times_are_typed_and_a_calendar_program_reads_the_address(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=timedelta(hours=200))
    page = open_page("phone")
    page.goto(f"{home.server.url}/settings?part=reminders")
    heading(page, "Reminders")
    page.locator(f".st-key-change-{TIMES} button").click()
    for place, typed in enumerate((time(8), time(18, 30))):
        if place:
            tap(page, "One more time")
        type_time(page.get_by_label(f"Time {place + 1}", exact=True), typed)
    page.locator(f".st-key-save-{TIMES} button").click()
    see(page, "08:00, 18:30")
    page.locator(".st-key-calendar-make button").click()
    shown = page.locator(".st-key-panel-set-calendar-address code")
    expect(shown).to_contain_text("/calendar/")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing sticks out"
    address = shown.inner_text().strip()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tap(page, "Copy the address")
    see(page, "Copied.")
    opens = page.get_by_role("link", name="Open in your calendar program")
    expect(opens).to_have_attribute("href", address.replace("http://", "webcal://"))
    assert page.evaluate("navigator.clipboard.readText()") == address
    with urllib.request.urlopen(address, timeout=20) as answer:
        found = ical.occurrences(ical.read(answer.read()))
    assert {f"{each.wall:%H:%M}" for each in found} == {"08:00", "18:30"}
    page.locator(".st-key-calendar-revoke button").click()
    expect(page.locator(".st-key-calendar-make button")).to_be_visible()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(address, timeout=20)
