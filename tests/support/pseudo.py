"""Finds English that stands in no catalogue: in a pseudo-language every word of a catalogue has an accent."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from calendar import day_abbr, day_name, month_abbr, month_name
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from babel import Locale
from playwright.sync_api import Page

from coach.desk import Installation
from coach.i18n import pseudo
from tests.support.clinics import everything
from tests.support.server import ROOT

SAID = (ROOT / "tests" / "support" / "said.js").read_text("utf-8")
COUNTRIES = frozenset(Locale("en").territories.values())  # Babel's names of them
#: The code of an invitation, the key of a second factor, and the place of a file.
CODE = re.compile(r"\b[0-9A-Z]{4}(?:[ -][0-9A-Z]{4}){3,}\b|(?:/[\w.-]+){2,}")
WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
SHORTEST = 3  # letters: what is shorter is a unit, or am and pm
#: Babel's names of days and months and what it puts before the last of a list, what a language calls itself, and what is
#: written alike in every language.
KNOWN = {
    *(name.lower() for names in (month_name, month_abbr, day_name, day_abbr) for name in names),
    "sept", "and", "english", "deutsch", "mirrored", "coach", "pdf", "csv", "fhir", "toml", "url", "zip",
    "seed", "gpk",  # codes of sources
    "tsv", "txt", "xlsx", "xls", "ods",
}  # fmt: skip


def collected(folder: Path) -> Path:
    """Collect the texts of the code as it is, for the pseudo-languages; return the template."""
    template = folder / "coach.pot"
    babel = (
        sys.executable,
        "-m",
        "babel.messages.frontend",
        "--quiet",
        "extract",
        "--mapping-file=babel.cfg",
    )
    subprocess.run((*babel, "--keywords=N_", f"--output-file={template}", "coach", "pages"), cwd=ROOT, check=True,
                   env={"PYTHONPATH": str(ROOT)})  # fmt: skip
    return template


def outside(text: str, entered: Iterable[str] = ()) -> list[str]:
    """Return the words of a text that are from no catalogue: their letters have no accents.

    `entered`: what people have typed, and names, which stay as they are.
    """
    names = tuple(sorted({*entered, *COUNTRIES}, key=len, reverse=True))
    text = _whole(names).sub(" ", text)
    return [
        word
        for word in WORD.findall(CODE.sub(" ", pseudo.KEPT.sub(" ", text)))
        if len(word) >= SHORTEST
        and word.lower() not in KNOWN
        and pseudo.accented(word) != word
        and word.isascii()
    ]


@cache
def _whole(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of these names as whole words."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")


def english(page: Page, entered: Iterable[str] = ()) -> list[str]:
    """Return each thing that a page says to eyes or ears with a word that is from no catalogue."""
    entered = list(entered)
    return [
        f"{where}: {text.strip()[:120]!r}" for where, text in page.evaluate(SAID) if outside(text, entered)
    ]


def entered(*installations: Installation) -> set[str]:
    """Return the names and the texts that people have entered into these records."""
    found: set[str] = set()
    for installation in installations:
        for rows in everything(installation).values():
            for value in (value for row in rows for value in row):
                found |= set(_strings(value))
    named = {each for each in found if " " in each or each[:1].isupper()}
    logins = {each.login for installation in installations for each in installation.accounts.everybody()}
    return {each for each in named | logins if len(each) >= SHORTEST}


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, str):
        try:
            known = json.loads(value)
        except ValueError:
            known = None
        if isinstance(known, dict | list):
            yield from _strings(known)
        else:
            yield value
