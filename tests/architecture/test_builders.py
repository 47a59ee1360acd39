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


def test_nothing_is_imported_from_a_conftest_or_another_test():
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in FILES
        for name in imported(path.read_text(encoding="utf-8"))
        if any(part == "conftest" or part.startswith("test_") for part in name.split("."))
        and name.split(".")[0] == "tests"
    }
    assert found == set()


def test_an_import_is_found_however_it_is_written():
    assert "tests.pages.conftest" in set(imported("from tests.pages.conftest import Home"))
    assert "tests.pages.test_today" in set(imported("from tests.pages import test_today"))
    assert "tests.pages.test_today" in set(imported("import tests.pages.test_today as today"))


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
