"""Where there is no record a command says so and makes none; what it gives out can go to standard output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coach import desk
from coach.cli import main as line
from tests.support.patients import answer_set_up, desk_in
from tests.support.server import ROOT

COMMANDS: dict[str, tuple[str, ...]] = {
    "export": ("export", "--format", "json", "--out", "out.json"),
    "export-clinic": ("export-clinic", "--out", "out"),
    "export-all": ("export-all", "out.zip"),
    "erase": ("erase", "--yes"),
    "import": ("import", "diary.csv"),
    "future": ("future",),
    "remind": ("remind",),
    "user list": ("user", "list"),
    "user invite": ("user", "invite", "R-1"),
    "user reset": ("user", "reset", "mara"),
    "user disable": ("user", "disable", "mara"),
    "user enable": ("user", "enable", "mara"),
    "verify": ("verify",),
    "rebuild": ("rebuild",),
    "backup": ("backup", "backups"),
}


@pytest.fixture
def coach(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "mine"))
    for name in ("COACH_DATABASE_URL", "COACH_OWNER_URL", "COACH_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COACH_SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("COACH_MAIL_FROM", "coach@example.org")
    monkeypatch.setenv("COACH_PUBLIC_URL", "https://coach.example.org")
    (tmp_path / "diary.csv").write_text("date,time,what,reps,score,note\n2026-03-10,08:00,ankle_pumps,10,,\n")
    desk.forget()
    return lambda *words: CliRunner().invoke(line.main, [str(word) for word in words])


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_command_without_a_record_says_so_and_makes_none(
    coach: Callable[..., Result], tmp_path: Path, words: tuple[str, ...]
):
    result = coach(*words)
    assert result.exit_code == 2, result.output
    assert "There is no record at " in result.output
    assert "any more" not in result.output
    assert str(tmp_path / "mine" / "coach.sqlite3") in result.output
    made = {each.name for each in (*tmp_path.iterdir(), *tmp_path.glob("mine/*"))}
    assert made <= {"mine", "diary.csv"}


@pytest.mark.parametrize("form", ["json", "csv", "ics"])
def test_a_dash_is_standard_output(tmp_path: Path, form: str):
    home = tmp_path / "mine"
    made = desk_in(home)
    answer_set_up(made, procedure=timedelta(hours=60))
    command = [sys.executable, "-m", "coach", "export", "--format", form, "--out", "-"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("COACH_")}
    done = subprocess.run(
        command, cwd=ROOT, env=env | {"COACH_HOME": str(home)}, capture_output=True, check=True
    )
    assert done.stdout.startswith({"json": b"{", "csv": b"PK", "ics": b"BEGIN:VCALENDAR"}[form])
    assert done.stderr == b""
    assert not (ROOT / "-").exists()
    if form == "json":
        assert json.loads(done.stdout)["entries"]
