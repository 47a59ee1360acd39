"""The command line after a clock stood ahead: it names what lies later than now, and sets it aside."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coach.cli import main as line
from coach.desk.installation import clock
from coach.desk.installation.recording import new_key
from coach.domain.facts import Pain, PainWhen
from coach.records.database import current_actor
from tests.support.clinics import Clinic, make_clinic
from tests.support.homes import NOW, Clock
from tests.support.postgres import as_owner


@pytest.fixture
def hand() -> Iterator[Clock]:
    hand = Clock()
    clock.use(hand)
    yield hand
    clock.use(lambda: datetime.now(UTC))  # noqa: TID251  the real one


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def clinic(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    coach: object,
    hand: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Clinic]:
    """A clinic whose clock stood a year ahead while two patients told a score, and is right again."""
    url = f"sqlite:///{tmp_path}/home/coach.sqlite3"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        monkeypatch.setenv("COACH_DATABASE_URL", url)
        monkeypatch.setenv("COACH_OWNER_URL", as_owner(url))
    made = make_clinic(tmp_path / "home", url)
    hand.now = NOW + timedelta(days=365)
    for name in ("ada", "ben"):
        with made.people[name].acts():
            made.patient(name).sessions.give_pain(3, PainWhen.NOW, key=new_key())
    hand.now = NOW + timedelta(minutes=1)
    yield made
    made.installation.store.close()


def told(result: Result) -> str:
    return " ".join(result.output.split())


def test_a_record_with_entries_of_the_future_is_named_and_set_right(
    clinic: Clinic, coach: Callable[..., Result], tmp_path: Path
):
    for command, code in (("doctor", 1), ("verify", 1), ("future", 1)):
        result = coach(command)
        assert result.exit_code == code, result.output
        assert "later than now" in result.output

    asked = CliRunner().invoke(line.main, ["future", "--set-aside"], input="n\n")
    assert asked.exit_code == 2
    assert "Nothing was set aside" in asked.output
    done = coach("future", "--set-aside", "--yes")
    assert (done.exit_code, "Set aside: 2 entries" in done.output) == (0, True), done.output

    assert "later than now, the first" not in told(coach("verify"))
    assert coach("verify").exit_code == coach("future").exit_code == 0
    assert "Nothing was recorded later than now." in told(coach("doctor"))
    # The server that runs on stores again, and counts nothing of it.
    for name in ("ada", "ben"):
        with clinic.people[name].acts():
            own = clinic.patient(name)
            own.sessions.give_pain(2, PainWhen.NOW, key=new_key())
            assert [each.fact.score for each in own.history().of(Pain) if each.fact.when is PainWhen.NOW] == [
                2
            ]
    with current_actor.acting_as(current_actor.SYSTEM):
        lines = clinic.installation.audit.read(action="record.set_aside")
    assert {each.patient for each in lines} == {clinic.patients["ada"], clinic.patients["ben"]}


def test_it_leaves_and_comes_back_with_an_archive_and_is_an_error_in_fhir(
    clinic: Clinic, coach: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert coach("future", "--set-aside", "--yes").exit_code == 0
    out = tmp_path / "bundle.json"
    assert coach("export", "R-ada", "--format", "fhir", "--out", out).exit_code == 0
    observed = [each["resource"] for each in json.loads(out.read_text())["entry"]]
    wrong = [each for each in observed if each.get("status") == "entered-in-error"]
    assert [each["valueQuantity"]["value"] for each in wrong if each["resourceType"] == "Observation"] == [3]

    assert coach("export-all", tmp_path / "all.zip").exit_code == 0
    assert zipfile.is_zipfile(tmp_path / "all.zip")
    for name in ("COACH_DATABASE_URL", "COACH_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "other"))
    assert coach("import-all", tmp_path / "all.zip").exit_code == 0
    assert (coach("verify").exit_code, coach("future").exit_code) == (0, 0)
