"""A class is called what it alone is: who reads a name finds one class, and the search for it finds no other."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping

from tests.support.server import ROOT


def classes(sources: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    """Return where each class is defined."""
    found: dict[str, list[str]] = defaultdict(list)
    for place, source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(place)
    return found


def test_no_two_classes_share_a_name():
    files = sorted((ROOT / "coach").rglob("*.py"))
    found = classes((str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")) for file in files)
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def test_a_name_that_stands_twice_is_found():
    two = [
        ("coach/a.py", "class Refused(Exception): ..."),
        ("coach/b.py", "def f():\n    class Refused: ..."),
    ]
    assert classes(two) == {"Refused": ["coach/a.py", "coach/b.py"]}
