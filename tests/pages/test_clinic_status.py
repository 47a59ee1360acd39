"""The status page: what an administrator is for, what is set up, and what needs looking at."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk.clinic.status import StatusDesk
from coach.desk.operator import backup
from coach.records.clinic.audit import REMINDED, AuditLine
from tests.support.clinic_house import House, house
from tests.support.clinic_pages import texts
from tests.support.clinic_team import physiotherapist
from tests.support.clinics import SPINE
from tests.support.pages import buttons

__all__ = ["house"]  # the fixture


def opened(house: House) -> AppTest:
    return house.open("status", "adam")


def look(at: AppTest) -> set[str]:
    """Return the parts that need looking at."""
    return {
        str(each.value).removeprefix("▲ ").removesuffix(": look at this")
        for each in at.header
        if "look at this" in str(each.value)
    }


def test_a_new_clinic_is_told_what_to_do_next_and_where(house: House):
    at = opened(house)
    assert {"Staff", "Backup"} <= look(at)
    assert "Next: invite the first physiotherapist." in texts(at)
    assert "No backup is known here." in texts(at)
    assert any("python -m coach backup FOLDER" in text for text in texts(at))
    assert {"status-to-staff", "status-to-protocols", "status-to-patients"} <= set(buttons(at))


def test_the_last_backup_is_shown_and_an_old_one_is_pointed_out(house: House, tmp_path: Path):
    backup.back_up(tmp_path / "b")
    at = opened(house)
    assert "Backup" not in look(at)
    assert any(text.startswith("The last backup was made today at") for text in texts(at))
    house.clock.goes_on(hours=49)
    at = opened(house)
    assert "Backup" in look(at)
    assert "That is too long ago." in texts(at)


def test_a_physiotherapist_without_a_team_is_pointed_out(house: House):
    key, _secret = physiotherapist(house.clinic.installation, SPINE)
    assert not any("in no care team" in text for text in texts(opened(house)))
    for team in house.clinic.installation.people.teams_of(key):
        house.clinic.installation.people.leave(team, key)
    assert any("works in no care team and sees no patient" in text for text in texts(opened(house)))


@pytest.mark.parametrize(
    ("url", "sender", "said", "fine"),
    [
        ("", "", "No e-mail is sent: no mail server is named", True),
        ("smtp://post.example.org", "", "COACH_MAIL_FROM is no sender", False),
        ("smtp://post.example.org", "coach@example.org", "E-mails go out through post.example.org.", True),
    ],
    ids=["no server", "no sender", "a server"],
)
def test_whether_e_mails_go_out_is_said(
    house: House, monkeypatch: pytest.MonkeyPatch, url: str, sender: str, said: str, fine: bool
):
    monkeypatch.setenv("COACH_PUBLIC_URL", "https://coach.example.org")
    monkeypatch.setenv("COACH_SMTP_URL", url)
    monkeypatch.setenv("COACH_MAIL_FROM", sender)
    at = opened(house)
    assert any(said in text for text in texts(at))
    assert ("E-mail" not in look(at)) is fine


def test_when_the_last_reminder_went_out_is_known(house: House):
    installation = house.clinic.installation
    at = house.clock.now - timedelta(hours=3)
    installation.audit.write(AuditLine(uuid4(), at, None, "operator", REMINDED, None, "allowed"))
    assert StatusDesk(installation, house.clinic.people["adam"]).status().reminded_at == at
