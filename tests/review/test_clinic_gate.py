"""The gate's timeline says at each instant what the gate said, as the history stood then."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import assert_never

import pytest

from coach.domain import decisions, facts, gate
from coach.domain.case import Case
from coach.review.clinic import gate_timeline
from coach.review.clinic.gate_timeline import RoutineState
from tests.domain.story import EVERY, GLUTES, NOON, PROTOCOL, PUMPS, QUADS, TUMMY, Story, h

ARE_OPEN = frozenset({RoutineState.OPEN, RoutineState.DOSED, RoutineState.OPENED})


def story() -> Story:
    """A course with every kind of closing in it."""
    told = Story().begins()
    told.trains([PUMPS], 6, before=3, after=3)
    told.trains([GLUTES, QUADS], 26, before=3, after=5)
    told.trains([GLUTES, QUADS], 30, before=4, after=8, stop=facts.StopReason.PAIN)
    told.feels(7, 60)
    told.feels(2, 61)
    told.add(facts.RedFlagYes("leg_clot"), 70)
    told.add(facts.FlagCleared(told.entries[-1].id, "Dr Ames", told.instant(71)), 72)
    hold = told.add(facts.ClinicianHold(QUADS, "swollen knee"), 80)
    told.add(facts.HoldLifted(hold, "better"), 100)
    told.add(facts.ClinicianHold(None, "wait for the scan", told.instant(130)), 120)
    told.add(facts.Override(TUMMY, 5, 3.0, 2, told.instant(140), told.instant(160), "doing well"), 139)
    told.feels(9, 150)
    return told


def expected(answer: decisions.Decision) -> frozenset[RoutineState]:
    """Return what the timeline may say where the gate answers so."""
    if isinstance(answer, decisions.Open):
        return ARE_OPEN
    match answer.reason:
        case decisions.OpenRedFlag():
            return frozenset({RoutineState.FLAG})
        case decisions.Held():
            return frozenset({RoutineState.HOLD})
        case decisions.NeedsClinic() | decisions.Unanswered():
            return frozenset({RoutineState.ANSWER})
        case decisions.NotHome():
            return frozenset({RoutineState.NOT_HOME})
        case decisions.Sleepy():
            return frozenset({RoutineState.SLEEPY})
        case decisions.AfterRed():
            return frozenset({RoutineState.RED_LIGHT})
        case decisions.TooMuchPain():
            return frozenset({RoutineState.PAIN})
        case decisions.TooEarly() | decisions.NeedsRelease():
            return frozenset({RoutineState.PHASE})
        case decisions.DoseDone() | decisions.TooSoon() | decisions.WeekDone():
            return ARE_OPEN
        case decisions.NoProcedure() | decisions.FutureTime() | decisions.Contradictory():
            raise AssertionError(answer)
        case _:
            assert_never(answer.reason)


def states_at(stretches: tuple[gate_timeline.RoutineStretch, ...], at: datetime) -> dict[str, RoutineState]:
    return {each.routine: each.state for each in stretches if each.starts <= at < each.ends}


@pytest.mark.parametrize(
    "hours", [0.5, 2, 8, 27, 31, 45, 60.5, 62, 70.5, 73, 90, 110, 125, 135, 145, 150.5, 170]
)
def test_at_every_instant_the_timeline_says_what_the_gate_says(hours: float):
    whole = story()
    at = whole.instant(hours)
    known = whole.known_by(at)
    seen = states_at(gate_timeline.stretches(Case.of(PROTOCOL, known), until=at + timedelta(seconds=1)), at)
    for routine, answer in gate.decide(Case.of(PROTOCOL, known), now=at).items():
        assert seen[routine] in expected(answer), (routine, answer)


@pytest.mark.parametrize("hours", [27, 31, 45, 62, 70.5, 73, 90, 110, 125, 145, 150.5])
def test_what_came_later_does_not_rewrite_what_was_closed(hours: float):
    whole = story()
    at = whole.instant(hours)
    then = states_at(
        gate_timeline.stretches(Case.of(PROTOCOL, whole.known_by(at)), until=at + timedelta(seconds=1)), at
    )
    now = states_at(gate_timeline.stretches(Case.of(PROTOCOL, whole.history), until=whole.instant(200)), at)
    assert then == now


def test_every_state_occurs_and_the_stretches_meet():
    whole = story()
    told = gate_timeline.stretches(Case.of(PROTOCOL, whole.history), until=whole.instant(200))
    assert {each.state for each in told} >= {
        RoutineState.OPEN, RoutineState.DOSED, RoutineState.PHASE, RoutineState.NOT_HOME, RoutineState.FLAG, RoutineState.HOLD,
        RoutineState.RED_LIGHT, RoutineState.PAIN,
    }  # fmt: skip
    for routine in EVERY:
        mine = [each for each in told if each.routine == routine]
        assert mine[0].starts == NOON
        assert mine[-1].ends == whole.instant(200)
        assert [each.ends for each in mine[:-1]] == [each.starts for each in mine[1:]]
        assert all(one.state is not two.state or one.entry is not two.entry
                   for one, two in pairwise(mine))  # fmt: skip


def test_a_hold_names_its_entry_and_a_routine_opened_early_is_told_from_a_changed_dose():
    told = Story().begins()
    hold = told.add(facts.ClinicianHold(QUADS, "swollen knee"), 80)
    told.add(facts.Override(TUMMY, 5, 3.0, 2, told.instant(30), told.instant(60), "doing well"), 29)
    told.add(facts.Override(GLUTES, 5, 3.0, 3, told.instant(30), told.instant(60), "doing well"), 29)
    seen = gate_timeline.stretches(Case.of(PROTOCOL, told.history), until=told.instant(90))
    assert [each.entry.id for each in seen if each.state is RoutineState.HOLD and each.entry] == [hold]
    assert [(each.routine, each.starts, each.ends) for each in seen if each.state is RoutineState.OPENED] == [
        (TUMMY, told.instant(30), told.instant(48))
    ]
    dosed = [(each.routine, each.ends - each.starts) for each in seen if each.state is RoutineState.DOSED]
    assert sorted(dosed) == [(GLUTES, h(30)), (TUMMY, h(12))]


def test_a_dose_that_was_ended_early_ends_in_the_timeline_too():
    told = Story().begins()
    own = told.add(facts.Override(TUMMY, 5, 3.0, 2, told.instant(30), told.instant(44), "doing well"), 29)
    told.add(facts.OverrideEnded(own, "too much"), 36)
    seen = gate_timeline.stretches(Case.of(PROTOCOL, told.history), until=told.instant(60))
    opened = [(each.starts, each.ends) for each in seen if each.state is RoutineState.OPENED]
    assert opened == [(told.instant(30), told.instant(36))]


def test_a_personal_pain_limit_closes_and_opens_what_it_says():
    told = Story().begins()
    told.add(facts.PainLimit(4, told.instant(61), "be careful"), 59)
    told.feels(5, 60)
    seen = gate_timeline.stretches(Case.of(PROTOCOL, told.history), until=told.instant(70))
    closed = [(e.starts, e.ends) for e in seen if e.routine == TUMMY and e.state is RoutineState.PAIN]
    assert closed == [(told.instant(60), told.instant(61))]


def test_a_red_flag_stands_before_a_hold_as_at_the_gate():
    told = Story().begins()
    told.add(facts.ClinicianHold(None, "wait for the scan"), 60)
    told.add(facts.RedFlagYes("leg_clot"), 62)
    told.feels(9, 63)
    at = told.instant(64)
    seen = states_at(
        gate_timeline.stretches(Case.of(PROTOCOL, told.history), until=at + timedelta(seconds=1)), at
    )
    assert set(seen.values()) == {RoutineState.FLAG}
    assert all(isinstance(each, decisions.Locked) and isinstance(each.reason, decisions.OpenRedFlag)
               for each in gate.decide(Case.of(PROTOCOL, told.history), now=at).values())  # fmt: skip


def test_an_answer_that_closes_is_in_the_timeline_until_the_clinic_agrees():
    told = Story().begins()
    told.answers("leg_clot_or_injury", facts.Reply.YES.value, 10)
    told.add(facts.ClinicAgreed("leg_clot_or_injury", "Dr Ames", told.instant(20)), 21)
    seen = gate_timeline.stretches(Case.of(PROTOCOL, told.history), until=told.instant(30))
    answered = [(e.starts, e.ends) for e in seen if e.routine == PUMPS and e.state is RoutineState.ANSWER]
    assert answered == [(told.instant(10), told.instant(21))]


def test_without_a_procedure_there_is_no_timeline():
    assert gate_timeline.stretches(Case.of(PROTOCOL, Story().history), until=NOON) == ()
    ahead = Story().begins()
    assert gate_timeline.stretches(Case.of(PROTOCOL, ahead.history), until=NOON - h(1)) == ()


def test_zero_pain_closes_nothing():
    told = Story().begins()
    told.feels(0, 60, facts.PainWhen.NOW)
    seen = gate_timeline.stretches(Case.of(PROTOCOL, told.history), until=told.instant(70))
    assert RoutineState.PAIN not in {each.state for each in seen}
