"""A whole session of all four exercises, written down by what it gives to ear and hand alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from coach.config import recordings
from coach.domain.session import schedule
from coach.protocols import loader
from coach.text import spoken
from tests.support.browser_steps import LONG, get_ready, until
from tests.support.hearing import HEARING, NO_VOICE
from tests.support.noon import NOON_ZONE
from tests.support.patients import answer_set_up, desk_in
from tests.support.protocols import no_night
from tests.support.server import AppServer
from tests.support.short_home import TIMED

SIXTY = timedelta(hours=60)  # the first week: all four are open, at their first dose
LATE_S = 0.3  # frames are a few hundredths of a second apart
AT_THE_END_S = 0.15  # of a recording is silence that its format adds


@dataclass(frozen=True, slots=True)
class Heard:
    """Something heard or felt: at a second of the session, for so many seconds."""

    at_s: float
    how: str
    what: str
    lasts_s: float


@pytest.fixture
def session(
    tmp_path: Path, app_server: Callable[..., AppServer], open_context: Callable[..., BrowserContext]
) -> list[Heard]:
    """Play a session from its first cue to its end on a device without a voice, with eyes closed."""
    path = no_night(tmp_path)
    protocol = loader.load(path)
    answer_set_up(desk_in(tmp_path / "home", protocol), procedure=SIXTY, zone=NOON_ZONE)
    (tmp_path / "clock").write_text("0")
    env = {"COACH_TEST_PROTOCOL": str(path), "COACH_TEST_CLOCK": str(tmp_path / "clock")}
    server = app_server(entry=TIMED, home=tmp_path / "home", env=env)
    context = open_context("phone")
    context.add_init_script(NO_VOICE + HEARING)
    page = context.new_page()
    get_ready(page, server.url)
    page.wait_for_load_state("networkidle")
    # Whoever reads the first screen gives the recordings the time to come.
    running = desk_in(tmp_path / "home", protocol).sessions.running_session()
    assert running is not None
    plan = schedule(protocol, running.started.fact.sets)
    sentences = {text for cue in plan.cues for each in spoken.sayings(cue, plan, protocol) for text in each}
    until(page, lambda: page.evaluate("recordings") >= len(sentences))
    page.get_by_test_id("start").click()
    for tapped in ("pause", "resume"):
        page.wait_for_timeout(700)  # what comes sooner is a shaky hand
        page.get_by_test_id(tapped).click()
    page.evaluate("hurry = true")
    page.get_by_test_id("pain-4").wait_for(timeout=LONG)
    page.evaluate("hurry = false")
    names = {recordings.name("en", text): text for text in spoken.every_sentence(protocol)}
    heard = page.evaluate("heard")
    began = next(each["at_ms"] for each in heard if each["how"] == "cue")
    return sorted(
        (
            Heard(
                round((each["at_ms"] - began) / 1000, 2),
                each["how"],
                names.get(each["what"], str(each["what"])),
                round(each["lasts_ms"] / 1000, 2),
            )
            for each in heard
        ),
        key=lambda each: each.at_s,
    )


def said(heard: list[Heard]) -> list[Heard]:
    return [each for each in heard if each.how == "recording"]


def sets_of(session: list[Heard]) -> list[list[Heard]]:
    """Return what is heard of each set: from the rest before it, or from the start, to its end."""
    starts = [each.at_s for each in session if each.how == "cue" and each.what in ("change_routine", "done")]
    edges = [0.0, *starts]
    return [[each for each in session if a <= each.at_s < b] for a, b in pairwise(edges)]


def test_a_session_can_be_done_with_eyes_closed(session: list[Heard]):
    all_is_said(session)
    nothing_is_said_over_something_else(session)
    each_cue_is_told_to_ear_and_hand(session)


def all_is_said(session: list[Heard]) -> None:
    words = [each.what for each in said(session)]
    pumps, glutes, thighs, tummy = ([each.what for each in said(part)] for part in sets_of(session))
    # A pause and going on are told, and what the pause has cut off is told again.
    assert words[:4] == ["Now: Ankle pumps.", "Paused.", "Carry on.", "Now: Ankle pumps."]
    # Position and what to do come before the first repetition of each.
    for part, name, lie, first in (
        (pumps, "Now: Ankle pumps.", "Lie on your back on the bed, legs straight", "Point your feet away."),
        (glutes, "Next: Bottom squeeze.", "Stay on your back. Both legs", "Breathe out and squeeze."),
        (thighs, "Next: Thigh tightening.", "Stay on your back. Right leg", "Breathe out and press down."),
        (tummy, "Next: Tummy tightening.", "Stay on your back. Bend both knees", "Breathe out and draw in."),
    ):
        position = next(at for at, text in enumerate(part) if text.startswith(lie))
        assert part.index(name) < position < part.index("Get ready.") < part.index(first)
    assert [words.count("Rest for thirty seconds."), words.count("Get ready.")] == [3, 5]
    # Each repetition has its begin, its count and its end.
    counts = ["one", "two", "three"]
    for part, first, begin, end, legs in (
        (glutes, "Breathe out and squeeze.", "Squeeze.", "Let go.", 1),
        (thighs, "Breathe out and press down.", "Press down.", "Let go.", 2),
        (tummy, "Breathe out and draw in.", "Draw in a little.", "Let go slowly.", 1),
    ):
        reps = [text for text in part if text in (first, begin, end, *counts)]
        assert reps == [first, *counts, end, *([begin, *counts, end] * 4)] * legs
        assert [
            part.count(text) for text in ("Second of five.", "Third of five.", "Past halfway.", "Last one.")
        ] == [legs] * 4
    order = [
        text
        for text in thighs
        if text in ("Right leg first.", "Change legs. Now the left leg.", "Past halfway.")
    ]
    assert order == ["Right leg first.", "Past halfway.", "Change legs. Now the left leg.", "Past halfway."]
    beat = [
        text
        for text in pumps[pumps.index("Point your feet away.") :]
        if text not in ("Halfway.", "Last one.")
    ]
    numbers = ["Two.", "Three.", "Four.", "Five.", "Six.", "Seven.", "Eight.", "Nine.", "Ten."]
    assert beat == [
        "Point your feet away.", "Pull them up to you.",
        *(text for number in numbers for text in (number, "Point.", "Pull up.")),
    ]  # fmt: skip
    assert pumps.index("Five.") < pumps.index("Halfway.") < pumps.index("Six.") < pumps.index("Last one.")
    assert words[-2:] == ["Done.", "The screen has a question for you."]


def nothing_is_said_over_something_else(session: list[Heard]) -> None:
    on_again = next(each.at_s for each in session if each.what == "Carry on.")
    assert [each for each in session if each.how == "cut" and each.at_s > on_again] == []
    for one, other in pairwise(said(session)):
        assert one.at_s + one.lasts_s <= other.at_s + AT_THE_END_S, (one, other)


def each_cue_is_told_to_ear_and_hand(session: list[Heard]) -> None:
    cues = [each for each in session if each.how == "cue" and each.what not in ("count", "ready")]
    for how in ("tone", "vibration"):
        given = [each.at_s for each in session if each.how == how]
        assert all(any(0 <= at - cue.at_s < LATE_S for at in given) for cue in cues)
    begin, hold, let_go, half = (
        {each.what for each in session if each.how == "vibration" and near(each, session, kind)}
        for kind in ("tighten", "hold", "relax", "done")
    )
    assert len({*begin, *hold, *half}) == 3
    assert len(let_go - begin - hold - half) == 2  # one of them where half is done


def near(felt: Heard, session: list[Heard], kind: str) -> bool:
    return any(
        each.how == "cue" and each.what == kind and 0 <= felt.at_s - each.at_s < LATE_S for each in session
    )
