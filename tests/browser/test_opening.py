"""A countdown runs without a reload and opens by itself at the minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Home
from tests.browser.steps import heading, see


@pytest.mark.timeout(180)
def test_the_flat_hour_counts_down_and_ankle_pumps_open_by_themselves(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=timedelta(hours=3), home=timedelta(minutes=58, seconds=45))
    page = open_page("phone")
    page.goto(home.server.url)
    heading(page, "Lie flat on your back until")
    expect(page.get_by_role("button", name="Start")).to_have_count(0)
    timer = page.get_by_role("timer").first
    expect(timer).to_contain_text("in ")
    expect(page.get_by_role("heading", name="Stay in bed until")).to_be_visible(timeout=90_000)
    see(page, "Start (1 exercise)")
