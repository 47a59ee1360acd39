"""The command line hands out one patient in any form, and a whole clinic that names nobody."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from coach import desk
from coach.cli import main as line
from coach.desk import PatientDesk
from coach.export.formats import Form
from coach.export.tables import columns
from coach.records.clinic.audit import Audit
from tests.support.patients import answer_set_up, desk_in

Run = Callable[..., Result]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> PatientDesk:
    """A patient at home, whose record the commands find."""
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "mine"))
    for name in ("COACH_DATABASE_URL", "COACH_OWNER_URL", "COACH_MODE"):
        monkeypatch.delenv(name, raising=False)
    desk.forget()
    made = desk_in(tmp_path / "mine")
    answer_set_up(made, procedure=timedelta(hours=60))
    return made


@pytest.fixture
def coach(patient: PatientDesk) -> Run:
    return lambda *words: CliRunner().invoke(line.main, [str(word) for word in words])


def refused(result: Result) -> str:
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    return result.output


STARTS = {
    Form.REPORT: b"%PDF-",
    Form.SHEET: b"%PDF-",
    Form.BONE_LETTER: b"%PDF-",
    Form.CSV: b"PK",
    Form.JSON: b"{",
    Form.FHIR: b"{",
    Form.FHIR_TRANSACTION: b"{",
    Form.CALENDAR: b"BEGIN:VCALENDAR\r\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("form", Form)
def test_one_patient_is_written_in_each_form_for_this_account_alone(coach: Run, tmp_path: Path, form: Form):
    out = tmp_path / "out"
    result = coach("export", "--format", form.value, "--out", out)
    assert result.exit_code == 0, result.output
    assert out.read_bytes().startswith(STARTS[form])
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert str(out) in result.output
    assert list(tmp_path.glob(".out*")) == []


def test_the_history_is_whole_and_the_audit_knows(coach: Run, patient: PatientDesk, tmp_path: Path):
    out = tmp_path / "history.json"
    assert coach("export", patient.patient, "--format", "json", "--out", out).exit_code == 0
    content = json.loads(out.read_bytes())
    assert [each["id"] for each in content["entries"]] == [str(e.id) for e in patient.history().entries]
    assert content["head"]["hash"] == patient.installation.history_cache.head(patient.patient)[1]
    lines = Audit(patient.installation.store).read()
    assert [(each.role, each.patient) for each in lines if each.action == "history.export"] == [
        ("operator", patient.patient)
    ]


def test_the_tables_are_those_of_the_record(coach: Run, patient: PatientDesk, tmp_path: Path):
    out = tmp_path / "tables.zip"
    assert coach("export", "--format", "csv", "--out", out).exit_code == 0
    with zipfile.ZipFile(io.BytesIO(out.read_bytes())) as archive:
        assert set(archive.namelist()) == {f"{each.name}.csv" for each in columns.TABLES} | {
            "datapackage.json"
        }
        assert (
            archive.read("pain.csv").decode().count("\n") == 2
        )  # the names, and the pain before the procedure


def test_a_file_that_is_there_stays(coach: Run, tmp_path: Path):
    out = tmp_path / "out"
    out.write_text("mine")
    assert "already" in refused(coach("export", "--format", "json", "--out", out))
    assert out.read_text() == "mine"
    assert "already" in refused(coach("export-clinic", "--out", out))
    assert out.read_text() == "mine"


@pytest.mark.parametrize("command", [("export", "--format", "json"), ("export-clinic",)])
def test_a_folder_that_is_not_there_is_one_sentence(coach: Run, tmp_path: Path, command: tuple[str, ...]):
    assert "no such folder" in refused(coach(*command, "--out", tmp_path / "none" / "out"))


@pytest.mark.parametrize("named", [uuid4(), "R-unknown"])
def test_nobody_of_that_name_is_one_sentence(coach: Run, tmp_path: Path, named: object):
    assert "no such patient" in refused(coach("export", named, "--format", "json", "--out", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_form_that_there_is_not_is_one_sentence(coach: Run, tmp_path: Path):
    assert "'docx' is not one of" in refused(coach("export", "--format", "docx", "--out", tmp_path / "out"))


def test_no_record_is_one_sentence_and_none_is_made(
    coach: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "empty"))
    refused(coach("export", "--format", "json", "--out", tmp_path / "out"))
    refused(coach("export-clinic", "--out", tmp_path / "out"))
    assert not (tmp_path / "empty" / "coach.sqlite3").exists()


def test_a_clinic_is_written_without_names(coach: Run, patient: PatientDesk, tmp_path: Path):
    out = tmp_path / "clinic"
    result = coach("export-clinic", "--out", out)
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {file.stem for file in out.iterdir()} == {each.name for each in columns.TABLES}
    rows = pq.read_table(out / "plan_changes.parquet").to_pylist()
    assert len({row["patient"] for row in rows}) == 1
    assert rows[0]["patient"] not in (str(patient.patient), patient.patient.hex)
    whole = b"".join(file.read_bytes() for file in out.iterdir())
    assert b"Ada" not in whole
    assert patient.patient.hex.encode() not in whole


def test_a_clinic_that_cannot_be_written_whole_leaves_nothing(
    coach: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("coach.export.tables.parquet.Writer.add", full)
    assert "disk is full" in refused(coach("export-clinic", "--out", tmp_path / "clinic"))
    assert not (tmp_path / "clinic").exists()
