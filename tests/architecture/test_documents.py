"""The decisions, the hazards and the clinical rules can be read in a terminal: short lines, and no tables."""

from __future__ import annotations

import re

import pytest

from tests.support.documents import COLUMNS
from tests.support.server import ROOT

DOCUMENTS = ("DECISIONS.md", "SAFETY.md", "docs/clinical-rules.md")
ALONE = re.compile(r"\s*(?:- )?(?:<?https?://\S+|`tests/[\w/]+\.py(?:::\w+)?`)")  # what cannot be broken off


def too_wide(text: str) -> list[str]:
    """Return the lines that do not fit a terminal, and those of a table."""
    lines = [line for line in text.splitlines() if not ALONE.fullmatch(line)]
    return [line for line in lines if len(line) > COLUMNS or line.startswith("|")]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_line_fits_a_terminal(name: str):
    assert too_wide((ROOT / name).read_text(encoding="utf-8")) == []


def test_a_line_that_is_too_long_and_a_table_are_seen():
    name = f"  - `tests/desk/test_outbox.py::test_{'a' * COLUMNS}`"
    long, row = "word " * 21, "| What | Why |"
    lines = (name, f"https://example.org/{'a' * COLUMNS}", long, row, "short")
    assert too_wide("\n".join(lines)) == [long, row]
