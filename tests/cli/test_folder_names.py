"""A folder may be called as its owner likes: each command finds the record in it, and nothing lands beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coach import desk
from coach.cli import main as line
from coach.desk.installation.recording import new_key
from coach.domain.facts import PainWhen
from coach.records.entries.store import Store

NAMES = ("x%41", "what?now#b&c;d=e @h:1 [2]+", 'Übung\u2009\'s "own"')


def run(*words: object) -> Result:
    return CliRunner().invoke(line.main, [str(word) for word in words])


@pytest.mark.parametrize("name", NAMES)
def test_every_command_finds_the_record_in_a_folder_of_any_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for variable in ("COACH_DATABASE_URL", "COACH_OWNER_URL", "COACH_MODE"):
        monkeypatch.delenv(variable, raising=False)
    home, backups = tmp_path / name, tmp_path / f"{name} kept"
    monkeypatch.setenv("COACH_HOME", str(home))
    backups.mkdir()
    store = Store.open(desk.database_url())
    own = desk.household(desk.Installation(store))
    own.give_pain(3, PainWhen.NOW, key=new_key())
    store.close()
    assert desk.where() == str(home / "coach.sqlite3")

    assert str(home / "coach.sqlite3") in run("doctor").output
    assert run("verify").exit_code == run("future").exit_code == 0
    assert run("rebuild").exit_code == 0
    assert run("export-all", tmp_path / f"{name}.zip").exit_code == 0
    assert run("backup", backups).exit_code == 0
    (made,) = backups.iterdir()
    monkeypatch.setenv("COACH_HOME", str(tmp_path / f"{name} again"))
    done = run("restore", made)
    assert done.exit_code == 0, done.output
    assert run("verify", "--against", made).exit_code == 0
    monkeypatch.setenv("COACH_HOME", str(tmp_path / f"{name} from the archive"))
    assert run("import-all", tmp_path / f"{name}.zip").exit_code == 0

    folders = {path.parent for path in tmp_path.rglob("coach.sqlite3")}
    assert folders == {home, made, tmp_path / f"{name} again", tmp_path / f"{name} from the archive"}
