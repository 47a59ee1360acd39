"""Without a server: warning signs, action cards and phone links work, and the screen says what does not."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from coach.domain.facts import RedFlagYes, SessionFinished, SetDone, StopReason
from tests.support.browser import KEPT
from tests.support.browser_steps import START, begin, heading, see, tap, until
from tests.support.server import AppServer
from tests.support.short_clinic import ShortClinic
from tests.support.short_home import Home

SIXTY = timedelta(hours=60)
GONE = "The app does not answer just now."
NOTHING_STARTS = (
    f"{GONE} Nothing can be started or saved until it does. Warning signs and phone numbers work."
)
GOES_ON = f"{GONE} Your session goes on, and what you do is kept on this device. Warning signs and phone numbers work."


def warning_signs(page: Page) -> Locator:
    """Return the list of warning signs, once it is open."""
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="What is wrong?")).to_be_visible()
    return dialog


def ask_for_help(page: Page, name: str) -> None:
    """Tap; where nothing comes, for the line about the lost server had just moved the page, tap again as people do."""

    def opened() -> bool:
        if not page.get_by_role("dialog").count():
            tap(page, name)
            page.wait_for_timeout(1000)
        return bool(page.get_by_role("dialog").count())

    until(page, opened)


def say_yes(page: Page, flag: str) -> Locator:
    """Choose a warning sign, confirm it, and return its card."""
    dialog = warning_signs(page)
    dialog.get_by_test_id(f"flag-{flag}").click()
    expect(dialog.get_by_role("heading", name="Is that so?")).to_be_visible()
    expect(dialog.get_by_test_id("card")).to_have_count(0)
    dialog.get_by_role("button", name="Yes, that is so").click()
    card = dialog.get_by_test_id("card")
    expect(card).to_be_visible()
    return card


def close(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def ready(page: Page) -> None:
    """Wait until the page carries all that it needs without a server."""
    expect(page.locator("#coach-help[data-ready]")).to_be_attached()
    expect(page.locator(".st-key-coach-menu a:visible, .stMain button:visible").first).to_be_visible()


def told(home: Home) -> list[str]:
    return [entry.fact.flag for entry in home.desk().history().of(RedFlagYes)]


def numbers(where: Page | Locator) -> list[str]:
    """Return what the phone links that are seen would dial."""
    return [str(link.get_attribute("href")) for link in where.locator("a[href^='tel:']:visible").all()]


def test_on_today_a_warning_sign_shows_its_card_at_once_and_is_stored_when_the_server_is_back(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=SIXTY)
    page = open_page("phone")
    page.goto(home.server.url)
    heading(page, "You can exercise now")
    expect(page.locator(".stMain .coach-button[href='tel:112']")).to_be_visible()
    ready(page)
    home.server.kill()

    see(page, NOTHING_STARTS)  # without a tap
    expect(page.get_by_role("button", name=START)).to_be_disabled()
    assert {"tel:112", "tel:+49305550100"} <= set(numbers(page))
    ask_for_help(page, "Something is wrong")
    dialog = warning_signs(page)
    headings = dialog.get_by_role("heading", level=3).all_inner_texts()
    told_about = [
        "For these, call 112 now",
        "For these, call your clinic today",
        "For these, call your clinic",
    ]
    assert headings == told_about
    assert numbers(dialog) == ["tel:112", "tel:+49305550100"]
    dialog.get_by_test_id("flag-chest_pain").click()
    dialog.get_by_role("button", name="No, go back").click()
    card = say_yes(page, "stroke_signs")
    expect(card).to_contain_text("Call 112 now")
    assert numbers(card)[0] == "tel:112"
    see(page, "Saved on this device, will be sent")
    close(page)
    ask_for_help(page, "Warning signs and phone numbers")
    expect(page.get_by_role("dialog").get_by_test_id("card")).to_be_visible()  # it stays the first thing
    assert [(item["kind"], item["payload"]) for item in page.evaluate(KEPT)] == [
        ("red_flag", {"flag": "stroke_signs"})
    ]
    assert told(home) == []

    home.server.start()
    expect(page.get_by_role("dialog").get_by_test_id("saved-state")).to_have_text("Saved")
    close(page)
    heading(page, "Do not exercise now")
    heading(page, "Call 112 now")
    expect(page.get_by_text(GONE)).to_have_count(0)
    assert told(home) == ["stroke_signs"]
    assert page.evaluate(KEPT) == []
    page.reload()
    heading(page, "Do not exercise now")
    assert told(home) == ["stroke_signs"]


# Breaks the connection once `cutAfter` more messages of the server have come, and loses all that comes later.
CUT = """(() => {
  const Real = WebSocket;
  window.WebSocket = class extends Real {
    constructor(...given) {
      super(...given);
      window.sockets = (window.sockets ?? 0) + 1;
      this.addEventListener('message', (event) => (this.broken ? event.stopImmediatePropagation() : this.count(1)));
    }
    send(data) {
      super.send(data);
      this.count(0);
    }
    count(come) {
      if (window.cutAfter === undefined || (window.cutAfter -= come) > 0) return;
      delete window.cutAfter;
      this.broken = true;
      this.close();
    }
  };
})()"""


def test_a_screen_whose_delivery_broke_off_comes_by_itself(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=SIXTY)
    page = open_page("phone")
    page.add_init_script(CUT)
    for messages in (0, *range(14, 20)):  # the next screen begins about there
        page.goto(home.server.url)
        heading(page, "You can exercise now")
        page.evaluate(f"sessionStorage.removeItem('coach-loaded-again'); window.cutAfter = {messages}")
        tap(page, START)
        # On a busy machine a page that Streamlit has cleared is loaded again before anybody looks
        until(page, lambda: page.evaluate("window.sockets === 2 || 'coach-loaded-again' in sessionStorage"))
        page.wait_for_timeout(1_000)  # what is left of the broken delivery comes now
        heading(page, re.compile("^(You can exercise now|Do you have any of these)"))


def test_a_page_that_broke_down_is_loaded_again(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=SIXTY)
    page = open_page("phone")
    page.goto(home.server.url)
    heading(page, "You can exercise now")
    page.evaluate("document.getElementById('root').replaceChildren()")  # as Streamlit does
    expect(page.locator(".stApp")).to_have_count(0)
    heading(page, "You can exercise now")


def no_button_is_silently_dead(page: Page) -> None:
    live = page.locator(".stMain button:enabled:visible")
    until(page, lambda: set(live.all_inner_texts()) <= {"Warning signs and phone numbers", "Test the sound"})


def test_whatever_page_is_open_says_what_works_and_goes_on_when_the_server_is_back(
    short_home: Callable[..., Home], open_context: Callable[..., BrowserContext]
):
    home = short_home(procedure=SIXTY)
    context = open_context("phone")
    places = {"guide": "Guide", "settings": "Settings", "diary": "Diary", "": "How bad is your back pain"}
    pages = {}
    for place, title in places.items():
        page = pages[place] = context.new_page()
        page.goto(f"{home.server.url}/{place}")
        if not place:
            tap(page, START)
            tap(page, "None of these")
        heading(page, title)
        ready(page)
    # A tap of the last ten seconds may have lost its answer: the page would run anew
    page.wait_for_timeout(11_000)
    home.server.kill()
    for page in pages.values():
        page.bring_to_front()
        see(page, NOTHING_STARTS)
        expect(page.locator("a[href='tel:112']:visible").first).to_be_visible()
        expect(page.locator(".st-key-coach-menu a:not([disabled])")).to_have_count(0)
        no_button_is_silently_dead(page)
        ask_for_help(page, "Warning signs and phone numbers")
        dialog = warning_signs(page)
        dialog.get_by_role("button", name="None of these").click()
    home.server.start()
    for place, page in pages.items():
        page.bring_to_front()
        expect(page.get_by_text(GONE)).to_have_count(0)
        heading(page, places[place])
    pages["guide"].bring_to_front()
    tap(pages["guide"], "Ankle pumps")
    heading(pages["guide"], "Step by step")
    assert told(home) == []


def test_in_set_up_the_cards_are_there_before_any_answer(
    app_server: Callable[..., AppServer], open_page: Callable[..., Page]
):
    server = app_server()
    page = open_page("phone")
    page.goto(server.url)
    expect(page.locator(".stMain button:visible").first).to_be_enabled()
    ready(page)
    page.wait_for_load_state("networkidle")  # a part of the page that does not come loads it anew
    server.kill()
    see(page, NOTHING_STARTS)
    ask_for_help(page, "Warning signs and phone numbers")
    expect(say_yes(page, "chest_pain")).to_contain_text("Call your emergency number now")
    server.start()
    expect(page.get_by_role("dialog").get_by_test_id("saved-state")).to_have_text("Saved")
    close(page)
    expect(page.get_by_text(GONE)).to_have_count(0)


def test_in_the_player_the_session_goes_on_and_a_warning_sign_ends_it(
    short_home: Callable[..., Home], device: Callable[..., BrowserContext]
):
    home = short_home(procedure=SIXTY)
    page = device().new_page()
    begin(page, home.server.url)
    ready(page)
    home.server.kill()
    see(page, GOES_ON)
    until(page, lambda: page.evaluate(KEPT))  # the first set is done meanwhile
    ask_for_help(page, "Warning signs and phone numbers")
    warning_signs(page)
    expect(page.locator(".stage[data-paused]")).to_have_count(1)  # nothing goes on unseen
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_test_id("resume")).to_be_visible()  # the key was the dialog's, not the player's
    ask_for_help(page, "Warning signs and phone numbers")
    say_yes(page, "fall")
    close(page)
    expect(page.get_by_test_id("pain-3")).to_be_visible()  # the session is over
    home.server.start()
    heading(page, "Do not exercise now")
    history = home.desk().history()
    assert told(home) == ["fall"]
    assert [entry.fact.stop_reason for entry in history.of(SessionFinished)] == [StopReason.UNWELL]
    assert [entry.fact.routine for entry in history.of(SetDone)][:1] == ["ankle_pumps"]


def test_a_server_that_hangs_and_a_double_tap_change_nothing(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=SIXTY)
    page = open_page("phone")
    page.goto(home.server.url)
    heading(page, "You can exercise now")
    ready(page)
    assert home.server.process
    home.server.process.send_signal(signal.SIGSTOP)
    try:
        page.get_by_role("button", name="Something is wrong").dblclick()
        dialog = warning_signs(page)
        dialog.get_by_test_id("flag-leg_clot").dblclick()
        expect(dialog.get_by_role("heading", name="Is that so?")).to_be_visible()
        dialog.get_by_role("button", name="Yes, that is so").dblclick()
        expect(dialog.get_by_test_id("card")).to_contain_text("Call your clinic today")
    finally:
        home.server.process.send_signal(signal.SIGCONT)
    expect(dialog.get_by_test_id("saved-state")).to_have_text("Saved")
    close(page)
    heading(page, "Do not exercise now")
    expect(page.locator(".stMain .coach-button[href='tel:112']")).to_be_visible()
    assert told(home) == ["leg_clot"]


def test_after_a_sign_in_that_ended_meanwhile_the_card_stays_and_the_warning_sign_is_kept(
    tmp_path: Path, open_context: Callable[..., BrowserContext]
):
    clinic = ShortClinic(tmp_path)
    ada = clinic.add_patient("ada")
    clinic.server.start()
    try:
        context = open_context("phone")
        context.add_init_script(
            "const every = setInterval; setInterval = (f, ms) => every(f, ms === 20000 ? 500 : ms)"
        )
        context.add_cookies([clinic.cookie(ada)])  # type: ignore[list-item]
        page = context.new_page()
        page.goto(clinic.server.url)
        heading(page, "You can exercise now")
        ready(page)
        clinic.server.kill()
        ask_for_help(page, "Something is wrong")
        say_yes(page, "chest_pain")
        clinic.end_sign_ins(ada)
        clinic.server.start()
        page.wait_for_timeout(3_000)
        expect(page.get_by_role("dialog").get_by_test_id("card")).to_be_visible()
        assert clinic.desk(ada).history().of(RedFlagYes) == ()
        close(page)
        heading(page, "Sign in")
        context.clear_cookies()
        context.add_cookies([clinic.cookie(ada)])  # type: ignore[list-item]
        page.goto(f"{clinic.server.url}/guide")
        heading(page, "Do not exercise now")  # it leads to Today
        assert [e.fact.flag for e in clinic.desk(ada).history().of(RedFlagYes)] == ["chest_pain"]
    finally:
        clinic.server.stop()


@pytest.mark.parametrize("script", ["**/static/js/BidiComponent.*", "**/static/js/index.*"])
def test_a_page_one_of_whose_scripts_did_not_come_is_loaded_again(
    short_home: Callable[..., Home], open_page: Callable[..., Page], script: str
):
    home = short_home(procedure=SIXTY)
    page = open_page("phone")
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.abort("connectionreset")

    page.route(script, refuse_once)
    page.goto(home.server.url)
    heading(page, "You can exercise now")
    expect(page.locator(".st-key-coach-menu a").first).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("Failed to fetch")
    assert refused


def test_a_script_that_never_comes_does_not_load_the_page_for_ever(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=SIXTY)
    page = open_page("phone")
    page.route("**/static/js/BidiComponent.*", lambda route: route.abort())
    loads: list[str] = []
    page.on("domcontentloaded", lambda _page: loads.append("again"))
    page.goto(home.server.url)
    until(page, lambda: len(loads) == 4)
    heading(page, "You can exercise now")
    page.wait_for_timeout(8_000)
    assert len(loads) == 4
