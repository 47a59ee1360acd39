"""The session as somebody on a bed sees it, phone at arm's length: large, whole, and in every window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browser_steps import begin, get_ready, tap, until
from tests.support.screens import FREEZE_AT
from tests.support.server import ROOT
from tests.support.short_home import Home

MEASURE = (ROOT / "tests" / "support" / "bed.js").read_text("utf-8")


@dataclass(frozen=True)
class Window:
    """A window in CSS pixels, and the letters that its system is set to."""

    width: int
    height: int
    letters: int = 0
    whole: bool = True  # all of the playing screen fits; otherwise what explains is scrolled to

    @property
    def tiny(self) -> bool:
        """It is a page at 400 %: there each pixel is four times as large."""
        return self.height < 330

    @property
    def least(self) -> int:
        """A finger's place."""
        return 44 if self.tiny else 64


WINDOWS = (
    Window(390, 844),
    Window(844, 390),
    Window(320, 640),
    Window(820, 1180),
    Window(1180, 820),
    Window(1280, 800),
    Window(640, 400),  # 1280 x 800 at 200 %
    Window(320, 256, whole=False),  # 1280 x 1024 at 400 %
    Window(390, 844, letters=24),
    Window(390, 844, letters=32, whole=False),
    Window(844, 390, letters=24, whole=False),
)
TIGHT = [
    each
    for each in WINDOWS
    if (each.width, each.height, each.letters)
    in {(844, 390, 0), (320, 640, 0), (320, 256, 0), (390, 844, 32)}
]
# Letters that eyesight of 20/70 reads at 1 m are 32 pixels of a phone high, and ours 0.68 of their size.
CUE, READ = 72, 47

GO_ON = "performance.now(); globalThis.stopwatchTimes = 1"
FOCUSED = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot) node = node.shadowRoot.activeElement;
  return `${node?.tagName} ${node?.textContent}`;
}"""


def measured(page: Page, window: Window) -> dict[str, Any]:
    """Return what a window shows of the player; it is scrolled to the top."""
    page.set_viewport_size({"width": window.width, "height": window.height})
    page.evaluate(
        "(size) => document.documentElement.style.setProperty('font-size', size, 'important')",
        f"{window.letters}px" if window.letters else "",
    )
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found: dict[str, Any] = page.get_by_test_id("player").evaluate(MEASURE)
    return found


def playing_faults(found: dict[str, Any], window: Window) -> list[str]:
    """Return what is wrong with the playing screen."""
    faults = list(found["faults"])
    if found["cue"] < (44 if window.tiny else CUE) or not found["cue_in"]:
        faults.append(f"the cue has {found['cue']} px, seen: {found['cue_in']}")
    if found["number"] < READ or not found["number_in"]:
        faults.append(f"the number has {found['number']} px, seen: {found['number_in']}")
    if found["scrolls"] and window.whole:
        faults.append(f"it scrolls by {found['scrolls']}")
    if found["fills"] < 0.5:
        faults.append("what tells work from rest is less than half of the window")
    for name, box in found["buttons"].items():
        if min(box["height"], box["width"]) < window.least:
            faults.append(f"{name} is {box['width']} x {box['height']}")
        if not box["seen"]:
            faults.append(f"{name} is not in sight")
    return faults


@pytest.fixture
def frozen(
    short_home: Callable[..., Home], open_context: Callable[..., BrowserContext]
) -> Callable[..., Page]:
    """Open a session that stands still at its first cue."""

    def start(**settings: Any) -> Page:
        home = short_home(procedure=timedelta(hours=60))
        page = open_context(**settings).new_page()
        begin(page, home.server.url)
        return page

    return start


def test_cue_and_number_are_read_from_a_bed_in_every_window(frozen: Callable[..., Page]):
    page = frozen()
    faults: list[str] = []
    places: dict[Window, dict[str, Any]] = {}
    looks: dict[Window, dict[str, Any]] = {}
    widest = ("ready", "tighten", "change_legs")  # the longest words and texts
    states = ("point", "change_routine", "ready", "tighten", "relax", "change_legs", "hold", "paused")
    for state in states:
        if state == "paused":
            page.evaluate(GO_ON)
            page.get_by_test_id("pause").click()
            expect(page.get_by_test_id("resume")).to_be_visible()
        else:
            page.evaluate(FREEZE_AT, state)
        for window in WINDOWS if state in widest else WINDOWS[:2]:
            found = measured(page, window)
            faults += [f"{state} in {window}: {each}" for each in playing_faults(found, window)]
            looks.setdefault(window, {})[state] = found["look"]
            same = {"pause": found["buttons"].get("pause") or found["buttons"].get("resume")}
            same |= {name: found["buttons"][name] for name in ("stop", "more")}
            if places.setdefault(window, same) != same:
                faults.append(f"{state} in {window}: a button has moved")
        measured(page, WINDOWS[0])
    assert not faults, "\n".join(faults)
    for window in WINDOWS[:2]:
        seen = looks[window]
        for name in ("ground", "ink", "frame", "disc"):  # by colour and by shape
            assert seen["hold"][name] == seen["tighten"][name] == seen["point"][name]
            assert seen["relax"][name] == seen["ready"][name] == seen["change_legs"][name]
            assert seen["hold"][name] != seen["relax"][name]
        assert len({str(seen[state]) for state in ("hold", "relax", "paused")}) == 3


@pytest.mark.parametrize(
    "settings", [{"color_scheme": "dark"}, {"forced_colors": "active", "reduced_motion": "reduce"}]
)
def test_work_and_rest_look_different_in_any_colours_and_without_motion(
    frozen: Callable[..., Page], settings: dict[str, Any]
):
    page = frozen(**settings)
    looks = []
    for state in ("hold", "relax"):
        page.evaluate(FREEZE_AT, state)
        found = measured(page, WINDOWS[0])
        looks.append(found["look"])
        if state == "hold":  # the muscle breathes, or stands still
            assert (found["moves"] == 0) == ("reduced_motion" in settings)
    work, rest = looks
    assert work["ground"] != rest["ground"]
    assert (work["frame"], rest["frame"]) == ("none", "dashed")
    assert work["ink"] != work["ground"]
    assert rest["ink"] != rest["ground"]
    expect(page.get_by_test_id("cue-label")).to_have_text("Let go")


def test_seldom_used_buttons_are_behind_more_and_leave_pause_and_stop_where_they_are(
    frozen: Callable[..., Page],
):
    page = frozen()
    expect(page.get_by_test_id("ready")).to_be_hidden()  # the first repetition has begun
    before = measured(page, WINDOWS[0])
    assert list(before["buttons"]) == ["pause", "stop", "more"]
    page.get_by_test_id("more").click()
    expect(page.get_by_test_id("more")).to_have_attribute("aria-expanded", "true")
    page.get_by_test_id("pause").click()  # it goes on meanwhile, and is paused as ever
    for window in TIGHT:
        found = measured(page, window)
        buttons = found["buttons"]
        seldom = {"back", "skip", "voice", "tones", "rate", "volume"}
        assert set(buttons) == {"resume", "stop", "more"} | seldom
        assert all(box["seen"] and box["height"] >= window.least for box in buttons.values()), (
            window,
            buttons,
        )
    assert measured(page, WINDOWS[0])["buttons"]["stop"] == before["buttons"]["stop"]
    for name, first, then in (("rate", "Usual", "Slower"), ("volume", "Loud", "Medium")):
        expect(page.get_by_test_id(name)).to_contain_text(first)
        page.get_by_test_id(name).click()
        expect(page.get_by_test_id(name)).to_contain_text(then)
    page.keyboard.press("Escape")  # puts them away, and stops nothing
    expect(page.get_by_test_id("skip")).to_be_hidden()
    expect(page.get_by_test_id("resume")).to_be_visible()


def test_each_screen_is_whole_in_every_window_and_its_title_has_the_focus(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=timedelta(hours=60))
    page = open_page()
    get_ready(page, home.server.url)
    faults: list[str] = []

    def look(name: str, title: str) -> None:
        until(page, lambda: page.evaluate(FOCUSED) == f"H2 {title}" or name == "first")
        for window in TIGHT:
            found = measured(page, window)
            faults.extend(f"{name} in {window}: {each}" for each in found["faults"])
            faults.extend(
                f"{name} in {window}: {each} is {box['width']} x {box['height']}"
                for each, box in found["buttons"].items()
                if box["height"] < 44
            )
        measured(page, WINDOWS[0])

    look("first", "")
    page.get_by_test_id("start").click()
    until(page, lambda: page.evaluate(FOCUSED) == "H2 Ankle pumps")
    page.get_by_test_id("stop").click()
    look("reasons", "Why are you stopping?")
    page.get_by_test_id("stop-reason-tired").click()
    look("pain", "How bad is your back pain right now?")
    page.get_by_test_id("pain-3").click()
    look("effort", "How hard were the exercises?")
    page.get_by_test_id("effort-3").click()
    look("note", "Do you want to write something down?")
    page.get_by_test_id("save").click()
    look("end", "Stopped.")
    expect(page.get_by_test_id("told")).to_have_text("Nothing was counted this time.")
    expect(page.get_by_test_id("pained")).to_have_text("Back pain: 4 before, 3 after. It went down.")
    expect(page.get_by_test_id("coming")).to_contain_text("When you feel ready, you can start again.")
    tap(page, "Back to Today")
    expect(page.locator("html[data-coach-stage]")).to_have_count(0)
    assert not faults, "\n".join(faults)
