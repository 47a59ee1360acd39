"""The command line keeps the record: backup, restore, verify, rebuild."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coach.cli import main as line
from coach.desk import Installation
from coach.desk.installation import clock
from coach.records.database import current_actor
from coach.records.upkeep import tombstones
from tests.support.clinics import Clinic, make_clinic
from tests.support.postgres import as_owner
from tests.support.record_making import draft, tamper
from tests.support.server import ROOT


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def clinic(
    request: pytest.FixtureRequest, tmp_path: Path, coach: object, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Clinic]:
    """A clinic whose server is at work meanwhile."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/home/coach.sqlite3"
    else:
        url = request.getfixturevalue("postgres_url")
        monkeypatch.setenv("COACH_DATABASE_URL", url)
        monkeypatch.setenv("COACH_OWNER_URL", as_owner(url))
    made = make_clinic(tmp_path / "home", url)
    yield made
    made.installation.store.close()


@pytest.fixture
def elsewhere(
    clinic: Clinic, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """Go to an empty place of the same kind."""

    def go() -> None:
        monkeypatch.setenv("COACH_HOME", str(tmp_path / "elsewhere"))
        if clinic.installation.store.path is None:
            empty = request.getfixturevalue("bare_postgres_url")
            monkeypatch.setenv("COACH_DATABASE_URL", empty)
            monkeypatch.setenv("COACH_OWNER_URL", as_owner(empty))

    return go


def said(result: Result, *, code: int = 0) -> str:
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


def folder_in(result: Result) -> Path:
    return Path(said(result).split("It is in ")[1].splitlines()[0])


def own(installation: Installation) -> str:
    url = installation.store.url.render_as_string(hide_password=False)
    return url if installation.store.path else as_owner(url)


def test_a_backup_goes_to_another_place_and_is_the_same_there(
    coach, clinic: Clinic, tmp_path: Path, elsewhere
):
    folder = folder_in(coach("backup", tmp_path / "b"))
    entries = json.loads((folder / "manifest.json").read_text())["entries"]
    elsewhere()
    restored = said(coach("restore", folder))
    assert (
        f"Restored: {len(clinic.patients)} patients, {entries} entries; the newest entry is of 20" in restored
    )
    whole = said(coach("verify", "--against", folder))
    with current_actor.acting_as(current_actor.SYSTEM):
        for patient in clinic.patients.values():
            seq, last = clinic.installation.store.head(patient)
            assert f"head  Patient {patient}: entry {seq}, {last}" in whole
    said(coach("rebuild"))
    assert "already" in said(coach("restore", folder), code=2)


def test_what_was_changed_is_named_with_exit_code_1(coach, clinic: Clinic, tmp_path: Path):
    said(coach("verify"))
    ada, ben = clinic.patients["ada"], clinic.patients["ben"]
    folder = folder_in(coach("backup", tmp_path / "b"))
    with current_actor.acting_as(current_actor.SYSTEM):
        seq, _last = clinic.installation.store.head(ben)
    tamper(
        own(clinic.installation),
        f"UPDATE entry SET zone = 'Europe/Rome' WHERE seq = 2 AND patient = '{ada}'",
        f"DELETE FROM entry WHERE seq = {seq} AND patient = '{ben}'",
    )
    found = said(coach("verify", "--against", folder), code=1)
    assert f"look  Patient {ada}: entry 2 was changed after it was recorded." in found
    assert f"look  Patient {ben}: the record ends at entry {seq - 1}; the backup had 1 more." in found
    refused = said(coach("backup", tmp_path / "b"), code=1 if clinic.installation.store.path else 2)
    assert "is not whole" in refused
    assert len(list((tmp_path / "b").iterdir())) == 1


def test_what_lies_around_the_entries_is_named_too(coach, clinic: Clinic):
    ada, file = clinic.patients["ada"], clinic.installation.store.path
    tamper(own(clinic.installation), f"INSERT INTO erasing VALUES ('{ada}')")
    if file:
        file.chmod(0o644)
    found = said(coach("verify"), code=1)
    assert f"look  Patient {ada}: their entries could be removed, though nobody is being erased." in found
    assert ("(clinic.sqlite3 644)" in found or "(coach.sqlite3 644)" in found) is (file is not None)


def test_a_changed_caseload_is_named_and_made_anew(coach, clinic: Clinic):
    ada = clinic.patients["ada"]
    tamper_caseload = f"UPDATE caseload SET needs = '[]', card = '{{}}' WHERE patient = '{ada}'"
    with current_actor.acting_as(current_actor.SYSTEM), clinic.installation.store.writing() as connection:
        connection.exec_driver_sql(tamper_caseload)
    told = f"look  Patient {ada}: the caseload does not show what the entries say."
    assert told in said(coach("verify"), code=1)
    assert f"{len(clinic.patients)} patients: all as the entries say." in said(coach("rebuild"))
    said(coach("verify"))


def test_who_was_erased_after_a_backup_stays_erased(coach, clinic: Clinic, tmp_path: Path, elsewhere):
    ada = clinic.patients["dora"]
    older = folder_in(coach("backup", tmp_path / "b"))
    said(coach("erase", ada, "--yes"))
    list_of_them = tmp_path / "home" / tombstones.NAME
    elsewhere()
    restored = said(coach("restore", older, "--tombstones", list_of_them))
    assert "Left out, as they were erased: 1 patients." in restored
    assert str(ada) not in said(coach("verify"))
    assert (tmp_path / "elsewhere" / tombstones.NAME).exists()


def test_a_list_of_the_erased_that_cannot_be_read_stops_a_restore(coach, tmp_path: Path):
    made = make_clinic(tmp_path / "home", f"sqlite:///{tmp_path}/home/coach.sqlite3")
    made.installation.store.close()
    folder = folder_in(coach("backup", tmp_path / "b"))
    (tmp_path / "bad.json").write_text("{}")
    for name in ("bad.json", "none.json"):
        again = CliRunner().invoke(
            line.main,
            ["restore", str(folder), "--tombstones", str(tmp_path / name)],
            env={"COACH_HOME": str(tmp_path / "n")},
        )
        assert "Nothing was restored" in said(again, code=2)
    assert not (tmp_path / "n" / "coach.sqlite3").exists()


def test_where_there_is_no_record_each_says_so(coach, tmp_path: Path):
    for words in (["backup", tmp_path / "b"], ["verify"], ["rebuild"], ["restore", tmp_path / "b"]):
        told = said(coach(*words), code=2).strip()
        assert "\n" not in told
    assert not (tmp_path / "b").exists()
    assert list((tmp_path / "home").iterdir()) == []


@pytest.mark.parametrize("first", [5, 40], ids=["its tables", "its rows"])
def test_a_damaged_file_is_named_without_a_traceback(coach, tmp_path: Path, first: int):
    made = make_clinic(tmp_path / "home", f"sqlite:///{tmp_path}/home/coach.sqlite3")
    made.installation.store.close()
    path = tmp_path / "home" / "coach.sqlite3"
    with sqlite3.connect(path) as raw:
        size = raw.execute("PRAGMA page_size").fetchone()[0]
    raw.close()
    whole = bytearray(path.read_bytes())
    for page in range(first, len(whole) // size, 3):
        whole[page * size : page * size + 64] = b"\x7f" * 64
    path.write_bytes(whole)
    assert "look  " in said(coach("verify"), code=1)
    assert coach("backup", tmp_path / "b").exit_code in (1, 2)
    assert list((tmp_path / "b").iterdir()) == []


def test_a_server_without_its_owner_is_refused(coach, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("COACH_DATABASE_URL", "postgresql://coach@127.0.0.1:1/coach")
    for words in (["backup", tmp_path], ["verify"], ["rebuild"]):
        assert "COACH_OWNER_URL" in said(coach(*words), code=2)


@pytest.mark.slow
def test_a_drill_in_processes_of_their_own(tmp_path: Path):
    """Beside a record that is open and written to, as whoever runs a clinic does it."""
    made = make_clinic(tmp_path / "home", f"sqlite:///{tmp_path}/home/coach.sqlite3")
    ada = made.patients["ada"]

    def run(*words: str, home: str = "home") -> str:
        env = {name: value for name, value in os.environ.items() if not name.startswith("COACH_")}
        command = [sys.executable, "-m", "coach", *words]
        where = env | {"COACH_HOME": str(tmp_path / home)}
        done = subprocess.run(command, cwd=ROOT, env=where, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    folder = run("backup", str(tmp_path / "b")).split("It is in ")[1].splitlines()[0]
    made.installation.store.append(ada, [draft(recorded_at=clock.now())])
    assert "is whole" in run("verify", "--against", folder)
    run("restore", folder, home="new")
    assert "is whole" in run("verify", "--against", folder, home="new")
    made.installation.store.close()
