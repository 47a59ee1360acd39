"""An exercise of each kind in the player: what is counted, what a tap ends, and what the record says of it."""

from __future__ import annotations

from collections.abc import Callable
from math import floor
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from coach.desk import PatientDesk
from coach.domain.facts import SetDone
from coach.domain.protocol import Dose
from coach.domain.routine import RoutineKind
from tests.support.browser import KEPT, hurried
from tests.support.browser_steps import answer, until
from tests.support.player_alone import begun, handed_over, opened

START, ACT, RING, CUE, REPS = "start", "act", "ring-seconds", "cue-label", "rep-count"


@pytest.fixture
def played(tmp_path: Path, open_context: Callable[..., BrowserContext]) -> Callable[..., Played]:
    """Begin an exercise of a kind; the player has counted down and asks for the first rep."""

    def start(
        kind: RoutineKind,
        *doses: Dose,
        lying: Dose | None = None,
        device: str = "phone",
        **settings: object,
    ) -> Played:
        desk, session = begun(tmp_path / "home", kind, *doses, lying=lying)
        page = opened(open_context(device, **settings), desk, session)
        page.get_by_test_id(START).click()
        return Played(page, desk)

    return start


class Played:
    """A session in the player, and the record behind it."""

    def __init__(self, page: Page, desk: PatientDesk) -> None:
        self.page, self.desk = page, desk

    def ready(self) -> None:
        answer(self.page, "ready")

    def shows(self, name: str, text: str) -> None:
        expect(self.page.get_by_test_id(name)).to_have_text(text)

    def counts_to(self, number: int) -> None:
        ring = self.page.get_by_test_id(RING)
        until(self.page, lambda: int(ring.inner_text() or 0) >= number)

    def act(self, word: str) -> None:
        """Tap what ends this, once a tap counts."""
        self.page.wait_for_timeout(700)
        button = self.page.get_by_test_id(ACT)
        expect(button).to_have_text(word)
        button.click()

    def sets(self) -> list[SetDone]:
        """Return the sets of the record, once the end of the session is written on the device."""
        self.page.locator(".stage").wait_for(state="detached")  # it is written in the background from here on
        until(self.page, lambda: any(kept["kind"] == "session_finished" for kept in self.page.evaluate(KEPT)))
        assert handed_over(self.page, self.desk).refused == []
        return [each.fact for session in self.desk.history().sessions for each in session.sets]

    def works(self) -> bool:
        """Tell whether the upper half says that there is something to do."""
        found: bool = self.page.locator(".stage").evaluate("node => node.hasAttribute('data-works')")
        return found


Play = Callable[..., Played]


def test_a_move_goes_on_when_the_patient_says_so_and_no_half_is_lost(played: Play):
    move = played(RoutineKind.MOVE, Dose(2, 30, 1))
    move.ready()
    move.shows(CUE, "Up")
    move.shows(RING, "1")
    move.shows(REPS, "of 2")
    assert move.works()
    move.page.wait_for_timeout(700)
    move.page.get_by_test_id(ACT).dblclick()  # a shaky hand ends one half
    for label in ("Up", "Back"):
        move.shows(CUE, "Back" if label == "Up" else "Up")
        move.act("Next")
    move.shows(CUE, "Back")
    move.shows(RING, "2")
    move.act("Next")
    (done,) = move.sets()
    assert (done.reps_done, done.reps_planned) == (2, 2)
    assert 2 < done.took_s < 60


def test_standing_is_held_for_its_seconds_and_rests_between(played: Play):
    stand = played(RoutineKind.STAND, Dose(2, 6, 1))
    stand.ready()
    stand.shows(CUE, "Hold on")
    stand.shows(CUE, "Stand")
    expect(stand.page.get_by_test_id(ACT)).to_be_hidden()
    stand.shows(REPS, "1 of 2")
    assert stand.works()
    with hurried(stand.page):
        stand.shows(CUE, "Rest")
        assert not stand.works()
        (done,) = stand.sets()
    assert (done.reps_done, done.reps_planned) == (2, 2)


def test_whoever_is_back_early_from_a_walk_has_walked_its_whole_minutes(played: Play):
    walk = played(RoutineKind.WALK, Dose(5, 60, 1))
    walk.ready()
    walk.shows(CUE, "Walk")
    walk.shows(RING, "5")
    walk.shows(REPS, "minutes left")
    with hurried(walk.page, 60):
        walk.shows(RING, "3")
    walk.act("I am back")
    (done,) = walk.sets()
    assert (done.reps_done, done.reps_planned) == (2, 5)
    assert not done.estimated


def test_a_paused_walk_goes_on_in_the_same_minute(played: Play):
    walk = played(RoutineKind.WALK, Dose(1, 60, 1))
    walk.ready()
    with hurried(walk.page, 10):
        walk.page.wait_for_timeout(3000)
    walk.page.get_by_test_id("pause").click()
    walk.page.wait_for_timeout(700)
    walk.page.get_by_test_id("resume").click()
    with hurried(walk.page, 10):
        (done,) = walk.sets()
    assert (done.reps_done, done.reps_planned) == (1, 1)
    assert done.took_s < 80


def test_a_walk_goes_on_while_the_phone_sleeps_and_is_an_estimate(played: Play):
    walk = played(RoutineKind.WALK, Dose(3, 60, 1))
    walk.ready()
    walk.page.wait_for_timeout(700)
    # As after a sleep in which no timer ran, ten minutes later.
    walk.page.evaluate("{ const now = Date.now; Date.now = () => now() + 600000; }")
    (done,) = walk.sets()
    assert (done.reps_done, done.reps_planned, done.estimated) == (3, 3, True)


def test_a_rest_is_open_ground_without_a_button(played: Play):
    rest = played(RoutineKind.REST, Dose(2, 60, 1))
    rest.ready()
    rest.shows(CUE, "Rest")
    rest.shows(RING, "2")
    expect(rest.page.get_by_test_id(ACT)).to_be_hidden()
    assert not rest.works()
    with hurried(rest.page, 60):
        rest.shows(RING, "1")
        rest.shows(REPS, "minute left")
        (done,) = rest.sets()
    assert done.reps_done == 2


WIDTH = "node => node.getBoundingClientRect().width"


def test_breathing_has_a_circle_that_grows_and_shrinks(played: Play):
    breath = played(RoutineKind.BREATHE, Dose(3, 3, 1))
    ring = breath.page.locator(".ring")
    breath.ready()
    breath.shows(CUE, "Breathe in")
    small = ring.evaluate(WIDTH)
    breath.shows(CUE, "Breathe out")
    large = ring.evaluate(WIDTH)
    breath.shows(CUE, "Breathe in")
    assert large > 1.3 * max(small, ring.evaluate(WIDTH))
    breath.shows(RING, "2")
    breath.page.emulate_media(reduced_motion="reduce")  # words alone
    still = ring.evaluate(WIDTH)
    breath.shows(CUE, "Breathe out")
    assert ring.evaluate(WIDTH) == still
    (done,) = breath.sets()
    assert done.reps_done == 3


def test_from_the_bed_to_a_chair_one_has_all_the_time_one_needs(played: Play):
    move = played(RoutineKind.MOVE, Dose(1, 3, 1), lying=Dose(1, 3, 1))
    move.ready()
    with hurried(move.page, 10):
        move.shows("ready", "Start")
        move.page.wait_for_timeout(3000)  # half a minute more
    move.shows(CUE, "Rest")
    move.page.wait_for_timeout(700)
    move.ready()
    move.shows(CUE, "Get ready")
    expect(move.page.get_by_test_id("ready")).to_be_hidden()
    move.shows(CUE, "Up")
    _squeezed, done = move.sets()
    assert (done.reps_done, done.reps_planned) == (1, 1)


def test_a_test_waits_for_its_start_and_its_time_is_what_the_set_took(played: Play):
    test = played(RoutineKind.TEST, Dose(1, 60, 1))
    test.shows("ready", "Start")
    with hurried(test.page, 20):  # all the time to get ready passes, and more
        test.page.wait_for_timeout(3000)
    test.shows(CUE, "Get ready")
    test.ready()
    test.shows(CUE, "Go")
    with hurried(test.page, 6):
        test.counts_to(30)
    # Paused, it begins anew when the patient says so.
    test.page.get_by_test_id("pause").click()
    test.page.wait_for_timeout(700)
    test.page.get_by_test_id("resume").click()
    test.shows(CUE, "Get ready")
    test.page.wait_for_timeout(700)
    test.ready()
    with hurried(test.page, 6):
        test.counts_to(14)
    test.page.get_by_test_id(ACT).click()
    (done,) = test.sets()
    assert (done.reps_done, done.reps_planned) == (1, 1)
    assert 14 <= done.took_s < 28
    answer(test.page, "pain-3")
    answer(test.page, "effort-3")
    answer(test.page, "save")
    expect(test.page.get_by_test_id("did")).to_have_text(f"The test{floor(done.took_s + 0.5)} seconds")


def test_a_test_that_lasts_too_long_is_given_up(played: Play):
    test = played(RoutineKind.TEST, Dose(1, 10, 1))
    test.ready()
    with hurried(test.page, 6):
        (tried,) = test.sets()
    assert (tried.reps_done, tried.reps_planned) == (0, 1)
    assert tried.took_s >= 10
    answer(test.page, "pain-3")
    answer(test.page, "effort-3")
    answer(test.page, "save")
    expect(test.page.get_by_test_id("did")).to_have_text("The testtried, not finished")


def test_a_test_that_is_stopped_was_tried_and_not_finished(played: Play):
    test = played(RoutineKind.TEST, Dose(1, 60, 1))
    test.ready()
    test.shows(CUE, "Go")
    with hurried(test.page, 6):
        test.counts_to(3)
    test.page.get_by_test_id("stop").click()
    answer(test.page, "stop-reason-tired")
    (tried,) = test.sets()
    assert (tried.reps_done, tried.reps_planned) == (0, 1)
