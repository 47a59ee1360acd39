"""Whoever is ready begins at once: the voice stops, and the record is as true as ever."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Request, expect

from coach.domain.facts import SetDone
from coach.protocols import loader
from tests.support.browser_steps import get_ready, tap, until
from tests.support.hearing import HEARING, NO_VOICE
from tests.support.noon import NOON_ZONE
from tests.support.patients import answer_set_up, desk_in
from tests.support.protocols import no_night
from tests.support.server import AppServer
from tests.support.short_home import TIMED

SENDS = "/api/outbox"
NEW_MS = 700  # what comes sooner is a shaky hand


AT_READY = """() => new Promise((done) => addEventListener('coach:cue', ({ detail }) => {
  if (detail.kind !== 'ready') return;
  globalThis.hurry = false;
  globalThis.stopwatchTimes = 0;
  done();
}))"""


def heard(page: Page, how: str) -> list[str]:
    """Return what was heard, or which cues came, since the page was loaded."""
    return [each["what"] for each in page.evaluate("heard") if each["how"] == how]


def is_told_to_get_ready(page: Page) -> None:
    until(page, lambda: heard(page, "recording"))
    expect(page.get_by_test_id("cue-label")).to_have_text("Get ready")
    page.wait_for_timeout(NEW_MS)


def begins(page: Page) -> None:
    expect(page.get_by_test_id("cue-label")).to_have_text("Point away")
    expect(page.get_by_test_id("ready")).to_be_hidden()
    assert heard(page, "cue")[-2:] == ["ready", "point"]
    assert heard(page, "cut")  # what was being said


def test_whoever_is_ready_begins_at_once_and_no_rest_is_cut_short(
    tmp_path: Path, app_server: Callable[..., AppServer], open_context: Callable[..., BrowserContext]
):
    path = no_night(tmp_path)
    protocol = loader.load(path)
    answer_set_up(desk_in(tmp_path / "home", protocol), procedure=timedelta(hours=60), zone=NOON_ZONE)
    (tmp_path / "clock").write_text("0")
    env = {"COACH_TEST_PROTOCOL": str(path), "COACH_TEST_CLOCK": str(tmp_path / "clock")}
    server = app_server(entry=TIMED, home=tmp_path / "home", env=env)
    contexts = [open_context("phone") for _ in range(2)]
    for context in contexts:
        context.add_init_script(NO_VOICE + HEARING)

    page = contexts[0].new_page()
    get_ready(page, server.url)
    page.get_by_test_id("start").click()
    is_told_to_get_ready(page)
    page.get_by_test_id("pause").click()
    expect(page.get_by_test_id("ready")).to_be_hidden()  # "Carry on" is there
    page.wait_for_timeout(NEW_MS)
    page.get_by_test_id("resume").click()
    page.get_by_test_id("ready").click()
    begins(page)
    page.reload()
    page.get_by_test_id("resume").click()
    expect(page.get_by_test_id("cue-label")).to_have_text("Point away")
    expect(page.get_by_test_id("ready")).to_be_hidden()
    page.close()

    page = contexts[1].new_page()
    posted: list[dict[str, Any]] = []

    def note(sent: Request) -> None:
        if sent.url.endswith(SENDS):
            posted.extend(json.loads(sent.post_data or "")["items"])

    page.on("request", note)
    page.goto(server.url)
    tap(page, "Carry on")
    page.get_by_test_id("start").click()
    is_told_to_get_ready(page)
    page.keyboard.press("Space")
    begins(page)
    page.evaluate(f"globalThis.again = ({AT_READY})(); globalThis.hurry = true")
    page.evaluate("again")
    # The end of a rest that is due: there the same key pauses, as ever
    expect(page.get_by_test_id("cue-label")).to_have_text("Get ready")
    expect(page.get_by_test_id("ready")).to_be_hidden()
    page.keyboard.press("Space")
    expect(page.get_by_test_id("resume")).to_be_visible()

    desk = desk_in(tmp_path / "home", protocol)
    until(page, lambda: desk.history().of(SetDone))
    [done] = [each.fact for each in desk.history().of(SetDone)]
    assert (done.routine, done.reps_done, done.estimated) == ("ankle_pumps", done.reps_planned, False)
    took_s = next(each["payload"]["took_ms"] for each in posted if each["kind"] == "set_done") / 1000
    assert abs(took_s - done.reps_planned * 2 * done.hold_s) < done.hold_s  # from the first repetition on
