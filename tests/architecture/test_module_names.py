"""A name means one thing: no function hides a module of its package, and no import borrows another module's name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import ROOT

FILES = sorted((ROOT / "coach").rglob("*.py"))
PACKAGES = [path for path in FILES if path.name == "__init__.py"]
MODULES = {path.parent.name if path.name == "__init__.py" else path.stem for path in FILES}


def hidden(package: str, modules: set[str]) -> set[str]:
    """Return the modules of a package that a function, a class or a variable of the package hides."""
    bound: set[str] = set()
    for node in ast.parse(package).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.Assign):
            bound |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom):
            bound |= {
                each.asname or each.name for each in node.names if node.module and each.name not in modules
            }
    return bound & modules


def borrowed(source: str) -> Iterator[str]:
    """Yield what is imported under the name of another module of ours."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for each in node.names:
                if each.asname in MODULES and each.asname != each.name:
                    yield f"{each.name} as {each.asname}"


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_nothing_hides_a_module_of_its_package(path: Path):
    modules = {each.stem for each in path.parent.glob("*.py")} - {"__init__"}
    assert hidden(path.read_text(encoding="utf-8"), modules) == set()


def test_no_import_borrows_the_name_of_another_module():
    found = {str(path.relative_to(ROOT)): list(borrowed(path.read_text(encoding="utf-8"))) for path in FILES}
    assert {name: names for name, names in found.items() if names} == {}


def test_both_are_found():
    assert hidden(
        "from coach.desk.installation.installation import Installation\n\ndef installation(): ...\n",
        {"installation"},
    ) == {"installation"}
    assert list(borrowed("from coach.records import doctor as records\n")) == ["doctor as records"]
