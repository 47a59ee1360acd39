"""A sample may be looked at without a password, and nothing else may."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.desk import NotFound
from coach.desk.access.permissions import Role
from coach.desk.accounts import demo_viewers
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.accounts.sign_in import NotKnown
from coach.desk.installation.installation import Office
from tests.support.clinic_team import OPERATOR, clinic, physiotherapist, team
from tests.support.homes import Clock


@pytest.fixture
def office(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "keys"))
    return clinic(tmp_path)


def marked(office: Office) -> None:
    made = AccountsDesk(office, OPERATOR).add_staff(
        "Pat Sample", "pat", Role.PHYSIOTHERAPIST, team=team(office), key=office.only_patient
    )
    demo_viewers.mark(office, {"physiotherapist": made.account})


def test_a_marked_record_on_a_server_of_samples_is_open(office: Office, monkeypatch: pytest.MonkeyPatch):
    marked(office)
    monkeypatch.setenv(demo_viewers.SETTING, "1")
    started = demo_viewers.look_as(office, "physiotherapist")
    found = office.identity(started.token)
    assert found is not None
    assert found.name == "Pat Sample"


def test_a_marked_record_on_any_other_server_is_closed(office: Office, monkeypatch: pytest.MonkeyPatch):
    marked(office)
    monkeypatch.delenv(demo_viewers.SETTING, raising=False)
    assert demo_viewers.viewers(office) == {}
    with pytest.raises(NotFound):
        demo_viewers.look_as(office, "physiotherapist")


def test_a_real_record_stays_closed_whatever_the_server_says(office: Office, monkeypatch: pytest.MonkeyPatch):
    physiotherapist(office, team(office))
    monkeypatch.setenv(demo_viewers.SETTING, "1")
    assert demo_viewers.viewers(office) == {}
    for name in ("physiotherapist", "administrator", "", "mara"):
        with pytest.raises(NotFound):
            demo_viewers.look_as(office, name)


def test_an_account_with_a_password_is_never_entered_without(office: Office, monkeypatch: pytest.MonkeyPatch):
    account, _secret = physiotherapist(office, team(office))
    demo_viewers.mark(office, {"physiotherapist": account})
    monkeypatch.setenv(demo_viewers.SETTING, "1")
    with pytest.raises(NotKnown):
        demo_viewers.look_as(office, "physiotherapist")


def test_a_home_is_never_a_sample_of_a_clinic(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(demo_viewers.SETTING, "1")
    home = clinic(tmp_path / "home", home=True)
    demo_viewers.mark(home, {"physiotherapist": home.only_patient})
    assert demo_viewers.viewers(home) == {}
