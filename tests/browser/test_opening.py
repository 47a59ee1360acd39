"""A countdown runs without a reload and opens by itself at the minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from coach.domain import decisions
from tests.support.browser_steps import START, heading, see
from tests.support.short_home import Home

JUST_BEFORE = timedelta(seconds=5)
AHEAD = "globalThis.ahead = 0; const read = Date.now.bind(Date); Date.now = () => read() + ahead"


def test_the_flat_hour_counts_down_and_ankle_pumps_open_by_themselves(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=timedelta(hours=3), home=timedelta(minutes=30), zone="UTC")
    page = open_page("phone")
    page.add_init_script(AHEAD)
    page.goto(home.server.url)
    heading(page, "Lie flat on your back until")
    expect(page.get_by_role("button", name="Start")).to_have_count(0)
    timer = page.get_by_role("timer").first
    expect(timer).to_contain_text("in ")
    pumps = home.desk().decisions()["ankle_pumps"]
    assert isinstance(pumps, decisions.Locked)
    assert pumps.opens_at
    ahead = pumps.opens_at - datetime.now(UTC) - JUST_BEFORE  # noqa: TID251  the browser's own
    home.go_forward(ahead)
    page.evaluate("by => globalThis.ahead = by", ahead.total_seconds() * 1000)
    heading(page, "Stay in bed until")
    see(page, "Ankle pumps, lying on your back.")
    see(page, START)
