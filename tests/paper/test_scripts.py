"""Whatever script a name or a reason is written in, every other line of a paper is what it is with plain letters."""

from __future__ import annotations

import pandas as pd
import pypdfium2
import pytest

from coach.domain.dossier import Dossier
from coach.domain.history import History
from coach.paper import fonts, report, sheet
from coach.paper.page import Page
from tests.paper.reading import dossier
from tests.review.samples import on_day, plausible

NAMES = {
    "Latin with accents": "Żółć Łukasz Öztürk",
    "Greek": "Ωραία",
    "Cyrillic": "Любовь",
    "Chinese": "王秀英",
    "Japanese": "さくら",
    "Arabic": "فاطمة",
    "Hebrew": "שָׂרָה",
    "Devanagari": "सीता",
    "Thai": "สมศรี",
    "Greek, then Latin": "Ωραία Example",
    "Latin, then Cyrillic": "Ada Любовь",
    "Chinese and Greek": "王 Ωραία 秀英",
}
PAPERS = {"sheet": sheet.pdf, "report": report.pdf}
UNPRINTED = ("Chinese", "Japanese", "Arabic", "Hebrew", "Devanagari", "Thai")
EXPLAINED = "This paper has no signs for some scripts: \ufffd stands in their place."


@pytest.fixture(scope="module")
def weeks() -> History:
    return plausible(9).history


def lines(pdf: bytes) -> list[str]:
    """Return the lines of all pages as they are read back."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [line for page in document for line in page.get_textpage().get_text_range().splitlines()]


def others(pdf: bytes, name: str) -> list[str]:
    """Return the lines with a blank for the name, without the explanation of the sign."""
    return [line.replace(fonts.printable(name), "").strip() for line in lines(pdf) if line != EXPLAINED]


def made(paper: str, history: History, name: str) -> bytes:
    return PAPERS[paper](about(history, name), "a4")


def about(history: History, name: str) -> Dossier:
    return dossier(history, on_day(9, "10:00"), name=name, reference="")


@pytest.mark.parametrize("paper", PAPERS)
def test_every_line_but_the_names_is_that_of_a_plain_name(paper: str, weeks: History):
    plain = others(made(paper, weeks, "Ada Example"), "Ada Example")
    assert len(plain) > 60
    # A report takes a second to draw: of those that need the wider font, one; of those without a sign, one.
    tried = NAMES if paper == "sheet" else {script: NAMES[script] for script in ("Cyrillic", "Arabic")}
    for script, name in tried.items():
        assert others(made(paper, weeks, name), name) == plain, script


@pytest.mark.parametrize("script", UNPRINTED)
def test_a_name_that_no_font_can_print_is_a_row_of_signs_that_is_explained(script: str, weeks: History):
    assert set(fonts.printable(NAMES[script])) == {fonts.LACKING}
    assert EXPLAINED in lines(made("sheet", weeks, NAMES[script]))


PRINTED = [script for script in NAMES if script not in (*UNPRINTED, "Chinese and Greek")]


@pytest.mark.parametrize("script", PRINTED)
def test_own_words_of_many_lines_are_read_back_as_they_are(script: str, weeks: History):
    """Over the end of a page too, in bold and not, with the lines in plain letters between and after them."""
    paper = Page(about(weeks, NAMES[script]), "a4", title="Title", about=NAMES[script])
    written = []
    for number in range(60):
        text = [f"{number} {NAMES[script]}", NAMES[script], f"Plain words {number}"]
        paper.say("\n".join(text), size=9 + number % 3 * 4, bold=number % 2 == 0)
        written += text
    paper.listed(pd.DataFrame({"One": [NAMES[script]] * 3, "Two": ["Plain words"] * 3}), (1, 1))
    read = lines(paper.finished())
    assert [line for line in written if line not in read] == []
    assert read.count("Plain words") + read.count(f"{NAMES[script]} Plain words") == 3
