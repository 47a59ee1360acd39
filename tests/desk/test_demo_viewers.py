"""A sample may be looked at without a password, and nothing else may."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.desk import NotFound
from coach.desk.access.permissions import Role
from coach.desk.accounts import demo_viewers
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.accounts.sign_in import NotKnown, SignIns
from coach.desk.installation.installation import Installation
from tests.support.clinic_team import OPERATOR, clinic, physiotherapist, team
from tests.support.homes import Clock


@pytest.fixture
def installation(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "keys"))
    return clinic(tmp_path)


def marked(installation: Installation) -> None:
    made = AccountsDesk(installation, OPERATOR).add_staff(
        "Pat Sample", "pat", Role.PHYSIOTHERAPIST, team=team(installation), key=installation.only_patient
    )
    demo_viewers.mark(installation, {"physiotherapist": made.account})


def test_a_marked_record_on_a_server_of_samples_is_open(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
):
    marked(installation)
    monkeypatch.setenv(demo_viewers.SETTING, "1")
    started = demo_viewers.look_as(installation, "physiotherapist")
    found = SignIns(installation).identity(started.token)
    assert found is not None
    assert found.name == "Pat Sample"


def test_a_marked_record_on_any_other_server_is_closed(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
):
    marked(installation)
    monkeypatch.delenv(demo_viewers.SETTING, raising=False)
    assert demo_viewers.viewers(installation) == {}
    with pytest.raises(NotFound):
        demo_viewers.look_as(installation, "physiotherapist")


def test_a_real_record_stays_closed_whatever_the_server_says(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
):
    physiotherapist(installation, team(installation))
    monkeypatch.setenv(demo_viewers.SETTING, "1")
    assert demo_viewers.viewers(installation) == {}
    for name in ("physiotherapist", "administrator", "", "mara"):
        with pytest.raises(NotFound):
            demo_viewers.look_as(installation, name)


def test_an_account_with_a_password_is_never_entered_without(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
):
    account, _secret = physiotherapist(installation, team(installation))
    demo_viewers.mark(installation, {"physiotherapist": account})
    monkeypatch.setenv(demo_viewers.SETTING, "1")
    with pytest.raises(NotKnown):
        demo_viewers.look_as(installation, "physiotherapist")


def test_a_home_is_never_a_sample_of_a_clinic(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(demo_viewers.SETTING, "1")
    home = clinic(tmp_path / "home", home=True)
    demo_viewers.mark(home, {"physiotherapist": home.only_patient})
    assert demo_viewers.viewers(home) == {}
