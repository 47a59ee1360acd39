"""Invitations, and the desk that makes accounts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from coach.desk import household
from coach.desk.access import invitations
from coach.desk.access.authorization import NotFound, Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.accounts.sign_in import NotKnown, SignIns, Stage
from coach.desk.clinic.patients import PatientsDesk
from coach.desk.installation.installation import Installation
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
def installation(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "keys"))
    return clinic(tmp_path)


def as_staff(installation: Installation, in_team, *, role: Role = Role.PHYSIOTHERAPIST) -> AccountsDesk:
    account, _secret = physiotherapist(installation, in_team, login=f"staff{uuid4().hex[:6]}")
    return AccountsDesk(installation, Principal(role, account, "Staff", teams=frozenset([in_team])))


def enter(installation: Installation, code: str) -> Stage:
    return SignIns(installation).by_invitation(code, PASSWORD, address=OWN).stage


def test_a_code_has_eighty_bits_and_is_never_the_same(installation: Installation):
    desk, ada = AccountsDesk(installation, OPERATOR), patient(installation, None)
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
def test_a_code_may_be_typed_in_any_way(installation: Installation, typed):
    ada = patient(installation, None)
    desk = AccountsDesk(installation, OPERATOR)
    code = next(code for _ in range(500) if {"0", "1"} <= set(code := desk.invite_patient(ada).code))
    assert enter(installation, typed(code)) is Stage.FULL


def test_an_invitation_is_good_once(installation: Installation):
    code = AccountsDesk(installation, OPERATOR).invite_patient(patient(installation, None)).code
    assert enter(installation, code) is Stage.FULL
    with pytest.raises(NotKnown):
        enter(installation, code)


def test_an_invitation_is_good_for_seven_days(installation: Installation, clock: Clock):
    desk = AccountsDesk(installation, OPERATOR)
    invited = desk.invite_patient(patient(installation, None))
    assert invited.ends_at - clock.now == timedelta(days=7)
    clock.goes_on(hours=7 * 24)
    with pytest.raises(NotKnown):
        enter(installation, invited.code)


def test_a_new_invitation_revokes_the_older(installation: Installation):
    desk, ada = AccountsDesk(installation, OPERATOR), patient(installation, None)
    older, newer = desk.invite_patient(ada).code, desk.invite_patient(ada).code
    with pytest.raises(NotKnown):
        enter(installation, older)
    assert enter(installation, newer) is Stage.FULL


def test_an_invitation_to_a_disabled_account_lets_nobody_in(installation: Installation):
    desk, ada = AccountsDesk(installation, OPERATOR), patient(installation, None)
    invited = desk.invite_patient(ada)
    desk.disable(invited.account)
    with pytest.raises(NotKnown):
        enter(installation, invited.code)
    with pytest.raises(BadValue, match=Fault.ACCOUNT_DISABLED):
        desk.invite_patient(ada)
    desk.enable(invited.account)
    assert enter(installation, desk.invite_patient(ada).code) is Stage.FULL


@pytest.mark.parametrize(
    "code", ["", "-", "0000-0000-0000-0000", "x" * 10_000, "\ud800", "'; DROP TABLE account"]
)
def test_what_is_no_code_opens_nothing(installation: Installation, code: str):
    with pytest.raises(NotKnown):
        enter(installation, code)


def test_a_forgotten_password_is_replaced_by_a_new_invitation_and_ends_what_was_open(
    installation: Installation, clock: Clock
):
    ada = patient(installation, None)
    login = patient_with_password(installation, ada)
    before = SignIns(installation).by_password(login, PASSWORD, address=OWN).token
    invited = AccountsDesk(installation, OPERATOR).invite_patient(ada)
    assert SignIns(installation).identity(before)
    SignIns(installation).by_invitation(invited.code, "another plain password", address=OWN)
    assert SignIns(installation).identity(before) is None
    with pytest.raises(NotKnown):
        SignIns(installation).by_password(login, PASSWORD, address=OWN)
    assert invited.login == login


def test_two_patients_with_one_reference_get_two_logins(installation: Installation):
    desk = AccountsDesk(installation, OPERATOR)
    one = desk.invite_patient(patient(installation, None, reference="MK-1"))
    other = desk.invite_patient(patient(installation, None, reference="mk-1 "))
    nameless = desk.invite_patient(patient(installation, None, reference=""))
    assert one.login == "mk-1"
    assert len({one.login, other.login, nameless.login}) == 3


def test_a_physiotherapist_invites_patients_of_the_own_team_alone(installation: Installation):
    spine, knee = team(installation), team(installation, "Knee")
    mine, theirs = patient(installation, spine), patient(installation, knee, reference="MK-2")
    desk = as_staff(installation, spine)
    assert desk.invite_patient(mine).code
    for who in (theirs, uuid4(), patient(installation, None, reference="MK-3")):
        with pytest.raises(NotFound):
            desk.invite_patient(who)
    assert installation.accounts.of_patient(theirs) is None
    assert as_staff(installation, spine, role=Role.ADMINISTRATOR).invite_patient(theirs).code


def test_only_administrators_and_the_operator_change_accounts(installation: Installation):
    spine = team(installation)
    ada = patient(installation, spine)
    login = patient_with_password(installation, ada)
    account = installation.accounts.by_login(login)
    assert account is not None
    for principal in (
        as_staff(installation, spine).principal,
        Principal(Role.PATIENT, account.id, patient=ada),
        Principal(Role.HOUSEHOLD, patient=ada),
    ):
        desk = AccountsDesk(installation, principal)
        before = installation.accounts.everybody()
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
        assert installation.accounts.everybody() == before
    refused = [line for line in installation.audit.read() if line.outcome == "refused"]
    assert len(refused) == 18


def test_adding_staff_twice_with_one_key_makes_one_account(installation: Installation):
    desk, key = AccountsDesk(installation, OPERATOR), uuid4()
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
    installation: Installation, name: str, login: str, role: Role, fault: Fault
):
    with pytest.raises(BadValue) as refused:
        AccountsDesk(installation, OPERATOR).add_staff(name, login, role, team=None, key=uuid4())
    assert refused.value.fault is fault
    assert installation.accounts.everybody() == []


def test_nobody_disables_themselves(installation: Installation):
    desk = as_staff(installation, team(installation), role=Role.ADMINISTRATOR)
    with pytest.raises(BadValue, match=Fault.OWN_ACCOUNT):
        desk.disable(desk.principal.account)  # type: ignore[arg-type]


def test_the_list_tells_nothing_secret(installation: Installation):
    spine = team(installation)
    physiotherapist(installation, spine)
    AccountsDesk(installation, OPERATOR).invite_patient(patient(installation, spine))
    ada, mara = AccountsDesk(installation, OPERATOR).listed()
    assert (mara.teams, mara.has_password, mara.has_second_factor, mara.invited_until) == (
        ("Spine",), True, True, None,
    )  # fmt: skip
    assert (ada.has_password, ada.staff_role) == (False, None)
    assert ada.invited_until
    for account in installation.accounts.everybody():
        assert str(account.password_hash or "$") not in str([ada, mara])


# at home


def home(tmp_path: Path) -> tuple[Installation, AccountsDesk]:
    settled(tmp_path)
    installation = clinic(tmp_path, home=True)
    return installation, AccountsDesk(installation, household(installation).principal)


def test_a_physiotherapist_is_invited_home_once_and_follows_when_they_come(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "keys"))
    installation, desk = home(tmp_path)
    older = desk.invite_physiotherapist("Mara Koch", "mara").code
    code = desk.invite_physiotherapist("Mara Koch", "m.koch").code
    assert not installation.is_followed(), "until the invitation is taken up the household decides"
    with pytest.raises(NotKnown):
        enter(installation, older)
    started = SignIns(installation).by_invitation(code, PASSWORD, address=OWN)
    assert started.stage is Stage.FULL
    assert installation.is_followed()
    identity = SignIns(installation).identity(started.token)
    assert identity is not None
    staff = identity.as_staff()
    assert staff is not None
    assert installation.people.team_of(installation.only_patient) in staff.teams
    assert household(installation).principal.role is Role.PATIENT
    with pytest.raises(NotFound):
        AccountsDesk(installation, household(installation).principal).invite_physiotherapist("Eve", "eve")
    with pytest.raises(BadValue, match=Fault.FOLLOWED_ALREADY):
        AccountsDesk(installation, OPERATOR).invite_physiotherapist("Eve", "eve")
    AccountsDesk(installation, OPERATOR).disable(identity.account)
    assert not installation.is_followed()


def test_nobody_is_invited_home_in_a_clinic(installation: Installation):
    with pytest.raises(NotFound):
        AccountsDesk(installation, OPERATOR).invite_physiotherapist("Mara", "mara")


def test_a_colleague_who_is_a_patient_is_not_invited_into_the_account_they_work_with(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "keys"))
    made = make_clinic(tmp_path / "crossed")
    installation, cleo = made.installation, made.patients["cleo"]
    account = installation.accounts.of_patient(cleo)
    assert account is not None
    with pytest.raises(BadValue, match=Fault.STAFF_ACCOUNT):
        PatientsDesk(installation, made.people["ann"]).invite(cleo)
    assert installation.accounts.invited(account.id, at=clock.now) is None
    assert PatientsDesk(installation, made.people["adam"]).invite(cleo).code


def test_a_reference_that_is_no_name_to_sign_in_with_is_no_obstacle(installation: Installation):
    ada = patient(installation, None, reference="\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 10)
    assert AccountsDesk(installation, OPERATOR).invite_patient(ada).login.startswith("patient-")


def test_a_patient_at_home_who_signs_in_follows_nobody(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "keys"))
    settled(tmp_path)
    installation = clinic(tmp_path, home=True)
    desk = AccountsDesk(installation, OPERATOR)
    mara = desk.invite_physiotherapist("Mara Koch", "mara")
    enter(installation, desk.invite_patient(installation.only_patient).code)
    assert not installation.is_followed()
    enter(installation, mara.code)
    assert installation.is_followed()
    desk.disable(mara.account)
    assert not installation.is_followed()
