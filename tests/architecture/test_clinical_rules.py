"""The clinical rules that the code cites by number stand in docs/clinical-rules.md, with the protocol's numbers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from coach.protocols.loader import DEFAULT
from tests.support.server import ROOT

RULES = ROOT / "docs" / "clinical-rules.md"
TEXT = RULES.read_text(encoding="utf-8")
PROTOCOL: Mapping[str, Any] = tomllib.loads(DEFAULT.read_text(encoding="utf-8"))

ROOMS = ("coach", "assets", "pages", "tests", "docs")
KINDS = {".py", ".toml", ".js", ".css", ".html", ".md"}
PAPERS = ("README.md", "SAFETY.md", "DECISIONS.md", "CONTRIBUTING.md", "CHANGELOG.md")

NUMBERED = re.compile(r"(?m)^(\d+)\. ")
BETWEEN = r"(?:\s|#|,|-|–|\band\b|\bor\b|\bto\b)+"  # a citation may be broken off within a comment
CITED = re.compile(rf"\bdecisions?[\s#]+(\d+(?:{BETWEEN}\d+)*)\b", re.IGNORECASE)
RANGE = re.compile(r"(\d+)\s*(?:-|–|\bto\b)\s*(\d+)")

KEY = re.compile(r"`((?:rules|routine|phase|red_flag|question|notices|guide)\.[\w.-]+)`")
NUMBER = re.compile(r"(\d+(?:\.\d+)?)(?::00)?(\D{0,60})$")
SAID_AS = {
    "h": r"h\b", "d": r"days\b", "min": r"min\b", "s": r"s\b", "kg": r"kg\b", "percent": r"percent\b",
    "reps": r"repetitions\b", "sets/day": r"sets\b", "NRS points": r"points\b", "share": "", "NRS": "",
    "local time (h)": "",
}  # fmt: skip


def rules(text: str) -> list[int]:
    """Return the numbers of the rules in a text, in its order."""
    return [int(number) for number in NUMBERED.findall(text)]


def cited(text: str) -> set[int]:
    """Return the numbers of the decisions that a text cites: one, several, or from one to another."""
    found: set[int] = set()
    for numbers in CITED.findall(text):
        found |= {int(number) for number in re.findall(r"\d+", numbers)}
        for first, last in RANGE.findall(numbers):
            found |= set(range(int(first), int(last) + 1))
    return found


def files() -> Iterator[Path]:
    """Yield everything that may cite a decision."""
    for room in ROOMS:
        yield from (path for path in sorted((ROOT / room).rglob("*")) if path.suffix in KINDS)
    yield from (path for name in PAPERS if (path := ROOT / name).exists())


def in_protocol(key: str) -> Any:
    """Return what stands at a key of the protocol's file; of several tables the one of that id."""
    found: Any = PROTOCOL
    for part in key.split("."):
        if isinstance(found, list):
            found = next(each for each in found if each["id"] == part)
        else:
            found = found[part]
    return found


def quoted(text: str) -> Iterator[tuple[str, str]]:
    """Yield each key of the protocol in a text, and the text before it."""
    flat = " ".join(text.split())
    for found in KEY.finditer(flat):
        yield found[1], flat[: found.start()].rstrip(" (")


def test_every_decision_that_is_cited_is_a_clinical_rule():
    known = set(rules(TEXT))
    unknown = {
        f"{path.relative_to(ROOT)}: decision {number}"
        for path in files()
        for number in cited(path.read_text(encoding="utf-8")) - known
    }
    assert not unknown


def test_the_code_cites_decisions_at_all():
    assert {8, 10, 17} <= {n for path in files() for n in cited(path.read_text(encoding="utf-8"))}


def test_no_rule_has_the_number_of_another_and_they_are_in_order():
    numbers = rules(TEXT)
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("(decision 13)", {13}), ("in decision 6's order", {6}), ("Decision 17 gives", {17}),
        ("decisions 14 and 15", {14, 15}), ("(decisions 4, 7 and 15)", {4, 7, 15}),
        ("decisions 12-14", {12, 13, 14}), ("decisions 2 to 5", {2, 3, 4, 5}),
        ("# as decisions\n# 4 and\n# 7 say", {4, 7}), ("the decisions at 10 say", set()),
    ],
)  # fmt: skip
def test_a_citation_is_found_however_it_is_written(text: str, numbers: set[int]):
    assert cited(text) == numbers


def test_each_number_beside_a_key_is_that_of_the_protocol():
    compared = 0
    for key, before in quoted(TEXT):
        there = in_protocol(key)
        if not isinstance(there, Mapping) or "value" not in there:
            continue
        number = NUMBER.search(before)
        assert number, f"{key} has no number beside it"
        assert float(number[1]) == there["value"], f"{key}: {number[0]}"
        assert re.search(SAID_AS[there["unit"]], number[2]), f"{key}: {number[0]} is no {there['unit']}"
        compared += 1
    assert compared > 40


def test_each_rule_gives_its_reason_and_its_place():
    for rule in re.split(r"(?m)^(?=\d+\. )", TEXT.partition("## Read anew")[0])[1:]:
        assert re.search(r"(?m)^ +- Why: ", rule), rule
        assert re.search(r"(?m)^ +- Where: ", rule), rule


def test_each_place_that_is_named_exists():
    for path in re.findall(r"`((?:coach|tests)/[\w/]+\.\w+)`", TEXT):
        assert (ROOT / path).is_file(), path
    flat = " ".join(TEXT.split())
    for names, path in re.findall(r"((?:`[\w.]+`(?:,| and)? )+)in `(coach/[\w/]+\.py)`", flat):
        code = (ROOT / path).read_text(encoding="utf-8")
        for name in re.findall(r"`(?:\w+\.)?(\w+)`", names):
            assert re.search(rf"(?m)^ *def {name}\(", code), f"{name} in {path}"


def test_each_source_that_is_named_is_one_of_the_protocols():
    named = set(re.findall(r"\bS\d+[a-z]?\b", TEXT)) | set(re.findall(r"\b(?:SEED|PD|GPK)\b", TEXT))
    assert named <= set(PROTOCOL["sources"])
    assert len(named) > 20
