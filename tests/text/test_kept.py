"""What is kept and holds words is kept for each language, and nothing is said before somebody reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from coach import i18n
from coach.domain.derived import Keeper
from coach.i18n import _
from coach.i18n.languages import LONGER
from coach.text.kept import cached_in_words, derived_in_words, keep_words
from tests.support.server import ROOT

#: What is kept above the domain without words, and what that is.
WORDLESS = {
    "coach/export/ical_zone.py": "the rules of a time zone",
    "coach/export/pdf/charts.py": "fonts, and drawings without words",
    "coach/export/pdf/fonts.py": "which letters a font has",
    "coach/review/patient/diary.py": "which entries belong to a day",
    "coach/text/kept.py": "keeps by language",
    "coach/ui/parts/assets.py": "a drawing",
    "coach/web/__init__.py": "how many this server bears",
    "coach/web/bundle.py": "Streamlit's scripts",
    "coach/web/document.py": "Streamlit's document: its language is an argument",
    "coach/web/security_headers.py": "the name of a cookie",
}
KEEPING = {"cache", "cached_property", "continued", "derived", "derived_from", "lru_cache"}
ABOVE = ("cli", "demo", "export", "mail", "review", "text", "ui", "web")
SAYING = {"_", "ngettext", "pgettext"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    folders = [ROOT / "coach" / name for name in ABOVE]
    for file in sorted(each for folder in folders for each in folder.rglob("*.py")):
        yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text("utf-8"))


def test_what_is_kept_with_words_is_kept_for_each_language():
    made: list[str] = []

    @derived_in_words
    def title(_of: Keeper, name: str) -> str:
        made.append(name)
        return _(name)

    @cached_in_words
    def link(name: str) -> str:
        made.append(name)
        return _(name)

    keeper = Keeper()
    for say in (title.__get__(keeper), link, lambda name: keep_words(keeper, ("key",), _, name)):
        assert say("Settings") == "Settings"
        with i18n.speaking(LONGER):
            longer = say("Settings")
            assert longer == _("Settings") != "Settings"
            assert say("Settings") == longer
        assert say("Settings") == "Settings"
    assert len(made) == 4  # two functions, two languages


def test_above_the_domain_nothing_is_kept_without_its_language():
    found = set()
    for name, module in sources():
        for node in ast.walk(module):
            if isinstance(node, ast.ImportFrom) and node.module in ("functools", "coach.domain.derived"):
                found |= {name for each in node.names if each.name in KEEPING}
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "keep"
            ):
                of = ast.unparse(node.func.value)
                found |= {name for part in ("case", "history") if of.rpartition(".")[2] == part}
    assert found == set(WORDLESS)


def test_nothing_is_said_before_somebody_reads():
    """A text of a module, a class or a default argument would be everybody's, in English."""
    said = []
    for name, module in [*sources(), *_entry_points()]:
        for node in _at_import(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYING:
                said.append(f"{name}:{node.lineno} {ast.unparse(node)[:60]}")
    assert said == []


def _entry_points() -> Iterator[tuple[str, ast.Module]]:
    for name in ("coach/app.py", "coach/__main__.py", "streamlit_app.py"):
        yield name, ast.parse(Path(ROOT / name).read_text("utf-8"))


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when a module is imported: all but the bodies of functions."""
    yield node
    if isinstance(node, ast.Lambda):
        return
    inside = (ast.FunctionDef, ast.AsyncFunctionDef)
    parts = [node.args, *node.decorator_list] if isinstance(node, inside) else ast.iter_child_nodes(node)
    for each in parts:
        yield from _at_import(each)
