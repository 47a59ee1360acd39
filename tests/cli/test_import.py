"""The command line takes in a paper diary or an archive: all of it or nothing, and the audit knows who did it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result

from coach import desk
from coach.cli import main as line
from coach.desk import Installation, PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.desk.installation import clock
from coach.desk.installation.recording import new_key
from coach.desk.operator import record_access
from coach.domain.facts import PainWhen
from coach.export import formats
from coach.export.formats import Form
from coach.records.database import current_actor
from tests.support.clinic_team import patient as new_patient
from tests.support.clinic_team import team
from tests.support.diary_papers import BAD, DIARY
from tests.support.erasing import all_rows
from tests.support.homes import NOW, Clock
from tests.support.patients import answer_set_up, desk_in
from tests.support.postgres import as_owner

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def april() -> Iterator[Clock]:
    """It is 4 April 2026, a month after the procedure."""
    hand = Clock(NOW + timedelta(days=30))
    with clock.showing(hand):
        yield hand


@pytest.fixture
def coach(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "mine"))
    for name in ("COACH_DATABASE_URL", "COACH_OWNER_URL", "COACH_MODE"):
        monkeypatch.delenv(name, raising=False)
    desk.forget()
    yield lambda *words: CliRunner().invoke(line.main, [str(word) for word in words])
    desk.forget()


@pytest.fixture
def home(coach: Run, tmp_path: Path) -> PatientDesk:
    made = desk_in(tmp_path / "mine")
    answer_set_up(made, procedure=timedelta(days=30, hours=60))
    return made


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def clinic(
    request: pytest.FixtureRequest, coach: Run, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        monkeypatch.setenv("COACH_DATABASE_URL", url)
        monkeypatch.setenv("COACH_OWNER_URL", as_owner(url))
    monkeypatch.setenv("COACH_MODE", "clinic")
    installation = desk.open_installation()
    yield installation
    installation.store.close()


def patient_of(installation: Installation, reference: str, looks_after: UUID | None = None) -> UUID:
    with current_actor.acting_as(current_actor.SYSTEM):
        who = new_patient(installation, looks_after, reference=reference, name=f"Name {reference}")
        mine = PatientDesk(installation, who, Principal(Role.PATIENT, patient=who))
        answer_set_up(mine, procedure=timedelta(days=30, hours=60))
    return who


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, as who owns them sees it."""
    store = record_access.opened()
    try:
        with current_actor.acting_as(current_actor.SYSTEM):
            return all_rows(store)
    finally:
        store.close()


def record() -> dict[str, list[tuple[object, ...]]]:
    """Return every row but those of the audit."""
    return {name: rows for name, rows in everything().items() if name != "audit"}


def fine(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return str(result.output)


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    return str(result.output)


def written(folder: Path, content: bytes, name: str = "diary.csv") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def test_a_paper_diary_is_taken_in_once(coach: Run, home: PatientDesk, tmp_path: Path):
    file = written(tmp_path, DIARY)
    before = record()
    said = fine(coach("import", file, "--dry-run"))
    assert "good and has 3 exercises, 5 pain scores and 1 note on 2 days to add. Nothing was stored." in said
    assert record() == before
    assert "Taken in: 3 exercises, 5 pain scores and 1 note on 2 days." in fine(coach("import", file))
    assert len(home.history().sessions) == 2
    stored = record()
    said = fine(coach("import", file))
    assert "8 lines are in the diary already and are left out." in said
    assert "There is nothing new in the file. Nothing was stored." in said
    assert record() == stored


@pytest.mark.parametrize(("content", "number", "_why"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_by_its_line_and_stores_nothing(
    coach: Run, home: PatientDesk, tmp_path: Path, content: bytes, number: int | None, _why: object
):
    before = record()
    for words in (("import", "--dry-run"), ("import",)):
        said = refused(coach(*words, written(tmp_path, content)))
        assert said.endswith("Error: Nothing was stored.\n")
        assert number is None or f"Line {number}: " in said or "more." in said
    assert record() == before


def test_in_a_clinic_the_patient_is_named(coach: Run, clinic: Installation, tmp_path: Path):
    with current_actor.acting_as(current_actor.SYSTEM):
        ada, ben = patient_of(clinic, "R-1", team(clinic)), patient_of(clinic, "R-2")
    file = written(tmp_path, DIARY)
    before = record()
    assert "There is no such patient." in refused(coach("import", file))
    assert "There is no such patient." in refused(coach("import", file, "R-3"))
    assert "There is no such patient." in refused(coach("import", file, uuid4()))
    assert record() == before
    fine(coach("import", file, "R-1"))
    fine(coach("import", file, ben, "--dry-run"))
    with current_actor.acting_as(current_actor.SYSTEM):
        assert len(clinic.history_cache.history(ada).sessions) == 2
        assert not clinic.history_cache.history(ben).sessions
        assert {entry.author for entry in clinic.store.entries(ada)} == {"patient"}
    stored = record()
    fine(coach("import", file, "R-1"))
    assert record() == stored


def test_the_audit_knows_that_the_command_line_did_it(coach: Run, clinic: Installation, tmp_path: Path):
    ada = patient_of(clinic, "R-1")
    fine(coach("import", written(tmp_path, DIARY), "R-1"))
    (row,) = [row for row in everything()["audit"] if "operator" in row and "history.tell" in row]
    assert ada in row
    assert "allowed" in row


def test_an_archive_goes_into_an_empty_record(
    coach: Run, home: PatientDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home.sessions.give_pain(3, PainWhen.NOW, key=new_key())
    archive = tmp_path / "all.zip"
    fine(coach("export-all", archive))
    assert "The record is not empty" in refused(coach("import", archive))
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "other"))
    unnamed = tmp_path / "all"
    shutil.copy(archive, unnamed)
    assert "An archive holds all patients: name none." in refused(coach("import", archive, "ada"))
    assert "The archive is good: 1 patients" in fine(coach("import", unnamed, "--dry-run"))
    assert "Taken in: 1 patients" in fine(coach("import", unnamed))
    other = desk_in(tmp_path / "other")
    assert other.history().entries == home.history().entries
    assert other.installation.history_cache.head(other.patient) == home.installation.history_cache.head(
        home.patient
    )


def test_other_files_are_refused_with_a_sentence(coach: Run, home: PatientDesk, tmp_path: Path):
    before = record()
    tables = written(tmp_path, formats.make(Form.CSV, home.export.patient_record()).content, "tables.zip")
    assert "is no archive of Coach" in refused(coach("import", tables))
    assert "is no archive of Coach" in refused(coach("import", written(tmp_path, b"cut", "cut.zip")))
    sheet = written(tmp_path, b"PK\x03\x04 and so on", "diary.xlsx")
    assert "spreadsheet’s own file" in refused(coach("import", sheet))
    for missing in (tmp_path / "nowhere.csv", tmp_path):
        assert "cannot be read as a file." in refused(coach("import", missing))
    assert record() == before


def test_without_a_record_nothing_is_made(coach: Run, tmp_path: Path):
    refused(coach("import", written(tmp_path, DIARY)))
    assert not (tmp_path / "mine" / "coach.sqlite3").exists()


def test_day_and_month_are_told_by_an_option_where_the_file_does_not_show_them(
    coach: Run, home: PatientDesk, tmp_path: Path
):
    head = b"date;time;what;reps\n"
    file = written(tmp_path, head + b"12/3/2026;8:30 pm;ankle_pumps;10\n")
    before = record()
    unsure = refused(coach("import", file))
    assert "Line 2: In “12/3/2026” the day or the month may come first." in unsure
    assert "Say it with --dates day-first or --dates month-first." in unsure
    assert "12/3/2026 is 3 December 2026" not in unsure
    assert "lies ahead" in refused(coach("import", file, "--dates", "month-first"))
    assert record() == before
    said = fine(coach("import", file, "--dates", "day-first"))
    assert "In dates the day comes first: 12/3/2026 is 12 March 2026." in said
    assert "Between the cells stand semicolons." in said
    (session,) = home.history().sessions
    assert f"{session.started.at:%Y-%m-%d %H:%M}" == "2026-03-12 19:30"
