"""What is marked for translation in the code is a text: Babel takes whatever is written between the brackets."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.support.server import ROOT

MARKS = ("_", "N_", "ngettext", "pgettext")


def is_mark(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS


def of_a_text_or_of_none(given: ast.AST) -> bool:
    """Tell whether an argument is one whole text, or an expression in which none is written but marked ones."""
    if isinstance(given, ast.Constant):
        return True
    if isinstance(given, ast.IfExp):
        return of_a_text_or_of_none(given.body) and of_a_text_or_of_none(given.orelse)
    parts = [] if is_mark(given) else list(ast.iter_child_nodes(given))
    return all(not _text(each) and of_a_text_or_of_none(each) for each in parts)


def _text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def wrong(tree: ast.AST) -> Iterator[int]:
    """Yield the lines in which a part of an expression would become a text of the catalogues, or a text would not.

    Babel does not look into f-strings.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside = (each for each in ast.walk(node) if isinstance(each, ast.Call) and is_mark(each))
            yield from (each.lineno for each in inside if any(map(_text, each.args)))
        if isinstance(node, ast.Call) and is_mark(node) and not all(map(of_a_text_or_of_none, node.args)):
            yield node.lineno


def test_only_whole_texts_are_marked():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted([*(ROOT / "coach").rglob("*.py"), *(ROOT / "pages").rglob("*.py")])
        for line in wrong(ast.parse(path.read_text(encoding="utf-8"), str(path)))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code", ['_(notices["reads_days"])', "N_(f'{a} b')", '_("a" + name)', '_(of("a").b)', "f'{_(\"a\")}'"]
)
def test_a_part_of_an_expression_is_seen(code: str):
    assert list(wrong(ast.parse(code))) == [1]


@pytest.mark.parametrize(
    "code",
    ['_("A text.")', "_(notices[name])", 'ngettext("a", "b", len(c))', "_(a.b)", "_(a.get(b, N_('c')))"],
)
def test_a_whole_text_is_none(code: str):
    assert list(wrong(ast.parse(code))) == []
