"""A session without its server: it goes through to its end, is kept on the device, and is stored once afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Route, expect

from coach.desk import PatientDesk
from coach.domain.facts import Effort, Note, Pain, PainWhen, SessionFinished, SetDone
from coach.domain.history import History
from tests.support.browser import KEPT, OUTBOX, unheard
from tests.support.browser_steps import LONG, begin, finish, heading, see, tap, until
from tests.support.server import AppServer
from tests.support.short_clinic import ShortClinic, Somebody
from tests.support.short_home import Home

SIXTY = timedelta(hours=60)
DAY = timedelta(days=1)
ALL = {"ankle_pumps": 2, "static_glutes": 2, "quadriceps": 4, "transversus_abdominis": 2}
NOTE = "The second one was easier."
TRACES = ("on this device", "Saved", "Could not be saved")


class Household:
    """One patient at home: whoever opens the app is this patient."""

    def __init__(self, home: Home) -> None:
        self.server: AppServer = home.server
        self.desk: Callable[[], PatientDesk] = home.desk
        self.go_forward = home.go_forward

    def enter(self, context: BrowserContext) -> None:
        """Nobody signs in."""


class Patient:
    """One patient of a clinic, who signs in."""

    def __init__(self, clinic: ShortClinic, name: str) -> None:
        self.clinic = clinic
        self.who: Somebody = clinic.add_patient(name)
        self.server: AppServer = clinic.server
        self.go_forward = clinic.go_forward

    def desk(self) -> PatientDesk:
        return self.clinic.desk(self.who)

    def enter(self, context: BrowserContext) -> None:
        """Sign in; whoever was signed in with this browser is not any more."""
        context.clear_cookies()
        context.add_cookies([self.clinic.cookie(self.who)])  # type: ignore[list-item]


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[ShortClinic]:
    made = ShortClinic(tmp_path)
    yield made
    made.server.stop()


@pytest.fixture(params=["home", "clinic"])
def ada(request: pytest.FixtureRequest) -> Household | Patient:
    if request.param == "home":
        return Household(request.getfixturevalue("short_home")(procedure=SIXTY))
    patient = Patient(request.getfixturevalue("clinic"), "ada")
    patient.server.start()
    return patient


def kept(page: Page) -> list[dict[str, Any]]:
    """Return what waits in this browser, of everybody."""
    found: list[dict[str, Any]] = page.evaluate(KEPT)
    return found


def will_be_sent(page: Page) -> None:
    """The player says so: from then on the tab may be closed."""
    expect(page.get_by_test_id("saved-state")).to_have_text("Saved on this device, will be sent")


def saved(page: Page) -> None:
    """The player says so, and nothing waits any more."""
    expect(page.get_by_test_id("saved-state")).to_have_text("Saved", timeout=LONG)
    assert kept(page) == []


def told_on_today(page: Page) -> None:
    """Today says that what waited has arrived."""
    expect(page.get_by_role("status").get_by_text("Saved", exact=True)).to_be_visible(timeout=LONG)
    assert kept(page) == []


def is_whole_and_single(history: History, *, note: str = NOTE) -> None:
    """Every set once and whole; one end, one score, one effort, one note."""
    assert len(history.sessions) == 1
    assert Counter(entry.fact.routine for entry in history.of(SetDone)) == dict.fromkeys(ALL, 1)
    assert {entry.fact.routine: entry.fact.reps_done for entry in history.of(SetDone)} == ALL
    assert len(history.of(SessionFinished)) == 1
    assert [e.fact.score for e in history.of(Pain) if e.fact.when is PainWhen.AFTER] == [3]
    assert [e.fact.effort for e in history.of(Effort)] == [3]
    assert [e.fact.text for e in history.of(Note)] == [note]


def nothing_of_it(history: History) -> None:
    for kind in (SetDone, SessionFinished, Effort, Note):
        assert history.of(kind) == ()


def play_alone(page: Page, ada: Household | Patient) -> None:
    """Start; the server is gone from that moment on; finish, with pain, effort and a note."""
    with unheard(page.context):
        begin(page, ada.server.url)
        ada.server.kill()
    finish(page, 3, note=NOTE)
    will_be_sent(page)
    nothing_of_it(ada.desk().history())


def test_a_session_whose_server_dies_at_its_start_is_stored_once_without_a_click(
    ada: Household | Patient, device: Callable[..., BrowserContext]
):
    context = device()
    ada.enter(context)
    page = context.new_page()
    play_alone(page, ada)
    assert len(kept(page)) == 8  # four sets, the end, pain, effort, note
    ada.server.start()
    saved(page)
    is_whole_and_single(ada.desk().history())
    tap(page, "Back to Today")
    heading(page, "Nothing to do just now")
    is_whole_and_single(ada.desk().history())


@pytest.mark.parametrize("later", [timedelta(), DAY], ids=["at-once", "a-day-later"])
def test_a_tab_that_is_closed_before_the_server_is_back_sends_when_the_app_is_opened_again(
    ada: Household | Patient, device: Callable[..., BrowserContext], later: timedelta
):
    context = device()
    ada.enter(context)
    page = context.new_page()
    play_alone(page, ada)
    page.close()
    ada.go_forward(later)
    ada.server.start()
    context.add_init_script(
        f"const then = Date.now.bind(Date); Date.now = () => then() + {later.total_seconds() * 1000}"
    )
    page = context.new_page()
    if later and isinstance(ada, Patient):  # the session is over by then
        page.goto(ada.server.url)
        heading(page, "Sign in")
        nothing_of_it(ada.desk().history())
        ada.enter(context)
    page.goto(ada.server.url)
    told_on_today(page)
    history = ada.desk().history()
    is_whole_and_single(history)
    [session] = history.sessions
    assert session.finished
    assert timedelta() <= session.finished.at - session.started.at < timedelta(minutes=10)
    assert all(entry.fact.estimated for entry in history.of(SetDone))
    page.reload()
    heading(page, "You can exercise now" if later else "Nothing to do just now")
    is_whole_and_single(ada.desk().history())


def test_what_was_sent_before_the_line_of_today_is_there_is_told_and_shown_all_the_same(
    ada: Household | Patient, device: Callable[..., BrowserContext]
):
    def held(route: Route) -> None:
        """Let the line come when everything that waited has been stored, by another part of the page."""
        until(page, lambda: ada.desk().history().of(Note))
        route.continue_()

    context = device()
    ada.enter(context)
    page = context.new_page()
    play_alone(page, ada)
    page.close()
    ada.server.start()
    context.route("**/ui/waiting.js*", held)
    page = context.new_page()
    page.goto(ada.server.url)
    told_on_today(page)
    heading(page, "Nothing to do just now")
    is_whole_and_single(ada.desk().history())


def test_a_session_whose_network_is_cut_is_stored_once_without_a_click(
    ada: Household | Patient, device: Callable[..., BrowserContext]
):
    context = device()
    ada.enter(context)
    page = context.new_page()
    with unheard(context):
        begin(page, ada.server.url)
        context.set_offline(offline=True)
    finish(page, 3, note=NOTE)
    will_be_sent(page)
    nothing_of_it(ada.desk().history())
    context.set_offline(offline=False)
    saved(page)
    is_whole_and_single(ada.desk().history())


@pytest.mark.parametrize("ended", [True, False], ids=["ended", "in-the-middle"])
def test_a_reload_without_a_server_loses_nothing(
    ada: Household | Patient, device: Callable[..., BrowserContext], *, ended: bool
):
    context = device()
    ada.enter(context)
    page = context.new_page()
    if ended:
        play_alone(page, ada)
    else:
        with unheard(context):
            begin(page, ada.server.url)
            ada.server.kill()
        until(page, lambda: kept(page))
    with suppress(Error):  # there is nobody to load it from
        page.reload()
    page.close()
    ada.server.start()
    page = context.new_page()
    page.goto(ada.server.url)
    if ended:
        told_on_today(page)
    else:
        heading(page, "Your exercises are not finished")
        tap(page, "Carry on")
        page.get_by_test_id("resume").click()
        finish(page, 3, note=NOTE)
        saved(page)
    is_whole_and_single(ada.desk().history())


def test_two_devices_at_once_are_both_kept(ada: Household | Patient, device: Callable[..., BrowserContext]):
    first, second = device().new_page(), device().new_page()
    for page in (first, second):
        ada.enter(page.context)
    with unheard(first.context), unheard(second.context):
        begin(first, ada.server.url)
        first.get_by_test_id("pause").click()
        expect(first.get_by_test_id("resume")).to_be_visible()
        second.goto(ada.server.url)
        tap(second, "Carry on")
        second.get_by_test_id("start").click()
        expect(second.get_by_test_id("cue-label")).to_be_visible()
        ada.server.kill()
    first.get_by_test_id("resume").click()
    finish(first, 3, note="on the phone")
    finish(second, 5, effort=5, note="on the other")
    for page in (first, second):
        will_be_sent(page)
    nothing_of_it(ada.desk().history())
    ada.server.start()
    for page in (first, second):
        saved(page)
    history = ada.desk().history()
    assert len(history.sessions) == 1
    assert Counter(entry.fact.routine for entry in history.of(SetDone)) == dict.fromkeys(ALL, 2)
    assert Counter(entry.fact.outside_plan for entry in history.of(SetDone)) == {False: 4, True: 4}
    assert len(history.of(SessionFinished)) == 1
    assert {e.fact.score for e in history.of(Pain) if e.fact.when is PainWhen.AFTER} == {3, 5}
    assert sorted(e.fact.effort for e in history.of(Effort)) == [3, 5]
    assert {e.fact.text for e in history.of(Note)} == {"on the phone", "on the other"}


def shows_no_trace(page: Page) -> None:
    """Whoever looks now learns nothing of what somebody else left in this browser."""
    page.wait_for_timeout(2_000)  # long enough for a sender to speak up
    text = page.locator("body").inner_text()
    assert not any(trace in text for trace in (*TRACES, NOTE)), text


def test_on_a_shared_computer_everybody_sends_their_own_alone(
    clinic: ShortClinic, device: Callable[..., BrowserContext]
):
    ada, ben, pat = Patient(clinic, "ada"), Patient(clinic, "ben"), clinic.add_physiotherapist("pat")
    clinic.server.start()
    context = device()
    ada.enter(context)
    page = context.new_page()
    play_alone(page, ada)
    page.close()
    clinic.server.start()

    ben.enter(context)
    page = context.new_page()
    page.goto(clinic.server.url)
    heading(page, "You can exercise now")
    shows_no_trace(page)
    left = kept(page)
    assert {item["owner"] for item in left} == {str(ada.who.patient)}
    assert len(left) == 8
    begin(page, clinic.server.url)
    kept_up = page.locator(".stage .saved")
    expect(kept_up).not_to_be_empty(timeout=LONG)
    page.get_by_test_id("pause").click()
    expect(kept_up).to_have_text("Saved")
    page.get_by_test_id("resume").click()
    finish(page, 3, note="mine")
    expect(page.get_by_test_id("saved-state")).to_have_text("Saved")
    is_whole_and_single(ben.desk().history(), note="mine")

    context.clear_cookies()
    context.add_cookies([clinic.cookie(pat)])  # type: ignore[list-item]
    page.goto(clinic.server.url)
    see(page, "Pat")
    shows_no_trace(page)
    nothing_of_it(ada.desk().history())
    assert kept(page) == left

    ada.enter(context)
    page.goto(clinic.server.url)
    told_on_today(page)
    is_whole_and_single(ada.desk().history())
    is_whole_and_single(ben.desk().history(), note="mine")


def test_a_tab_that_was_left_open_shows_and_sends_nothing_once_somebody_else_signs_in(
    clinic: ShortClinic, device: Callable[..., BrowserContext]
):
    ada, ben = Patient(clinic, "ada"), Patient(clinic, "ben")
    clinic.server.start()
    context = device()
    context.add_init_script(
        "const every = setInterval; setInterval = (f, ms) => every(f, ms === 20000 ? 500 : ms)"
    )
    ada.enter(context)
    page = context.new_page()
    play_alone(page, ada)
    ben.enter(context)
    clinic.server.start()
    heading(page, "You can exercise now")  # it is Ben's now
    shows_no_trace(page)
    assert len(kept(page)) == 8
    nothing_of_it(ada.desk().history())
    nothing_of_it(ben.desk().history())
    page.close()
    ada.enter(context)
    page = context.new_page()
    page.goto(clinic.server.url)
    told_on_today(page)
    is_whole_and_single(ada.desk().history())
    nothing_of_it(ben.desk().history())


def test_a_sign_in_that_ended_meanwhile_keeps_everything_for_the_next_one(
    clinic: ShortClinic, device: Callable[..., BrowserContext]
):
    ada = Patient(clinic, "ada")
    clinic.server.start()
    context = device()
    ada.enter(context)
    page = context.new_page()
    play_alone(page, ada)
    clinic.end_sign_ins(ada.who)
    clinic.server.start()
    heading(page, "Sign in")
    see(page, "Nothing that was saved is lost")
    nothing_of_it(ada.desk().history())
    assert len(kept(page)) == 8
    ada.enter(context)
    page.goto(clinic.server.url)
    told_on_today(page)
    is_whole_and_single(ada.desk().history())


KEEP = """async ({ owner, session, note }) => {
  const { put, uuid7 } = await import('/coach-assets/player/outbox.js');
  await put({ id: uuid7(), owner, session, kind: 'note', payload: { text: note } });
}"""
TAP_SOON = "after => setTimeout(() => document.querySelector('.st-key-carry-on button').click(), after)"


def test_a_tap_is_not_lost_where_what_waited_arrives_at_that_moment(
    short_home: Callable[..., Home], open_context: Callable[..., BrowserContext]
):
    home = short_home(procedure=SIXTY)
    page = open_context("phone").new_page()
    begin(page, home.server.url)
    session = home.desk().history().sessions[0].id
    held: list[Route] = []
    for after_ms in [5, 10] * 6:  # about one in three was lost where this went wrong
        page.goto(home.server.url + "/healthz")
        page.evaluate(KEEP, {"owner": str(home.desk().patient), "session": str(session), "note": NOTE})
        held.clear()
        page.route(OUTBOX, lambda route: held.append(route))
        page.goto(home.server.url)
        heading(page, "Your exercises are not finished")
        expect(page.get_by_text("1 saved on this device, will be sent")).to_be_visible()
        until(page, lambda: held)
        expect(page.locator("html[data-coach-ready=true]")).to_be_attached()  # seen long enough to be tapped
        stored = held[-1].fetch()
        page.evaluate(TAP_SOON, after_ms)
        held[-1].fulfill(response=stored)
        page.unroute(OUTBOX)
        expect(page.get_by_test_id("resume")).to_be_visible()
    assert len(home.desk().history().of(Note)) == 12


PUT = """async ({ owner, session, note }) => {
  const { put, uuid7 } = await import('/coach-assets/player/outbox.js');
  await put({ id: uuid7(), owner, session, kind: 'note', payload: { text: 'x'.repeat(300_000) } });
  await put({ id: uuid7(), owner, session, kind: 'note', payload: { text: note } });
  await put({ id: uuid7(), owner, session, kind: 'effort', payload: { effort: 99 } });
}"""


def test_what_is_never_taken_is_told_in_a_sentence_and_keeps_nothing_else_back(
    ada: Household | Patient, device: Callable[..., BrowserContext]
):
    context = device()
    ada.enter(context)
    page = context.new_page()
    begin(page, ada.server.url)
    session = ada.desk().history().sessions[0].id
    page.goto(ada.server.url + "/healthz")
    page.evaluate(PUT, {"owner": str(ada.desk().patient), "session": str(session), "note": NOTE})
    page.goto(ada.server.url)
    see(page, "This is too much at once")
    see(page, "Could not be saved")
    until(page, lambda: not kept(page))  # what was sent with it is sent again in halves
    assert [e.fact.text for e in ada.desk().history().of(Note)] == [NOTE]
    page.reload()
    see(page, "This is too much at once")
    tap(page, "I have read this")
    expect(page.get_by_text("Could not be saved")).to_have_count(0)
