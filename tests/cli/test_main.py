"""The command line: what it says, and the exit code that scripts go by."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from coach.config import capacity
from coach.demo import patient as demo_patient
from coach.desk import PatientDesk
from coach.desk.installation import clock
from coach.domain import decisions as gate_decisions
from coach.domain import facts, gate, outcome, pain, pain_change, red_flags
from coach.domain.case import Case
from coach.domain.history import History
from coach.domain.pain import Light
from coach.domain.protocol import RoutineKind
from coach.domain.session import planned_reps
from coach.protocols.loader import DEFAULT
from coach.records.database import engine, migrations
from tests.support.drawing_samples import KEPT, SHAPE, svg
from tests.support.patients import desk_in
from tests.support.protocols import default_text
from tests.support.record_making import tamper
from tests.support.server import ROOT, START_S, answers, free_port

NOON = datetime(2026, 9, 20, 16, 0, tzinfo=UTC)  # noon where the sample is told


def lines(result: Result) -> list[str]:
    return result.output.splitlines()


# doctor


def test_the_doctor_finds_a_fresh_home_well(coach: Callable[..., Result], tmp_path: Path):
    result = coach("doctor")
    assert result.exit_code == 0, result.output
    assert all(said.startswith("ok    ") and said.endswith(".") for said in lines(result))
    assert f"There is no record yet. It will be {tmp_path}/home/coach.sqlite3." in result.output
    assert not (tmp_path / "home" / "coach.sqlite3").exists()


def test_the_doctor_says_how_many_files_and_sessions_there_is_room_for(coach: Callable[..., Result]):
    fits = capacity.of(capacity.allowed())
    said = (
        f"ok    A server may open {fits.files} files here: room for {fits.sessions} browser sessions at once."
    )
    assert said in coach("doctor").stdout.splitlines()


def test_the_doctor_names_versions_place_and_revision(coach: Callable[..., Result], tmp_path: Path):
    desk_in(tmp_path / "home")
    result = coach("doctor")
    assert result.exit_code == 0, result.output
    for word in (
        "Coach 0.1.0",
        "Python 3.",
        "Streamlit 1.",
        "SQLite 3.",
        "balloon-kyphoplasty 1.1.0",
        "tzdata",
    ):
        assert word in result.output
    newest = migrations.HEAD
    assert f"coach.sqlite3 opens. Its tables are at revision {newest} of {newest}." in result.output
    assert f"{tmp_path}/home/" in result.output
    assert "A full check of the record found no damage." in result.output
    assert "Only your account may open the record." in result.output


def test_the_doctor_says_that_a_file_is_damaged(coach: Callable[..., Result], tmp_path: Path):
    desk_in(tmp_path / "home")
    file = tmp_path / "home" / "coach.sqlite3"
    whole = bytearray(file.read_bytes())
    whole[4096:8192] = b"\x55" * 4096
    file.write_bytes(whole)
    result = coach("doctor")
    assert result.exit_code == 1
    assert f"look  The file {file} is damaged. It is left as it is. Restore a backup." in lines(result)


def test_the_doctor_names_an_entry_that_was_changed(coach: Callable[..., Result], tmp_path: Path):
    patient = desk_in(tmp_path / "home")
    patient.settings.set("first_name", "Ada")
    patient.settings.set("first_name", "Eve")
    result = coach("doctor")
    assert "ok    Every entry is as it was recorded: the chain of hashes is whole." in lines(result)
    tamper(
        f"sqlite:///{tmp_path}/home/coach.sqlite3",
        "UPDATE entry SET payload = replace(payload, 'Ada', 'Ann')",
    )
    result = coach("doctor")
    assert result.exit_code == 1
    [said] = [each for each in lines(result) if each.startswith("look")]
    assert said == (
        "look  Entries were changed or lost. Entry 1 was changed after it was recorded. Restore a backup."
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "is empty"), (b"Dear diary\n" * 20, "is not a record of Coach")],
)
def test_the_doctor_says_that_a_file_is_no_record(
    coach: Callable[..., Result], tmp_path: Path, content: bytes, sentence: str
):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "coach.sqlite3").write_bytes(content)
    result = coach("doctor")
    assert result.exit_code == 1
    [said] = [each for each in lines(result) if each.startswith("look")]
    assert sentence in said


def test_the_doctor_says_that_only_a_log_is_left(coach: Callable[..., Result], tmp_path: Path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "coach.sqlite3-wal").write_bytes(b"x")
    result = coach("doctor")
    assert result.exit_code == 1
    assert "is not there any more" in result.output


def test_the_doctor_says_that_others_may_read(coach: Callable[..., Result], tmp_path: Path):
    desk_in(tmp_path / "home")
    (tmp_path / "home" / "coach.sqlite3").chmod(0o644)
    result = coach("doctor")
    assert result.exit_code == 1
    assert "Other accounts on this computer may open the record" in result.output


def test_the_doctor_says_that_the_folder_cannot_be_made(
    coach: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "file" / "home"))
    result = coach("doctor")
    assert result.exit_code == 1
    [said] = [each for each in lines(result) if each.startswith("look")]
    assert str(tmp_path / "file" / "home") in said


def test_the_doctor_tells_of_a_faulty_sqlite_and_the_journal_chosen(
    coach: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine, "driver", lambda: sqlite3)
    monkeypatch.setattr(engine, "sound", lambda _version: False)
    result = coach("doctor")
    assert result.exit_code == 0, "the record is kept safely all the same"
    [said] = [each for each in lines(result) if "SQLite" in each]
    assert "has the fault" in said
    assert "journal mode DELETE, which is safe from it" in said


def test_the_doctor_does_not_know_other_databases(
    coach: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COACH_DATABASE_URL", "mysql://who:secret@there/record")
    result = coach("doctor")
    assert result.exit_code == 1
    assert "secret" not in result.output
    assert "Use SQLite or PostgreSQL" in result.output


# check-protocol


def test_a_good_protocol_is_said_to_be_good(coach: Callable[..., Result]):
    result = coach("check-protocol", DEFAULT)
    assert result.exit_code == 0
    assert result.output.startswith("ok: ")
    assert "4 exercises, 9 phases, 19 warning signs" in result.output


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("hold = { value = 5,", "hold = { value = 50,", ("hold", "Allowed:")),
        ('level = "emergency"', 'level = "panic"', ("red_flag", "level", "emergency, urgent, ask")),
        ("value = 24,", "value = nan,", ("Allowed:",)),
        ("schema = 1", "schema = 9", ("schema", "newer Coach", "Allowed: 1")),
        ('anchor = "procedure_end"', 'anchor = "breakfast"', ("phase", "anchor", "procedure_end")),
    ],
)
def test_a_bad_protocol_is_told_by_file_place_fault_and_what_is_allowed(
    coach: Callable[..., Result], tmp_path: Path, old: str, new: str, words: tuple[str, ...]
):
    file = tmp_path / "mine.toml"
    assert old in default_text()
    file.write_text(default_text().replace(old, new, 1), encoding="utf-8")
    result = coach("check-protocol", file)
    assert result.exit_code == 2
    assert lines(result)
    assert all(each.startswith(f"{file}: ") for each in lines(result))
    for word in words:
        assert word in result.output


def test_a_protocol_that_is_not_there_is_one_sentence(coach: Callable[..., Result], tmp_path: Path):
    result = coach("check-protocol", tmp_path / "nowhere.toml")
    assert result.exit_code == 2
    [said] = lines(result)
    assert "cannot be read" in said


def test_a_drawing_is_printed_as_a_protocol_keeps_it_or_refused(coach: Callable[..., Result], tmp_path: Path):
    file = tmp_path / "knee.svg"
    for text, code, says in (
        (svg(f"<!-- mine -->{SHAPE}").encode(), 0, f"{KEPT}\n"),
        (svg("<script>1</script>").encode(), 2, "It holds a script"),
        (svg(SHAPE).encode("utf-16"), 2, "not UTF-8"),
    ):
        file.write_bytes(text)
        result = coach("drawing", file)
        assert result.exit_code == code
        assert says in result.output
    assert coach("drawing", tmp_path / "nowhere.svg").exit_code == 2


# the sample


def told(folder: Path, ends: datetime = NOON) -> PatientDesk:
    """Return the desk over a sample that ends at an instant; the desk's clock stays there."""
    clock.use(lambda: ends)
    patient = desk_in(folder)
    demo_patient.write(patient)
    clock.use(lambda: ends)
    return patient


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> PatientDesk:
    patient = told(tmp_path_factory.mktemp("sample"))
    clock.use()
    return patient


@pytest.fixture(autouse=True)
def real_clock():
    yield
    clock.use()


def days(patient: PatientDesk) -> list[date]:
    first = patient.course().procedure.local_date  # type: ignore[union-attr]
    return [first + timedelta(days=number) for number in range(demo_patient.DAYS + 1)]


@pytest.mark.slow
def test_a_sample_is_six_weeks_long_and_plausible(sample: PatientDesk):
    history = sample.history()
    kinds = Counter(entry.kind for entry in history.entries)
    assert days(sample)[-1] == date(2026, 9, 20)
    assert 60 <= kinds["session_started"] <= 130
    assert 200 <= kinds["set_done"] <= 450
    averages = pain_change.daily_averages(history)
    assert 28 <= len(averages) <= demo_patient.DAYS
    values = [averages[day] for day in days(sample) if day in averages]
    assert values[0] >= 6
    assert all(value <= 3 for value in values[-7:])
    assert 32 <= outcome.active_days(history) <= 40
    share = outcome.adherence(Case.of(sample.protocol, history), days(sample)).overall
    assert share is not None
    assert 0.5 <= share <= 0.9
    assert pain_change.pain_change(Case.of(sample.protocol, history), today=date(2026, 9, 20)).clearly_better


@pytest.mark.slow
def test_a_sample_has_what_happens_to_people(sample: PatientDesk):
    history = sample.history()
    lights = Counter(lit.light for lit in pain.lit_sessions(Case.of(sample.protocol, history)))
    assert lights[Light.AMBER] == 1
    assert lights[Light.RED] == 1
    stops = {session.finished.fact.stop_reason for session in history.sessions if session.finished}
    assert stops == {None, facts.StopReason.PAIN, facts.StopReason.TIRED}
    assert len(history.of(facts.FlagMistake)) == len(history.of(facts.Void)) == 1
    assert not red_flags.open_flags(Case.of(sample.protocol, history))
    done = history.of(facts.SetDone)
    assert any(each.fact.source is facts.Source.DIARY for each in done)
    assert any(each.fact.reps_done < each.fact.reps_planned for each in done)
    silent = [day for day in days(sample) if not any(e.local_date == day for e in history.entries)]
    assert len(silent) >= 3


@pytest.mark.slow
def test_a_sample_never_leaves_the_plan(sample: PatientDesk):
    """Each start in it is one that the gate allowed, with the dose of that moment, after a check."""
    history, protocol = sample.history(), sample.protocol
    assert not [each for each in history.of(facts.SetDone) if each.fact.outside_plan]
    for session in history.sessions:
        if session.started.fact.source is not facts.Source.PLAYER:
            continue
        before = History(entry for entry in history.entries if entry.seq < session.started.seq)
        decisions = gate.decide(Case.of(protocol, before), now=session.started.at)
        for plan in session.started.fact.sets:
            decision = decisions[plan.routine]
            assert isinstance(decision, gate_decisions.Open)
            assert (plan.reps, plan.hold_s) == (decision.dose.reps, decision.dose.hold_s)
        assert before.of(facts.FlagCheck)[-1].local_date == session.started.local_date
        for done in session.sets:
            assert done.fact.reps_done <= planned_reps(next(p for p in session.started.fact.sets
                                                            if p.routine == done.fact.routine))  # fmt: skip


@pytest.mark.slow
def test_after_the_red_light_the_squeezes_rest(sample: PatientDesk):
    history, protocol = sample.history(), sample.protocol
    [red] = [lit for lit in pain.lit_sessions(Case.of(protocol, history)) if lit.light is Light.RED]
    since = red.red_from[0]
    squeezes = {r.id for r in protocol.routines.values() if r.kind is RoutineKind.SQUEEZE}
    within = [e for e in history.of(facts.SetDone) if since <= e.at < since + timedelta(hours=24)]
    assert within, "ankle pumps go on"
    assert not squeezes & {each.fact.routine for each in within}


@pytest.mark.slow
def test_a_sample_is_the_same_each_time(sample: PatientDesk, tmp_path: Path):
    again = told(tmp_path)
    assert [(e.id, e.at, e.fact) for e in again.history().entries] == [
        (e.id, e.at, e.fact) for e in sample.history().entries
    ]


@pytest.mark.slow
@pytest.mark.parametrize("hour", [0, 5, 11, 15, 21, 23])
def test_whenever_it_is_told_today_shows_something_open(tmp_path: Path, hour: int):
    ends = datetime(2026, 11, 3, hour, 30, tzinfo=UTC)  # two days after a clock change
    patient = told(tmp_path, ends)
    decisions = patient.decisions()
    assert any(isinstance(decision, gate_decisions.Open) for decision in decisions.values())
    assert patient.set_up.missing() == ()
    assert all(entry.recorded_at <= ends for entry in patient.history().entries)
    assert not [each for each in patient.history().of(facts.SetDone) if each.fact.outside_plan]


@pytest.mark.slow
def test_a_sample_is_never_told_over_a_record(sample: PatientDesk):
    size = len(sample.history().entries)
    with pytest.raises(ValueError, match="not empty"):
        demo_patient.write(sample)
    assert len(sample.history().entries) == size


@pytest.mark.slow
def test_no_score_of_the_sample_is_out_of_range(sample: PatientDesk):
    scores = [entry.fact for entry in sample.history().of(facts.Pain)]
    assert all(isinstance(fact.score, int) and 0 <= fact.score <= 10 for fact in scores)
    assert [fact.score for fact in scores if fact.when is facts.PainWhen.BASELINE] == [demo_patient.BASELINE]


# demo


@pytest.mark.slow
def test_the_sample_can_be_written_alone(coach: Callable[..., Result], tmp_path: Path):
    folder = tmp_path / "sample"
    result = coach("demo", "--build-only", folder)
    assert result.exit_code == 0, result.output
    assert lines(result) == [f"The sample is in {folder}/coach.sqlite3"]
    assert [file.name for file in folder.iterdir()] == ["coach.sqlite3"]
    assert not (tmp_path / "home").exists(), "the own record is not touched"
    assert any(isinstance(each, gate_decisions.Open) for each in desk_in(folder).decisions().values())
    again = coach("demo", "--build-only", folder)
    assert again.exit_code == 2
    assert "exists already" in again.output


def test_a_busy_port_is_one_sentence(coach: Callable[..., Result]):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = coach("demo", "--port", port)
    assert result.exit_code == 2
    assert lines(result) == [f"Error: Port {port} is in use. Choose another one with --port."]


#: The demo without its patients, whose making takes ten seconds.
EMPTY_DEMO = """
from coach.cli.main import main
from coach.demo import clinic
clinic.write = lambda installation, said: None
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "way"), [(("-m", "coach"), signal.SIGINT), (("-c", EMPTY_DEMO), signal.SIGTERM)]
)
def test_the_demo_opens_says_where_and_leaves_nothing(
    tmp_path: Path, program: tuple[str, str], way: signal.Signals
):
    port = free_port()
    env = {**os.environ, "COACH_HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path)}
    command = [sys.executable, *program, "demo", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as running:
        address = f"http://127.0.0.1:{port}"
        assert running.stdout
        assert running.stdout.readline() == "Making sample data ...\n"
        assert address in running.stdout.readline()
        until = time.monotonic() + START_S
        while not answers(f"{address}/healthz"):
            assert time.monotonic() < until
            time.sleep(0.2)
        assert list(tmp_path.glob("coach-demo-*"))
        running.send_signal(way)
        assert "its data are deleted" in running.stdout.read()
        assert running.wait() == 0
    assert not list(tmp_path.glob("coach-demo-*"))
    assert not (tmp_path / "home").exists()


def test_nothing_asked_is_answered_with_help():
    done = subprocess.run(
        [sys.executable, "-m", "coach", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for command in ("doctor", "check-protocol", "demo"):
        assert command in done.stdout
    assert "build-only" not in done.stdout
