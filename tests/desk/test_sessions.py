"""Starting a session, and for how long it may be carried on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from coach.desk import PatientDesk
from coach.desk.installation.recording import new_key
from coach.desk.patient.diary import PastSet
from coach.domain import decisions as gate_decisions
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Drowsy, FlagCheck, PainWhen, SessionFinished, SessionStarted, StopReason
from tests.support.homes import Clock, settled, size
from tests.support.patient_acts import (
    GLUTES,
    PUMPS,
    QUADS,
    SQUEEZES,
    TUMMY,
    begin,
    item,
    send,
    set_done,
)
from tests.support.patients import desk_in, wall


def start(patient: PatientDesk, *routines: str, easier: bool = False) -> None:
    patient.sessions.start(routines, easier=easier, session=new_key())


def assert_not_started(patient: PatientDesk, fault: Fault, *routines: str) -> None:
    stored = size(patient)
    with pytest.raises(BadValue) as refused:
        start(patient, *routines)
    assert refused.value.fault is fault
    assert size(patient) == stored


# what start asks again


def test_a_session_starts_with_the_dose_that_is_open_now(patient: PatientDesk):
    session = begin(patient, QUADS, PUMPS)
    told = patient.history().session(session)
    assert told is not None
    assert [(s.routine, s.reps, s.hold_s, s.sides) for s in told.started.fact.sets] == [
        (PUMPS, 10, 2, 1),
        (QUADS, 5, 3, 2),
    ]
    protocol = patient.protocol
    assert (told.started.fact.protocol, told.started.fact.digest) == (protocol.id, protocol.digest)


def test_a_routine_that_closed_since_the_screen_was_drawn_does_not_start(patient: PatientDesk):
    assert isinstance(patient.decisions()[GLUTES], gate_decisions.Open)
    patient.sessions.answer_none(whole=True, key=new_key())
    patient.sessions.answer_drowsy(key=new_key())
    assert_not_started(patient, Fault.NOT_OPEN, GLUTES)


def test_one_closed_routine_stops_the_whole_start(tmp_path: Path, clock: Clock):
    patient = settled(tmp_path, hours=20)
    patient.sessions.answer_none(whole=True, key=new_key())
    assert_not_started(patient, Fault.NOT_OPEN, PUMPS, TUMMY)
    start(patient, PUMPS)


def test_a_routine_just_done_does_not_start_again_before_its_gap_is_over(patient: PatientDesk, clock: Clock):
    session = begin(patient)
    clock.goes_on(minutes=1)
    send(patient, set_done(session), item(session, "session_finished"))
    clock.goes_on(minutes=119)
    patient.sessions.answer_none(whole=False, key=new_key())
    assert_not_started(patient, Fault.NOT_OPEN, PUMPS)
    clock.goes_on(minutes=1)
    start(patient, PUMPS)


@pytest.mark.parametrize("routines", [(), ("push_ups",), (PUMPS, "push_ups"), ("",)])
def test_what_is_no_routine_does_not_start(patient: PatientDesk, routines: tuple[str, ...]):
    patient.sessions.answer_none(whole=True, key=new_key())
    assert_not_started(patient, Fault.UNKNOWN_ROUTINE, *routines)


def test_nothing_starts_without_the_check(patient: PatientDesk):
    assert_not_started(patient, Fault.CHECK_FIRST, PUMPS)


def test_the_check_holds_for_thirty_minutes(patient: PatientDesk, clock: Clock):
    patient.sessions.answer_none(whole=True, key=new_key())
    clock.goes_on(minutes=30, seconds=1)
    assert_not_started(patient, Fault.CHECK_FIRST, PUMPS)
    clock.goes_on(seconds=-1)
    start(patient, PUMPS)


def test_yesterdays_check_is_asked_again_after_midnight(patient: PatientDesk, clock: Clock):
    clock.goes_on(hours=13, minutes=50)  # 23:57 in Berlin
    patient.sessions.answer_none(whole=True, key=new_key())
    assert patient.sessions.last_check_today() == clock.now
    clock.goes_on(minutes=5)
    assert patient.sessions.last_check_today() is None
    assert_not_started(patient, Fault.CHECK_FIRST, PUMPS)


def test_the_same_key_twice_is_one_session(patient: PatientDesk, clock: Clock):
    patient.sessions.answer_none(whole=True, key=new_key())
    key = new_key()
    assert patient.sessions.start([PUMPS], easier=False, session=key) == key
    stored = size(patient)
    clock.goes_on(hours=1)
    assert patient.sessions.start([PUMPS], easier=False, session=key) == key
    assert size(patient) == stored
    assert len(patient.history().of(SessionStarted)) == 1


def test_the_same_check_twice_is_one_check_and_one_answer_to_drowsy(tmp_path: Path, clock: Clock):
    patient = settled(tmp_path, hours=20)
    key = new_key()
    for _ in range(2):
        patient.sessions.answer_none(whole=True, key=key)
    assert len(patient.history().of(FlagCheck)) == 1
    assert [entry.fact.yes for entry in patient.history().of(Drowsy)] == [False]


def test_easier_today_starts_the_easier_dose(patient: PatientDesk):
    decision = patient.decisions()[PUMPS]
    assert isinstance(decision, gate_decisions.Open)
    session = begin(patient, PUMPS, GLUTES, easier=True)
    told = patient.history().session(session)
    assert told is not None
    pumps, glutes = told.started.fact.sets
    assert (pumps.reps, pumps.hold_s) == (decision.easier.reps, decision.easier.hold_s)
    assert pumps.reps < decision.dose.reps
    assert (glutes.reps, glutes.hold_s) == (5, 3)
    assert (pumps.easier, glutes.easier) == (True, True)


# pain and drowsiness before a session


@pytest.mark.parametrize("score", [6, 10])
def test_pain_of_six_before_closes_the_squeezes_and_leaves_the_pumps(patient: PatientDesk, score: int):
    patient.sessions.answer_none(whole=True, key=new_key())
    patient.sessions.give_pain(score, PainWhen.BEFORE, session=new_key(), key=new_key())
    decisions = patient.decisions()
    assert isinstance(decisions[PUMPS], gate_decisions.Open)
    for routine in SQUEEZES:
        locked = decisions[routine]
        assert isinstance(locked, gate_decisions.Locked)
        assert isinstance(locked.reason, gate_decisions.TooMuchPain)
        assert locked.opens_at == patient.now() + timedelta(hours=2)
        assert_not_started(patient, Fault.NOT_OPEN, routine)
    start(patient, PUMPS)


def test_a_new_score_of_five_opens_the_squeezes_again(patient: PatientDesk, clock: Clock):
    patient.sessions.give_pain(6, PainWhen.NOW, key=new_key())
    assert isinstance(patient.decisions()[GLUTES], gate_decisions.Locked)
    clock.goes_on(minutes=5)
    patient.sessions.give_pain(5, PainWhen.NOW, key=new_key())
    begin(patient, *SQUEEZES)


def test_a_skipped_score_neither_closes_nor_opens(patient: PatientDesk, clock: Clock):
    patient.sessions.give_pain(7, PainWhen.NOW, key=new_key())
    clock.goes_on(minutes=5)
    patient.sessions.give_pain(None, PainWhen.BEFORE, session=new_key(), key=new_key())
    assert isinstance(patient.decisions()[GLUTES], gate_decisions.Locked)


def test_sleepy_closes_everything_for_an_hour(patient: PatientDesk, clock: Clock):
    patient.sessions.answer_drowsy(key=new_key())
    reasons = [d.reason for d in patient.decisions().values() if isinstance(d, gate_decisions.Locked)]
    assert reasons == [gate_decisions.Sleepy(clock.now + timedelta(hours=1))] * 4
    clock.goes_on(hours=1)
    assert all(isinstance(d, gate_decisions.Open) for d in patient.decisions().values())


@pytest.mark.parametrize(("hours", "asked"), [(20, True), (23.9, True), (24, False), (60, False)])
def test_drowsy_is_asked_in_the_first_day(tmp_path: Path, clock: Clock, hours: float, asked: bool):
    assert settled(tmp_path, hours=hours).sessions.asks_drowsy() is asked


def test_a_red_flag_after_the_check_stops_the_start(patient: PatientDesk):
    patient.sessions.answer_none(whole=True, key=new_key())
    patient.red_flags.report_flag("fall", key=new_key())
    assert_not_started(patient, Fault.NOT_OPEN, PUMPS)


# the running session


def test_a_session_runs_until_its_hours_are_over(patient: PatientDesk, clock: Clock):
    session = begin(patient)
    clock.goes_on(hours=3, seconds=-1)
    running = patient.sessions.running_session()
    assert running is not None
    assert running.id == session
    clock.goes_on(seconds=1)
    assert patient.sessions.running_session() is None


def test_a_session_runs_on_after_a_restart_of_the_server(patient: PatientDesk, tmp_path: Path):
    session = begin(patient, PUMPS, GLUTES)
    send(patient, set_done(session))
    again = desk_in(tmp_path).sessions.running_session()
    assert again is not None
    assert again.id == session
    assert [done.fact.routine for done in again.sets] == [PUMPS]
    assert patient.sessions.schedule(again) == patient.sessions.schedule(patient.history().sessions[-1])


def test_a_finished_session_does_not_run(patient: PatientDesk):
    session = begin(patient)
    send(patient, item(session, "session_finished"))
    assert patient.sessions.running_session() is None


def test_a_session_that_was_left_does_not_run_and_leaving_twice_is_leaving_once(patient: PatientDesk):
    session, key = begin(patient), new_key()
    for each in (key, key, new_key()):
        patient.sessions.leave(session, key=each)
    assert patient.sessions.running_session() is None
    (left,) = patient.history().of(SessionFinished)
    assert left.fact.stop_reason is StopReason.INTERRUPTED


def test_a_session_that_nobody_started_cannot_be_left(patient: PatientDesk):
    stored = size(patient)
    with pytest.raises(BadValue) as refused:
        patient.sessions.leave(new_key(), key=new_key())
    assert refused.value.fault is Fault.UNKNOWN_ENTRY
    assert size(patient) == stored


def test_a_session_from_memory_never_runs(patient: PatientDesk, clock: Clock):
    patient.diary.log_past(
        wall(clock.now - timedelta(minutes=30)),
        [PastSet(PUMPS, 10)],
        before=None,
        after=None,
        effort=None,
        note="",
        key=new_key(),
    )
    assert patient.sessions.running_session() is None


def test_a_session_that_was_taken_back_does_not_run(patient: PatientDesk):
    session = begin(patient)
    patient.diary.void(session, why="started by mistake", key=new_key())
    assert patient.sessions.running_session() is None
