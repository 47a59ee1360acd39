"""A protocol and a history are read together as one value, and what follows from it is kept in one way."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.support.server import ROOT


@cache
def trees() -> dict[str, ast.Module]:
    """Return every module of the program by its path."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
        for room in ("coach", "pages")
        for path in sorted((ROOT / room).rglob("*.py"))
    }


#: Who takes both, and why it cannot be the case.
MAKERS = {
    ("coach/domain/case.py", "Case.__init__"): "it is the case",
    ("coach/domain/case.py", "Case.of"): "it makes the case",
    ("coach/domain/course.py", "course"): "the case is made with the course",
    ("coach/domain/set_up.py", "said_yes"): "the course is made with the answers",
}
#: Where what follows from a record is computed; the rest keeps what it reads, draws or opens.
READERS = ("coach/domain/", "coach/review/", "coach/scenarios/", "coach/text/", "coach/export/fhir/")
#: The one way to keep what follows from a record, the same by language, and the case that is kept so itself.
KEEPER, IN_WORDS, KEPT = "coach/domain/derived.py", "coach/text/kept.py", "coach/domain/case.py"


def functions(
    tree: ast.AST, inside: str = ""
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield every function with its name, a method's after that of its class."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield inside + node.name, node
        yield from functions(node, f"{inside}{node.name}." if isinstance(node, ast.ClassDef) else inside)


def takes(node: ast.FunctionDef | ast.AsyncFunctionDef, kind: str) -> bool:
    """Tell whether a parameter is of that kind, by its annotation or by its name."""
    args = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return any(
        arg.arg == kind.lower()
        or (arg.annotation is not None and re.search(rf"(?<!\w){kind}(?!\w)", ast.unparse(arg.annotation)))
        for arg in args
    )


def pairs(tree: ast.AST) -> Iterator[str]:
    """Yield the functions that take a protocol beside a history."""
    for name, node in functions(tree):
        if takes(node, "Protocol") and takes(node, "History"):
            yield name


def memos(tree: ast.AST) -> Iterator[int]:
    """Yield the lines on which something kept by hand is looked up and, where it is not there, made.

    A box that a value holds is one; a dict that a function fills for itself is none.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Compare):
            box = node.test.comparators[0]
            stored = {
                ast.unparse(each.value)
                for part in node.body
                for each in ast.walk(part)
                if isinstance(each, ast.Subscript) and isinstance(each.ctx, ast.Store)
            }
            if (
                isinstance(node.test.ops[0], ast.NotIn)
                and isinstance(box, ast.Attribute)
                and ast.unparse(box) in stored
            ):
                yield node.lineno
        if isinstance(node, ast.Attribute) and node.attr in ("memo", "_kept", "keep"):
            yield node.lineno


def test_no_function_takes_a_protocol_beside_a_history():
    assert {(path, name) for path, tree in trees().items() for name in pairs(tree)} == set(MAKERS)


def test_what_follows_from_a_record_is_kept_in_one_way():
    found = {path: list(memos(tree)) for path, tree in trees().items() if path.startswith(READERS)}
    assert {path for path, lines in found.items() if lines} == {KEEPER, IN_WORDS, KEPT}


@pytest.mark.parametrize(
    "code",
    [
        "def due(protocol: Protocol, history: History, *, now): ...",
        "def due(history, protocol): ...",
        "class Sheet:\n    def __init__(self, known: History, *, under: Protocol | None) -> None: ...",
        "async def due(text: str, under: Protocol, known: 'History | None'): ...",
    ],
)
def test_the_pair_is_seen_however_it_is_written(code: str):
    assert len(list(pairs(ast.parse(code)))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "if key not in history.memo:\n    history.memo[key] = made(history)",
        "if key not in self._lengths:\n    planned = 1\n    self._lengths[key] = planned",
        "case.keep(key, made, case)",
    ],
)
def test_a_memo_is_seen_however_it_is_written(code: str):
    assert list(memos(ast.parse(code)))


def test_what_a_function_fills_for_itself_is_no_memo():
    assert not list(
        memos(ast.parse("def f():\n    found = {}\n    if a not in found:\n        found[a] = 1"))
    )
