"""A clock that once stood ahead: what was recorded then is set aside, and nothing derived counts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from coach.desk import PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.desk.clinic.messages import MessagesDesk
from coach.desk.clinic.patients import FollowUpDesk
from coach.desk.clinic.review import ReviewDesk
from coach.desk.installation.projection import worked_out
from coach.desk.installation.recording import new_key
from coach.desk.operator import future_entries
from coach.domain import caseload_card, gate, measures, outcome, pain, plan, red_flags, standing, triage
from coach.domain.case import Case
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Cause, Pain, PainWhen, RedFlagYes, Reply
from coach.domain.history import History, last_by_patient
from coach.domain.outcome import days_between
from tests.support.clinics import make_clinic
from tests.support.homes import NOW, Clock
from tests.support.patient_acts import begin, item, send, set_done
from tests.support.patients import wall

YEAR = timedelta(days=365)
WHY = "wrong clock"


def put_ahead(patient: PatientDesk, clock: Clock, ahead: timedelta = YEAR) -> History:
    """Record many kinds of things while the clock stands ahead, then set it right; return what was before."""
    patient.sessions.give_pain(4, PainWhen.NOW, key=new_key())
    before = patient.history()
    clock.now = NOW + ahead
    patient.sessions.give_pain(9, PainWhen.NOW, key=new_key())
    patient.sessions.give_pain(8, PainWhen.AVERAGE_24H, key=new_key())
    patient.sessions.answer_drowsy(key=new_key())
    patient.settings.set("first_name", "Zoe")
    for question in patient.protocol.questions:
        patient.set_up.reply(question.id, Reply.YES, key=new_key())
    score = before.of(Pain)[-1]
    patient.diary.void(score.id, why="a slip", key=new_key())
    patient.course_times.restart(
        Cause.NEW_PROCEDURE, wall(clock.now - timedelta(days=2)), None, key=new_key()
    )
    clock.now = NOW + timedelta(minutes=1)
    return before


def derived(patient: PatientDesk, history: History) -> list[object]:
    """Everything that is worked out of a history, at the present instant."""
    protocol, now = patient.protocol, patient.now()
    day = now.date()
    row = worked_out(Case.of(protocol, history), "")
    return [
        gate.decide(Case.of(protocol, history), now=now),
        plan.in_force(Case.of(protocol, history), now=now),
        measures.offered(Case.of(protocol, history), now=now),
        tuple(pain.lit_sessions(Case.of(protocol, history))),
        standing.current(triage.needs(Case.of(protocol, history)), now),
        caseload_card.card(Case.of(protocol, history)),
        last_by_patient(history),
        replace(row, seq=0),
        outcome.adherence(Case.of(protocol, history), days_between(day - timedelta(days=3), day)),
        dict(history.settings),
        dict(history.answers),
        history.sessions,
    ]


def test_nothing_derived_counts_what_was_set_aside_and_the_patient_records_again_at_once(
    patient: PatientDesk, clock: Clock
):
    before = put_ahead(patient, clock)
    with pytest.raises(BadValue) as refused:
        patient.sessions.give_pain(2, PainWhen.NOW, key=new_key())
    assert refused.value.fault is Fault.CLOCK_WRONG
    assert derived(patient, patient.history()) != derived(patient, before)

    late = len(patient.history().entries) - len(before.entries)
    assert future_entries.set_aside(patient.installation.store, WHY) == late

    assert derived(patient, patient.history()) == derived(patient, before)
    assert patient.installation.store.verify(patient.patient) == []
    patient.sessions.give_pain(2, PainWhen.NOW, key=new_key())
    assert future_entries.listed(patient.installation.store).patients == ()
    assert future_entries.set_aside(patient.installation.store, WHY) == 0  # a second time changes nothing


@pytest.mark.parametrize("ahead", [timedelta(days=2), YEAR])
def test_everything_is_stored_again_by_patient_player_and_physiotherapist(
    tmp_path: Path, clock: Clock, ahead: timedelta
):
    clinic = make_clinic(tmp_path)
    patient, ann, ada = clinic.patient("ada"), clinic.people["ann"], clinic.patients["ada"]
    own = Principal(Role.PATIENT, clinic.people["ada"].account, patient=ada)
    clock.now = NOW + ahead
    patient.sessions.give_pain(9, PainWhen.NOW, key=new_key())
    send(patient, set_done(begin(patient)))
    MessagesDesk(clinic.installation, ada, own).write("hello", key=new_key())
    ReviewDesk(clinic.installation, ada, ann).look()
    clock.now = NOW + timedelta(minutes=1)
    future_entries.set_aside(clinic.installation.store, WHY)

    session = begin(patient)
    kept = send(
        patient,
        set_done(session),
        item(session, "session_finished"),
        item(session, "pain", score=3),
        item(session, "effort", effort=4),
        item(session, "note", text="went well"),
    )
    assert kept.refused == []
    assert len(kept.acknowledged) == 5
    key = new_key()
    acts: list[Callable[[], object]] = [
        lambda: patient.sessions.give_pain(2, PainWhen.NOW, key=key),
        lambda: patient.diary.correct(key, Pain(3, PainWhen.NOW), key=new_key()),
        lambda: patient.sessions.answer_drowsy(key=new_key()),
        lambda: patient.settings.set("first_name", "Zoe"),
        lambda: patient.set_up.reply(next(iter(patient.protocol.questions)).id, Reply.YES, key=new_key()),
        lambda: patient.red_flags.report_flag(next(iter(patient.protocol.red_flags)), key=new_key()),
        lambda: MessagesDesk(clinic.installation, ada, own).write("I am back", key=new_key()),
        lambda: MessagesDesk(clinic.installation, ada, ann).write("Good", key=new_key()),
        lambda: FollowUpDesk(clinic.installation, ada, ann).discharge(why="well", key=new_key()),
    ]
    for number, act in enumerate(acts):
        clock.goes_on(minutes=1)
        before = len(patient.history().entries)
        act()
        assert len(patient.history().entries) > before, number
    assert max(each.recorded_at for each in patient.history().counted) == clock.now
    clock.goes_on(minutes=1)
    lines = clinic.installation.audit.read(patient=ada, account=ann.account, since=NOW, until=clock.now)
    assert {"messages.write", "patient.discharge"} <= {line.action for line in lines}
    assert clinic.installation.store.verify(ada) == []


def test_what_is_set_aside_stays_in_the_record_with_the_reason(patient: PatientDesk, clock: Clock):
    before = put_ahead(patient, clock)
    ahead = patient.history().entries[len(before.entries) :]
    future_entries.set_aside(patient.installation.store, WHY)
    history = patient.history()
    assert history.entries[: len(before.entries) + len(ahead)] == (*before.entries, *ahead)
    assert set(history.set_aside) == set(history.voided) == {each.id for each in ahead}
    assert {each.fact.why for each in history.set_aside.values()} == {WHY}


def test_a_warning_sign_of_the_future_counts_from_now_and_can_be_cleared(patient: PatientDesk, clock: Clock):
    sign = next(flag.id for flag in patient.protocol.red_flags.values() if not flag.never_cleared)
    clock.now = NOW + YEAR
    patient.red_flags.report_flag(sign, key=new_key())
    clock.now = NOW + timedelta(minutes=1)
    future_entries.set_aside(patient.installation.store, WHY)

    (flag,) = patient.history().of(RedFlagYes)
    assert flag.fact.flag == sign
    assert flag.recorded_at == patient.now()
    assert list(red_flags.open_flags(Case.of(patient.protocol, patient.history()))) == [flag]
    clock.goes_on(hours=30)
    patient.red_flags.clear_flag(flag.id, who="Dr. Example", spoke=wall(patient.now()), key=new_key())
    assert not red_flags.open_flags(Case.of(patient.protocol, patient.history()))


def test_a_way_back_of_the_future_opens_nothing(patient: PatientDesk, clock: Clock):
    sign = next(flag.id for flag in patient.protocol.red_flags.values() if not flag.never_cleared)
    patient.red_flags.report_flag(sign, key=new_key())
    (flag,) = patient.history().of(RedFlagYes)
    clock.now = NOW + YEAR
    patient.red_flags.clear_flag(flag.id, who="Dr. Example", spoke=wall(clock.now), key=new_key())
    assert not red_flags.open_flags(Case.of(patient.protocol, patient.history()))
    clock.now = NOW + timedelta(minutes=1)
    future_entries.set_aside(patient.installation.store, WHY)
    assert list(red_flags.open_flags(Case.of(patient.protocol, patient.history()))) == [flag]


def test_where_every_entry_lies_ahead_the_clock_is_wrong_and_nothing_is_set_aside(
    patient: PatientDesk, clock: Clock
):
    before = patient.history().entries
    clock.now = NOW - YEAR
    with pytest.raises(future_entries.ClockWrong):
        future_entries.set_aside(patient.installation.store, WHY)
    assert patient.history().entries == before


def test_what_was_set_aside_counts_for_no_day_before_it_either(patient: PatientDesk, clock: Clock):
    """A score of the future that was told of yesterday: no look back may find it."""
    before = patient.history()
    clock.now = NOW + YEAR
    patient.sessions.give_pain(9, PainWhen.NOW, key=new_key(), at=NOW - timedelta(hours=2))
    clock.now = NOW + timedelta(minutes=1)
    future_entries.set_aside(patient.installation.store, WHY)
    then = History(entry for entry in patient.history().counted if entry.at <= NOW)
    assert then.of(Pain) == before.of(Pain)
    assert derived(patient, patient.history()) == derived(patient, before)
