"""Bad values at every door of the desk: each gets a fault of its own that has a sentence, and stores nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from coach.desk import PatientDesk
from coach.desk.installation.recording import new_key
from coach.desk.patient.diary import PastSet
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Cause, Effort, Note, Pain, PainWhen, Reply
from coach.text import errors as errors_text
from tests.support.homes import NOW, Clock, size
from tests.support.patient_acts import GLUTES, PUMPS, begin, item, send, set_done
from tests.support.patients import desk_in, wall

Act = Callable[[PatientDesk, Any], object]

YESTERDAY = wall(NOW - timedelta(hours=20))
NO_SCORES: tuple[Any, ...] = (
    11,
    -1,
    3.5,
    3.0,
    math.nan,
    math.inf,
    1e400,
    True,
    False,
    "7",
    "٣",
    "1_0",
    " 5 ",
    "mild",
    [3],
    {},
)


def log(patient: PatientDesk, **changed: Any) -> None:
    """Log a past session, with one of its values changed."""
    values: dict[str, Any] = {"before": 3, "after": 3, "effort": 3, "note": ""}
    sets = changed.pop("sets", [PastSet(PUMPS, 10)])
    at = changed.pop("at", YESTERDAY)
    patient.diary.log_past(at, sets, **{**values, **changed}, key=new_key())


def correct(patient: PatientDesk, make: Callable[[], Any]) -> None:
    """Correct the baseline."""
    (old,) = (p for p in patient.history().of(Pain) if p.fact.when is PainWhen.BASELINE)
    patient.diary.correct(old.id, make(), key=new_key())


SCORES: dict[str, Act] = {
    "now": lambda p, v: p.sessions.give_pain(v, PainWhen.NOW, key=new_key()),
    "before": lambda p, v: p.sessions.give_pain(v, PainWhen.BEFORE, session=new_key(), key=new_key()),
    "baseline": lambda p, v: p.set_up.baseline(v, key=new_key()),
    "average": lambda p, v: p.diary.check_in(average=v, worst=None, key=new_key()),
    "worst": lambda p, v: p.diary.check_in(average=0, worst=v, key=new_key()),
    "past before": lambda p, v: log(p, before=v),
    "past after": lambda p, v: log(p, after=v),
    "correction": lambda p, v: correct(p, lambda: Pain(v, PainWhen.BASELINE)),
}


def refuse(patient: PatientDesk, act: Callable[[], object]) -> BadValue:
    """The act is refused in words and nothing is stored."""
    stored = size(patient)
    with pytest.raises(BadValue) as refused:
        act()
    assert size(patient) == stored
    sentence = errors_text.refusal(refused.value)
    assert sentence.endswith(".")
    assert "{" not in sentence
    return refused.value


@pytest.mark.parametrize("door", SCORES)
def test_a_pain_that_is_no_score_is_refused_at_every_door(patient: PatientDesk, door: str):
    for value in NO_SCORES:
        fault = refuse(patient, partial(SCORES[door], patient, value)).fault
        assert fault is Fault.PAIN_NOT_A_SCORE, value
    SCORES[door](patient, 0)


def test_a_check_in_without_any_score_is_refused(patient: PatientDesk):
    refused = refuse(patient, lambda: patient.diary.check_in(average=None, worst=None, key=new_key()))
    assert refused.fault is Fault.PAIN_NOT_A_SCORE


def test_an_effort_that_is_no_score_is_refused(patient: PatientDesk):
    for value in NO_SCORES:
        assert refuse(patient, partial(log, patient, effort=value)).fault is Fault.EFFORT_NOT_A_SCORE, value


def test_reps_from_memory_are_whole_and_possible(patient: PatientDesk):
    wrong: tuple[Any, ...] = (-1, 1001, 10**9, 3.5, math.nan, math.inf, True, "7", [7])
    for value in wrong:
        refused = refuse(patient, partial(log, patient, sets=[PastSet(PUMPS, value)]))
        assert refused.fault is Fault.REPS_OUT_OF_RANGE, value


def test_corrected_reps_are_whole_and_no_more_than_planned(patient: PatientDesk):
    send(patient, done := set_done(begin(patient)))
    entry = UUID(done["id"])
    wrong: tuple[Any, ...] = (0, -1, 11, 3.5, math.nan, math.inf, True, "7", None)
    for value in wrong:
        refused = refuse(patient, partial(patient.diary.correct_reps, entry, value, key=new_key()))
        assert refused.fault is Fault.REPS_OUT_OF_RANGE, value
    patient.diary.correct_reps(entry, 10, key=new_key())


def test_one_bad_set_stores_none_of_the_session(patient: PatientDesk):
    refuse(patient, lambda: log(patient, sets=[PastSet(PUMPS, 10), PastSet(GLUTES, -1)]))
    refused = refuse(patient, lambda: log(patient, sets=[PastSet(PUMPS, 10), PastSet("push_ups", 5)]))
    assert refused.fault is Fault.UNKNOWN_ROUTINE
    assert refuse(patient, lambda: log(patient, sets=[])).fault is Fault.NOTHING_DONE
    assert refuse(patient, lambda: log(patient, sets=[PastSet(PUMPS, 0)])).fault is Fault.NOTHING_DONE


def test_a_note_too_long_is_refused_whole(patient: PatientDesk):
    refused = refuse(patient, lambda: log(patient, note="a" * 2001))
    assert refused.fault is Fault.TEXT_TOO_LONG
    assert "2001" in errors_text.refusal(refused)
    log(patient, note="a" * 2000)
    assert [len(entry.fact.text) for entry in patient.history().of(Note)] == [2000]


TIMES: dict[str, Callable[[PatientDesk, datetime], object]] = {
    "procedure": lambda p, at: p.course_times.procedure_ended(at, key=new_key(), earlier_is_right=True),
    "home": lambda p, at: p.course_times.got_home(at, key=new_key(), earlier_is_right=True),
    "past session": lambda p, at: log(p, at=at),
    "clinic agreed": lambda p, at: p.red_flags.clinic_agreed(
        "went_wrong", who="Dr A", spoke=at, key=new_key()
    ),
    "restart": lambda p, at: p.course_times.restart(Cause.NEW_PROCEDURE, at, None, key=new_key()),
    "restart home": lambda p, at: p.course_times.restart(Cause.NEW_PROCEDURE, YESTERDAY, at, key=new_key()),
    "correction": lambda p, at: p.diary.correct(
        p.history().of(Pain)[0].id, Pain(3, PainWhen.BASELINE), wall=at, key=new_key()
    ),
}


@pytest.mark.parametrize("door", TIMES)
def test_a_time_that_cannot_be_is_refused_at_every_door(patient: PatientDesk, clock: Clock, door: str):
    clock.now = NOW + timedelta(days=30)  # after the clocks were put forward
    for at, fault in (
        (wall(clock.now) + timedelta(minutes=1), Fault.TIME_IN_FUTURE),
        (datetime(2026, 3, 29, 2, 30), Fault.TIME_SKIPPED),  # noqa: DTZ001  a wall clock has no zone
        (datetime(1, 1, 1), Fault.YEAR_OUT_OF_RANGE),  # noqa: DTZ001
        (datetime(9999, 12, 31, 23, 59), Fault.YEAR_OUT_OF_RANGE),  # noqa: DTZ001
        (clock.now, Fault.TIME_WITH_ZONE),
    ):
        assert refuse(patient, partial(TIMES[door], patient, at)).fault is fault, at


def test_a_past_session_before_the_procedure_is_refused(patient: PatientDesk):
    early = wall(NOW - timedelta(hours=60, minutes=1))
    assert refuse(patient, lambda: log(patient, at=early)).fault is Fault.BEFORE_PROCEDURE


def test_a_correction_by_another_kind_or_of_no_entry_is_refused(patient: PatientDesk):
    refused = refuse(patient, lambda: correct(patient, lambda: Effort(new_key(), 3)))
    assert refused.fault is Fault.UNKNOWN_ENTRY
    pain = Pain(3, PainWhen.NOW)
    refused = refuse(patient, lambda: patient.diary.correct(new_key(), pain, key=new_key()))
    assert refused.fault is Fault.UNKNOWN_ENTRY


def test_an_entry_is_taken_back_once_and_with_a_reason(patient: PatientDesk):
    patient.sessions.give_pain(9, PainWhen.NOW, key=(given := new_key()))
    refuse(patient, lambda: patient.diary.void(given, why="", key=new_key()))
    refuse(patient, lambda: patient.diary.void(given, why="x" * 2001, key=new_key()))
    patient.diary.void(given, why="a mistake", key=new_key())
    refused = refuse(patient, lambda: patient.diary.void(given, why="again", key=new_key()))
    assert refused.fault is Fault.ALREADY_VOIDED


ACTS: dict[str, Callable[[PatientDesk], object]] = {
    "pain": lambda p: p.sessions.give_pain(3, PainWhen.NOW, key=new_key()),
    "check": lambda p: p.sessions.answer_none(whole=True, key=new_key()),
    "drowsy": lambda p: p.sessions.answer_drowsy(key=new_key()),
    "flag": lambda p: p.red_flags.report_flag("fall", key=new_key()),
    "setting": lambda p: p.settings.set("first_name", "Eve"),
    "reply": lambda p: p.set_up.reply("helper", Reply.YES, key=new_key()),
    "baseline": lambda p: p.set_up.baseline(3, key=new_key()),
    "check-in": lambda p: p.diary.check_in(average=3, worst=4, key=new_key()),
    "past session": lambda p: log(p, at=wall(NOW - timedelta(hours=30))),
}


def test_while_the_computers_clock_is_behind_the_record_nothing_is_stored(patient: PatientDesk, clock: Clock):
    clock.goes_on(minutes=-5, seconds=-1)
    for name, act in ACTS.items():
        if name == "flag":
            act(patient)  # a warning sign is stored whatever the clock says
        else:
            assert refuse(patient, partial(act, patient)).fault is Fault.CLOCK_WRONG, name
    clock.goes_on(seconds=1)
    for act in ACTS.values():
        act(patient)


def test_after_every_refusal_the_record_on_disk_is_what_it_was(patient: PatientDesk, tmp_path: Path):
    session = begin(patient)
    stored = size(patient)
    entries = patient.history().entries
    for act in (
        lambda: patient.sessions.give_pain(11, PainWhen.NOW, key=new_key()),
        lambda: patient.settings.set("zone", "Europe/Lodon"),
        lambda: patient.sessions.start(["push_ups"], easier=False, session=new_key()),
        lambda: log(patient, effort=99),
        lambda: patient.course_times.procedure_ended(wall(NOW + timedelta(days=1)), key=new_key()),
    ):
        refuse(patient, act)
    send(patient, set_done(session, reps=0), item(session, "pain", score=11), item(session, "note"))
    again = desk_in(tmp_path)
    assert size(again) == stored
    assert again.history().entries == entries
    assert again.installation.store.verify(again.patient) == []
