"""What the diary records through the desk: once each, as it was said, with everything before kept."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from coach.desk import PatientDesk
from coach.desk.installation.recording import new_key
from coach.desk.patient.diary import PastSet
from coach.domain import facts
from coach.domain.errors import BadValue, Fault
from coach.domain.history import Entry
from coach.domain.patient_record import plain
from coach.domain.payloads import from_payload
from tests.support.homes import Clock, size
from tests.support.patients import wall


def refused(fault: Fault, patient: PatientDesk, act, *args, **more) -> None:
    before = size(patient)
    with pytest.raises(BadValue) as raised:
        act(*args, **more)
    assert raised.value.fault is fault
    assert size(patient) == before


def logged(patient: PatientDesk, clock: Clock, *, ago: float = 2, key: UUID | None = None, **more) -> UUID:
    key = key or new_key()
    told = {"before": 0, "after": None, "effort": 3, "note": "", **more}
    starts = wall(clock.now - timedelta(hours=ago))
    patient.diary.log_past(starts, [PastSet("ankle_pumps", 10), PastSet("quadriceps", 16)], key=key, **told)
    return key


def test_what_is_told_from_memory_is_recorded_as_estimated(patient: PatientDesk, clock: Clock):
    logged(patient, clock)
    assert [done.fact.estimated for done in patient.history().of(facts.SetDone)] == [True, True]


def test_a_check_in_is_stored_once_and_zero_is_a_score(patient: PatientDesk):
    key = new_key()
    for _ in range(3):
        patient.diary.check_in(average=0, worst=2, key=key)
    told = [(entry.fact.when, entry.fact.score) for entry in patient.history().of(facts.Pain)]
    assert told[-2:] == [(facts.PainWhen.AVERAGE_24H, 0), (facts.PainWhen.WORST_24H, 2)]
    assert len(told) == 3  # with the week before the procedure


def test_the_worst_of_a_day_is_never_below_its_average(patient: PatientDesk):
    tell = patient.diary.check_in
    refused(Fault.WORST_BELOW_AVERAGE, patient, tell, average=4, worst=3, key=new_key())
    tell(average=4, worst=None, key=new_key())
    refused(Fault.WORST_BELOW_AVERAGE, patient, tell, average=None, worst=3, key=new_key())
    tell(average=None, worst=4, key=new_key())
    average, worst = patient.history().of(facts.Pain)[-2:]
    for entry, score in ((average, 5), (worst, 3)):
        right = facts.Pain(score, entry.fact.when)
        refused(Fault.WORST_BELOW_AVERAGE, patient, patient.diary.correct, entry.id, right, key=new_key())
    patient.diary.correct(worst.id, facts.Pain(6, facts.PainWhen.WORST_24H), key=new_key())
    patient.diary.correct(average.id, facts.Pain(5, facts.PainWhen.AVERAGE_24H), key=new_key())
    assert {each.fact.score for each in patient.history().of(facts.Pain)[-2:]} == {5, 6}


def test_a_check_in_without_a_worst_leaves_it_missing(patient: PatientDesk):
    patient.diary.check_in(average=4, worst=None, key=new_key())
    assert [entry.fact.when for entry in patient.history().of(facts.Pain)][-1] is facts.PainWhen.AVERAGE_24H
    refused(Fault.PAIN_NOT_A_SCORE, patient, patient.diary.check_in, average=None, worst=None, key=new_key())


@pytest.mark.parametrize("score", [11, -1, 3.5, float("nan"), float("inf"), "7", True])
def test_what_is_no_score_is_refused(patient: PatientDesk, score):
    refused(Fault.PAIN_NOT_A_SCORE, patient, patient.diary.check_in, average=score, worst=None, key=new_key())


def test_an_earlier_score_keeps_its_time_and_one_ahead_is_refused(patient: PatientDesk, clock: Clock):
    at = clock.now - timedelta(hours=3)
    patient.sessions.give_pain(5, facts.PainWhen.NOW, key=new_key(), at=at)
    entry = patient.history().latest(facts.Pain)
    assert entry
    assert (entry.at, entry.recorded_at) == (at, clock.now)
    ahead = clock.now + timedelta(minutes=1)
    refused(
        Fault.TIME_IN_FUTURE,
        patient,
        patient.sessions.give_pain,
        5,
        facts.PainWhen.NOW,
        key=new_key(),
        at=ahead,
    )


def test_a_correction_keeps_the_old_score(patient: PatientDesk, clock: Clock):
    key = new_key()
    patient.sessions.give_pain(6, facts.PainWhen.NOW, key=key)
    clock.goes_on(minutes=5)
    again = new_key()
    for _ in range(2):  # a double click
        patient.diary.correct(key, facts.Pain(0, facts.PainWhen.NOW), key=again)
    history = patient.history()
    latest = history.of(facts.Pain)[-1]
    assert latest.fact.score == 0
    assert latest.supersedes == key
    assert latest.at == history.by_id[key].at
    assert history.by_id[key].fact == facts.Pain(6, facts.PainWhen.NOW)
    refused(
        Fault.ALREADY_VOIDED,
        patient,
        patient.diary.correct,
        key,
        facts.Pain(1, facts.PainWhen.NOW),
        key=new_key(),
    )


def test_the_time_of_a_score_can_be_corrected(patient: PatientDesk, clock: Clock):
    key = new_key()
    patient.sessions.give_pain(6, facts.PainWhen.NOW, key=key)
    right = clock.now - timedelta(hours=20)
    patient.diary.correct(key, facts.Pain(6, facts.PainWhen.NOW), wall=wall(right), key=new_key())
    latest = patient.history().latest(facts.Pain)
    assert latest
    assert latest.at == right.replace(second=0, microsecond=0)
    assert latest.local_date < patient.today()


def test_a_correction_cannot_change_the_kind(patient: PatientDesk):
    key = new_key()
    patient.sessions.give_pain(6, facts.PainWhen.NOW, key=key)
    refused(
        Fault.UNKNOWN_ENTRY, patient, patient.diary.correct, key, facts.FlagCheck(whole=True), key=new_key()
    )


def test_taking_back_needs_a_reason_and_happens_once(patient: PatientDesk):
    key, act = new_key(), new_key()
    patient.sessions.give_pain(6, facts.PainWhen.NOW, key=key)
    for nothing in ("", "   "):
        refused(Fault.TEXT_MISSING, patient, patient.diary.void, key, why=nothing, key=new_key())
    for _ in range(2):
        patient.diary.void(key, why="It is in the list twice", key=act)
    history = patient.history()
    assert history.voided[key].fact.why == "It is in the list twice"
    assert key in history.by_id
    assert len(history.of(facts.Void)) == 1
    refused(Fault.ALREADY_VOIDED, patient, patient.diary.void, key, why="again", key=new_key())


def test_a_red_flag_is_never_taken_back_nor_corrected(patient: PatientDesk):
    patient.red_flags.report_flag("fall", key=new_key())
    flag = patient.open_flags()[0]
    refused(Fault.FLAG_NEVER_VOIDED, patient, patient.diary.void, flag.id, why="no", key=new_key())
    refused(
        Fault.FLAG_NEVER_VOIDED,
        patient,
        patient.diary.correct,
        flag.id,
        facts.RedFlagYes("collapse"),
        key=new_key(),
    )
    assert patient.open_flags() == (flag,)


def test_an_entry_that_is_not_there_cannot_be_changed(patient: PatientDesk):
    refused(Fault.UNKNOWN_ENTRY, patient, patient.diary.void, new_key(), why="x", key=new_key())


def test_a_session_without_the_app_is_stored_once_with_what_was_said(patient: PatientDesk, clock: Clock):
    key = new_key()
    for _ in range(2):
        logged(patient, clock, ago=0.02, key=key, note="on the sofa")  # its end is now: the clock goes on
        clock.goes_on(seconds=1)
    (session,) = patient.history().sessions
    assert session.started.fact.source is facts.Source.DIARY
    assert [(done.fact.routine, done.fact.reps_done) for done in session.sets] == [
        ("ankle_pumps", 10),
        ("quadriceps", 16),
    ]
    assert session.before
    assert session.before.fact.score == 0
    assert session.after is None
    assert session.notes[0].fact.text == "on the sofa"


@pytest.mark.parametrize(("hours", "fault"), [(61, Fault.BEFORE_PROCEDURE), (-1, Fault.TIME_IN_FUTURE)])
def test_a_session_outside_the_course_so_far_is_refused(patient, clock, hours, fault):
    refused(fault, patient, logged, patient, clock, ago=hours)


@pytest.mark.parametrize("reps", [-1, 1001, 10**9])
def test_reps_that_nobody_does_are_refused(patient: PatientDesk, clock: Clock, reps: int):
    starts = wall(clock.now - timedelta(hours=2))
    nothing = {"before": None, "after": None, "effort": None, "note": ""}
    past = [PastSet("ankle_pumps", reps)]
    refused(Fault.REPS_OUT_OF_RANGE, patient, patient.diary.log_past, starts, past, key=new_key(), **nothing)
    refused(
        Fault.NOTHING_DONE,
        patient,
        patient.diary.log_past,
        starts,
        [PastSet("ankle_pumps", 0)],
        key=new_key(),
        **nothing,
    )


def test_a_note_that_is_too_long_is_refused_whole(patient: PatientDesk, clock: Clock):
    refused(Fault.TEXT_TOO_LONG, patient, logged, patient, clock, note="x" * 2001)


def test_reps_can_be_corrected_within_what_is_possible(patient: PatientDesk, clock: Clock):
    session = logged(patient, clock)
    pumps = patient.history().of(facts.SetDone)[0]
    patient.diary.correct_reps(pumps.id, 24, key=new_key())  # from memory, more than the plan asks for
    corrected = patient.history().of(facts.SetDone)[0]
    assert (corrected.fact.reps_done, corrected.supersedes) == (24, pumps.id)
    for reps in (0, 1001):
        refused(
            Fault.REPS_OUT_OF_RANGE, patient, patient.diary.correct_reps, corrected.id, reps, key=new_key()
        )
    assert patient.history().session(session)


def test_taking_a_session_back_takes_back_its_parts(patient: PatientDesk, clock: Clock):
    session = logged(patient, clock, after=9)
    act = new_key()
    for _ in range(2):
        patient.diary.void(session, why="It is in the list twice", key=act)
    history = patient.history()
    assert not history.sessions
    assert not history.of(facts.SetDone)
    assert patient.latest_pain() is None
    assert not history.of(facts.SessionStarted)


def test_the_export_holds_everything_and_reads_back(patient: PatientDesk, clock: Clock):
    session = logged(patient, clock, note='a "note" ñ')
    patient.diary.void(session, why="twice", key=new_key())
    patient.sessions.give_pain(0, facts.PainWhen.NOW, key=new_key())
    content = json.loads(json.dumps(plain(patient.export.patient_record()), allow_nan=False))
    entries = patient.history().entries
    assert content["format"] == "coach-history"
    assert content["head"]["seq"] == len(entries) == len(content["entries"])
    for told, entry in zip(content["entries"], entries, strict=True):
        assert isinstance(entry, Entry)
        assert told["id"] == str(entry.id)
        assert told["at"] == entry.at.isoformat()
        assert from_payload(told["kind"], told["fact"]) == entry.fact


def test_a_zone_that_does_not_exist_is_refused_with_the_nearest(patient: PatientDesk):
    before = size(patient)
    with pytest.raises(BadValue) as raised:
        patient.settings.set("zone", "Europe/Lodon")
    assert raised.value.fault is Fault.UNKNOWN_ZONE
    assert "Europe/London" in str(raised.value.detail["near"])
    assert size(patient) == before


def test_a_time_that_opens_something_earlier_is_confirmed_first(patient: PatientDesk, clock: Clock):
    known = patient.course()
    assert known
    earlier = wall(known.procedure.at - timedelta(hours=3))
    refused(Fault.OPENS_EARLIER, patient, patient.course_times.procedure_ended, earlier, key=new_key())
    patient.course_times.procedure_ended(earlier, key=new_key(), earlier_is_right=True)
    corrected = patient.course()
    assert corrected
    assert corrected.procedure.supersedes == known.procedure.id
    assert known.procedure.id in patient.history().by_id
