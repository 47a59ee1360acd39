"""The documents say what is there: paths and tests exist, floors and contracts are those of pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.support.documents import COLUMNS, missing
from tests.support.server import ROOT

DOCUMENTS = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
OTHERS = [ROOT / name for name in ("README.md", "SAFETY.md", "DECISIONS.md", "tests/scenarios/README.md")]
HOUSE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
IMPORTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]


NAMED = re.compile(r"(?<![\w/.])(?:coach|tests|assets|pages|docs)/[\w./*-]*")
LINKED = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")


def gone(text: str, folder: Path) -> set[str]:
    """Return the paths that a text names and the links that lead nowhere; a `*` stands for at least one file."""
    found = set()
    for path in (each.rstrip(".") for each in NAMED.findall(text)):
        there = any(ROOT.glob(path)) if "*" in path else (ROOT / path).exists()
        if not there or (path.endswith("/") and not (ROOT / path).is_dir()):
            found.add(path)
    return found | {link for link in LINKED.findall(text) if not (folder / link).exists()}


def too_wide(text: str) -> list[str]:
    """Return the lines that are too wide for a terminal and could be broken."""
    return [line for line in text.splitlines() if len(line) > COLUMNS and " " in line.strip()]


@pytest.mark.parametrize("path", [*DOCUMENTS, *OTHERS], ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_test_and_link_of_a_document_is_there(path: Path):
    text = path.read_text(encoding="utf-8")
    assert gone(text, path.parent) == set()
    assert missing(text) == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_can_be_read_in_a_terminal(path: Path):
    assert too_wide(path.read_text(encoding="utf-8")) == []


def test_what_is_gone_or_too_wide_is_seen():
    text = "See `coach/domain/gate.py`, tests/domain/, coach/utils.py, `tests/*/nothing_*.py`. [a](nowhere.md) [b](docs/)"
    assert gone(text, ROOT) == {"coach/utils.py", "tests/*/nothing_*.py", "nowhere.md"}
    assert too_wide(f"{'word ' * 21}\n- {'x' * 200}\n  {'x' * 200}") == ["word " * 21, f"- {'x' * 200}"]


def part(heading: str) -> str:
    return HOUSE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_the_floors_are_those_of_the_contract():
    [contract] = [
        each for each in IMPORTS["contracts"] if each["type"] == "layers" and "containers" not in each
    ]
    above, beside = part("The floors").split("\nBeside the floors ")
    floors = [re.findall(r"`(coach\.\w+)`", floor) for floor in re.split(r"(?m)^\d+\. ", above)[1:]]
    assert floors == [re.findall(r"coach\.\w+", layer) for layer in contract["layers"]]
    rooms = {
        f"coach.{path.stem}"
        for path in (ROOT / "coach").iterdir()
        if not path.stem.startswith(("__init", "__py"))
    }
    assert set(re.findall(r"`(coach\.\w+)`", above + beside)) == rooms - {"coach.locale"}


def test_each_contract_is_there_with_its_reason():
    said = dict(re.findall(r"(?s)\n- \*\*(.+?)\.\*\*\s(.+?)(?=\n- |\Z)", part("The contracts, and why")))
    assert [" ".join(name.split()) for name in said] == [each["name"] for each in IMPORTS["contracts"]]
    assert all(len(reason.split()) > 5 for reason in said.values())
