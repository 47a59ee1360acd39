"""What the product holds the product reaches: what tests alone call lies in tests/."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from tests.support.server import ROOT

FILES = [
    path
    for path in [*(ROOT / "coach").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "streamlit_app.py"]
    if path.parent.name != "versions"  # Alembic calls the migrations
]

#: Who calls what no line of ours names.
CALLED_BY = {
    "_settle": "SQLAlchemy, at each event that it listens for",
    "load_dialect_impl": "SQLAlchemy, of a type of ours",
    "process_bind_param": "SQLAlchemy, of a type of ours",
    "footer": "the PDF library, on each page",
    "serialize": "the PDF library, of an object of ours",
    "extract": "Babel, by babel.cfg",
}


def reached(tree: ast.AST) -> Iterator[str]:
    """Yield every name that code uses, also in a short text, as getattr and forms do."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 60:
            yield from re.findall(r"\w+", node.value)


def made(tree: ast.Module) -> Iterator[str]:
    """Yield every function, method, class and constant; a command is reached by its name on the command line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not any(re.search(r"\b(command|group)\b", ast.unparse(each)) for each in node.decorator_list):
                yield node.name
        elif isinstance(node, ast.Assign) and node in tree.body:
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def test_nothing_is_reached_by_tests_alone():
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
    used = Counter(name for tree in trees.values() for name in reached(tree))
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path, tree in trees.items()
        for name in made(tree)
        if not used[name] and not name.startswith("__") and name not in CALLED_BY
    }
    assert found == set()
