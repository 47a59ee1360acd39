"""What the voice says at each cue, and that it is over before the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from coach import i18n
from coach.config import recordings
from coach.domain.facts import PlannedSet
from coach.domain.routine import RoutineKind
from coach.domain.session import Cue, CueKind, Schedule, schedule
from coach.domain.sounds import RATES
from coach.protocols import loader
from coach.text import session as session_text
from coach.text import spoken
from coach.ui.patient import player_voice
from tests.support.player_alone import DRAWINGS, protocol_of

PROTOCOL = loader.default()
PAUSE_S = player_voice.PAUSE_S
#: The exercises that are open to everybody.
OPEN = [each.id for each in PROTOCOL.routines.values() if each.release is None]


def plans(rate: str, language: str = "en") -> Iterator[Schedule]:
    """Yield a session of each phase, with its doses and with the first dose, at this speed of the voice.

    All exercises are in it, as a physiotherapist may release each of them.
    """
    first = PROTOCOL.rules.first_dose.plain
    for phase in PROTOCOL.phases:
        for small in (False, True):
            sets = []
            for name, dose in phase.doses.items():
                routine = PROTOCOL.routines[name]
                told = first if small and routine.kind is RoutineKind.SQUEEZE else dose.plain
                sets.append(PlannedSet(name, told.reps, told.hold_s, routine.sides))
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
                assert bool(saying) == (not is_quiet(cue, plan)), (cue, rate)


def is_quiet(cue: Cue, plan: Schedule) -> bool:
    """Tell whether nothing is said at a cue: while one holds, in most minutes, and at most seconds of a long hold."""
    match cue.kind:
        case CueKind.HOLD | CueKind.STAND:
            return True
        case CueKind.MINUTE:
            return not spoken.sayings(cue, plan, PROTOCOL)
        case CueKind.COUNT:
            assert cue.count
            hold_s = plan.sets[cue.set].hold_s
            return hold_s > 10 and not (cue.count % 5 == 0 and cue.count < hold_s)
        case _:
            return False


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
            assert [text for text in words if text.startswith(("Now: ", "Next: "))] == [
                ("Next: {}." if index else "Now: {}.").format(routine.name)
            ]
            counted = routine.kind not in (RoutineKind.WALK, RoutineKind.REST, RoutineKind.TEST)
            # A move of two seconds leaves time for the number of each rep alone
            short = routine.kind is RoutineKind.MOVE and planned.hold_s <= 2
            assert words.count("Last one.") == (planned.sides if counted and not short else 0)
            assert words.count("The last minute.") == (routine.kind is RoutineKind.WALK)
            if short:
                assert words.count("Eight." if planned.reps == 8 else "Twelve.") == 1
            even = planned.reps % 2 == 0 and planned.reps >= spoken.HALF_TOLD_FROM
            assert short or words.count("Halfway.") == (planned.sides if even else 0)
            assert ("Right leg first." in words) == (planned.sides == 2)
            assert words.count("Change legs. Now the left leg.") == planned.sides - 1


def test_before_what_waits_the_voice_says_how_it_goes_on():
    sets = [PlannedSet(name, 2, 3, 1) for name in ("static_glutes", "transversus_abdominis", "sit_to_stand")]
    plan = schedule(PROTOCOL, sets)
    rests = [saying for cue, saying in said(plan, "usual") if cue.kind is CueKind.CHANGE_ROUTINE]
    assert ["Tap Start when you are ready." in saying for saying in rests] == [False, True]
    assert all(
        "Tap Start when you are ready." in each
        for each in spoken.sayings(
            next(cue for cue in plan.cues if cue.kind is CueKind.CHANGE_ROUTINE and cue.set == 2),
            plan,
            PROTOCOL,
        )
    )


def test_in_a_set_of_eight_each_repetition_is_named_before_it_begins():
    plan = schedule(PROTOCOL, [PlannedSet("static_glutes", 8, 5, 1)])
    told = [saying[-1] for cue, saying in said(plan, "usual") if cue.kind is CueKind.RELAX]
    nth = [f"{each} of eight." for each in ("Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh")]
    assert told == [*nth, "Last one.", "Let go."]


def test_words_of_each_exercise_are_its_own():
    begins = {}
    for routine in (PROTOCOL.routines[name] for name in OPEN):
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


def told(kind: RoutineKind, reps: int, hold_s: float) -> list[tuple[CueKind, int, spoken.Saying]]:
    """Return the longest saying of each cue of a set of this kind that says something."""
    protocol = protocol_of(kind)
    plan = schedule(protocol, [PlannedSet(kind.value, reps, hold_s, 1)])
    heard = [(cue, spoken.sayings(cue, plan, protocol)) for cue in plan.cues if cue.kind is not CueKind.COUNT]
    return [(cue.kind, cue.rep, sayings[0]) for cue, sayings in heard if sayings]


def test_a_move_is_counted_and_says_half_and_the_last_one():
    (_ready, _rep, opening), *rest = told(RoutineKind.MOVE, 5, 3)
    assert opening[-2:] == ("Five times.", "Get ready.")
    assert [saying for kind, _rep, saying in rest if kind is CueKind.GO] == [
        ("Slowly up.",),
        *((f"{n}.", "Slowly up.") for n in ("Two", "Three", "Four", "Five")),
    ]
    assert [saying[1:] for kind, _rep, saying in rest if kind is CueKind.RETURN] == [
        (), (), ("Past halfway.",), ("Last one.",), (),
    ]  # fmt: skip


def test_breathing_says_in_and_out_and_nothing_is_held():
    heard = told(RoutineKind.BREATHE, 4, 4)
    assert heard[0][2][-2:] == ("Four times.", "Get ready.")
    assert [saying[0] for kind, _rep, saying in heard if kind in (CueKind.IN, CueKind.OUT)] == [
        "Breathe in.",
        "And out.",
    ] * 4


def test_standing_says_first_of_all_to_hold_on():
    heard = told(RoutineKind.STAND, 3, 10)
    assert heard[0][2][:2] == ("Now: The stand.", "Hold on to something firm.")
    assert heard[0][2][-3:] == ("Three times.", "Hold for ten seconds.", "Get ready.")
    assert [saying for kind, _rep, saying in heard if kind is CueKind.RELAX] == [
        ("Rest.", "Second of three."),
        ("Rest.", "Last one."),
        ("Rest.",),
    ]


def test_a_walk_says_its_start_its_half_and_its_last_minute():
    heard = told(RoutineKind.WALK, 6, 60)
    assert heard[0][2][-2:] == ("Six minutes.", "Get ready.")
    assert [(rep, saying) for kind, rep, saying in heard if kind is CueKind.MINUTE] == [
        (1, ("Start walking.",)),
        (4, ("Halfway.",)),
        (6, ("The last minute.",)),
    ]


def test_a_rest_is_quiet_but_for_its_start_its_half_and_its_end():
    heard = told(RoutineKind.REST, 6, 60)
    assert [(kind, rep) for kind, rep, _saying in heard[1:]] == [
        (CueKind.MINUTE, 1),
        (CueKind.MINUTE, 4),
        (CueKind.DONE, 0),
    ]


def test_a_test_begins_at_the_patients_word_and_each_result_can_be_said():
    protocol = protocol_of(RoutineKind.TEST)
    (_kind, _rep, opening), *rest = told(RoutineKind.TEST, 1, 60)
    assert opening[-1] == "Tap Start when you are ready."
    assert [kind for kind, _rep, _saying in rest] == [CueKind.TRY, CueKind.DONE]
    planned = PlannedSet("test", 1, 60, 1)
    said = spoken.results(planned, protocol.routines["test"])
    assert (said[1], said[14], len(said)) == ("One second.", "Fourteen seconds.", 60)
    assert spoken.results(planned, PROTOCOL.routines["ankle_pumps"]) == {}


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
def test_the_words_of_every_kind_of_cue_are_short_enough_to_be_large(language: str):
    with i18n.speaking(language):
        for kind in DRAWINGS:
            protocol = protocol_of(kind)
            plan = schedule(protocol, [PlannedSet(kind.value, 2, 2, 1)])
            shown = {cue.kind: session_text.cue(cue, plan, protocol)[0] for cue in plan.cues}
            assert all(len(word) <= 20 for word in shown.values()), shown
