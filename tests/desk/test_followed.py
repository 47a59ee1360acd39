"""What a followed patient cannot open alone, however it is told; at home without a physiotherapist it stays theirs."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from coach.desk import NotFound, PatientDesk
from coach.desk.clinic.plan import PlanDesk
from coach.desk.clinic.plan_commands import Decide
from coach.desk.installation.recording import new_key
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Cause, HomeArrival, Reply, TimeAsked
from tests.support.followed import Followed, follow
from tests.support.homes import NOW, Clock, settled, size
from tests.support.patients import wall


@pytest.fixture
def team(patient: PatientDesk) -> Followed:
    return follow(patient)


@pytest.fixture
def own(team: Followed) -> PatientDesk:
    return team.desk()


def home_at(patient: PatientDesk) -> object:
    course = patient.course()
    assert course
    return course.home


def test_not_home_yet_in_between_makes_no_earlier_time_anybodys_own(own: PatientDesk):
    earlier = wall(NOW - timedelta(hours=59))
    assert own.course_times.got_home(None, key=new_key())
    with pytest.raises(BadValue) as refused:
        own.course_times.got_home(earlier, key=new_key())
    assert refused.value.fault is Fault.OPENS_EARLIER
    assert not own.course_times.got_home(earlier, key=new_key(), earlier_is_right=True)
    assert home_at(own) is None
    (asked,) = own.history().of(TimeAsked)
    assert asked.fact.to == NOW - timedelta(hours=59)
    assert own.course_times.got_home(
        wall(NOW - timedelta(hours=50)), key=new_key()
    )  # later than before is their own
    assert home_at(own) == NOW - timedelta(hours=50)


def test_at_home_an_earlier_time_after_not_home_yet_is_asked_twice(patient: PatientDesk):
    earlier = wall(NOW - timedelta(hours=59))
    patient.course_times.got_home(None, key=new_key())
    with pytest.raises(BadValue) as refused:
        patient.course_times.got_home(earlier, key=new_key())
    assert refused.value.fault is Fault.OPENS_EARLIER
    assert patient.course_times.got_home(earlier, key=new_key(), earlier_is_right=True)
    assert patient.history().latest(HomeArrival).fact.home  # type: ignore[union-attr]


def test_a_night_in_hospital_is_not_added_alone_once_it_was_answered(own: PatientDesk):
    overnight = next(q.id for q in own.protocol.questions if q.meaning == "overnight")
    before = size(own)
    with pytest.raises(BadValue) as refused:
        own.set_up.reply(overnight, Reply.YES, key=new_key())
    assert refused.value.fault is Fault.PHYSIOTHERAPIST_DECIDES
    assert size(own) == before
    own.set_up.reply(overnight, Reply.UNSURE, key=new_key())


def test_at_home_a_night_in_hospital_is_added(patient: PatientDesk):
    overnight = next(q.id for q in patient.protocol.questions if q.meaning == "overnight")
    patient.set_up.reply(overnight, Reply.YES, key=new_key())


def test_the_same_tap_twice_is_no_second_answer(own: PatientDesk):
    key = new_key()
    for _ in range(2):
        own.set_up.reply("went_wrong", Reply.YES, key=key)
    with pytest.raises(BadValue):
        own.set_up.reply("went_wrong", Reply.NO, key=new_key())


def test_nothing_that_opens_is_a_followed_patients_own(own: PatientDesk, clock: Clock):
    flag = new_key()
    own.red_flags.report_flag("fall", key=flag)
    clock.goes_on(hours=30)
    before = size(own)
    for act in (
        lambda: own.red_flags.clear_flag(flag, who="x", spoke=wall(clock.now), key=new_key()),
        lambda: own.red_flags.clinic_agreed("went_wrong", who="x", spoke=wall(clock.now), key=new_key()),
        lambda: own.course_times.restart(Cause.NEW_PROCEDURE, wall(clock.now), None, key=new_key()),
    ):
        with pytest.raises(NotFound):
            act()
    assert size(own) == before


def test_a_home_with_nobody_linked_is_not_followed(tmp_path, clock: Clock):
    assert not settled(tmp_path / "other").is_followed()


def test_asking_again_takes_the_place_of_what_was_asked_before(own: PatientDesk, team: Followed):
    clinician = PlanDesk(team.installation, team.patient, team.physiotherapist())
    for hours in range(70, 75):
        for _tap in range(2):
            ended = wall(NOW - timedelta(hours=hours))
            assert not own.course_times.procedure_ended(ended, key=UUID(int=hours), earlier_is_right=True)
    (waits,) = clinician.in_force().requests
    assert waits.fact.to == NOW - timedelta(hours=74)
    with pytest.raises(BadValue) as refused:
        clinician.preview(Decide(UUID(int=70), accepted=True, why="Yes"))
    assert refused.value.fault is Fault.ENDED_ALREADY
    assert not own.course_times.got_home(
        wall(NOW - timedelta(hours=59)), key=new_key(), earlier_is_right=True
    )
    assert len(clinician.in_force().requests) == 2
    clinician.save(Decide(waits.id, accepted=False, why="No"), key=new_key(), seen_seq=clinician.seen_seq())
    assert not own.course_times.procedure_ended(
        wall(NOW - timedelta(hours=80)), key=new_key(), earlier_is_right=True
    )
    assert {a.id for a in own.history().of(TimeAsked)} >= {waits.id}, "what was decided stays"
