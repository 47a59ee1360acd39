"""A patient's whole way, at phone size and in real time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from coach.domain.facts import FlagCheck, Note, Pain, PainWhen, SetDone
from tests.support.browser import complaints
from tests.support.browser_steps import (
    LONG,
    answer,
    check_and_score,
    finish,
    heading,
    saved,
    see,
    tap,
    type_past_time,
)
from tests.support.noon import NOON_ZONE
from tests.support.patients import desk_in
from tests.support.server import AppServer


@pytest.mark.slow
@pytest.mark.long
def test_from_set_up_through_two_exercises_in_real_time_to_progress(
    app_server: Callable[..., AppServer], open_page: Callable[..., Page]
):
    server = app_server()
    page = open_page("phone")
    heard = complaints(page)
    page.goto(server.url)
    set_up(page)

    heading(page, "You can exercise now")
    exercise_alone(page, "Ankle pumps", before=4, after=3, note="")
    heading(page, "You can exercise now")
    exercise_alone(page, "Tummy tightening", before=3, after=2, note="Felt ![fine](http://127.0.0.1:9/x.png)")

    history = desk_in(server.home).history()
    done = {entry.fact.routine: entry.fact for entry in history.of(SetDone)}
    assert set(done) == {"ankle_pumps", "transversus_abdominis"}
    assert done["ankle_pumps"].reps_done == 10
    assert done["transversus_abdominis"].reps_done == 5
    # 10 x (2 + 2) s and 5 x (2 + 3 + 3) s, the last rest perhaps not counted: never shorter.
    assert done["ankle_pumps"].took_s >= 39
    assert done["transversus_abdominis"].took_s >= 36
    scores = [(entry.fact.when, entry.fact.score) for entry in history.of(Pain)]
    assert scores == [
        (PainWhen.BASELINE, 8),
        (PainWhen.BEFORE, 4),
        (PainWhen.AFTER, 3),
        (PainWhen.BEFORE, 3),
        (PainWhen.AFTER, 2),
    ]
    assert [entry.fact.text for entry in history.of(Note)] == ["Felt ![fine](http://127.0.0.1:9/x.png)"]
    assert [entry.fact.whole for entry in history.of(FlagCheck)] == [True, False]

    see(page, "1 of 2 today")
    page.get_by_role("link", name="Progress").click()
    heading(page, re.compile("progress", re.I))
    page.get_by_text("Your pain, day by day").click()
    expect(page.locator(".stVegaLiteChart").first).to_be_visible()
    assert heard == []


def set_up(page: Page) -> None:
    now = datetime.now(UTC).astimezone(ZoneInfo(NOON_ZONE))  # noqa: TID251
    tap(page, "I understand")
    heading(page, "When did your procedure end?")
    type_past_time(page, now - timedelta(hours=60))
    heading(page, re.compile("for the night"))
    tap(page, "No, I got home the same day")
    type_past_time(page, now - timedelta(hours=58))
    heading(page, re.compile("week before the procedure"))
    tap(page, "8", exact=True)
    heading(page, "Is any of these true for you?")
    tap(page, "None of these")
    heading(page, re.compile("country"))
    tap(page, "United States")


def exercise_alone(page: Page, name: str, *, before: int, after: int, note: str) -> None:
    page.locator("summary", has_text=name).click()
    tap(page, "Start only this one")
    check_and_score(page, before)
    page.get_by_test_id("start").click()
    expect(page.get_by_test_id("cue-label")).to_have_text("Get ready")
    expect(page.get_by_test_id(f"pain-{after}")).to_be_visible(timeout=LONG)
    finish(page, after, note=note)
    saved(page)
    answer(page, "back-to-today")
