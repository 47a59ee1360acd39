"""The glossary holds each word once, in order, as coach/ uses it, with the place where it lives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support.server import ROOT

TEXT = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
WORDS = re.findall(r"(?m)^- \*\*(.+?)\*\*", TEXT)
LIVES = re.findall(r"(?m)^- \*\*(.+?)\*\*\s+\(`(coach/[\w/.]+)`,\s+`(\w+)`\):\s+([A-Z])", TEXT)


def parts(name: str) -> tuple[str, ...]:
    """Return the words that a name is made of: `SetDone` and `set_done` are made of the same."""
    return tuple(part.lower() for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name))


def names(source: str) -> Iterator[str]:
    """Yield every name that a module gives or uses."""
    for node in ast.walk(ast.parse(source)):
        for field in ("id", "attr", "arg", "name", "module"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                yield value


@cache
def names_of(path: Path) -> frozenset[str]:
    """Return the name of a file and every name in it."""
    return frozenset({path.stem, *names(path.read_text(encoding="utf-8"))})


def used() -> set[tuple[str, ...]]:
    """Return every run of words in a name of coach/ or of one of its files."""
    found = set[tuple[str, ...]]()
    for path in (ROOT / "coach").rglob("*.py"):
        for name in names_of(path):
            words = parts(name)
            found |= {words[i:j] for i in range(len(words)) for j in range(i + 1, len(words) + 1)}
    return found


def test_every_word_is_a_name_in_the_code():
    known = used()
    assert [word for word in WORDS if tuple(word.split()) not in known] == []
    assert ("surgery",) not in known, "a word that is not used is seen"


def test_the_words_are_in_order_and_none_is_there_twice():
    assert sorted(set(WORDS)) == WORDS


def test_every_word_says_where_it_lives_and_what_it_means():
    assert [word for word, _path, _name, _first in LIVES] == WORDS


def test_a_word_lives_where_the_glossary_says():
    assert [word for word, path, name, _first in LIVES if name not in names_of(ROOT / path)] == []
