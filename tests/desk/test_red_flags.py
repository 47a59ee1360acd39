"""Red flags: a yes closes everything at once, and only decision 17 opens it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from coach.desk import PatientDesk
from coach.desk.installation.recording import new_key
from coach.domain import decisions as gate_decisions
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Cause, FlagCleared, PainWhen, RedFlagYes
from coach.domain.protocol import FlagLevel
from coach.protocols import loader
from tests.support.homes import Clock, settled, size
from tests.support.patient_acts import GLUTES, PUMPS, SQUEEZES, begin, item, send, set_done
from tests.support.patients import answer_questions, desk_in, wall

FLAGS = loader.default().red_flags
EMERGENCY = [f.id for f in FLAGS.values() if f.level is FlagLevel.EMERGENCY]
NOT_EMERGENCY = [f.id for f in FLAGS.values() if f.level is not FlagLevel.EMERGENCY and not f.never_cleared]
RESTARTED = [f.id for f in FLAGS.values() if f.never_cleared]


def report(patient: PatientDesk, flag: str = "fall") -> UUID:
    key = new_key()
    patient.red_flags.report_flag(flag, key=key)
    return key


def clear(patient: PatientDesk, flag: UUID, spoke: datetime, *, who: str = "My surgeon") -> None:
    patient.red_flags.clear_flag(flag, who=who, spoke=wall(spoke), key=new_key())


def assert_closed(patient: PatientDesk, flag: UUID) -> None:
    decisions = patient.decisions()
    assert len(decisions) == 4
    for decision in decisions.values():
        assert isinstance(decision, gate_decisions.Locked)
        assert isinstance(decision.reason, gate_decisions.OpenRedFlag)
        assert decision.reason.entry == flag
        assert decision.opens_at is None
    patient.sessions.answer_none(whole=True, key=new_key())
    with pytest.raises(BadValue) as refused:
        patient.sessions.start([PUMPS], easier=False, session=new_key())
    assert refused.value.fault is Fault.NOT_OPEN


def assert_refused(patient: PatientDesk, fault: Fault, act: Callable[[], None]) -> None:
    stored = size(patient)
    with pytest.raises(BadValue) as refused:
        act()
    assert refused.value.fault is fault
    assert size(patient) == stored


# closing


def test_a_yes_closes_everything_at_once_and_after_the_record_is_opened_anew(
    patient: PatientDesk, tmp_path: Path, clock: Clock
):
    assert all(isinstance(d, gate_decisions.Open) for d in patient.decisions().values())
    flag = report(patient)
    assert_closed(patient, flag)
    assert_closed(desk_in(tmp_path), flag)
    clock.goes_on(hours=24 * 400)
    assert_closed(desk_in(tmp_path), flag)


def test_every_red_flag_of_the_protocol_closes(patient: PatientDesk):
    assert len(FLAGS) == 19
    for name in FLAGS:
        flag = report(patient, name)
        assert flag in [each.id for each in patient.open_flags()]
        assert all(isinstance(d, gate_decisions.Locked) for d in patient.decisions().values())
        patient.red_flags.take_back_flag(flag, key=new_key())
        assert patient.open_flags() == ()


def test_the_most_urgent_flag_comes_first(patient: PatientDesk, clock: Clock):
    for name in ("not_settling", "fall", "chest_pain", "confused"):
        report(patient, name)
        clock.goes_on(minutes=1)
    assert [f.fact.flag for f in patient.open_flags()] == ["chest_pain", "confused", "fall", "not_settling"]


def test_the_same_tap_twice_is_one_flag(patient: PatientDesk):
    key = new_key()
    for _ in range(2):
        patient.red_flags.report_flag("fall", key=key)
    assert len(patient.history().of(RedFlagYes)) == 1


def test_an_unknown_flag_is_refused(patient: PatientDesk):
    assert_refused(
        patient, Fault.UNKNOWN_CHOICE, lambda: patient.red_flags.report_flag("hunger", key=new_key())
    )


# taking a tap back


def test_a_mistaken_tap_is_taken_back_within_ten_minutes_and_stays_on_record(
    patient: PatientDesk, clock: Clock
):
    flag = report(patient, "chest_pain")
    clock.goes_on(minutes=10)
    patient.red_flags.take_back_flag(flag, key=new_key())
    assert patient.open_flags() == ()
    assert [entry.id for entry in patient.history().of(RedFlagYes)] == [flag]
    decision = patient.decisions()[GLUTES]
    assert isinstance(decision, gate_decisions.Open)


def test_after_ten_minutes_a_tap_is_no_mistake(patient: PatientDesk, clock: Clock):
    flag = report(patient)
    clock.goes_on(minutes=10, seconds=1)
    assert_refused(
        patient, Fault.MISTAKE_TOO_LATE, lambda: patient.red_flags.take_back_flag(flag, key=new_key())
    )
    assert_closed(patient, flag)


def test_taking_one_back_leaves_the_other(patient: PatientDesk):
    first, second = report(patient, "fall"), report(patient, "infection")
    patient.red_flags.take_back_flag(first, key=new_key())
    assert_closed(patient, second)


def test_what_is_no_flag_can_be_neither_taken_back_nor_cleared(patient: PatientDesk, clock: Clock):
    other = patient.history().entries[-1].id
    for entry in (other, new_key()):
        assert_refused(
            patient, Fault.UNKNOWN_ENTRY, partial(patient.red_flags.take_back_flag, entry, key=new_key())
        )
        assert_refused(patient, Fault.UNKNOWN_ENTRY, partial(clear, patient, entry, clock.now))


def test_a_flag_and_its_clearing_are_never_voided(patient: PatientDesk, clock: Clock):
    flag = report(patient)
    clock.goes_on(hours=1)
    clear(patient, flag, clock.now)
    (cleared,) = patient.history().of(FlagCleared)
    for entry in (flag, cleared.id):
        assert_refused(
            patient,
            Fault.FLAG_NEVER_VOIDED,
            partial(patient.diary.void, entry, why="no", key=new_key()),
        )


# clearing


@pytest.mark.parametrize("name", ["chest_pain", "both_legs"])
def test_an_emergency_is_not_cleared_before_a_day_is_over(patient: PatientDesk, clock: Clock, name: str):
    flag = report(patient, name)
    clock.goes_on(hours=24, minutes=-1)
    assert_refused(patient, Fault.CLEARED_TOO_EARLY, lambda: clear(patient, flag, clock.now))
    clock.goes_on(minutes=1)
    clear(patient, flag, clock.now)
    assert patient.open_flags() == ()


def test_every_emergency_waits_and_no_other_does(patient: PatientDesk, clock: Clock):
    flags = {name: report(patient, name) for name in (*EMERGENCY, *NOT_EMERGENCY)}
    clock.goes_on(hours=1)
    for name, flag in flags.items():
        if name in EMERGENCY:
            assert_refused(patient, Fault.CLEARED_TOO_EARLY, partial(clear, patient, flag, clock.now))
        else:
            clear(patient, flag, clock.now)
    assert {entry.fact.flag for entry in patient.open_flags()} == set(EMERGENCY)


def test_a_talk_before_the_flag_does_not_clear_it(patient: PatientDesk, clock: Clock):
    before = clock.now - timedelta(minutes=30)
    flag = report(patient)
    clock.goes_on(hours=30)
    for spoke in (before, clock.now - timedelta(hours=30)):
        assert_refused(patient, Fault.SPOKE_BEFORE_FLAG, partial(clear, patient, flag, spoke))
    assert_closed(patient, flag)


def test_a_talk_that_lies_ahead_does_not_clear(patient: PatientDesk, clock: Clock):
    flag = report(patient)
    clock.goes_on(hours=1)
    ahead = clock.now + timedelta(minutes=1)
    assert_refused(patient, Fault.TIME_IN_FUTURE, lambda: clear(patient, flag, ahead))


@pytest.mark.parametrize(
    ("who", "fault"), [("", Fault.TEXT_MISSING), ("  ", Fault.TEXT_MISSING), ("x" * 201, Fault.TEXT_TOO_LONG)]
)
def test_a_clearing_names_who_was_spoken_to(patient: PatientDesk, clock: Clock, who: str, fault: Fault):
    flag = report(patient)
    clock.goes_on(hours=1)
    assert_refused(patient, fault, lambda: clear(patient, flag, clock.now, who=who))


@pytest.mark.parametrize("name", RESTARTED)
def test_a_new_fracture_is_only_ended_by_a_restart(patient: PatientDesk, clock: Clock, name: str):
    flag = report(patient, name)
    clock.goes_on(hours=100)
    assert_refused(patient, Fault.ONLY_RESTART, lambda: clear(patient, flag, clock.now))
    assert_closed(patient, flag)
    started = wall(clock.now - timedelta(hours=2))
    too_early = wall(clock.now - timedelta(hours=101))
    assert_refused(
        patient,
        Fault.RESTART_TOO_EARLY,
        lambda: patient.course_times.restart(Cause.NEW_FRACTURE, too_early, too_early, key=new_key()),
    )
    patient.course_times.restart(Cause.NEW_FRACTURE, started, started, key=new_key())
    assert all(isinstance(d, gate_decisions.Locked) for d in patient.decisions().values())
    answer_questions(patient)
    assert patient.open_flags() == ()
    assert isinstance(patient.decisions()[PUMPS], gate_decisions.Open)
    assert isinstance(patient.decisions()[GLUTES], gate_decisions.Locked)


def test_a_restart_ends_no_other_flag(patient: PatientDesk, clock: Clock):
    flag = report(patient, "leg_clot")
    clock.goes_on(hours=1)
    patient.course_times.restart(Cause.NEW_PROCEDURE, wall(clock.now), None, key=new_key())
    (still,) = patient.open_flags()
    assert still.id == flag


def test_a_flag_after_the_restart_is_not_ended_by_it(patient: PatientDesk, clock: Clock):
    start = wall(clock.now)
    patient.course_times.restart(Cause.NEW_FRACTURE, start, start, key=new_key())
    assert_closed(patient, report(patient, RESTARTED[0]))


def practise(patient: PatientDesk, clock: Clock) -> None:
    """Do every squeeze once."""
    session = begin(patient, *SQUEEZES)
    told = patient.history().session(session)
    assert told is not None
    clock.goes_on(minutes=8)
    sets = enumerate(told.started.fact.sets)
    send(
        patient,
        *(set_done(session, s.routine, index=i, reps=s.reps * s.sides) for i, s in sets),
        item(session, "session_finished"),
    )


def test_after_a_clearing_the_first_doses_come_again_for_two_days(tmp_path: Path, clock: Clock):
    patient = settled(tmp_path, hours=500)
    practise(patient, clock)
    clock.goes_on(hours=48)
    practise(patient, clock)
    clock.goes_on(hours=3)
    doses = {r: d.dose for r, d in patient.decisions().items() if isinstance(d, gate_decisions.Open)}
    assert {(doses[r].reps, doses[r].hold_s, doses[r].per_day) for r in SQUEEZES} == {(10, 5, 3)}
    flag = report(patient, "fall")
    clock.goes_on(hours=1)
    clear(patient, flag, clock.now)
    for hours in (0, 47.9):
        clock.goes_on(hours=hours)
        for routine in SQUEEZES:
            decision = patient.decisions()[routine]
            assert isinstance(decision, gate_decisions.Open)
            assert (decision.dose.reps, decision.dose.hold_s, decision.dose.per_day) == (5, 3, 2)
            assert any(isinstance(step, gate_decisions.FirstDose) for step in decision.steps)
    pumps = patient.decisions()[PUMPS]
    assert isinstance(pumps, gate_decisions.Open)
    assert pumps.dose.reps == 20
    clock.goes_on(minutes=6)
    again = {r: d.dose for r, d in patient.decisions().items() if isinstance(d, gate_decisions.Open)}
    assert {again[r].reps for r in SQUEEZES} == {10}


def test_pain_scores_can_still_be_given_under_a_flag(patient: PatientDesk):
    flag = report(patient)
    patient.sessions.give_pain(3, PainWhen.NOW, key=new_key())
    assert_closed(patient, flag)
