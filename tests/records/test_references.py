"""Patients are found by the clinic's own reference, on both databases."""

from uuid import uuid4

from coach.records.clinic.people import People, Person
from coach.records.entries.store import Store
from tests.support.record_making import NOON


def test_patients_are_found_by_their_reference_to_the_letter(store: Store) -> None:
    people = People(store)
    one, two, other = (Person(uuid4(), "Ada", reference, None, None) for reference in ("R-1", "R-1", "r-1"))
    for each in (one, two, other):
        people.add_person(each, at=NOON)
    assert people.by_reference("R-1") == sorted([one.patient, two.patient], key=str)
    assert people.by_reference("R-%") == []
    assert people.persons([one.patient, other.patient, uuid4()]) == {one.patient: one, other.patient: other}
    assert people.persons([]) == {}
