"""One story on the command line: readable as a whole, held against what its file expects, and without a record."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coach.cli import main as line
from coach.cli.decision_words import COLUMNS
from coach.domain import dosing
from coach.protocols.loader import DEFAULT
from tests.support.scenarios import FOLDER, files
from tests.support.server import ROOT

WHOLE = sorted((Path(__file__).parent / "decided").glob("*.txt"))
AMBER = FOLDER / "amber.toml"
Run = Callable[..., Result]


@pytest.fixture
def decide(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "nowhere"))
    monkeypatch.setenv("COACH_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    return lambda *words: CliRunner().invoke(line.main, ["decide", *map(str, words)])


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_a_story_reads_as_it_did(decide: Run, path: Path):
    told = decide(FOLDER / f"{path.stem}.toml")
    assert told.output == path.read_text(encoding="utf-8")
    assert told.exit_code == 0


def test_every_story_comes_to_what_its_file_expects(decide: Run):
    for path in files():
        told = decide(path)
        assert told.exit_code == 0, told.output
        assert "As the file expects." in told.output
        assert "DIFFERS" not in told.output
        assert [each for each in told.output.splitlines() if len(each) > COLUMNS] == [], path
        assert not re.search(r"[a-z]_[a-z]|[<>{}]|None", told.output), path  # no names of the code


def test_each_cited_rule_stands_in_the_clinical_rules(decide: Run):
    told = "\n".join(decide(path).output for path in files())
    rules = (ROOT / "docs" / "clinical-rules.md").read_text(encoding="utf-8")
    cited = set(re.findall(r"(?m)^ +Rule (\d+): ", told))
    assert cited == {"3", "4", "6", "7", "9", "11", "13", "17", "24"}
    assert cited <= set(re.findall(r"(?m)^(\d+)\. ", rules))


def test_what_differs_is_said_in_the_words_of_the_file(decide: Run, tmp_path: Path):
    file = tmp_path / "amber.toml"
    file.write_text(AMBER.read_text(encoding="utf-8").replace("5 x 5 s, 3 a day", "9 x 5 s, 3 a day"))
    told = decide(file)
    assert told.exit_code == 1
    assert (
        "  DIFFERS: static_glutes, open: the file expects 9 x 5 s, 3 a day; it is 5 x 5 s, 3 a\n    day.\n"
        in told.output
    )
    assert told.output.count("As the file expects.") == 1


def test_a_gate_that_breaks_a_rule_is_seen(decide: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(dosing, "routines_halved", lambda _case: frozenset())
    told = decide(AMBER)
    assert told.exit_code == 1
    assert told.output.count("DIFFERS: ") == 6


def test_another_protocol_shows_what_its_number_would_do(decide: Run, tmp_path: Path):
    file = tmp_path / "ours.toml"
    text = DEFAULT.read_text(encoding="utf-8")
    longer = re.sub(r"(?m)^(red_light_closes_for = \{ value = )24,", r"\g<1>36,", text)
    assert longer != text
    file.write_text(longer, encoding="utf-8")
    told = decide(FOLDER / "red-by-a-rise-of-three.toml", "--protocol", file)
    assert told.exit_code == 1
    assert "Rule 6: A red light closes the tightening exercises for: 36 h." in told.output
    assert "The patient reads: “Your pain went up. Give it 36 hours of rest.”" in told.output
    assert "DIFFERS: static_glutes, opens: the file expects Mon 2025-06-09 16:04" in told.output

    story = tmp_path / "story.toml"
    named = 'protocol = "ours.toml"\n' + (FOLDER / "red-by-a-rise-of-three.toml").read_text(encoding="utf-8")
    story.write_text(named, encoding="utf-8")
    assert decide(story).output == told.output


def test_a_bad_protocol_is_refused_with_everything_that_is_wrong(decide: Run, tmp_path: Path):
    file = tmp_path / "ours.toml"
    file.write_text('schema = 1\nid = "ours"\n')
    told = decide(AMBER, "--protocol", file)
    assert told.exit_code == 2
    assert f"{file}: version: missing. Allowed: three numbers such as 1.0.0." in told.output
    assert len(told.output.splitlines()) > 3


def test_another_moment_is_answered_and_nothing_is_expected_of_it(decide: Run):
    told = decide(AMBER, "--at", "+30 h", "--at", "2025-06-07 09:00")
    assert told.exit_code == 0
    assert re.findall(r"(?m)^(\w+, \d.*\))$", told.output) == [
        "Thursday, 5 June 2025, 18:00 (Europe/London)",
        "Saturday, 7 June 2025, 09:00 (Europe/London)",
    ]
    assert "As the file expects" not in told.output


def test_no_record_is_opened_or_made(decide: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    told = decide(AMBER)
    assert told.exit_code == 0, told.output
    assert list(tmp_path.iterdir()) == []
