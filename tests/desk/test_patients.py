"""Who is looked after by whom: taking in, assigning, inviting, discharging, away; and by whom not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import event

from coach.desk import NotFound
from coach.desk.clinic.patients import FollowUpDesk, PatientsDesk, WayIn
from coach.desk.installation.recording import new_key
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Away, Discharged
from coach.domain.standing import is_discharged
from coach.domain.times import start_of_day
from tests.support.clinics import KNEE, SPINE, Clinic, everything, make_clinic
from tests.support.homes import Clock


@pytest.fixture
def clinic(tmp_path: Path, clock: Clock) -> Iterator[Clinic]:
    made = make_clinic(tmp_path)
    yield made
    made.installation.store.close()


def sits(clinic: Clinic, who: str) -> PatientsDesk:
    return PatientsDesk(clinic.installation, clinic.people[who])


def names(desk: PatientsDesk, search: str = "") -> list[str]:
    return [each.person.name for each in desk.listed(search=search)]


def test_a_physiotherapist_sees_the_patients_of_the_own_teams(clinic: Clinic):
    assert names(sits(clinic, "ann")) == ["Patient Ada", "Patient Cleo"]
    assert names(sits(clinic, "sam")) == ["Patient Ada", "Patient Ben", "Patient Cleo"]
    assert sits(clinic, "ann").count() == 2


def test_an_administrator_sees_every_name_and_nothing_of_a_history(clinic: Clinic):
    found = sits(clinic, "adam").listed()
    assert [each.person.name for each in found] == [
        "Patient Ada",
        "Patient Ben",
        "Patient Cleo",
        "Patient Dora",
    ]
    assert {each.discharged for each in found} == {None}
    with pytest.raises(NotFound):
        FollowUpDesk(clinic.installation, clinic.patients["ada"], clinic.people["adam"]).is_discharged()


def test_names_are_found_in_any_spelling_and_by_reference(clinic: Clinic):
    desk = sits(clinic, "ann")
    desk.create("Zoë O’Brien", "KH-7", SPINE, None, key=uuid4())
    for search in ("zoe", "ZOË", "kh-7", "o’brien"):
        assert names(desk, search) == ["Zoë O’Brien"]
    assert names(desk, "%") == []


@pytest.mark.parametrize(
    "name", ["Zoë", "王小明", "محمد علي", "Null", "X", "O'Brien <b>", "![x](http://a/b.png)"]
)
def test_names_of_every_script_are_taken_as_they_are(clinic: Clinic, name: str):
    desk = sits(clinic, "ann")
    made = desk.create(f"  {name} ", "", SPINE, None, key=uuid4())
    assert [each.person.name for each in desk.listed() if each.person.patient == made] == [name]


def test_a_name_holds_no_signs_that_steer_a_screen(clinic: Clinic):
    made = sits(clinic, "ann").create("Ada\0\x1b \u202egnp", "R\x00-7", SPINE, None, key=uuid4())
    person = clinic.installation.people.person(made)
    assert person is not None
    assert (person.name, person.reference) == ("Ada gnp", "R-7")


def test_an_accent_that_stands_apart_is_composed(clinic: Clinic):
    made = sits(clinic, "ann").create("Zoe\u0308", "", SPINE, None, key=uuid4())
    person = clinic.installation.people.person(made)
    assert person is not None
    assert person.name == "Zo\u00eb"


@pytest.mark.parametrize(
    ("name", "reference", "fault"),
    [
        ("", "", Fault.TEXT_MISSING),
        (" \n ", "", Fault.TEXT_MISSING),
        ("\u200b\u202e\0", "", Fault.TEXT_MISSING),
        ("a" * 81, "", Fault.TEXT_TOO_LONG),
        ("Ada", "r" * 81, Fault.TEXT_TOO_LONG),
        ("Ada", "r-ADA ", Fault.REFERENCE_TAKEN),
        ("Ada", "R-ben", Fault.REFERENCE_TAKEN),  # of another team: a reference is the clinic's
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stored(
    clinic: Clinic, name: str, reference: str, fault: Fault
):
    before = everything(clinic.installation)
    with pytest.raises(BadValue) as refused:
        sits(clinic, "ann").create(name, reference, SPINE, None, key=uuid4())
    assert refused.value.fault is fault
    assert everything(clinic.installation) == before


def test_the_same_click_twice_is_one_patient(clinic: Clinic):
    desk, key = sits(clinic, "ann"), uuid4()
    assert desk.create("New", "N-1", SPINE, None, key=key) == desk.create("New", "N-1", SPINE, None, key=key)
    assert names(desk, "new") == ["New"]


def test_the_key_of_somebody_else_makes_nobody(clinic: Clinic):
    before = everything(clinic.installation)
    with pytest.raises(BadValue):
        sits(clinic, "ann").create("New", "", SPINE, None, key=clinic.patients["ben"])
    assert everything(clinic.installation) == before


def test_several_may_have_no_reference(clinic: Clinic):
    desk = sits(clinic, "ann")
    desk.create("One", "", SPINE, None, key=uuid4())
    desk.create("Two", "", SPINE, None, key=uuid4())
    assert names(desk, "two") == ["Two"]


def test_nobody_is_taken_in_for_a_team_that_is_not_the_own(clinic: Clinic):
    before = everything(clinic.installation)
    for team in (KNEE, uuid4()):
        with pytest.raises(NotFound):
            sits(clinic, "ann").create("New", "", team, None, key=uuid4())
    with pytest.raises(NotFound):
        sits(clinic, "adam").create("New", "", uuid4(), None, key=uuid4())
    with pytest.raises(NotFound):
        PatientsDesk(clinic.installation, clinic.people["ada"]).create("New", "", SPINE, None, key=uuid4())
    assert everything(clinic.installation) == before


def test_who_leads_works_in_the_team_as_a_physiotherapist(clinic: Clinic):
    desk = sits(clinic, "ann")
    assert list(desk.members(SPINE).values()) == ["Ann", "Cleo-At-Work", "Sam"]  # Eve administers
    assert desk.members(KNEE) == {}
    for lead in ("ken", "eve"):
        with pytest.raises(NotFound):
            desk.create("New", "", SPINE, clinic.people[lead].account, key=uuid4())
    made = desk.create("New", "", SPINE, clinic.people["sam"].account, key=uuid4())
    assert [each.lead for each in desk.listed() if each.person.patient == made] == ["Sam"]


def test_who_looks_at_a_sheet_or_tries_to_stands_in_the_audit(clinic: Clinic):
    ada, ben = clinic.patients["ada"], clinic.patients["ben"]
    desk = sits(clinic, "ann")
    for _look in range(2):
        assert desk.one(ada)
        assert desk.one(ben) is None
    assert [line.outcome for line in clinic.installation.audit.read(patient=ada)] == ["allowed"]
    assert [line.outcome for line in clinic.installation.audit.read(patient=ben)] == ["refused"] * 2


def test_a_physiotherapist_assigns_between_own_teams_alone(clinic: Clinic):
    ada, ben = clinic.patients["ada"], clinic.patients["ben"]
    with pytest.raises(NotFound):
        sits(clinic, "ann").assign(ada, KNEE, None)
    with pytest.raises(NotFound):
        sits(clinic, "ann").assign(ben, SPINE, None)
    sits(clinic, "sam").assign(ada, KNEE, clinic.people["ken"].account)
    assert names(sits(clinic, "ken")) == ["Patient Ada", "Patient Ben"]
    assert names(sits(clinic, "ann")) == ["Patient Cleo"]


def test_an_administrator_assigns_whoever_has_no_team(clinic: Clinic):
    sits(clinic, "adam").assign(clinic.patients["dora"], KNEE, None)
    assert names(sits(clinic, "ken")) == ["Patient Ben", "Patient Dora"]


def test_nobody_assigns_themselves(clinic: Clinic):
    with pytest.raises(NotFound):
        sits(clinic, "cleo-at-work").assign(clinic.patients["cleo"], SPINE, None)


def test_a_name_is_changed_and_the_own_reference_kept(clinic: Clinic):
    desk, ada = sits(clinic, "ann"), clinic.patients["ada"]
    desk.rename(ada, "Ada Lovelace", "R-ada")
    assert names(desk, "lovelace") == ["Ada Lovelace"]
    with pytest.raises(BadValue):
        desk.rename(ada, "Ada Lovelace", "R-BEN")


def test_an_invitation_is_shown_once_and_kept_unreadable(clinic: Clinic, clock: Clock):
    desk, ada = sits(clinic, "ann"), clinic.patients["ada"]
    invited = desk.invite(ada)
    assert invited.code not in repr(everything(clinic.installation))
    assert invited.code.replace("-", "") not in repr(everything(clinic.installation))
    listed = next(each for each in desk.listed() if each.person.patient == ada)
    assert (listed.way_in, listed.until) == (WayIn.INVITED, invited.ends_at)
    assert desk.invite(ada).code != invited.code
    clock.goes_on(hours=24 * 8)
    assert desk.listed()[0].way_in is WayIn.NONE


def test_nobody_invites_the_patient_of_another_team(clinic: Clinic):
    before = everything(clinic.installation)
    for who in ("ann", "cleo-at-work"):
        with pytest.raises(NotFound):
            sits(clinic, who).invite(clinic.patients["ben" if who == "ann" else "cleo"])
    assert everything(clinic.installation) == before


def test_a_discharge_has_a_reason_and_an_end(clinic: Clinic):
    ada, ann = clinic.patients["ada"], clinic.people["ann"]
    desk, key = FollowUpDesk(clinic.installation, ada, ann), new_key()
    with pytest.raises(BadValue):
        desk.discharge(why=" ", key=new_key())
    desk.discharge(why="Well again", key=key)
    desk.discharge(why="Well again", key=key)
    with pytest.raises(BadValue) as refused:
        desk.discharge(why="Well again", key=new_key())
    assert refused.value.fault is Fault.DISCHARGED_MEANWHILE
    assert is_discharged(desk.history())
    assert len(desk.history().of(Discharged)) == 1
    assert [each.discharged for each in sits(clinic, "ann").listed(search="ada")] == [True]
    desk.readmit(why="Came back", key=new_key())
    assert not desk.is_discharged()
    assert desk.history().entries[-1].author == f"physiotherapist:{ann.account}"


def test_days_away_are_local_and_both_included(clinic: Clinic):
    desk = FollowUpDesk(clinic.installation, clinic.patients["ada"], clinic.people["ann"])
    today = desk.today()
    desk.away(first_day=today, last_day=today + timedelta(days=2), why="Holidays", key=new_key())
    (away,) = desk.history().of(Away)
    assert away.fact.begins == start_of_day(today, desk.zone)
    assert away.fact.ends == start_of_day(today + timedelta(days=3), desk.zone)


@pytest.mark.parametrize(("first", "last"), [(0, -1), (-5, -1), (3, 2), (0, 400)])
def test_days_away_that_cannot_be_are_refused(clinic: Clinic, first: int, last: int):
    desk = FollowUpDesk(clinic.installation, clinic.patients["ada"], clinic.people["ann"])
    today, before = desk.today(), everything(clinic.installation)
    with pytest.raises(BadValue):
        desk.away(
            first_day=today + timedelta(days=first),
            last_day=today + timedelta(days=last),
            why="Holidays",
            key=new_key(),
        )
    assert everything(clinic.installation) == before


@pytest.mark.parametrize("day", [date.max, date(9998, 1, 1), date(2027, 6, 1)])
def test_days_away_that_nobody_can_know_yet_are_refused(clinic: Clinic, day: date):
    desk = FollowUpDesk(clinic.installation, clinic.patients["ada"], clinic.people["ann"])
    with pytest.raises(BadValue, match=Fault.AWAY_OVER):
        desk.away(first_day=day, last_day=day, why="Holidays", key=new_key())
    assert not desk.history().of(Away)


def test_a_stranger_neither_discharges_nor_marks(clinic: Clinic):
    ada, before = clinic.patients["ada"], everything(clinic.installation)
    for who in ("ken", "adam", "ada"):
        desk = FollowUpDesk(clinic.installation, ada, clinic.people[who])
        with pytest.raises(NotFound):
            desk.discharge(why="No", key=new_key())
        with pytest.raises(NotFound):
            desk.away(first_day=desk.now().date(), last_day=desk.now().date(), why="No", key=new_key())
    assert everything(clinic.installation) == before


@pytest.mark.parametrize("who", ["adam", "sam"])
def test_a_long_list_asks_the_record_no_more_often_than_a_short_one(clinic: Clinic, who: str):
    desk, asked = sits(clinic, who), []
    desk.count()  # the audit has its line
    event.listen(
        clinic.installation.store._writer,  # noqa: SLF001  listens to the database itself
        "before_cursor_execute",
        lambda *told: asked.append(told[2]),
    )
    desk.listed(limit=1)
    first, found = len(asked), desk.listed()
    assert len(found) > 2
    assert len(asked) - first == first
