"""A warning sign closes everything at once, in every tab and after a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from coach.desk.installation.recording import new_key
from coach.domain.facts import RedFlagYes, SetDone
from tests.support.browser_steps import (
    ALL_FOUR,
    START,
    answer,
    begin,
    finish,
    get_ready,
    heading,
    see,
    tap,
)
from tests.support.short_home import Home

SIXTY = timedelta(hours=60)


def test_a_yes_closes_everything_at_once_and_after_a_restart(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=SIXTY)
    page = open_page("phone")
    page.goto(home.server.url)
    tap(page, START)
    tap(page, "Sudden trouble breathing.")
    heading(page, "Is that so?")
    assert home.desk().history().of(RedFlagYes) == ()
    tap(page, "Yes, that is so")
    heading(page, "Do not exercise now")
    heading(page, "Call 112 now")
    expect(page.get_by_role("link", name="Call 112")).to_have_attribute("href", "tel:112")
    expect(page.get_by_role("button", name="Start")).to_have_count(0)

    home.server.restart()
    other = open_page("tablet")
    for address in ("", "/session"):
        other.goto(home.server.url + address)
        heading(other, "Do not exercise now")
        expect(other.get_by_role("button", name="Start")).to_have_count(0)


def test_stopping_unwell_leads_to_the_check_and_a_yes_there_closes_everything(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=SIXTY)
    page = open_page("phone")
    begin(page, home.server.url)
    answer(page, "stop")
    answer(page, "stop-reason-unwell")
    answer(page, "pain-5")
    expect(page.get_by_role("button", name="Show more")).to_be_in_viewport(ratio=1)
    expect(page.get_by_test_id("none")).not_to_be_in_viewport()
    answer(page, "flag-chest_pain")
    page.get_by_role("button", name="Yes, that is so").click()
    expect(page.get_by_test_id("card")).to_be_visible()
    answer(page, "back-to-today")
    heading(page, "Do not exercise now")
    assert [entry.fact.flag for entry in home.desk().history().of(RedFlagYes)] == ["chest_pain"]


def test_a_mistaken_tap_can_be_taken_back_at_once(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=SIXTY)
    page = open_page("phone")
    page.goto(home.server.url + "/warning")
    tap(page, "You had a fall.")
    tap(page, "Yes, that is so")
    see(page, "I tapped this by mistake")
    page.goto(home.server.url + "/progress")
    heading(page, "Your progress")
    # The way out of the card can be read: its letters are dark on its light ground.
    way = page.get_by_role("button", name="What to do now")
    colour = "each => getComputedStyle(each.querySelector('p')).color"
    assert way.evaluate(colour) == "rgb(17, 17, 17)"
    way.click()
    tap(page, "I tapped this by mistake")
    heading(page, "You can exercise now")
    see(page, ALL_FOUR)


def test_a_warning_sign_told_on_another_device_ends_the_session_at_the_next_answer(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=SIXTY)
    page = open_page("phone")
    get_ready(page, home.server.url)
    home.desk().red_flags.report_flag("fall", key=new_key())
    page.get_by_test_id("start").click()
    finish(page, 4)
    see(page, "Do not exercise until your clinic says you can.")
    sets = home.desk().history().of(SetDone)
    assert [entry.fact.routine for entry in sets] == ["ankle_pumps"]
