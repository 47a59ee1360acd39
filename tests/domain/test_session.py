"""What the patient hears and sees, second by second."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.domain.facts import PlannedSet
from coach.domain.session import (
    Cue,
    CueKind,
    Schedule,
    Side,
    lasts_s,
    may_be_skipped,
    planned_reps,
    schedule,
    waits,
)
from tests.domain.story import EVERY, GLUTES, PROTOCOL, PUMPS, QUADS, SQUEEZES, TUMMY

TIMED = {kind for kind in CueKind if kind not in (CueKind.COUNT, CueKind.DONE)}


def planned(routine: str, reps: int = 5, hold_s: float = 3.0) -> PlannedSet:
    return PlannedSet(routine, reps, hold_s, PROTOCOL.routines[routine].sides)


def played(*sets: PlannedSet) -> Schedule:
    return schedule(PROTOCOL, sets)


def of(made: Schedule, *kinds: CueKind) -> list[Cue]:
    return [cue for cue in made.cues if cue.kind in kinds]


def lasts(cue: Cue) -> float:
    return cue.until_s - cue.at_s


def test_five_squeezes_of_three_seconds_last_forty_five_seconds():
    assert played(planned(GLUTES)).ends_s == 5 + 5 * (2 + 3 + 3)


def test_only_what_gets_ready_and_is_no_part_of_a_rest_may_be_left_out():
    made = schedule(PROTOCOL, [planned(GLUTES), planned(QUADS), planned(PUMPS)], told_s=20)
    assert [cue for cue in made.cues if may_be_skipped(cue)] == [made.cues[0]]
    assert (made.cues[0].kind, lasts(made.cues[0])) == (CueKind.READY, 20)


def test_nobody_is_hurried_up_from_the_bed_to_another_place_or_back():
    order = (
        GLUTES,
        "belly_breathing",
        "sit_to_stand",
        "balance_corner",
        "five_sit_to_stand",
        "resting_straight",
        TUMMY,
        "shoulder_blades",
        GLUTES,
    )
    made = played(*(PlannedSet(name, 1, 2, 1) for name in order))
    waiting = [(cue.kind, order[cue.set]) for cue in made.cues if waits(cue, made, PROTOCOL)]
    assert waiting == [
        (CueKind.READY, "sit_to_stand"),
        (CueKind.READY, "balance_corner"),
        (CueKind.TRY, "five_sit_to_stand"),
        (CueKind.READY, "resting_straight"),
        (CueKind.READY, "shoulder_blades"),  # a squeeze, done sitting
        (CueKind.READY, GLUTES),
    ]


def test_one_squeeze_is_tighten_hold_with_its_count_and_relax():
    made = played(planned(TUMMY, reps=1))
    assert [(cue.kind, cue.at_s, cue.until_s, cue.count) for cue in made.cues] == [
        (CueKind.READY, 0, 5, None),
        (CueKind.TIGHTEN, 5, 7, None),
        (CueKind.HOLD, 7, 10, None),
        (CueKind.COUNT, 7, 7, 1),
        (CueKind.COUNT, 8, 8, 2),
        (CueKind.COUNT, 9, 9, 3),
        (CueKind.RELAX, 10, 13, None),
        (CueKind.DONE, 13, 13, None),
    ]


SETS = st.lists(
    st.builds(
        PlannedSet,
        st.sampled_from(EVERY),
        st.integers(1, 30),
        st.integers(0, 60).map(lambda halves: halves / 2),
        st.integers(1, 2),
    ),
    max_size=5,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SETS)
def test_the_length_of_a_session_is_that_of_its_cues(sets: list[PlannedSet]):
    assert lasts_s(PROTOCOL, sets) == pytest.approx(played(*sets).ends_s, abs=1e-6)


@pytest.mark.parametrize(("hold_s", "rest_s"), [(1, 3), (3, 3), (5, 5), (10, 10)])
def test_rest_is_as_long_as_the_hold_and_three_seconds_at_least(hold_s: float, rest_s: float):
    made = played(planned(GLUTES, hold_s=hold_s))
    assert {lasts(cue) for cue in of(made, CueKind.RELAX)} == {rest_s}
    assert {lasts(cue) for cue in of(made, CueKind.HOLD)} == {hold_s}


def test_an_ankle_pump_points_for_two_seconds_and_pulls_for_two():
    made = played(planned(PUMPS, reps=10, hold_s=2.0))
    assert [(c.kind, lasts(c)) for c in of(made, CueKind.POINT, CueKind.PULL)] == [
        (CueKind.POINT, 2),
        (CueKind.PULL, 2),
    ] * 10
    assert made.ends_s == 5 + 10 * 4
    assert not of(made, CueKind.HOLD, CueKind.TIGHTEN, CueKind.RELAX)


def test_legs_change_once_with_ten_seconds_between():
    made = played(planned(QUADS))
    change = of(made, CueKind.CHANGE_LEGS)
    assert [lasts(cue) for cue in change] == [10]
    before = [cue for cue in of(made, CueKind.HOLD) if cue.at_s < change[0].at_s]
    after = [cue for cue in of(made, CueKind.HOLD) if cue.at_s > change[0].at_s]
    assert {cue.side for cue in before} == {Side.RIGHT}
    assert {cue.side for cue in after} == {Side.LEFT}
    assert [cue.rep for cue in before] == [cue.rep for cue in after] == [1, 2, 3, 4, 5]


def test_thirty_seconds_pass_between_routines_with_the_get_ready_count_in_them():
    made = played(planned(PUMPS, hold_s=2.0), planned(GLUTES))
    end_of_pumps = max(cue.until_s for cue in made.cues if cue.set == 0 and cue.kind is CueKind.PULL)
    first = next(cue for cue in made.cues if cue.set == 1 and cue.kind is CueKind.TIGHTEN)
    assert first.at_s - end_of_pumps == 30
    assert [lasts(cue) for cue in of(made, CueKind.READY)] == [5, 5]


def test_the_first_routine_has_no_change_before_it():
    assert played(planned(GLUTES)).cues[0].kind is CueKind.READY


def test_an_empty_session_is_done_at_once():
    made = played()
    assert made.ends_s == 0
    assert [cue.kind for cue in made.cues] == [CueKind.DONE]


def test_the_reps_of_a_set_count_both_legs():
    assert planned_reps(planned(QUADS)) == 10
    assert planned_reps(planned(GLUTES)) == 5


SETS = st.lists(
    st.builds(
        planned,
        st.sampled_from(EVERY),
        st.integers(1, 30),
        st.integers(1, 10).map(float) | st.floats(1, 10).map(lambda hold: round(hold, 1)),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(SETS)
def test_cues_follow_each_other_without_gap_or_overlap(sets: list[PlannedSet]):
    made = played(*sets)
    assert [cue.at_s for cue in made.cues] == sorted(cue.at_s for cue in made.cues)
    timed = [cue for cue in made.cues if cue.kind in TIMED]
    assert timed[0].at_s == 0
    assert all(one.until_s == other.at_s for one, other in itertools.pairwise(timed))
    assert all(lasts(cue) > 0 for cue in timed)
    assert timed[-1].until_s == made.ends_s
    assert made.cues[-1].kind is CueKind.DONE
    assert made.cues[-1].at_s == made.ends_s


@settings(max_examples=100, deadline=None, derandomize=True)
@given(SETS)
def test_every_planned_rep_is_credited_once_and_only_at_the_end_of_its_work(sets: list[PlannedSet]):
    made = played(*sets)
    credited = [cue for cue in made.cues if cue.credits]
    assert all(cue.kind in (CueKind.HOLD, CueKind.PULL) for cue in credited)
    for index, each in enumerate(sets):
        mine = [(cue.side, cue.rep) for cue in credited if cue.set == index]
        assert len(mine) == planned_reps(each)
        assert len(set(mine)) == len(mine)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(SETS)
def test_every_second_of_a_hold_is_counted_aloud_inside_it(sets: list[PlannedSet]):
    made = played(*sets)
    for place, cue in enumerate(made.cues):
        if cue.kind is CueKind.HOLD:
            counts = [each for each in made.cues[place + 1 :] if each.at_s < cue.until_s]
            assert [each.kind for each in counts] == [CueKind.COUNT] * int(lasts(cue) + 1e-9)
            assert [each.count for each in counts] == list(range(1, len(counts) + 1))
            assert all(cue.at_s <= each.at_s < cue.until_s for each in counts)
            assert all((each.set, each.rep, each.side) == (cue.set, cue.rep, cue.side) for each in counts)


def test_every_squeeze_is_tightened_before_it_is_held():
    for routine in SQUEEZES:
        made = played(planned(routine))
        for one, other in itertools.pairwise(cue for cue in made.cues if cue.kind in TIMED):
            assert (one.kind is CueKind.TIGHTEN) == (other.kind is CueKind.HOLD)
