"""What the voice says at each cue, and that it is over before the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from coach import i18n
from coach.config import recordings
from coach.domain.facts import PlannedSet
from coach.domain.session import Cue, CueKind, Schedule, schedule
from coach.domain.sounds import RATES
from coach.protocols import loader
from coach.text import spoken
from coach.ui.patient import player_voice

PROTOCOL = loader.default()
PAUSE_S = player_voice.PAUSE_S


def plans(rate: str, language: str = "en") -> Iterator[Schedule]:
    """Yield a session of each phase, with its doses and with the first dose, at this speed of the voice."""
    first = PROTOCOL.rules.first_dose.plain
    for phase in PROTOCOL.phases:
        for small in (False, True):
            doses = {name: dose.plain for name, dose in phase.doses.items()}
            sets = [
                PlannedSet(name, first.reps, first.hold_s, PROTOCOL.routines[name].sides)
                if small and name != "ankle_pumps"
                else PlannedSet(name, dose.reps, dose.hold_s, PROTOCOL.routines[name].sides)
                for name, dose in doses.items()
            ]
            if sets:
                plan = schedule(PROTOCOL, sets)
                told_s = player_voice.told_s({"voice_rate": rate}, plan, PROTOCOL, language)
                yield schedule(PROTOCOL, sets, told_s)


def said(plan: Schedule, rate: str, language: str = "en") -> list[tuple[Cue, spoken.Saying]]:
    """Return what the player says at each cue: the longest that is over in time."""
    found = []
    for at, cue in enumerate(plan.cues):
        room = (
            next((c.at_s for c in plan.cues[at + 1 :] if spoken.sayings(c, plan, PROTOCOL)), 1e9) - cue.at_s
        )
        fit = (
            each for each in spoken.sayings(cue, plan, PROTOCOL) if lasts(each, language) / RATES[rate] < room
        )
        found.append((cue, next(fit, ())))
    return found


def lasts(saying: spoken.Saying, language: str) -> float:
    return sum(recordings.told(language, text)[0] for text in saying) + PAUSE_S * (len(saying) - 1)


@pytest.mark.parametrize(
    ("language", "rate"),
    [*(("en", rate) for rate in RATES), ("de", "slower"), ("es", "slower"), ("fr", "slower")],
)
def test_every_cue_of_every_phase_says_something_that_is_over_in_time(language: str, rate: str):
    with i18n.speaking(language):
        for plan in plans(rate, language):
            for cue, saying in said(plan, rate, language):
                assert bool(saying) == (cue.kind is not CueKind.HOLD), (cue, rate)


@pytest.mark.parametrize("rate", ["usual", "faster"])
def test_each_set_tells_how_to_lie_which_leg_what_comes_half_the_way_and_the_last_one(rate: str):
    for plan in plans(rate):
        heard = said(plan, rate)
        for index, planned in enumerate(plan.sets):
            routine = PROTOCOL.routines[planned.routine]
            words = [text for cue, saying in heard if cue.set == index for text in saying]
            position = routine.cues.position_said if index else routine.position
            assert position in words
            assert routine.instruction in words
            assert [text for text in words if routine.name in text] == [
                ("Next: {}." if index else "Now: {}.").format(routine.name)
            ]
            assert words.count("Last one.") == planned.sides
            even = planned.reps % 2 == 0
            assert words.count("Halfway.") == (planned.sides if even else 0)
            assert ("Right leg first." in words) == (planned.sides == 2)
            assert words.count("Change legs. Now the left leg.") == planned.sides - 1


def test_in_a_set_of_eight_each_repetition_is_named_before_it_begins():
    plan = schedule(PROTOCOL, [PlannedSet("static_glutes", 8, 5, 1)])
    told = [saying[-1] for cue, saying in said(plan, "usual") if cue.kind is CueKind.RELAX]
    nth = [f"{each} of eight." for each in ("Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh")]
    assert told == [*nth, "Last one.", "Let go."]


def test_words_of_each_exercise_are_its_own():
    begins = {}
    for routine in PROTOCOL.routines.values():
        plan = schedule(PROTOCOL, [PlannedSet(routine.id, 3, 3, routine.sides)])
        begins[routine.id] = [
            saying[-1]
            for cue, saying in said(plan, "usual")
            if cue.kind in (CueKind.TIGHTEN, CueKind.POINT) and cue.rep == 2
        ]
    assert begins == {
        "ankle_pumps": ["Point."],
        "static_glutes": ["Squeeze."],
        "quadriceps": ["Press down."] * 2,
        "transversus_abdominis": ["Draw in a little."],
    }


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
def test_every_sentence_of_a_session_is_recorded_and_nothing_else_is(language: str):
    with i18n.speaking(language):
        names = {recordings.name(language, text) for text in spoken.every_sentence(PROTOCOL)}
    there = {path.name for path in (recordings.VOICES / language).glob("*.mp3")}
    assert set(recordings.recordings(language)) == names == there


def test_nothing_is_said_but_the_sentences_that_are_recorded():
    sentences = spoken.every_sentence(PROTOCOL)
    for plan in plans("usual"):
        assert {
            text for cue in plan.cues for each in spoken.sayings(cue, plan, PROTOCOL) for text in each
        } <= set(sentences)


def test_a_language_without_recordings_is_spoken_by_the_device_in_about_as_many_seconds():
    for text in ("Let go.", PROTOCOL.routines["quadriceps"].position):
        seconds, address = recordings.told("xx", text)
        assert address == ""
        assert seconds == pytest.approx(recordings.told("en", text)[0], rel=0.3)
