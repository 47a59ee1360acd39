"""Care teams and patients with a name, the same on both databases."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from coach.domain.errors import BadValue, Fault
from coach.records.clinic.patient_directory import PatientDirectory
from coach.records.clinic.people import People, Person, Team, folded
from coach.records.entries.store import Store
from tests.support.accounts import account
from tests.support.record_making import NOON


@pytest.fixture
def people(store: Store) -> People:
    return People(store)


@pytest.fixture
def team(people: People) -> Team:
    made = Team(uuid4(), "Spine")
    people.add_team(made, at=NOON)
    return made


def person(team: Team | None = None, lead: UUID | None = None, name: str = "Ann Example") -> Person:
    return Person(uuid4(), name, "A-1", team.id if team else None, lead)


def test_teams_are_told_by_name_and_made_once(people: People):
    spine, hip = Team(uuid4(), "spine"), Team(uuid4(), "Hip")
    for each in (spine, hip, spine):
        people.add_team(each, at=NOON)
    assert people.teams() == [hip, spine]


def test_a_name_that_is_taken_is_refused_and_nothing_is_stored(people: People, team: Team):
    with pytest.raises(BadValue) as refused:
        people.add_team(Team(uuid4(), team.name), at=NOON)
    assert refused.value.fault is Fault.NAME_TAKEN
    assert people.teams() == [team]


def test_who_works_in_a_team_may_join_and_leave_twice(people: People, store: Store, team: Team):
    zoe, bob = account(store, "Zoe"), account(store, "Bob")
    for each in (zoe, bob, zoe):
        people.join(team.id, each)
    assert people.members(team.id) == [bob, zoe]
    assert people.teams_of(zoe) == {team.id}
    for _ in range(2):
        people.leave(team.id, zoe)
    assert people.members(team.id) == [bob]
    assert people.teams_of(zoe) == frozenset()


def test_a_person_is_a_patient_with_a_name_and_is_made_once(people: People, store: Store, team: Team):
    ann = person(team, account(store))
    people.add_person(ann, at=NOON)
    people.add_person(Person(ann.patient, "Somebody else", "", None, None), at=NOON)
    assert people.person(ann.patient) == ann
    assert people.team_of(ann.patient) == team.id
    assert store.patients() == [ann.patient]


def test_a_record_that_is_there_already_can_be_given_a_name(people: People, patient: UUID, store: Store):
    assert people.person(patient) is None
    assert people.team_of(patient) is None
    named = Person(patient, "Ann", "", None, None)
    people.add_person(named, at=NOON)
    assert people.person(patient) == named
    assert store.patients() == [patient]


def test_a_person_is_written_anew(people: People, store: Store, team: Team):
    ann = person(team)
    people.add_person(ann, at=NOON)
    changed = Person(ann.patient, "Ann Other", "B-2", None, None)
    PatientDirectory(store).change(ann, changed)
    assert people.person(ann.patient) == changed
    assert people.team_of(ann.patient) is None


def test_nobody_is_changed_who_is_not_there(store: Store):
    with pytest.raises(BadValue):
        PatientDirectory(store).change(person(), person())


def test_what_was_known_before_a_visit_stays_while_it_goes_on_and_nobody_looks_less_far(
    people: People, store: Store, patient: UUID
):
    kim = account(store)
    lasts = timedelta(minutes=30)

    def looked(at: datetime) -> tuple[int, datetime] | None:
        return people.looked(kim, patient, at=at, lasts=lasts)

    assert looked(NOON) is None
    people.look(kim, patient, seq=7, at=NOON, lasts=lasts)
    assert looked(NOON + lasts) is None, "the first visit goes on"
    next_visit = NOON + lasts * 2
    assert looked(next_visit) == (7, NOON)
    people.look(kim, patient, seq=3, at=next_visit, lasts=lasts)
    people.look(kim, patient, seq=9, at=next_visit, lasts=lasts)
    assert looked(next_visit) == (7, NOON)
    assert looked(next_visit + lasts * 2) == (9, next_visit)
    assert people.looked(uuid4(), patient, at=NOON, lasts=lasts) is None


def test_names_of_accounts_that_are_there(people: People, store: Store):
    zoe = account(store, "Zoe")
    assert people.names([zoe, zoe, uuid4()]) == {zoe: "Zoe"}
    assert people.names([]) == {}


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("  Zoë  MÜLLER ", "zoe muller"),
        ("Straße", "strasse"),
        ("\N{LATIN SMALL LIGATURE FI}nn", "finn"),
        ("İpek", "ipek"),
        ("Łukasz 50%_x", "łukasz 50%_x"),
        ("Ελένη", "ελενη"),
        ("", ""),
    ],
)
def test_names_are_compared_without_accents_and_capitals(written: str, compared: str):
    assert folded(written) == compared
    assert folded(folded(written)) == compared
