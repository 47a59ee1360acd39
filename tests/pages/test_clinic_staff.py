"""The staff's page: who may sign in, somebody new, and what an administrator does to an account."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk.access.permissions import Role
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.accounts.sign_in import SignIns
from coach.records.clinic.accounts import Account
from coach.ui.parts import navigation
from tests.support.clinic_house import House, house
from tests.support.clinic_pages import CANARIES, assert_inert, texts
from tests.support.clinic_team import OPERATOR, physiotherapist
from tests.support.clinics import SPINE
from tests.support.pages import buttons, given, run, said, tap, title

__all__ = ["house"]  # the fixture


def rows(at: AppTest) -> dict[str, dict[str, str]]:
    return {row["login"]: row for each in given(at, "coach_staff") for row in each["rows"]}


def opened(house: House, login: str, *, who: str = "adam") -> AppTest:
    return click(house.open("staff", who), str(account(house, login).id))


def click(at: AppTest, account: Any) -> AppTest:
    at.session_state["staff"] = {"act": {"act": "open", "account": account}}
    return run(run(at))


def account(house: House, login: str) -> Account:
    found = house.clinic.installation.accounts.by_login(login)
    assert found
    return found


def mara(house: House) -> Account:
    """Return somebody who has a password, a second factor and an organisation."""
    key, _secret = physiotherapist(house.clinic.installation, SPINE)
    AccountsDesk(house.clinic.installation, OPERATOR).link_organisation(key, "https://idp.example.org", "1")
    return account(house, "mara")


def code_on(at: AppTest) -> str:
    (found,) = [each.removeprefix("Code: ") for each in texts(at) if each.startswith("Code: ")]
    return found


def changes(house: House) -> list[tuple[str, Any]]:
    """Return who changed an account, and whose, as the audit has it."""
    adam = house.clinic.people["adam"].account
    lines = house.clinic.installation.audit.read(action="accounts.change", account=adam)
    return [(line.outcome, line.patient) for line in lines]


def invite(at: AppTest, name: str, login: str, team: Any, new_team: str = "") -> AppTest:
    if "staff-add" in buttons(at):
        tap(at, "staff-add")
    at.text_input(key="staff-name").set_value(name)
    at.text_input(key="staff-login").set_value(login)
    at.selectbox(key="staff-team").set_value(team)
    run(at)
    if new_team:
        at.text_input(key="staff-new-team").set_value(new_team)
    return tap(at, "staff-save")


def test_the_list_tells_how_each_of_the_staff_comes_in_and_nobody_else(house: House):
    mara(house)
    desk = AccountsDesk(house.clinic.installation, OPERATOR)
    desk.add_staff("Nora", "nora", Role.PHYSIOTHERAPIST, team=None, key=uuid4())
    desk.disable(account(house, "ken").id)
    at = house.open("staff", "adam")
    found = rows(at)
    assert set(found) == {"adam", "ann", "cleo-at-work", "eve", "ken", "mara", "nora", "sam"}
    assert {name: row["state"] for name, row in found.items()} | {} == {
        "adam": "Not invited", "ann": "Not invited", "cleo-at-work": "Not invited", "eve": "Not invited",
        "ken": "Disabled", "mara": "Active", "nora": "Invited", "sam": "Not invited",
    }  # fmt: skip
    row = found["mara"]
    assert (row["role"], row["teams"], row["factor"], row["organisation"], row["last"]) == (
        "Physiotherapist", "Spine", "Set up", "Organisation linked", "2026-03-05 10:07",
    )  # fmt: skip
    assert found["nora"]["until"] == "invitation until Thursday, 12 March"
    assert found["nora"]["last"] == "Not known"
    assert "atient" not in str(given(at, "coach_staff")), "who is a patient too is not told"
    assert changes(house) == [], "to look is no change"


def test_somebody_new_is_invited_and_the_code_is_shown_once_and_opens(house: House):
    installation = house.clinic.installation
    at = invite(house.open("staff", "adam"), "Zoë O’Brien", "Zoe@Example.org", "new team", "Hip")
    zoe = account(house, "zoe@example.org")
    code = code_on(at)
    assert (zoe.name, zoe.staff_role) == ("Zoë O’Brien", "physiotherapist")
    assert [
        each.name for each in installation.people.teams() if each.id in installation.people.teams_of(zoe.id)
    ] == ["Hip"]
    assert any(each.endswith("/join") for each in texts(at))
    assert ("allowed", zoe.id) in changes(house)
    at.switch_page(str(navigation.file("patients")))
    run(at)
    assert code not in repr({key: at.session_state[key] for key in at.session_state})
    assert SignIns(installation).by_invitation(code, "four plain words here", address="10.0.0.7").token


def test_what_is_refused_is_said_stays_in_the_form_and_makes_nothing(house: House):
    before = len(house.clinic.installation.people.teams())
    at = invite(house.open("staff", "adam"), "Somebody", "ANN", "new team", "Hip")
    assert "There is one called “ann” already" in at.error[0].value
    assert at.text_input(key="staff-name").value == "Somebody"
    assert len(house.clinic.installation.people.teams()) == before
    invite(at, "Somebody", "some", None)
    assert "Something is missing" in at.error[0].value
    assert house.clinic.installation.accounts.by_login("some") is None


def test_somebody_is_put_into_a_care_team_and_taken_out_again(house: House):
    key, people = mara(house).id, house.clinic.installation.people
    at = opened(house, "mara")
    at.session_state["staff-teams"] = True
    run(at)
    at.selectbox(key="staff-team").set_value("new team")
    run(at)
    at.text_input(key="staff-new-team").set_value("Hip")
    tap(at, "staff-join")
    names = {each.id: each.name for each in people.teams()}
    assert {names[team] for team in people.teams_of(key)} == {"Spine", "Hip"}
    assert "Put into the team." in texts(at)
    (spine,) = [team for team, name in names.items() if name == "Spine"]
    tap(at, f"staff-out-{spine}")
    assert {names[team] for team in people.teams_of(key)} == {"Hip"}
    assert ("allowed", key) in changes(house)


def test_each_act_is_asked_once_more_and_is_in_the_audit_with_whom_it_changed(house: House):
    key = mara(house).id
    at = opened(house, "mara")
    for act, is_done in (
        ("unlink", lambda: account(house, "mara").organisation is None),
        ("disable", lambda: account(house, "mara").disabled_at is not None),
        ("enable", lambda: account(house, "mara").disabled_at is None),
    ):
        tap(at, f"staff-{act}")
        assert not is_done(), act
        tap(at, f"staff-{act}-not")
        tap(at, f"staff-{act}")
        tap(at, f"staff-{act}-sure")
        assert is_done(), act
        assert not at.error, act
    tap(at, "staff-reset")
    tap(at, "staff-reset-sure")
    first = code_on(at)
    assert account(house, "mara").password_hash is None
    tap(at, "staff-code-done")
    assert first not in said(at)
    assert "staff-reset" not in buttons(at)
    tap(at, "staff-invite")
    assert code_on(at) != first
    assert changes(house) == [("allowed", key)] * 5


def test_ones_own_account_has_no_acts(house: House):
    at = opened(house, "adam")
    assert "This is your own account. Another administrator changes it for you." in texts(at)
    assert not [each for each in buttons(at) if each.startswith("staff-") and each != "staff-one-back"]


@pytest.mark.parametrize("meanwhile", ["disable", "reset"])
def test_what_was_changed_meanwhile_is_said_and_nothing_done(house: House, meanwhile: str):
    key = mara(house).id
    at = tap(opened(house, "mara"), "staff-disable" if meanwhile == "disable" else "staff-reset")
    colleague = AccountsDesk(house.clinic.installation, house.clinic.people["eve"])
    getattr(colleague, meanwhile)(key)
    invited = house.clinic.installation.accounts.invited(key, at=house.clock.now)
    at.button(key=f"staff-{meanwhile}-sure").click()
    run(at)
    (error,) = at.error
    assert "Nothing was changed" in error.value
    assert ("somebody has disabled this account meanwhile" in error.value) is (meanwhile == "disable")
    assert house.clinic.installation.accounts.invited(key, at=house.clock.now) == invited
    assert changes(house) == []


def test_a_forged_click_opens_nothing(house: House):
    at = house.open("staff", "adam")
    for forged in ("x", 7, None, "' OR 1=1 --"):
        assert title(click(at, forged)) == "Staff"
    at = click(house.open("staff", "adam"), str(account(house, "ada").id))
    assert title(at) == "Not found", "a patient's account is not one of the staff"
    assert "Ada" not in said(at).split()


def test_names_are_only_ever_text(house: House):
    canary = " ".join(CANARIES)
    desk = AccountsDesk(house.clinic.installation, OPERATOR)
    key = desk.add_staff(canary, canary, Role.PHYSIOTHERAPIST, team=canary, key=uuid4()).account
    at = house.open("staff", "adam")
    assert canary in [row["name"] for row in rows(at).values()]
    assert_inert(at, canary)
    click(at, str(key))
    assert any(canary in each for each in texts(at))
    assert_inert(at, canary)
    tap(at, "staff-invite")
    assert code_on(at)
    assert_inert(at, canary)
    invite(house.open("staff", "adam"), "Somebody", canary, SPINE)
    assert_inert(at, canary)
