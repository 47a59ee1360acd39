"""A session that is disturbed: no finished set is lost, none is stored twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import BrowserContext, Page, expect

from coach.domain.facts import Effort, Pain, PainWhen, SessionFinished, SetDone
from coach.domain.history import History
from tests.support.browser import KEPT, answers_lost, double_tap, hurried
from tests.support.browser_steps import (
    LONG,
    START,
    answer,
    begin,
    finish,
    heading,
    rest,
    saved,
    tap,
    to_the_end,
    until,
)
from tests.support.short_home import Home

SIXTY = timedelta(hours=60)
ALL = {"ankle_pumps": 2, "static_glutes": 2, "quadriceps": 4, "transversus_abdominis": 2}


def is_whole_and_single(history: History) -> None:
    """Every set once and whole; one end, one score, one effort."""
    assert Counter(entry.fact.routine for entry in history.of(SetDone)) == dict.fromkeys(ALL, 1)
    assert {entry.fact.routine: entry.fact.reps_done for entry in history.of(SetDone)} == ALL
    assert len(history.of(SessionFinished)) == 1
    assert [e.fact.score for e in history.of(Pain) if e.fact.when is PainWhen.AFTER] == [3]
    assert [e.fact.effort for e in history.of(Effort)] == [3]


def wait_for_a_set(page: Page, home: Home) -> None:
    """Wait until the first set is in the record."""
    desk = home.desk()
    until(page, lambda: desk.history().of(SetDone))


def test_a_reload_in_the_middle_carries_on_at_the_set_that_was_running(
    short_home: Callable[..., Home], device: Callable[..., BrowserContext]
):
    home = short_home(procedure=SIXTY)
    context = device()
    page = context.new_page()
    begin(page, home.server.url)
    with answers_lost(context):  # the set is stored, and the page has not learned of it
        wait_for_a_set(page, home)
        page.reload()
        expect(page.get_by_test_id("resume")).to_be_visible()
    until(page, lambda: not page.evaluate(KEPT))  # it was sent again, and now the page has
    rest(page)
    page.get_by_test_id("resume").click()
    finish(page, 3)
    saved(page)
    is_whole_and_single(home.desk().history())


def test_the_questions_after_a_session_are_asked_again_by_a_reload_and_stay_when_the_server_comes_back(
    short_home: Callable[..., Home], device: Callable[..., BrowserContext]
):
    home = short_home(procedure=SIXTY)
    page = device().new_page()
    begin(page, home.server.url)
    to_the_end(page, 3)
    until(page, lambda: home.desk().history().of(SessionFinished))
    page.reload()
    answer(page, "pain-3", timeout=LONG)
    expect(page.get_by_test_id("effort-3")).to_be_visible()
    lost = page.locator(".stApp:not([data-test-connection-state=CONNECTED])")
    home.server.kill()
    expect(lost).to_have_count(1, timeout=LONG)
    home.server.start()
    expect(lost).to_have_count(0, timeout=LONG)
    rest(page)
    answer(page, "effort-3")
    answer(page, "save")
    saved(page)
    is_whole_and_single(home.desk().history())
    for _again in range(4):  # all is answered: it goes to Today by itself, however soon it asks for that
        page.goto(f"{home.server.url}/session")
        expect(page.get_by_role("heading", level=1)).to_have_text("Nothing to do just now")


def test_a_rerun_in_the_middle_changes_nothing(
    short_home: Callable[..., Home], device: Callable[..., BrowserContext]
):
    home = short_home(procedure=SIXTY)
    page = device().new_page()
    begin(page, home.server.url)
    wait_for_a_set(page, home)
    label = page.get_by_test_id("cue-label")
    page.emulate_media(color_scheme="dark")  # the theme changes: Streamlit calls the component again
    expect(label).to_be_visible()
    finish(page, 3)
    saved(page)
    is_whole_and_single(home.desk().history())


def test_a_double_tap_anywhere_stores_once(short_home: Callable[..., Home], open_page: Callable[..., Page]):
    home = short_home(procedure=SIXTY)
    page = open_page("phone")
    page.goto(home.server.url)
    page.get_by_role("button", name=START).dblclick()
    page.get_by_role("button", name="None of these").dblclick()
    heading(page, "How bad is your back pain right now?")
    page.get_by_role("button", name="4", exact=True).dblclick()
    double_tap(page.get_by_test_id("start"))
    with hurried(page):
        to_the_end(page, 3)
    for answered in ("pain-3", "effort-3", "save"):
        double_tap(page.get_by_test_id(answered))
    saved(page)
    history = home.desk().history()
    is_whole_and_single(history)
    assert [e.fact.score for e in history.of(Pain) if e.fact.when is PainWhen.BEFORE] == [4]
    assert len(history.sessions) == 1


def test_a_cut_connection_in_the_middle_loses_nothing(
    short_home: Callable[..., Home], device: Callable[..., BrowserContext]
):
    home = short_home(procedure=SIXTY)
    context = device()
    page = context.new_page()
    begin(page, home.server.url)
    wait_for_a_set(page, home)
    context.set_offline(offline=True)
    finish(page, 3)
    expect(page.get_by_test_id("saved-state")).to_contain_text("will be sent")
    context.set_offline(offline=False)
    saved(page)
    is_whole_and_single(home.desk().history())


def test_a_killed_server_in_the_middle_loses_nothing(
    short_home: Callable[..., Home], device: Callable[..., BrowserContext]
):
    home = short_home(procedure=SIXTY)
    page = device().new_page()
    begin(page, home.server.url)
    wait_for_a_set(page, home)
    home.server.kill()
    finish(page, 3)
    expect(page.get_by_test_id("saved-state")).to_contain_text("will be sent")
    home.server.start()
    saved(page)
    is_whole_and_single(home.desk().history())


def test_a_server_that_restarts_while_a_set_runs_does_not_disturb_it(
    short_home: Callable[..., Home], device: Callable[..., BrowserContext]
):
    home = short_home(procedure=SIXTY)
    page = device().new_page()
    begin(page, home.server.url)
    wait_for_a_set(page, home)
    home.server.restart()
    resume = page.get_by_test_id("resume")
    pain = page.get_by_test_id("pain-3")
    expect(resume.or_(pain)).to_be_visible(timeout=LONG)  # played on, or laid anew after the reconnect
    if resume.is_visible():
        resume.click()
    finish(page, 3)
    saved(page)
    is_whole_and_single(home.desk().history())


def test_another_device_carries_on_at_the_first_set_that_is_not_stored(
    short_home: Callable[..., Home], device: Callable[..., BrowserContext]
):
    home = short_home(procedure=SIXTY)
    first = device().new_page()
    begin(first, home.server.url)
    wait_for_a_set(first, home)
    first.goto("about:blank")
    other = device("tablet").new_page()
    other.goto(home.server.url)
    tap(other, "Carry on")
    other.get_by_test_id("start").or_(other.get_by_test_id("resume")).first.click()
    finish(other, 3)
    saved(other)
    is_whole_and_single(home.desk().history())
