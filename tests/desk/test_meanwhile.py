"""Meanwhile: a form that was open while somebody else changed what it is about saves nothing and says what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from coach.desk import PatientDesk
from coach.desk.clinic.messages import MessagesDesk
from coach.desk.clinic.patients import FollowUpDesk, PatientsDesk
from coach.desk.clinic.plan import PlanDesk
from coach.desk.clinic.plan_commands import Hold
from coach.desk.clinic.review import ReviewDesk
from coach.desk.installation.patient_context import PatientContext
from coach.desk.installation.recording import new_key
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Detail, Pain, PainWhen
from tests.support.clinics import SPINE, Clinic, make_clinic
from tests.support.followed import Followed, follow
from tests.support.homes import Clock, size


@pytest.fixture
def team(patient: PatientDesk) -> Followed:
    return follow(patient)


@pytest.fixture
def clinic(tmp_path: Path, clock: Clock) -> Iterator[Clinic]:
    made = make_clinic(tmp_path)
    yield made
    made.installation.store.close()


def refused(act: Callable[[], object], fault: Fault, record: PatientDesk) -> None:
    before = size(record)
    with pytest.raises(BadValue) as why:
        act()
    assert (why.value.fault, size(record)) == (fault, before)


def test_after_a_colleague_discharged_the_patient_no_open_form_saves(team: Followed, patient: PatientDesk):
    pat, kim = team.physiotherapist(), team.physiotherapist(team.kim)
    of = (team.installation, team.patient)
    plan, messages, follow_up = PlanDesk(*of, pat), MessagesDesk(*of, pat), FollowUpDesk(*of, pat)
    seen, wrote = plan.seen_seq(), messages.seen_seq()
    FollowUpDesk(*of, kim).discharge(why="well again", key=new_key())
    hold = Hold(None, None, "a scan first")
    refused(lambda: plan.save(hold, key=new_key(), seen_seq=seen), Fault.PLAN_CHANGED, patient)
    refused(
        lambda: messages.write("See you", key=new_key(), seen_seq=wrote), Fault.DISCHARGED_MEANWHILE, patient
    )
    days = {"first_day": date(2026, 3, 6), "last_day": date(2026, 3, 7)}
    refused(lambda: follow_up.away(**days, why="x", key=new_key()), Fault.DISCHARGED_MEANWHILE, patient)
    refused(lambda: follow_up.discharge(why="x", key=new_key()), Fault.DISCHARGED_MEANWHILE, patient)
    own = MessagesDesk(*of, team.own)
    refused(lambda: own.write("Hello?", key=new_key()), Fault.NOBODY_READS, patient)
    # whoever knows of it may still write, and take them back once
    messages.write("All the best.", key=new_key(), seen_seq=messages.seen_seq())
    FollowUpDesk(*of, kim).readmit(why="fell", key=new_key())
    refused(lambda: follow_up.readmit(why="x", key=new_key()), Fault.FOLLOWED_MEANWHILE, patient)


def test_a_plan_is_not_saved_under_another_protocol_than_was_shown(team: Followed, patient: PatientDesk):
    plan = PlanDesk(team.installation, team.patient, team.physiotherapist())
    hold, seen = Hold(None, None, "a scan first"), plan.seen_seq()
    refused(
        lambda: plan.save(hold, key=new_key(), seen_seq=seen, seen_protocol="another"),
        Fault.PROTOCOL_CHANGED,
        patient,
    )
    plan.save(hold, key=new_key(), seen_seq=seen, seen_protocol=plan.protocol.digest)


def test_an_answer_of_a_colleague_is_read_before_another_is_sent(team: Followed, patient: PatientDesk):
    pat, kim = team.physiotherapist(), team.physiotherapist(team.kim)
    mine = MessagesDesk(team.installation, team.patient, pat)
    seen = mine.seen_seq()
    MessagesDesk(team.installation, team.patient, kim).write("Rest today.", key=new_key())
    refused(lambda: mine.write("Walk!", key=new_key(), seen_seq=seen), Fault.WRITTEN_MEANWHILE, patient)
    mine.write("As Kim says.", key=new_key(), seen_seq=mine.seen_seq())


def test_course_data_that_a_colleague_changed_is_not_overwritten_unseen(team: Followed, patient: PatientDesk):
    pat, kim = (
        ReviewDesk(team.installation, team.patient, team.physiotherapist(who)) for who in (None, team.kim)
    )
    kim.set_detail(Detail.LEVELS, "T12", key=new_key(), instead_of="")
    refused(
        lambda: pat.set_detail(Detail.LEVELS, "L1", key=new_key(), instead_of=""),
        Fault.DETAIL_CHANGED,
        patient,
    )
    before = size(patient)
    pat.set_detail(Detail.LEVELS, "", key=new_key(), instead_of="")  # a field of the form that nobody touched
    assert size(patient) == before
    pat.set_detail(Detail.LEVELS, "L1", key=new_key(), instead_of="T12")


def test_an_entry_that_was_corrected_on_another_device_is_not_corrected_again(
    patient: PatientDesk, monkeypatch: pytest.MonkeyPatch
):
    patient.sessions.give_pain(3, PainWhen.NOW, key=new_key())
    told = patient.history().of(Pain)[-1].id
    other = PatientDesk(patient.installation, patient.patient, patient.principal)
    record, first = PatientContext.record, True

    def slow(self: PatientContext, *news: object, **more: object) -> None:
        nonlocal first
        if first:  # between looking and storing, the other device is quicker
            first = False
            other.diary.void(told, why="a slip", key=new_key())
        record(self, *news, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(PatientContext, "record", slow)
    with pytest.raises(BadValue) as why:
        patient.diary.correct(told, Pain(5, PainWhen.NOW), key=new_key())
    assert why.value.fault is Fault.ALREADY_VOIDED
    assert told not in {entry.supersedes for entry in patient.history().entries}


def test_a_name_or_team_that_a_colleague_changed_is_not_overwritten_unseen(clinic: Clinic, clock: Clock):
    ann, sam = (PatientsDesk(clinic.installation, clinic.people[who]) for who in ("ann", "sam"))
    ada = clinic.patients["ada"]
    listed = ann.one(ada)
    assert listed
    sam.rename(ada, "Ada Newname", "R-ada", instead_of=listed.person)
    for act in (
        lambda: ann.rename(ada, "Ada Other", "R-ada", instead_of=listed.person),
        lambda: ann.assign(ada, SPINE, None, instead_of=listed.person),
    ):
        with pytest.raises(BadValue) as why:
            act()
        assert why.value.fault is Fault.PERSON_CHANGED
    now = ann.one(ada)
    assert now
    assert now.person.name == "Ada Newname"
