"""The desks on PostgreSQL, whose own rules must hide nothing that somebody may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from coach.desk import Installation, NotFound, PatientDesk, household
from coach.desk.access.authorization import Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.accounts.sign_in import SignIns, Stage
from coach.desk.clinic.audit import AuditDesk, Wanted
from coach.desk.clinic.caseload import CaseloadDesk, State, catch_up
from coach.desk.clinic.messages import MessagesDesk
from coach.desk.clinic.patients import FollowUpDesk, PatientsDesk
from coach.desk.clinic.protocols import ProtocolsDesk
from coach.desk.clinic.review import ReviewDesk
from coach.desk.clinic.status import StatusDesk
from coach.desk.installation import clock as desk_clock
from coach.desk.installation.recording import new_key
from coach.desk.operator.backup import back_up
from coach.desk.patient.export import ExportDesk
from coach.desk.patient.sessions import SessionsDesk
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import BoneState, BoneStep, PainWhen
from coach.domain.need import NeedReason
from coach.records.clinic.audit import BACKED_UP
from coach.records.database import current_actor
from coach.records.entries.store import Store
from tests.support.access import at, call, expected
from tests.support.clinic_team import OPERATOR, OWN, PASSWORD, code
from tests.support.clinics import KNEE, SPINE, Clinic, make_clinic
from tests.support.homes import Clock
from tests.support.postgres import as_owner
from tests.support.staff import shut_each_other

pytestmark = pytest.mark.postgres

METHODS = [
    (PatientDesk, "history"),
    (SessionsDesk, "give_pain"),
    (ExportDesk, "patient_record"),
    (MessagesDesk, "thread"),
    (MessagesDesk, "write"),
    (ReviewDesk, "person"),
    (ReviewDesk, "look"),
    (ReviewDesk, "last_looked"),
    (ReviewDesk, "needs"),
    (FollowUpDesk, "discharge"),
]


@pytest.fixture
def clock() -> Iterator[Clock]:
    hand = Clock()
    desk_clock.use(hand)
    yield hand
    desk_clock.use(lambda: datetime.now(UTC))  # noqa: TID251  the real one


@pytest.fixture(autouse=True)
def keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one of them read is not there for the next: each asks the database."""
    monkeypatch.setattr("coach.desk.installation.history_cache.MOST", 0)


@pytest.fixture
def clinic(postgres_url: str, tmp_path: Path, clock: Clock) -> Iterator[Clinic]:
    made = make_clinic(tmp_path, postgres_url)
    yield made
    made.installation.store.close()


def test_everybody_is_let_in_to_whom_they_may_see_and_to_nobody_else(clinic: Clinic):
    installation = clinic.installation
    for kind, name in METHODS:
        action = getattr(kind, name).action
        for who, principal in clinic.people.items():
            for whom, patient in {**clinic.patients, "nobody": uuid4()}.items():
                wanted = expected(action, principal, patient, installation.people.team_of(patient))
                assert call(at(kind, installation, patient, principal), name) is wanted, (name, who, whom)
                if wanted and name == "history" and whom != "nobody":
                    assert at(kind, installation, patient, principal).history().entries, (who, whom)
    assert current_actor.current() is None


def test_a_physiotherapist_signs_in_and_works_on_the_caseload(clinic: Clinic, clock: Clock):
    installation = clinic.installation
    invited = AccountsDesk(installation, OPERATOR).add_staff(
        "Mara Koch", "mara", Role.PHYSIOTHERAPIST, team=SPINE, key=uuid4()
    )
    started = SignIns(installation).by_invitation(invited.code, PASSWORD, address=OWN)
    enrolment = SignIns(installation).enrolment(started.token)
    assert enrolment
    full = SignIns(installation).by_code(started.token, code(enrolment.secret), address=OWN)
    assert full.stage is Stage.FULL
    identity = SignIns(installation).identity(full.token)
    mara = identity.as_staff() if identity else None
    assert mara
    assert mara.teams == {SPINE}

    own = clinic.patient("ada")
    own.sessions.give_pain(9, PainWhen.NOW, key=new_key())
    own.settings.set("first_name", "Adele")
    assert own.history().settings["first_name"] == "Adele"

    desk = CaseloadDesk(installation, mara)
    assert desk.counts().total == 2
    lines = [line for state in State for line in desk.page(state)]
    assert {line.patient for line in lines} == {clinic.patients["ada"], clinic.patients["cleo"]}
    assert desk.catch_up(10) == 0
    review = ReviewDesk(installation, clinic.patients["ada"], mara)
    review.look()
    assert review.last_looked() is None, "the first visit goes on"
    assert mara.account
    with mara.acts():
        lasts, later = timedelta(minutes=30), desk_clock.now() + timedelta(hours=1)
        assert (
            installation.people.looked(mara.account, clinic.patients["ada"], at=later, lasts=lasts)
            is not None
        )
    with pytest.raises(NotFound):
        ReviewDesk(installation, clinic.patients["ben"], mara).person()
    SignIns(installation).out(full.token)
    assert SignIns(installation).identity(full.token) is None


def test_what_a_patient_says_of_their_bones_is_kept_and_known_to_their_team(clinic: Clinic, clock: Clock):
    clock.now += timedelta(days=45)
    own = clinic.patient("ada")
    due = own.bone_health.questions()
    assert due
    assert due.occasion.id == "week-6"
    own.bone_health.put_off(due.occasion.id, key=new_key())
    own.bone_health.answer(due.occasion.id, BoneStep.TREATMENT, BoneState.NO, key=new_key())
    review = ReviewDesk(clinic.installation, clinic.patients["ada"], clinic.people["ann"])
    assert NeedReason.BONE_TREATMENT in [need.reason for need in review.needs()]
    again = clinic.patient("ada").bone_health.questions()
    assert again
    assert (again.put_off, BoneStep.TREATMENT in again.left) == (True, False)


def test_patients_are_taken_in_assigned_and_invited(clinic: Clinic):
    installation, sam = clinic.installation, clinic.people["sam"]
    desk = PatientsDesk(installation, sam)
    key = uuid4()
    for _ in range(2):
        assert desk.create("Finn", "R-finn", SPINE, None, key=key) == key
    with pytest.raises(BadValue) as refused:  # somebody's of another team, whom Ann does not see
        PatientsDesk(installation, clinic.people["ann"]).create("Gus", "R-ben", SPINE, None, key=uuid4())
    assert refused.value.fault is Fault.REFERENCE_TAKEN
    with pytest.raises(BadValue) as refused:
        PatientsDesk(installation, clinic.people["ann"]).create(
            "Gus", "R-g", SPINE, None, key=clinic.patients["ben"]
        )
    assert refused.value.fault is Fault.KEY_REUSED
    desk.assign(key, KNEE, None)
    assert PatientsDesk(installation, clinic.people["ken"]).one(key)
    assert PatientsDesk(installation, clinic.people["ann"]).one(key) is None
    assert desk.invite(key).login == "r-finn"
    runs = PatientsDesk(installation, clinic.people["adam"])
    assert runs.count() == 5
    runs.assign(key, SPINE, None)
    runs.rename(key, "Finn B", "R-finn")
    made = runs.create("Hal", "R-hal", KNEE, None, key=uuid4())
    assert {each.person.patient for each in runs.listed(search="hal")} == {made}
    assert catch_up(installation, 10) == 0
    assert CaseloadDesk(installation, clinic.people["ken"]).counts().total == 2


def test_what_concerns_everybody_is_counted_and_told(clinic: Clinic):
    installation, ann, adam = clinic.installation, clinic.people["ann"], clinic.people["adam"]
    for who in (ann, adam):
        protocols = ProtocolsDesk(installation, who)
        assert protocols.patients() == 4
        assert protocols.reach(protocols.in_force(), None).patients == 4
    with pytest.raises(NotFound):
        ReviewDesk(installation, clinic.patients["ben"], ann).person()
    audit = AuditDesk(installation, adam)
    refused = Wanted(reference="R-ben", refused=True)
    assert [row.name for row in audit.page(refused).rows] == ["Patient Ben"]
    assert [row.name for row in audit.export(refused)] == ["Patient Ben"]


def test_at_home_the_household_invites_who_follows(postgres_url: str, clock: Clock):
    store = Store.open(postgres_url)
    installation = Installation(store)
    own = household(installation)
    assert own.principal.role is Role.HOUSEHOLD
    own.settings.set("first_name", "Ada")
    invited = AccountsDesk(installation, own.principal).invite_physiotherapist("Pat", "pat")
    started = SignIns(installation).by_invitation(invited.code, PASSWORD, address=OWN)
    assert installation.is_followed()
    identity = SignIns(installation).identity(started.token)
    pat = identity.as_staff() if identity else None
    assert pat
    assert ReviewDesk(installation, own.patient, pat).person().name == "Ada"
    followed = household(installation)
    assert followed.principal.role is Role.PATIENT
    MessagesDesk(installation, own.patient, followed.principal).write("Hello", key=new_key())
    assert len(MessagesDesk(installation, own.patient, pat).unread()) == 1
    assert isinstance(followed.principal, Principal)
    store.close()


def as_member(clinic: Clinic, name: str) -> Principal:
    """Return somebody with the teams that they work in now."""
    who = clinic.people[name]
    assert who.account
    return replace(who, teams=frozenset(clinic.installation.people.teams_of(who.account)))


@pytest.mark.parametrize("by", [Role.ADMINISTRATOR, Role.OPERATOR])
def test_who_is_put_into_a_team_works_on_its_patients_until_they_are_taken_out(clinic: Clinic, by: Role):
    installation, ken = clinic.installation, clinic.people["ken"].account
    assert ken
    who = clinic.people["adam"] if by is Role.ADMINISTRATOR else OPERATOR
    accounts = AccountsDesk(installation, who)
    with pytest.raises(NotFound):
        AccountsDesk(installation, clinic.people["sam"]).put_into_team(ken, SPINE)
    before = CaseloadDesk(installation, as_member(clinic, "ken")).counts().total
    for team in (SPINE, "Hip"):
        accounts.put_into_team(ken, team)
    mine = as_member(clinic, "ken")
    assert mine.teams == {KNEE, SPINE, accounts.team_called("hip")}
    assert ReviewDesk(installation, clinic.patients["ada"], mine).person().name == "Patient Ada"
    assert CaseloadDesk(installation, mine).counts().total == before + 2
    accounts.take_out_of_team(ken, SPINE)
    with pytest.raises(NotFound):
        ReviewDesk(installation, clinic.patients["ada"], as_member(clinic, "ken")).person()
    # whoever still thinks themselves in the team: the database shows them nobody
    assert CaseloadDesk(installation, mine).counts().total == before
    done = AuditDesk(installation, clinic.people["adam"]).page(Wanted(action="teams.change")).rows
    assert {each.role for each in done} == {by.value, "physiotherapist"}


def test_a_backup_is_told_to_the_administrators(
    clinic: Clinic, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    url = clinic.installation.store.url.render_as_string(hide_password=False)
    for name, value in (("DATABASE_URL", url), ("OWNER_URL", as_owner(url)), ("HOME", str(tmp_path))):
        monkeypatch.setenv(f"COACH_{name}", value)
    adam = clinic.people["adam"]
    status, audit = StatusDesk(clinic.installation, adam), AuditDesk(clinic.installation, adam)
    assert status.status().backed_up_at is None
    back_up(tmp_path / "backups")
    assert status.status().backed_up_at == clock.now
    (row,) = audit.page(Wanted(action=BACKED_UP)).rows
    assert (row.at, row.role, row.account) == (clock.now, "operator", None)
    for who in ("ann", "ada"):
        with clinic.people[who].acts():
            assert clinic.installation.audit.read(action=BACKED_UP) == []


def test_two_administrators_who_disable_each_other_at_once_leave_one(clinic: Clinic):
    assert [shut_each_other(clinic.installation, n) for n in range(5)] == [
        ["None", Fault.LAST_ADMINISTRATOR]
    ] * 5
