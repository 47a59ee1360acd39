"""The command line's accounts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from coach import desk
from coach.cli import main as line
from coach.desk.accounts.sign_in import NotKnown, SignIns, Stage
from coach.desk.installation import clock
from coach.records.clinic.people import Person
from coach.records.entries.store import Store
from tests.support.clinic_team import OWN, PASSWORD, code
from tests.support.patients import desk_in
from tests.support.records import create_patient
from tests.support.server import ROOT, free_port


@pytest.fixture
def coach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """Run a command in a clinic of its own."""
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "clinic"))
    monkeypatch.setenv("COACH_MODE", "clinic")
    monkeypatch.delenv("COACH_DATABASE_URL", raising=False)
    desk.forget()
    yield lambda *words: CliRunner().invoke(line.main, ["user", *(str(word) for word in words)])
    desk.forget()


def code_in(result: Result) -> str:
    assert result.exit_code == 0, result.output
    found = re.search(r"^Code: (.+)$", result.output, re.MULTILINE)
    assert found
    return found[1]


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    said = result.output.strip()
    assert "\n" not in said
    assert said.endswith((".", "list"))
    return said


def test_staff_is_added_and_comes_in_by_the_printed_code(coach):
    result = coach("add", "--name", "Mara Koch", "--login", "Mara", "--team", "Spine")
    assert "Name to sign in with: mara" in result.output
    assert "/join" in result.output
    sign_ins = SignIns(desk.open_installation())
    started = sign_ins.by_invitation(code_in(result), PASSWORD, address=OWN)
    assert started.stage is Stage.SECOND_FACTOR
    enrolment = sign_ins.enrolment(started.token)
    assert enrolment is not None
    token = sign_ins.by_code(started.token, code(enrolment.secret), address=OWN).token
    identity = SignIns(desk.open_installation()).identity(token)
    assert identity is not None
    assert len(identity.teams) == 1
    listed = coach("list").output
    assert "mara\tMara Koch\tphysiotherapist\tSpine\tactive, with codes" in listed
    assert enrolment.secret not in listed
    assert "argon2" not in listed


def test_a_patient_is_invited_by_reference_or_identifier(coach):
    coach("list")
    who = uuid4()
    desk.open_installation().people.add_person(Person(who, "Ada", "MK-1041", None, None), at=clock.now())
    older = code_in(coach("invite", "MK-1041"))
    newer = code_in(coach("invite", who))
    with pytest.raises(NotKnown):
        SignIns(desk.open_installation()).by_invitation(older, PASSWORD, address=OWN)
    assert SignIns(desk.open_installation()).by_invitation(newer, PASSWORD, address=OWN).stage is Stage.FULL
    assert "mk-1041\tAda\tpatient" in coach("list").output


def test_reset_and_disable_end_sessions(coach):
    sign_ins = SignIns(desk.open_installation())

    def come_in(result: Result) -> str:
        started = sign_ins.by_invitation(code_in(result), PASSWORD, address=OWN)
        enrolment = sign_ins.enrolment(started.token)
        assert enrolment is not None
        return sign_ins.by_code(started.token, code(enrolment.secret), address=OWN).token

    token = come_in(coach("add", "--name", "Ida", "--login", "ida", "--role", "administrator"))
    assert SignIns(desk.open_installation()).identity(token)
    result = coach("reset", "IDA")
    assert SignIns(desk.open_installation()).identity(token) is None
    assert "invited until" in coach("list").output
    token = come_in(result)
    assert coach("disable", "ida").exit_code == 0
    assert SignIns(desk.open_installation()).identity(token) is None
    assert "disabled" in coach("list").output
    assert refused(coach("reset", "ida")).startswith("Error: This account is disabled.")
    assert coach("enable", "ida").exit_code == 0
    assert code_in(coach("reset", "ida"))


def test_what_cannot_be_done_is_one_sentence_and_exit_code_two(coach):
    coach("add", "--name", "Ida", "--login", "ida")
    assert "already" in refused(coach("add", "--name", "Other", "--login", "IDA"))
    for words in (("invite", "nobody"), ("invite", uuid4()), ("reset", "nobody"), ("disable", "nobody")):
        assert "nobody like that" in refused(coach(*words))
    assert "missing" in refused(coach("add", "--name", " ", "--login", "x"))
    assert coach("add", "--name", "X").exit_code == 2
    assert coach("add", "--name", "X", "--login", "x", "--role", "patient").exit_code == 2


def test_several_patients_of_one_reference_are_not_confused(coach):
    coach("list")
    for _patient in range(2):
        person = Person(uuid4(), "Ada", "MK-1", None, None)
        desk.open_installation().people.add_person(person, at=clock.now())
    assert "Several patients" in refused(coach("invite", "MK-1"))


def test_a_home_invites_its_one_physiotherapist(coach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("COACH_MODE")
    code_in(coach("add", "--name", "Mara", "--login", "mara"))
    result = coach("add", "--name", "Mara", "--login", "mara")
    assert (
        SignIns(desk.open_installation()).by_invitation(code_in(result), PASSWORD, address=OWN).stage
        is Stage.FULL
    )
    assert "follows this record already" in refused(coach("add", "--name", "Eve", "--login", "eve"))
    assert coach("disable", "mara").exit_code == 0
    assert not desk.open_installation().is_followed()


def test_a_record_of_the_other_mode_is_refused(coach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    desk.open_installation()
    desk.forget()
    monkeypatch.delenv("COACH_MODE")
    assert "belongs to a clinic" in refused(coach("list"))
    monkeypatch.setenv("COACH_MODE", "hospital")
    assert refused(coach("list")) == "Error: COACH_MODE must be home or clinic."


# what a server needs to start, told by the doctor and by the server


@pytest.mark.slow
@pytest.mark.parametrize(
    ("env", "options", "words"),
    [
        ({"COACH_MODE": "hospital"}, (), "COACH_MODE must be home or clinic."),
        ({}, ("--server.address", "0.0.0.0"), "At home Coach is for this computer only"),
        ({"COACH_MODE": "clinic"}, ("--server.address", "0.0.0.0"), "needs encryption in front of it"),
        (
            {"COACH_MODE": "clinic", "COACH_PUBLIC_URL": "https://coach.example.org"},
            ("--server.address", "0.0.0.0"),
            "server.allowedHosts must contain coach.example.org",
        ),
    ],
)
def test_a_server_that_is_not_safe_does_not_start(
    tmp_path: Path, env: dict[str, str], options: tuple[str, ...], words: str
):
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", *options]
    done = subprocess.run(command, cwd=ROOT, env=clean(tmp_path) | env, capture_output=True, text=True)
    assert done.returncode == 2
    [said] = [each for each in done.stderr.splitlines() if each.strip()]
    assert words in said
    if not options:
        doctor = subprocess.run(
            [sys.executable, "-m", "coach", "doctor"],
            cwd=ROOT, env=clean(tmp_path) | env, capture_output=True, text=True,
        )  # fmt: skip
        assert doctor.returncode == 1
        assert f"look  {said}" in doctor.stdout.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["home", "clinic"])
def test_a_server_does_not_start_on_a_record_of_the_other_mode(tmp_path: Path, mode: str):
    if mode == "home":
        store = Store.open(f"sqlite:///{tmp_path / 'coach.sqlite3'}")
        for _patient in range(2):
            create_patient(store, uuid4(), recorded_at=clock.now())
    else:
        desk_in(tmp_path)
    env = clean(tmp_path) | {"COACH_MODE": mode}
    for command in (("streamlit", "run", "streamlit_app.py"), ("coach", "doctor")):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=ROOT, env=env, capture_output=True, text=True
        )
        assert done.returncode == (1 if "doctor" in command else 2)
        assert "This record belongs to " in done.stdout + done.stderr


def clean(folder: Path) -> dict[str, str]:
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("COACH_", "STREAMLIT_"))}
    return kept | {"COACH_HOME": str(folder), "STREAMLIT_SERVER_PORT": str(free_port())}


def test_an_administrator_links_and_unlinks_an_organisation_by_hand(coach):
    code_in(coach("add", "--name", "Pat", "--login", "Pat@Example.org"))
    sign_ins = SignIns(desk.open_installation())

    def comes_in() -> bool:
        try:
            return bool(sign_ins.by_organisation("https://idp", "S-1", "", verified=False))
        except NotKnown:
            return False

    assert not comes_in()
    done = coach("link", "PAT@example.org", "--issuer", "https://idp", "--subject", "S-1")
    assert done.exit_code == 0, done.output
    assert comes_in()
    code_in(coach("add", "--name", "Quin", "--login", "quin"))
    refused(coach("link", "quin", "--issuer", "https://idp", "--subject", "S-1"))
    assert coach("unlink", "pat@example.org").exit_code == 0
    assert not comes_in()


def test_staff_are_invited_anew_by_login(coach):
    first = code_in(coach("add", "--name", "Pat", "--login", "pat"))
    second = code_in(coach("invite", "Pat"))
    sign_ins = SignIns(desk.open_installation())
    with pytest.raises(NotKnown):
        sign_ins.by_invitation(first, PASSWORD, address=OWN)
    assert sign_ins.by_invitation(second, PASSWORD, address=OWN).stage is Stage.SECOND_FACTOR
