"""Invitations, and the desk that makes accounts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from coach.desk.access import invitations
from coach.desk.access.authorization import NotFound, Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.accounts.sign_in import NotKnown, Stage
from coach.desk.clinic.patients import PatientsDesk
from coach.desk.installation.installation import Office
from coach.domain.errors import BadValue, Fault
from tests.support.clinic_team import (
    OPERATOR,
    OWN,
    PASSWORD,
    clinic,
    patient,
    patient_with_password,
    physiotherapist,
    team,
)
from tests.support.clinics import make_clinic
from tests.support.homes import Clock, settled


@pytest.fixture
def office(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "keys"))
    return clinic(tmp_path)


def as_staff(office: Office, in_team, *, role: Role = Role.PHYSIOTHERAPIST) -> AccountsDesk:
    account, _secret = physiotherapist(office, in_team, login=f"staff{uuid4().hex[:6]}")
    return AccountsDesk(office, Principal(role, account, "Staff", teams=frozenset([in_team])))


def enter(office: Office, code: str) -> Stage:
    return office.sign_ins.by_invitation(code, PASSWORD, address=OWN).stage


def test_a_code_has_eighty_bits_and_is_never_the_same(office: Office):
    desk, ada = AccountsDesk(office, OPERATOR), patient(office, None)
    codes = {desk.invite_patient(ada).code for _ in range(50)}
    assert len(codes) == 50
    for code in codes:
        assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
        assert set(code) <= set(invitations.SIGNS) | {"-"}
    assert len(invitations.SIGNS) ** invitations.LENGTH >= 2**80


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: f"  {code.replace('-', ' ')}\n",
        lambda code: code.replace("0", "o").replace("1", "l"),
        lambda code: code.replace("0", "O").replace("1", "i"),
    ],
)
def test_a_code_may_be_typed_in_any_way(office: Office, typed):
    ada = patient(office, None)
    desk = AccountsDesk(office, OPERATOR)
    code = next(code for _ in range(500) if {"0", "1"} <= set(code := desk.invite_patient(ada).code))
    assert enter(office, typed(code)) is Stage.FULL


def test_an_invitation_is_good_once(office: Office):
    code = AccountsDesk(office, OPERATOR).invite_patient(patient(office, None)).code
    assert enter(office, code) is Stage.FULL
    with pytest.raises(NotKnown):
        enter(office, code)


def test_an_invitation_is_good_for_seven_days(office: Office, clock: Clock):
    desk = AccountsDesk(office, OPERATOR)
    invited = desk.invite_patient(patient(office, None))
    assert invited.ends_at - clock.now == timedelta(days=7)
    clock.goes_on(hours=7 * 24)
    with pytest.raises(NotKnown):
        enter(office, invited.code)


def test_a_new_invitation_revokes_the_older(office: Office):
    desk, ada = AccountsDesk(office, OPERATOR), patient(office, None)
    older, newer = desk.invite_patient(ada).code, desk.invite_patient(ada).code
    with pytest.raises(NotKnown):
        enter(office, older)
    assert enter(office, newer) is Stage.FULL


def test_an_invitation_to_a_disabled_account_lets_nobody_in(office: Office):
    desk, ada = AccountsDesk(office, OPERATOR), patient(office, None)
    invited = desk.invite_patient(ada)
    desk.disable(invited.account)
    with pytest.raises(NotKnown):
        enter(office, invited.code)
    with pytest.raises(BadValue, match=Fault.ACCOUNT_DISABLED):
        desk.invite_patient(ada)
    desk.enable(invited.account)
    assert enter(office, desk.invite_patient(ada).code) is Stage.FULL


@pytest.mark.parametrize(
    "code", ["", "-", "0000-0000-0000-0000", "x" * 10_000, "\ud800", "'; DROP TABLE account"]
)
def test_what_is_no_code_opens_nothing(office: Office, code: str):
    with pytest.raises(NotKnown):
        enter(office, code)


def test_a_forgotten_password_is_replaced_by_a_new_invitation_and_ends_what_was_open(
    office: Office, clock: Clock
):
    ada = patient(office, None)
    login = patient_with_password(office, ada)
    before = office.sign_ins.by_password(login, PASSWORD, address=OWN).token
    invited = AccountsDesk(office, OPERATOR).invite_patient(ada)
    assert office.sign_ins.principal_by_token(before, now=clock.now)
    office.sign_ins.by_invitation(invited.code, "another plain password", address=OWN)
    assert office.sign_ins.principal_by_token(before, now=clock.now) is None
    with pytest.raises(NotKnown):
        office.sign_ins.by_password(login, PASSWORD, address=OWN)
    assert invited.login == login


def test_two_patients_with_one_reference_get_two_logins(office: Office):
    desk = AccountsDesk(office, OPERATOR)
    one = desk.invite_patient(patient(office, None, reference="MK-1"))
    other = desk.invite_patient(patient(office, None, reference="mk-1 "))
    nameless = desk.invite_patient(patient(office, None, reference=""))
    assert one.login == "mk-1"
    assert len({one.login, other.login, nameless.login}) == 3


def test_a_physiotherapist_invites_patients_of_the_own_team_alone(office: Office):
    spine, knee = team(office), team(office, "Knee")
    mine, theirs = patient(office, spine), patient(office, knee, reference="MK-2")
    desk = as_staff(office, spine)
    assert desk.invite_patient(mine).code
    for who in (theirs, uuid4(), patient(office, None, reference="MK-3")):
        with pytest.raises(NotFound):
            desk.invite_patient(who)
    assert office.accounts.of_patient(theirs) is None
    assert as_staff(office, spine, role=Role.ADMINISTRATOR).invite_patient(theirs).code


def test_only_administrators_and_the_operator_change_accounts(office: Office):
    spine = team(office)
    ada = patient(office, spine)
    login = patient_with_password(office, ada)
    account = office.accounts.by_login(login)
    assert account is not None
    for principal in (
        as_staff(office, spine).principal,
        Principal(Role.PATIENT, account.id, patient=ada),
        Principal(Role.HOUSEHOLD, patient=ada),
    ):
        desk = AccountsDesk(office, principal)
        before = office.accounts.everybody()
        for act in (
            desk.listed,
            lambda desk=desk: desk.reset(account.id),
            lambda desk=desk: desk.disable(account.id),
            lambda desk=desk: desk.enable(account.id),
            lambda desk=desk: desk.link_organisation(account.id, "https://idp", "1"),
            lambda desk=desk: desk.add_staff("A", "a", Role.ADMINISTRATOR, team=None, key=uuid4()),
        ):
            with pytest.raises(NotFound):
                act()
        assert office.accounts.everybody() == before
    refused = [line for line in office.audit.read() if line.outcome == "refused"]
    assert len(refused) == 18


def test_adding_staff_twice_with_one_key_makes_one_account(office: Office):
    desk, key = AccountsDesk(office, OPERATOR), uuid4()
    for _click in range(2):
        desk.add_staff("  Mara   Koch ", "Mara", Role.PHYSIOTHERAPIST, team=None, key=key)
    assert [(each.name, each.login) for each in desk.listed()] == [("Mara Koch", "mara")]
    with pytest.raises(BadValue, match=Fault.NAME_TAKEN):
        desk.add_staff("Other", "MARA", Role.PHYSIOTHERAPIST, team=None, key=uuid4())


@pytest.mark.parametrize(
    ("name", "login", "role", "fault"),
    [
        ("", "mara", Role.PHYSIOTHERAPIST, Fault.TEXT_MISSING),
        ("\u200b\0", "mara", Role.PHYSIOTHERAPIST, Fault.TEXT_MISSING),
        ("Mara", " ", Role.PHYSIOTHERAPIST, Fault.TEXT_MISSING),
        ("M" * 101, "mara", Role.PHYSIOTHERAPIST, Fault.TEXT_TOO_LONG),
        ("Mara", "m" * 101, Role.PHYSIOTHERAPIST, Fault.TEXT_TOO_LONG),
        ("Mara", "ma\u202era", Role.PHYSIOTHERAPIST, Fault.UNKNOWN_CHOICE),
        ("Mara", "mara", Role.PATIENT, Fault.UNKNOWN_CHOICE),
        ("Mara", "mara", Role.OPERATOR, Fault.UNKNOWN_CHOICE),
    ],
)
def test_bad_staff_is_refused_and_nothing_stored(
    office: Office, name: str, login: str, role: Role, fault: Fault
):
    with pytest.raises(BadValue) as refused:
        AccountsDesk(office, OPERATOR).add_staff(name, login, role, team=None, key=uuid4())
    assert refused.value.fault is fault
    assert office.accounts.everybody() == []


def test_nobody_disables_themselves(office: Office):
    desk = as_staff(office, team(office), role=Role.ADMINISTRATOR)
    with pytest.raises(BadValue, match=Fault.OWN_ACCOUNT):
        desk.disable(desk.principal.account)  # type: ignore[arg-type]


def test_the_list_tells_nothing_secret(office: Office):
    spine = team(office)
    physiotherapist(office, spine)
    AccountsDesk(office, OPERATOR).invite_patient(patient(office, spine))
    ada, mara = AccountsDesk(office, OPERATOR).listed()
    assert (mara.teams, mara.has_password, mara.has_second_factor, mara.invited_until) == (
        ("Spine",), True, True, None,
    )  # fmt: skip
    assert (ada.has_password, ada.staff_role) == (False, None)
    assert ada.invited_until
    for account in office.accounts.everybody():
        assert str(account.password_hash or "$") not in str([ada, mara])


# at home


def home(tmp_path: Path) -> tuple[Office, AccountsDesk]:
    settled(tmp_path)
    office = clinic(tmp_path, home=True)
    return office, AccountsDesk(office, office.household().principal)


def test_a_physiotherapist_is_invited_home_once_and_follows_when_they_come(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "keys"))
    office, desk = home(tmp_path)
    older = desk.invite_physiotherapist("Mara Koch", "mara").code
    code = desk.invite_physiotherapist("Mara Koch", "m.koch").code
    assert not office.is_followed(), "until the invitation is taken up the household decides"
    with pytest.raises(NotKnown):
        enter(office, older)
    started = office.sign_ins.by_invitation(code, PASSWORD, address=OWN)
    assert started.stage is Stage.FULL
    assert office.is_followed()
    identity = office.sign_ins.principal_by_token(started.token, now=clock.now)
    assert identity is not None
    staff = identity.as_staff()
    assert staff is not None
    assert office.people.team_of(office.only_patient) in staff.teams
    assert office.household().principal.role is Role.PATIENT
    with pytest.raises(NotFound):
        AccountsDesk(office, office.household().principal).invite_physiotherapist("Eve", "eve")
    with pytest.raises(BadValue, match=Fault.FOLLOWED_ALREADY):
        AccountsDesk(office, OPERATOR).invite_physiotherapist("Eve", "eve")
    AccountsDesk(office, OPERATOR).disable(identity.account)
    assert not office.is_followed()


def test_nobody_is_invited_home_in_a_clinic(office: Office):
    with pytest.raises(NotFound):
        AccountsDesk(office, OPERATOR).invite_physiotherapist("Mara", "mara")


def test_a_colleague_who_is_a_patient_is_not_invited_into_the_account_they_work_with(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "keys"))
    made = make_clinic(tmp_path / "crossed")
    office, cleo = made.office, made.patients["cleo"]
    account = office.accounts.of_patient(cleo)
    assert account is not None
    with pytest.raises(BadValue, match=Fault.STAFF_ACCOUNT):
        PatientsDesk(office, made.people["ann"]).invite(cleo)
    assert office.accounts.invited(account.id, at=clock.now) is None
    assert PatientsDesk(office, made.people["adam"]).invite(cleo).code


def test_a_reference_that_is_no_name_to_sign_in_with_is_no_obstacle(office: Office):
    ada = patient(office, None, reference="\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 10)
    assert AccountsDesk(office, OPERATOR).invite_patient(ada).login.startswith("patient-")


def test_a_patient_at_home_who_signs_in_follows_nobody(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "keys"))
    settled(tmp_path)
    office = clinic(tmp_path, home=True)
    desk = AccountsDesk(office, OPERATOR)
    mara = desk.invite_physiotherapist("Mara Koch", "mara")
    enter(office, desk.invite_patient(office.only_patient).code)
    assert not office.is_followed()
    enter(office, mara.code)
    assert office.is_followed()
    desk.disable(mara.account)
    assert not office.is_followed()
