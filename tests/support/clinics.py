"""A clinic for tests: two care teams, their people, and patients who have answered set-up."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

from coach.desk import Installation, PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts.sign_in import SignIns, Stage
from coach.desk.installation import clock
from coach.records.clinic.people import Person, Team
from coach.records.database import current_actor, schema
from coach.records.entries.metadata import Metadata
from coach.records.entries.store import Store
from tests.support.patients import answer_set_up
from tests.support.records import opened, place

SPINE, KNEE = UUID(int=1), UUID(int=2)


@dataclass(frozen=True)
class Clinic:
    """An installation, everybody who may come to it by name, and its patients by name."""

    installation: Installation
    people: Mapping[str, Principal]
    patients: Mapping[str, UUID]

    def sign_in(self, name: str) -> str:
        """Return the token of a session that somebody has begun."""
        account = self.people[name].account
        assert account
        found = self.installation.accounts.account(account)
        assert found
        return SignIns(self.installation)._begin(found, Stage.FULL, clock.now()).token  # noqa: SLF001  signs in without the time that a password takes

    def patient(self, name: str) -> PatientDesk:
        """Return a patient's own desk."""
        found = self.patients[name]
        return PatientDesk(self.installation, found, Principal(Role.PATIENT, patient=found))


def make_clinic(folder: Path, url: str = "") -> Clinic:
    """Return a clinic with people of crossed roles, in a file of the folder or at the address of a record.

    Ada is looked after by the spine team, Ben by the knee team, Cleo by the spine team in which she
    works, and Dora by nobody. Ann works for the spine team, Ken for the knee team, Sam for both; Adam
    administers, and Eve does while she is a member of the spine team. Where the clock stands, the record
    of a folder is made once for that instant and copied after that.
    """
    if url:
        return _made(Store.open(url))
    path = folder / "clinic.sqlite3"
    if (now := clock.now()) != clock.now():
        return _made(opened(path))
    template, made = _standing(now)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, path)
    return replace(made, installation=Installation(opened(path), clinic=True))


@cache
def _standing(_now: datetime) -> tuple[Path, Clinic]:
    """Make the clinic of an instant at which the clock stands."""
    path = place() / "clinic.sqlite3"
    made = _made(opened(path))
    made.installation.store.close()
    return path, made


def _made(store: Store) -> Clinic:
    Metadata(store).say("mode", "clinic")
    with current_actor.acting_as(current_actor.SYSTEM):
        return _filled(Installation(store, clinic=True))


def _filled(installation: Installation) -> Clinic:
    now = clock.now()
    for team, name in ((SPINE, "Spine"), (KNEE, "Knee")):
        installation.people.add_team(Team(team, name), at=now)
    patients: dict[str, UUID] = {}
    for name, looked_after_by in (("ada", SPINE), ("ben", KNEE), ("cleo", SPINE), ("dora", None)):
        patients[name] = uuid4()
        person = Person(patients[name], f"Patient {name.title()}", f"R-{name}", looked_after_by, None)
        installation.people.add_person(person, at=now)
        own = PatientDesk(installation, patients[name], Principal(Role.PATIENT, patient=patients[name]))
        answer_set_up(own, procedure=timedelta(hours=60))
    staff: dict[str, tuple[Role, tuple[UUID, ...], str | None]] = {
        "ann": (Role.PHYSIOTHERAPIST, (SPINE,), None),
        "ken": (Role.PHYSIOTHERAPIST, (KNEE,), None),
        "sam": (Role.PHYSIOTHERAPIST, (SPINE, KNEE), None),
        "cleo-at-work": (Role.PHYSIOTHERAPIST, (SPINE,), "cleo"),
        "adam": (Role.ADMINISTRATOR, (), None),
        "eve": (Role.ADMINISTRATOR, (SPINE,), "ada"),
        "root": (Role.OPERATOR, (SPINE,), "ada"),
    }
    people: dict[str, Principal] = {}
    for name, found in patients.items():
        account = uuid4()
        if name != "cleo":  # has one account for both
            add_account(installation, account, name, Role.PATIENT, found)
        people[name] = Principal(Role.PATIENT, account, name.title(), found)
    people["ada-at-home"] = Principal(Role.HOUSEHOLD, patient=patients["ada"])
    people["ada's calendar"] = Principal(Role.CALENDAR, patient=patients["ada"])
    for name, (role, teams, own_record) in staff.items():
        account = uuid4()
        if role is not Role.OPERATOR:
            add_account(installation, account, name, role, patients["cleo"] if own_record == "cleo" else None)
            for team in teams:
                installation.people.join(team, account)
        own_patient = patients[own_record] if own_record else None
        people[name] = Principal(role, account, name.title(), own_patient, frozenset(teams))
    return Clinic(installation, people, patients)


def add_account(
    installation: Installation, account: UUID, name: str, role: Role, patient: UUID | None = None
) -> None:
    """Make an account without a password, of the staff or of a patient."""
    row = {
        "id": account,
        "login": name,
        "name": name.title(),
        "staff_role": None if role is Role.PATIENT else role.value,
        "patient": patient,
        "totp_step": 0,
        "made_at": clock.now(),
    }
    with installation.store.writing() as connection:
        connection.execute(schema.account.insert().values(row))


def everything(installation: Installation) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table but the audit's."""
    with installation.store.reading() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for name, table in schema.metadata.tables.items()
            if name != "audit"
        }
