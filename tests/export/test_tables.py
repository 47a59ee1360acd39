"""The tables of a history: every fact that counts once, with its unit, in files that other programs read."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow.parquet as pq
import pytest

from coach.domain import facts
from coach.domain.history import History
from coach.domain.patient_record import PatientRecord
from coach.export.tables import csv as csv_export
from coach.export.tables import parquet
from coach.export.tables.columns import TABLES
from coach.export.tables.table import ColumnKind
from coach.protocols.loader import default
from tests.support.review_samples import GLUTES, PROCEDURE, PUMPS, Record, on_day, plausible
from tests.support.tables import read

CANARIES = ("Zebrafish", "Quokka", "Axolotl", "Narwhal", "Okapi")


def patient_record(record: Record | None = None, *, patient: UUID | None = None) -> PatientRecord:
    history = record.history if record else History()
    return PatientRecord(
        patient or uuid4(), default(), history, on_day(30), "head", len(history.entries), "Quokka", "", {}, followed=True
    )  # fmt: skip


def full() -> Record:
    """Return a course with one of each kind of fact that the tables tell of."""
    record = Record().set_up()
    session = record.session(on_day(3, "09:00"), [PUMPS, GLUTES], before=4, after=facts.PainWord.MILD)
    record.add(facts.Effort(session, 3), on_day(3, "09:10"))
    record.add(facts.Note(session, "Zebrafish\nsecond line"), on_day(3, "09:11"))
    record.add(facts.FlagCheck(whole=True), on_day(3, "08:59"))
    flag = record.add(facts.RedFlagYes(next(iter(default().red_flags))), on_day(4))
    record.add(facts.FlagCleared(flag, "Quokka", on_day(5), "Axolotl"), on_day(5, "21:00"))
    hold = record.add(facts.ClinicianHold(GLUTES, "Narwhal", on_day(9)), on_day(6))
    record.add(facts.HoldLifted(hold, "Okapi"), on_day(7))
    record.add(facts.Override(GLUTES, 6, 4.0, 3, on_day(8), on_day(9), "Narwhal"), on_day(8))
    record.add(facts.PlanText(facts.PlanTopic.BRACE, "Quokka", "Okapi"), on_day(8))
    record.add(facts.CourseDetail(facts.Detail.LEVELS, "Zebrafish"), on_day(8))
    record.pain(10, None)
    activity = record.add(facts.Activity("Okapi riding"), on_day(1))
    record.add(facts.FunctionScore("baseline", activity, 2), on_day(1))
    record.add(facts.ChangeRating("week-2", facts.Change.MUCH_BETTER), on_day(14))
    record.add(
        facts.BoneHealth("week-2", facts.BoneStep.TREATMENT, facts.BoneState.YES, "Narwhal"), on_day(15)
    )
    return record


@pytest.mark.parametrize("record", [plausible(40), full(), Record()], ids=["plausible", "full", "empty"])
def test_every_fact_that_counts_is_one_row_of_its_table(record: Record):
    history, files = record.history, read(csv_export.zipped(patient_record(record)))
    assert [row["session"] for row in files["sessions"]] == [str(session.id) for session in history.sessions]
    assert [row["set"] for row in files["sets"]] == [str(entry.id) for entry in history.of(facts.SetDone)]
    assert [row["answer"] for row in files["pain"]] == [str(entry.id) for entry in history.of(facts.Pain)]
    told = {row["entry"] for name in ("checks", "plan_changes") for row in files[name]}
    kinds = (
        facts.FlagCheck,
        facts.RedFlagYes,
        facts.FlagCleared,
        facts.ClinicianHold,
        facts.HoldLifted,
        facts.Override,
        facts.PlanText,
        facts.CourseDetail,
        facts.Procedure,
    )
    assert told >= {str(entry.id) for kind in kinds for entry in history.of(kind)}


def test_the_figures_are_those_of_the_history():
    record = plausible(40)
    files = read(csv_export.zipped(patient_record(record)))
    by_id = {str(session.id): session for session in record.history.sessions}
    assert len(by_id) > 60
    for row in files["sessions"]:
        session = by_id[row["session"]]
        assert int(row["sets_done"]) == len(session.sets)
        assert datetime.fromisoformat(row["at"]) == session.started.at
        assert row["pain_before"] == ("" if session.before is None else str(session.before.fact.score))
        assert float(row["since_procedure_h"]) == pytest.approx(
            (session.started.at - PROCEDURE) / timedelta(hours=1), abs=1e-4
        )
    scores = [entry.fact.score for entry in record.history.of(facts.Pain)]
    assert [int(row["score"]) for row in files["pain"]] == scores


def test_a_score_of_zero_a_word_and_an_unknown_one_are_three_things():
    record = Record().set_up(baseline=0)
    record.pain(1, facts.PainWord.BAD)
    record.pain(2, None)
    rows = [
        (row["score"], row["word"], row["unknown"])
        for row in read(csv_export.zipped(patient_record(record)))["pain"]
    ]
    assert rows == [("0", "", "false"), ("", "bad", "false"), ("", "", "true")]


def test_times_are_on_the_patients_clock_before_and_after_it_changes():
    record = Record().set_up()
    record.pain(47, 3, clock="12:00")  # 24 October 2026; the clocks go back on the 25th
    record.pain(49, 3, clock="12:00")
    rows = [
        row
        for row in read(csv_export.zipped(patient_record(record)))["pain"]
        if row["question"] == "average_24h"
    ]
    assert [row["local_time"] for row in rows] == ["2026-10-24T12:00:00+02:00", "2026-10-26T12:00:00+01:00"]
    assert [row["at"] for row in rows] == ["2026-10-24T10:00:00Z", "2026-10-26T11:00:00Z"]
    for row in rows:
        there = datetime.fromisoformat(row["at"]).astimezone(ZoneInfo(row["zone"]))
        assert there.isoformat() == row["local_time"]
        assert there.date().isoformat() == row["local_date"]


def test_hours_are_counted_from_the_latest_procedure_before():
    record = Record().set_up()
    record.pain(2, 3, facts.PainWhen.NOW, "14:30")
    record.add(facts.Procedure(facts.Cause.NEW_PROCEDURE), on_day(10, "10:00"))
    record.pain(10, 3, facts.PainWhen.NOW, "11:00")
    rows = read(csv_export.zipped(patient_record(record)))["pain"]
    assert [float(row["since_procedure_h"]) for row in rows if row["question"] == "now"] == [48, 1]


def test_what_was_taken_back_or_corrected_is_told_once_or_not_at_all():
    record = Record().set_up()
    wrong = record.pain(1, 9)
    record.add(facts.Pain(2, facts.PainWhen.AVERAGE_24H), on_day(1), supersedes=wrong)
    gone = record.pain(2, 8)
    record.add(facts.Void(gone, "a slip"), on_day(2, "20:05"))
    scores = [row["score"] for row in read(csv_export.zipped(patient_record(record)))["pain"]]
    assert scores == ["8", "2"]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "＝1", "  =1"])  # noqa: RUF001
def test_no_text_is_a_formula(text: str):
    record = Record().set_up()
    session = record.session(on_day(3), [PUMPS])
    record.add(facts.Note(session, text), on_day(3))
    [row] = read(csv_export.zipped(patient_record(record)))["sessions"]
    assert row["notes"] in (f"'{text}", f"'{text.strip()}")


def test_notes_keep_their_lines_commas_and_quotes():
    record = Record().set_up()
    session = record.session(on_day(3), [PUMPS])
    record.add(facts.Note(session, 'said "no", then\nyes; ünïcode 😀'), on_day(3))
    [row] = read(csv_export.zipped(patient_record(record)))["sessions"]
    assert row["notes"] == 'said "no", then\nyes; ünïcode 😀'


def test_answers_about_function_and_change_are_rows_with_the_activity_as_it_is_called_now():
    record = Record().set_up()
    bed = record.add(facts.Activity("Bed"), on_day(1))
    socks = record.add(facts.Activity("Socks"), on_day(1))
    record.add(facts.FunctionScore("baseline", bed, 0), on_day(1))
    record.add(facts.FunctionScore("baseline", socks, 3), on_day(1))
    reworded = record.add(facts.Activity("Getting out of bed"), on_day(14), supersedes=bed)
    record.add(facts.FunctionScore("week-2", reworded, None), on_day(14))
    record.add(facts.ChangeRating("week-2", facts.Change.MUCH_BETTER), on_day(14))
    record.add(facts.Void(socks, "a slip"), on_day(15))
    rows = read(csv_export.zipped(patient_record(record)))["outcome_measures"]
    said = ("occasion", "what", "activity", "activity_text", "score", "rating", "unknown")
    assert [tuple(row[name] for name in said) for row in rows] == [
        ("baseline", "function", str(bed), "Getting out of bed", "0", "", "false"),
        ("week-2", "function", str(bed), "Getting out of bed", "", "", "true"),
        ("week-2", "change", "", "", "", facts.Change.MUCH_BETTER.value, "false"),
    ]


def test_answers_about_bone_health_are_rows_of_the_latest_version_each_with_its_course():
    record, bones, step, state = Record().set_up(), facts.BoneHealth, facts.BoneStep, facts.BoneState
    wrong = record.add(bones("week-2", step.TREATMENT, state.NO), on_day(15))
    record.add(bones("week-2", step.TREATMENT, state.YES, "Quokka drops"), on_day(15), supersedes=wrong)
    record.add(bones("week-2", step.SCAN, None), on_day(15))
    record.add(
        facts.Void(record.add(bones("week-2", step.APPOINTMENT, state.BOOKED), on_day(15)), "a slip"),
        on_day(15),
    )
    rows = read(csv_export.zipped(patient_record(record)))["bone_health"]
    said = ("occasion", "step", "state", "unknown", "treatment", "course")
    assert [tuple(row[name] for name in said) for row in rows] == [
        ("week-2", "treatment", "yes", "false", "Quokka drops", "1"),
        ("week-2", "scan", "", "true", "", "1"),
    ]


def test_the_description_names_every_column_of_every_file_in_order():
    whole = csv_export.zipped(patient_record(full()))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        package = json.loads(archive.read(csv_export.DESCRIPTION))
        assert {each["path"] for each in package["resources"]} | {csv_export.DESCRIPTION} == set(
            archive.namelist()
        )
        for each in package["resources"]:
            header = archive.read(each["path"]).decode().splitlines()[0].split(",")
            assert header == [field["name"] for field in each["schema"]["fields"]]
            assert all(field["description"] for field in each["schema"]["fields"])
    assert package["head"]["hash"] == "head"


def test_every_number_has_a_unit():
    for table in TABLES:
        for name, column in table.columns.items():
            assert column.unit or column.kind not in (ColumnKind.WHOLE, ColumnKind.NUMBER), (
                f"{table.name}.{name}"
            )


def test_a_session_that_was_stopped_says_why_and_one_that_nobody_ended_says_nothing():
    record = Record().set_up()
    session = record.session(on_day(3), [PUMPS])
    ended = next(entry for entry in record.entries if entry.kind == "session_finished")
    record.entries.remove(ended)
    [row] = read(csv_export.zipped(patient_record(record)))["sessions"]
    assert (row["ended_at"], row["stop_reason"]) == ("", "")
    record.add(facts.SessionFinished(session, facts.StopReason.PAIN), on_day(3, "20:10"))
    [row] = read(csv_export.zipped(patient_record(record)))["sessions"]
    assert row["stop_reason"] == "pain"


# a whole clinic


def test_a_clinic_as_parquet_has_every_row_and_names_nobody(tmp_path):
    records = [plausible(20, seed=seed) for seed in range(3)] + [full(), Record()]
    patients = [uuid4() for _record in records]
    with parquet.Writer(tmp_path) as writer:
        for patient, record in zip(patients, records, strict=True):
            writer.add(patient_record(record, patient=patient))
    assert writer.patients == 5
    for table in TABLES:
        rows = pq.read_table(tmp_path / f"{table.name}.parquet").to_pandas()
        assert len(rows) == writer.rows[table.name]
        assert len(rows) == sum(len(list(table.rows(patient_record(record)))) for record in records)
        assert set(rows.columns) == {"patient"} | {n for n, c in table.columns.items() if not c.personal}
    whole = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    text = "".join(
        pd.read_parquet(file).to_csv() + str(pq.read_schema(file).metadata) for file in tmp_path.iterdir()
    )
    for canary in (*CANARIES, *map(str, patients), "Europe/Berlin", "2026-09"):
        assert canary not in text
        assert canary.encode() not in whole
    entries = {str(entry.id) for record in records for entry in record.entries}
    assert not any(entry in text for entry in entries)


def test_rows_of_one_patient_find_each_other_and_not_those_of_another_export(tmp_path):
    record, patient = plausible(10), uuid4()
    aliases = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        with parquet.Writer(tmp_path / name) as writer:
            writer.add(patient_record(record, patient=patient))
        sessions = pd.read_parquet(tmp_path / name / "sessions.parquet")
        sets = pd.read_parquet(tmp_path / name / "sets.parquet")
        assert set(sets["session"]) <= set(sessions["session"])
        assert set(sets["patient"]) == set(sessions["patient"])
        aliases.append(sessions["patient"][0])
    assert aliases[0] != aliases[1]


def test_a_missing_number_is_missing_in_parquet_too(tmp_path):
    record = Record().set_up(baseline=None)
    record.pain(1, 0)
    with parquet.Writer(tmp_path) as writer:
        writer.add(patient_record(record))
    pain = pq.read_table(tmp_path / "pain.parquet")
    assert pain["score"].to_pylist() == [None, 0]
    assert pain["unknown"].to_pylist() == [True, False]
    about = json.loads(pain.schema.metadata[b"coach"])
    assert about["columns"]["score"]["unit"] == "NRS 0-10"


def test_rows_are_written_before_they_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "ROWS_AT_ONCE", 50)
    with parquet.Writer(tmp_path) as writer:
        for seed in range(3):
            writer.add(patient_record(plausible(10, seed=seed)))
            assert all(len(each._waiting) < 50 for each in writer._tables)  # noqa: SLF001  how much is held in memory is seen nowhere else
    file = pq.ParquetFile(tmp_path / "sets.parquet")
    assert file.num_row_groups > 1
    assert file.metadata.num_rows == writer.rows["sets"]


def test_a_clinics_parquet_files_are_for_this_account_alone(tmp_path):
    before = os.umask(0o000)
    try:
        with parquet.Writer(tmp_path):
            pass
    finally:
        os.umask(before)
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
