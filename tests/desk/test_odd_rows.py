"""One odd row in one patient's record is named and cannot be read; for everybody else everything goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from coach.desk.clinic.caseload import CaseloadDesk, State
from coach.desk.clinic.patients import PatientsDesk
from coach.desk.clinic.protocols import ProtocolsDesk
from coach.desk.installation import clock as desk_clock
from coach.desk.operator import backup, erasure, patient_files
from coach.records.database import current_actor, schema
from coach.records.database.errors import EntryUnreadable
from coach.records.entries import future_entries
from coach.records.upkeep import verify
from coach.records.upkeep.verify import FindingKind
from tests.support.clinics import Clinic, make_clinic
from tests.support.homes import Clock
from tests.support.odd_rows import ODD, ODDER, put


@pytest.fixture
def clinic(clock: Clock, tmp_path: Path) -> Iterator[Clinic]:
    made = make_clinic(tmp_path)
    yield made
    made.installation.store.close()


@pytest.fixture(params=[*ODD, *ODDER])
def odd(request: pytest.FixtureRequest, clinic: Clinic) -> Clinic:
    """A clinic in which the fifth entry of Ada is odd."""
    spoil(clinic, {**ODD, **ODDER}[request.param])
    return clinic


def spoil(clinic: Clinic, columns: dict[str, Any]) -> None:
    assert clinic.installation.store.path
    put(clinic.installation.store.path, clinic.patients["ada"], **columns)


def test_the_caseload_shows_everybody_and_says_whose_record_cannot_be_read(odd: Clinic):
    desk = CaseloadDesk(odd.installation, odd.people["ann"])
    assert desk.catch_up(99) == 0
    lines = [line for state in State for line in desk.page(state)]
    assert {line.name: line.readable for line in lines} == {"Patient Ada": False, "Patient Cleo": True}
    first = desk.page(State.NEEDED)[0]
    assert (first.name, first.odd_entry) == ("Patient Ada", 5)
    assert desk.names_of(lines) is not None
    assert desk.counts().total == 2
    assert desk.catch_up(99) == 0


def test_verify_names_the_row_and_looks_at_all_others(odd: Clinic):
    found = verify.examine(f"sqlite:///{odd.installation.store.path}")
    named = {(each.kind, each.patient, each.seq) for each in found.findings}
    assert (FindingKind.NOT_UNDERSTOOD, odd.patients["ada"], 5) in named
    assert {patient for _kind, patient, _seq in named} <= {
        odd.patients["ada"],
        None,
    }  # None: the database's own check
    assert len(found.heads) == 4
    with current_actor.acting_as(current_actor.SYSTEM):
        CaseloadDesk(odd.installation, odd.people["ann"]).catch_up(99)
        compared = backup.compare(odd.installation)
    assert compared.right == 3
    assert [(each.kind, each.seq) for each in compared.findings] == [(FindingKind.NOT_UNDERSTOOD, 5)]


def test_what_goes_through_all_patients_goes_on(odd: Clinic):
    installation, now = odd.installation, desk_clock.now()
    left_out: list[tuple[UUID, int]] = []
    with current_actor.acting_as(current_actor.SYSTEM):
        assert future_entries.ahead(installation.store, now) == {}
        found = list(patient_files.patient_records(installation.store, odd=lambda *who: left_out.append(who)))
    assert len(found) == 3
    assert left_out == [(odd.patients["ada"], 5)]
    administrator = ProtocolsDesk(installation, odd.people["adam"])
    assert administrator.reach(installation.protocol_registry.in_force(now), None).patients == 3
    assert len(PatientsDesk(installation, odd.people["ann"]).listed()) == 2


def test_the_page_of_that_patient_is_told_which_entry_it_is(odd: Clinic):
    with pytest.raises(EntryUnreadable) as told:
        odd.patient("ada").history()
    assert told.value.seq == 5
    assert odd.patient("ben").history().entries


def test_somebody_with_an_odd_row_can_be_erased(odd: Clinic):
    store, ada = odd.installation.store, odd.patients["ada"]
    assert erasure.case(store, ada).name == "Patient Ada"
    assert erasure.erase(store, ada).stone.head_seq > 5
    desk = CaseloadDesk(odd.installation, odd.people["ann"])
    desk.catch_up(99)
    assert [line.name for state in State for line in desk.page(state)] == ["Patient Cleo"]


def test_an_author_who_is_nobody_closes_nothing(clinic: Clinic):
    spoil(clinic, {"author": "physiotherapist:nobody"})
    desk = CaseloadDesk(clinic.installation, clinic.people["ann"])
    desk.catch_up(99)
    assert all(line.readable for state in State for line in desk.page(state))
    assert clinic.patient("ada").clinicians() == {"physiotherapist:nobody": ""}


@pytest.mark.parametrize("column", ["card", "needs"])
@pytest.mark.parametrize("text", ["{", "[[1]]", "{}", "[" * 50, '"x"', "[[1,2,3,4,5,6,7]]"])
def test_a_damaged_line_of_the_caseload_keeps_no_other_out(clinic: Clinic, column: str, text: str):
    desk = CaseloadDesk(clinic.installation, clinic.people["ann"])
    desk.catch_up(99)
    with current_actor.acting_as(current_actor.SYSTEM), clinic.installation.store.writing() as connection:
        ada = schema.caseload.c.patient == clinic.patients["ada"]
        connection.execute(schema.caseload.update().where(ada).values({column: text}))
    lines = {line.name: line.readable for state in State for line in desk.page(state)}
    assert lines["Patient Cleo"]
    assert set(lines) == {"Patient Ada", "Patient Cleo"}
