"""A test of function in the record: a result is what was measured to its end, and nothing else is one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from coach.desk import PatientDesk
from coach.desk.installation.recording import new_key
from coach.domain import decisions, facts, function_tests
from coach.domain.errors import Fault
from coach.domain.function_tests import TryOutcome
from coach.domain.history import clinician_author
from coach.review.patient.diary import days, in_short
from coach.text import entries
from tests.support.homes import NOW, Clock, settled
from tests.support.patient_acts import GLUTES, begin, faults, item, send, set_done
from tests.support.record_making import draft

TEST = "five_sit_to_stand"
PHYSIO = clinician_author(UUID(int=7))


@pytest.fixture
def tested(tmp_path: Path, clock: Clock) -> PatientDesk:
    """Somebody two weeks after the procedure, for whom the test is released."""
    patient = settled(tmp_path, hours=24 * 15)
    at = NOW - timedelta(hours=1)
    release = draft(facts.Released(TEST, "ready"), author=PHYSIO, at=at, recorded_at=at)
    patient.installation.store.append(patient.patient, [release])
    return patient


def tried(patient: PatientDesk, clock: Clock, *, reps: int, took_s: float = 20) -> facts.SetDone:
    """Try the test once and return what the record has of it."""
    session = begin(patient, TEST)
    clock.goes_on(seconds=took_s)
    ends = item(session, "session_finished", stop_reason=None)
    assert faults(send(patient, set_done(session, TEST, reps=reps, took_s=took_s), ends)) == []
    (*_before, latest) = patient.history().of(facts.SetDone)
    return latest.fact


def is_open(patient: PatientDesk) -> bool:
    return isinstance(patient.decisions()[TEST], decisions.Open)


def test_a_test_that_was_given_up_is_kept_has_no_result_and_may_be_tried_again(
    tested: PatientDesk, clock: Clock
):
    assert is_open(tested)
    done = tried(tested, clock, reps=0)
    assert (done.reps_done, done.took_s) == (0, 20)
    assert function_tests.outcome(done) is TryOutcome.GIVEN_UP
    assert function_tests.result_s(done) is None
    assert entries.set_done(done, tested.protocol) == "Five times up: tried, not finished"
    assert is_open(tested)
    clock.goes_on(minutes=10)
    again = tried(tested, clock, reps=1, took_s=14.2)
    assert function_tests.result_s(again) == 14.2
    assert entries.set_done(again, tested.protocol) == "Five times up: 14.2 seconds"
    assert not again.outside_plan
    assert not is_open(tested)
    (stretch, *_later) = function_tests.due(tested.case, tested.protocol.routines[TEST])
    assert len(stretch.tries) == 2
    assert stretch.told
    assert stretch.told.fact == again
    assert "2 sessions, 1 exercise" in in_short(days(tested.history())[0], tested.protocol)


def test_any_other_exercise_without_a_repetition_is_none(tested: PatientDesk):
    session = begin(tested, GLUTES)
    assert faults(send(tested, set_done(session, GLUTES, reps=0))) == [Fault.REPS_OUT_OF_RANGE]


def test_the_time_of_a_try_that_was_given_up_never_becomes_a_result(tested: PatientDesk, clock: Clock):
    tried(tested, clock, reps=0)
    (first,) = tested.history().of(facts.SetDone)
    tested.diary.correct_reps(first.id, 1, key=new_key())
    (corrected,) = tested.history().of(facts.SetDone)
    assert function_tests.outcome(corrected.fact) is TryOutcome.UNTIMED
    assert entries.set_done(corrected.fact, tested.protocol) == "Five times up: done, no time measured"
    assert first in tested.history().entries


def test_what_was_measured_stays_where_nothing_is_corrected(tested: PatientDesk, clock: Clock):
    tried(tested, clock, reps=1, took_s=14.2)
    (first,) = tested.history().of(facts.SetDone)
    tested.diary.correct_reps(first.id, 1, key=uuid4())
    (same,) = tested.history().of(facts.SetDone)
    assert function_tests.result_s(same.fact) == 14.2
