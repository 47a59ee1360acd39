"""No Streamlit call inside a transaction: Streamlit ends a run by raising, and what was being saved would be lost.

The import contracts keep Streamlit out of every room that can open a transaction. What is left is a
way back: a transaction that hands the word to somebody who knows Streamlit.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import ROOT

OPENING = {"writing", "reading", "still", "begin", "connect", "_transaction"}
# What a transaction calls although it came from outside: the desk's projector and its judge of tries to sign in.
LET_IN = {("coach/records/entries/store.py", "project"), ("coach/records/clinic/attempts.py", "judge")}
# Where a transaction is open while others work: the one place that makes them, and tools that no page reaches.
HANDED_OUT = {
    "coach/records/entries/store.py",
    "coach/records/upkeep/erasure_traces.py",
    "coach/records/upkeep/read_only.py",
}


def opens(node: ast.With) -> bool:
    """Tell whether a `with` opens a transaction."""
    calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
    names = {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
    return bool(names & OPENING)


def ways_out(source: str, path: str) -> Iterator[str]:
    """Yield each place where a transaction that is open hands the word to somebody that the module does not know."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        given = {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}
        for block in ast.walk(function):
            if not isinstance(block, ast.With) or not opens(block):
                continue
            for node in (each for statement in block.body for each in ast.walk(statement)):
                if isinstance(node, ast.Yield | ast.YieldFrom) and path not in HANDED_OUT:
                    yield f"{path}:{node.lineno} yields"
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    called = node.func.id
                    if called in given and (path, called) not in LET_IN:
                        yield f"{path}:{node.lineno} calls {called}"


def modules(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("path", modules("coach/records", "coach/desk"), ids=lambda path: path.name)
def test_an_open_transaction_hands_the_word_to_nobody(path: Path):
    assert list(ways_out(path.read_text(), str(path.relative_to(ROOT)))) == []


@pytest.mark.parametrize("path", modules("coach/ui", "coach/web", "pages"), ids=lambda path: path.name)
def test_whoever_knows_streamlit_opens_no_transaction(path: Path):
    blocks = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.With)]
    assert not [node.lineno for node in blocks if opens(node)]


def test_the_desk_and_the_records_never_name_streamlit():
    for path in modules("coach/records", "coach/desk"):
        assert "streamlit" not in {
            name.split(".")[0]
            for node in ast.walk(ast.parse(path.read_text()))
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }, path


def test_this_test_sees_what_it_must():
    call = "def save(store, said):\n    with store.writing() as c:\n        said(c)\n"
    given = "def each(store):\n    with store.reading() as c:\n        yield c\n"
    after = "def save(store, said):\n    with store.writing() as c:\n        c.execute()\n    said()\n"
    assert list(ways_out(call, "x.py")) == ["x.py:3 calls said"]
    assert list(ways_out(given, "x.py")) == ["x.py:3 yields"]
    assert list(ways_out(after, "x.py")) == []
