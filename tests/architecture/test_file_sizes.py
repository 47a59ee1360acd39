"""A file does one thing: one over 400 lines says in its docstring's first lines why it is one file."""

from __future__ import annotations

import ast
import re

from tests.support.server import ROOT

MOST = 400  # lines
FIRST_LINES = 6  # of the docstring, in which the reason stands
REASON = re.compile(r"\bone (file|list|place)\b.*\b(because|so that|for)\b", re.I | re.S)

#: The long files. Whoever adds one gives its reason there; whoever splits one takes it off.
LONG = {
    "coach/domain/facts.py",
    "coach/records/database/schema.py",
}


def lines(path: str) -> int:
    return (ROOT / path).read_text(encoding="utf-8").count("\n")


def first_lines(path: str) -> str:
    told = ast.get_docstring(ast.parse((ROOT / path).read_text(encoding="utf-8"))) or ""
    return "\n".join(told.splitlines()[:FIRST_LINES])


def test_a_file_over_400_lines_is_one_of_these():
    files = (path.relative_to(ROOT).as_posix() for path in (ROOT / "coach").rglob("*.py"))
    assert {path for path in files if lines(path) > MOST} == LONG


def test_a_long_file_says_in_its_first_lines_why_it_is_one():
    assert {path for path in LONG if not REASON.search(first_lines(path))} == set()
