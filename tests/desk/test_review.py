"""The review's desk: who has looked at what, what the clinic knows, and how the patient stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coach.desk import NotFound, PatientDesk
from coach.desk.clinic.messages import MessagesDesk
from coach.desk.clinic.review import ReviewDesk, Who
from coach.desk.installation.recording import new_key
from coach.domain import decisions
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import CourseDetail, Detail, PainWhen, RedFlagYes, Reply
from coach.domain.need import NeedReason
from tests.support.followed import Followed, follow
from tests.support.homes import Clock, size


@pytest.fixture
def team(patient: PatientDesk) -> Followed:
    return follow(patient)


def review(team: Followed, account: object = None) -> ReviewDesk:
    who = team.kim if account == "kim" else team.pat
    return ReviewDesk(team.installation, team.patient, team.physiotherapist(who))


def test_each_looks_for_themselves_and_everything_recorded_then_is_looked_at(team: Followed, clock: Clock):
    assert review(team).last_looked() is None
    review(team).look()
    first = (review(team).history().entries[-1].seq, clock.now)
    assert review(team).last_looked() is None, "the first visit goes on"
    clock.goes_on(hours=1)
    team.desk().give_pain(4, PainWhen.NOW, key=new_key())
    assert review(team).last_looked() == first
    assert review(team, "kim").last_looked() is None


def test_a_visit_shows_the_same_however_often_it_is_opened_until_half_an_hour_without_a_look(
    team: Followed, clock: Clock
):
    review(team).look()
    first = (review(team).history().entries[-1].seq, clock.now)
    clock.goes_on(hours=2)
    for _reload in range(4):
        team.desk().give_pain(4, PainWhen.NOW, key=new_key())
        assert review(team).last_looked() == first
        review(team).look()
        clock.goes_on(minutes=29)
    clock.goes_on(minutes=2)
    assert review(team).last_looked() == (first[0] + 4, clock.now - timedelta(minutes=31))


def test_a_look_while_the_clock_was_ahead_does_not_last_for_ever(team: Followed, clock: Clock):
    clock.goes_on(hours=24 * 365)
    review(team).look()
    seq = review(team).history().entries[-1].seq
    clock.goes_on(hours=-24 * 365)
    known = review(team).last_looked()
    assert known is not None
    assert known[0] == seq
    review(team).look()
    clock.goes_on(hours=1)
    assert review(team).last_looked() == (seq, clock.now - timedelta(hours=1))


def test_looking_records_nothing_in_the_patients_record(team: Followed):
    before = size(team.desk())
    review(team).look()
    assert size(team.desk()) == before


def test_who_wrote_has_a_name_and_somebody_unknown_has_none(team: Followed):
    review(team, "kim").set_detail(Detail.LEVELS, "L1", key=new_key())
    assert review(team).authors() == {
        "patient": "Ada Example", f"physiotherapist:{team.kim}": "Kim Other",
    }  # fmt: skip
    assert review(team).person() == Who("Ada Example", "")
    assert review(team).author() == f"physiotherapist:{team.pat}"


def test_course_data_is_recorded_once_and_only_where_it_changed(team: Followed):
    desk, key = review(team), new_key()
    desk.set_detail(Detail.LEVELS, "  T12,   L1 ", key=key)
    desk.set_detail(Detail.LEVELS, "T12, L1", key=key)
    desk.set_detail(Detail.LEVELS, "T12, L1", key=new_key())
    desk.set_detail(Detail.FALLS, "", key=new_key())
    assert [entry.fact for entry in desk.history().of(CourseDetail)] == [
        CourseDetail(Detail.LEVELS, "T12, L1")
    ]
    desk.set_detail(Detail.LEVELS, "", key=new_key())
    assert desk.history().latest(CourseDetail).fact == CourseDetail(Detail.LEVELS, "")  # type: ignore[union-attr]


def test_course_data_that_is_too_long_is_refused_and_not_stored(team: Followed):
    before = size(team.desk())
    with pytest.raises(BadValue) as refused:
        review(team).set_detail(Detail.CAUSE, "x" * 201, key=new_key())
    assert refused.value.fault is Fault.TEXT_TOO_LONG
    assert size(team.desk()) == before


def test_how_the_patient_stands_is_what_the_gate_and_the_triage_say(team: Followed):
    own = team.desk()
    assert review(team).decisions().keys() == own.decisions().keys()
    assert review(team).open_flags() == ()
    own.report_flag("leg_clot", key=new_key())
    [flag] = review(team).open_flags()
    assert isinstance(flag.fact, RedFlagYes)
    assert all(isinstance(each, decisions.Locked) for each in review(team).decisions().values())
    assert review(team).needs()[0].reason is NeedReason.RED_FLAG
    review(team).mark_seen([review(team).needs()[0].key], key=new_key())
    assert review(team).needs()[0].seen_by == review(team).author()


def test_an_answer_that_closes_something_says_so_until_it_is_released(team: Followed):
    own = team.desk()
    answers = {question.id: (reply, closes) for question, reply, closes in review(team).answers()}
    assert not any(closes for _reply, closes in answers.values())
    assert all(reply for reply, _closes in answers.values())
    own.reply("leg_clot_or_injury", Reply.YES, key=new_key())
    found = {question.id: closes for question, _reply, closes in review(team).answers()}
    assert [question for question, closes in found.items() if closes] == ["leg_clot_or_injury"]


def test_another_team_sees_nothing_and_marks_nothing(team: Followed):
    before = size(team.desk())
    other = ReviewDesk(team.installation, team.patient, team.stranger())
    for act in (
        other.person, other.authors, other.look, other.last_looked, other.needs, other.answers, other.history,
        lambda: other.set_detail(Detail.LEVELS, "L1", key=new_key()),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            act()
    assert size(team.desk()) == before


def test_a_message_is_a_need_until_it_is_read(team: Followed):
    MessagesDesk(team.installation, team.patient, team.own).write("Hello?", key=new_key())
    assert [need.reason for need in review(team).needs()] == [NeedReason.UNREAD]
