import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

from tests.support.server import ROOT

# What the domain may use of the standard library: values and sums, nothing that reaches outside.
OUTSIDE = {
    "asyncio", "ctypes", "http", "io", "logging", "multiprocessing", "os", "pathlib", "pickle", "random", "secrets",
    "shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
# A page may name the domain's words, to catch what was refused; it never calls the domain's rules.
PAGES_MAY_IMPORT = {
    "coach.domain.errors", "coach.domain.history", "coach.i18n", "coach.review", "coach.text", "coach.ui", "streamlit",
}  # fmt: skip


def imported(source: str) -> Iterator[str]:
    """Yield the full name of everything that a module imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def foreign_to_the_domain(source: str) -> set[str]:
    """Return what a module of the domain imports and must not."""
    tops = {name.split(".")[0] for name in imported(source) if not name.startswith("coach.domain.")}
    return {top for top in tops if top not in sys.stdlib_module_names or top in OUTSIDE}


def foreign_to_a_page(source: str) -> set[str]:
    """Return what a page imports and must not."""
    return {
        name
        for name in imported(source)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not any(f"{name}.".startswith(f"{allowed}.") for allowed in PAGES_MAY_IMPORT)
    }


def test_the_import_contracts_hold():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stdout


def test_no_file_needs_itself():
    """The contract compares neighbours; a package that needs one of its own files is seen here."""
    graph = grimp.build_graph("coach")
    needs = {file: graph.find_modules_directly_imported_by(file) for file in graph.modules}
    assert len(needs) > 300
    TopologicalSorter(needs).prepare()


def test_every_room_stands_under_a_contract():
    settings = (ROOT / "pyproject.toml").read_text()
    rooms = {
        path.stem
        for path in (ROOT / "coach").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert {room for room in rooms - {"__init__"} if f"coach.{room}" not in settings} == set()


@pytest.mark.parametrize("path", sorted((ROOT / "coach/domain").glob("*.py")), ids=lambda path: path.name)
def test_the_domain_is_pure(path: Path):
    assert foreign_to_the_domain(path.read_text()) == set()


@pytest.mark.parametrize("path", sorted((ROOT / "pages").rglob("*.py")), ids=lambda path: path.name)
def test_a_page_only_lays_out(path: Path):
    assert foreign_to_a_page(path.read_text()) == set()


def test_the_purity_test_sees_what_it_must():
    assert foreign_to_the_domain("import pandas") == {"pandas"}
    assert foreign_to_the_domain("from coach.i18n import _") == {"coach"}
    assert foreign_to_the_domain("import os.path, datetime") == {"os"}
    assert (
        foreign_to_the_domain("from coach.domain.history import Entry\nfrom zoneinfo import ZoneInfo")
        == set()
    )


def test_the_page_test_sees_what_it_must():
    assert foreign_to_a_page("from coach import records") == {"coach.records"}
    assert foreign_to_a_page("import sqlalchemy") == {"sqlalchemy"}
    assert (
        foreign_to_a_page("import streamlit as st\nfrom coach.ui import door\nfrom datetime import date")
        == set()
    )


def test_only_the_desk_opens_the_records():
    for path in (ROOT / "coach").rglob("*.py"):
        inside = path.relative_to(ROOT / "coach")
        # The doctor looks at records that no desk can open, and the demo makes one of its own.
        own = {Path("cli/doctor.py"), Path("cli/demo.py")}
        if inside.parts[0] not in {"desk", "records"} and inside not in own:
            records = {name for name in imported(path.read_text()) if name.startswith("coach.records")}
            assert records == set(), path
