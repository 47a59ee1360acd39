"""A record on a disk that takes nothing: what only reads it works, and says what it could not write."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner, Result

from coach import desk
from coach.cli import main as line
from coach.desk.installation.recording import new_key
from coach.domain.facts import PainWhen
from tests.support.disks import SmallDisk, on_a_small_disk
from tests.support.patients import answer_set_up, desk_in


def left_on(home: Path) -> int:
    """Leave a record in that folder as a server does that is killed, with its last entries in the log alone."""
    with TemporaryDirectory() as elsewhere:
        made = desk_in(Path(elsewhere))
        answer_set_up(made, procedure=timedelta(hours=60))
        made.give_pain(7, PainWhen.NOW, key=new_key())
        home.mkdir(mode=0o700)
        for each in Path(elsewhere).glob("coach.sqlite3*"):
            shutil.copy(each, home)
        assert (home / "coach.sqlite3-wal").stat().st_size
        (home / "coach.sqlite3-shm").unlink(missing_ok=True)
        count = len(made.history().entries)
        made.installation.store.close()
    return count


@on_a_small_disk
def test_what_only_reads_a_record_works_on_a_disk_that_takes_nothing(disk: SmallDisk):
    home = disk.folder / "mine"
    entries = left_on(home)
    disk.freeze(home)
    before = {each.name: each.read_bytes() for each in home.iterdir()}
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        out = Path(folder)
        patch.setenv("COACH_HOME", str(home))
        for name in ("COACH_DATABASE_URL", "COACH_OWNER_URL", "COACH_MODE"):
            patch.delenv(name, raising=False)
        desk.forget()

        def run(*words: object) -> Result:
            result = CliRunner().invoke(line.main, [str(word) for word in words])
            assert "Traceback" not in result.output
            return result

        said = run("verify")
        assert (said.exit_code, "is whole" in said.output) == (0, True), said.output
        assert f"entry {entries}, " in said.output
        said = run("backup", out / "backups")
        assert said.exit_code == 0, said.output
        assert f"{entries} entries" in said.output
        said = run("export", "--format", "json", "--out", out / "one.json")
        assert said.exit_code == 0, said.output
        assert "the audit does not know of this export" in said.output
        assert len(json.loads((out / "one.json").read_bytes())["entries"]) == entries
        assert run("export-all", out / "all.zip").exit_code == 0
        assert run("import-all", out / "all.zip", "--dry-run").exit_code == 0
        assert run("export-clinic", "--out", out / "clinic").exit_code == 0
        said = run("doctor")
        assert said.exit_code == 1
        assert f"look  {home / 'coach.sqlite3'} cannot be written to." in said.output
        assert "ok    A full check of the record found no damage." in said.output
        assert "ok    Every entry is as it was recorded" in said.output
        for words in (("rebuild",), ("erase", "--yes"), ("future", "--set-aside", "--yes")):
            said = run(*words)
            assert said.exit_code in (0, 2), said.output  # nothing lies ahead: there is nothing to set aside
            assert said.exit_code == 0 or "cannot be written to" in said.output, said.output
    assert {each.name: each.read_bytes() for each in home.iterdir()} == before
