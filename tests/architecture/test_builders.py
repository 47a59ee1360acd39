"""What several tests build with lies in tests/support/; a conftest holds fixtures alone, which pytest hands out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.support.server import ROOT

FILES = sorted((ROOT / "tests").rglob("*.py"))


def imported(source: str) -> Iterator[str]:
    """Yield the modules that code imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


def test_nothing_is_imported_from_a_conftest():
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in FILES
        for name in imported(path.read_text(encoding="utf-8"))
        if name.split(".")[-1] == "conftest"
    }
    assert found == set()


def test_an_import_from_a_conftest_is_found():
    assert "tests.pages.conftest" in set(imported("from tests.pages.conftest import Home"))


def test_a_conftest_holds_fixtures_alone():
    functions = {
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in FILES
        if path.name == "conftest.py"
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith(("pytest_", "_"))
        and not any("fixture" in ast.unparse(each) for each in node.decorator_list)
    }
    assert functions == set()
