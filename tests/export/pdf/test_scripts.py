"""Whatever script a name or a reason is written in, every other line of a paper is what it is with plain letters."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pypdfium2
import pytest
from PIL import ImageFont

from coach.domain.history import History
from coach.domain.patient_record import PatientRecord
from coach.export.pdf import exercise_sheet, fonts, progress_report
from coach.export.pdf.document import PT_MM, Page
from tests.support.pdf_reading import patient_record
from tests.support.review_samples import on_day, plausible

NAMES = {
    "Latin with accents": "Żółć Łukasz Öztürk",
    "Greek": "Ωραία",
    "Cyrillic": "Любовь",
    "Chinese": "王秀英",
    "Japanese": "さくら",
    "Korean": "김민수",
    "Arabic": "فاطمة الزهراء",
    "Persian": "علی\u200cرضا",  # noqa: RUF001
    "Hebrew": "שָׂרָה",
    "Hindi": "सीता क्षत्रिय",
    "Thai": "สมศรี ผู้ใหญ่",
    "Greek, then Latin": "Ωραία Example",
    "Latin, then Cyrillic": "Ada Любовь",
    "Latin, then Arabic": "Ada فاطمة",
    "Chinese and Greek": "王 Ωραία 秀英",
}
SHAPED = {"Arabic": "arabic", "Persian": "arabic", "Hebrew": "hebrew", "Hindi": "devanagari", "Thai": "thai"}
UNPRINTED = {"Khmer": "សុខា", "Tamil": "சீதா", "Syriac": "ܡܪܝܡ"}
PAPERS = {"sheet": exercise_sheet.pdf, "report": progress_report.pdf}
EXPLAINED = "This paper has no signs for some scripts: \ufffd stands in their place."


@pytest.fixture(scope="module")
def weeks() -> History:
    return plausible(9).history


def lines(pdf: bytes) -> list[str]:
    """Return the lines of all pages as they are read back."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [line for page in document for line in page.get_textpage().get_text_range().splitlines()]


def made(paper: str, history: History, name: str) -> bytes:
    return PAPERS[paper](about(history, name), "a4")


def about(history: History, name: str) -> PatientRecord:
    return patient_record(history, on_day(9, "10:00"), name=name, reference="")


@pytest.mark.parametrize("paper", PAPERS)
def test_every_line_but_the_names_is_that_of_a_plain_name(paper: str, weeks: History):
    plain = Counter(line for line in lines(made(paper, weeks, "Ada Example")) if "Ada Example" not in line)
    assert plain.total() > 40
    # A report takes a second to draw: of those that need the wider font, one; of those that are shaped, one.
    tried = NAMES if paper == "sheet" else {script: NAMES[script] for script in ("Cyrillic", "Arabic")}
    for script, name in tried.items():
        read = Counter(lines(made(paper, weeks, name)))
        assert plain - read == Counter(), script
        assert EXPLAINED not in read, script


@pytest.mark.parametrize("script", UNPRINTED)
def test_a_name_that_no_font_can_print_is_a_row_of_signs_that_is_explained(script: str, weeks: History):
    assert set(fonts.printable(UNPRINTED[script])) == {fonts.LACKING}
    assert EXPLAINED in lines(made("sheet", weeks, UNPRINTED[script]))


@pytest.mark.parametrize(
    "script", [script for script in NAMES if script not in (*SHAPED, "Latin, then Arabic")]
)
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


@pytest.mark.parametrize("script", SHAPED)
def test_letters_are_joined_and_stacked_as_another_program_does_it(script: str, weeks: History):
    """The same font, the same words, shaped by Pillow's own copy of HarfBuzz: as wide to a hundredth."""
    name, path = NAMES[script], fonts.FALLBACKS[SHAPED[script]]
    paper = Page(about(weeks, name), "a4", title="Title", about="")
    paper.font(100)
    shown = paper.clean(name).replace(" ", "")  # a blank is the typeface's own
    wide = paper.get_string_width(shown) / PT_MM
    shaped = ImageFont.truetype(path, 100, layout_engine=ImageFont.Layout.RAQM).getlength(shown)
    alone = ImageFont.truetype(path, 100, layout_engine=ImageFont.Layout.BASIC).getlength(shown)
    assert wide == pytest.approx(shaped, rel=0.01)
    if script in ("Arabic", "Persian", "Hindi"):
        assert alone > 1.05 * shaped


@pytest.mark.parametrize("script", ["Arabic", "Hebrew"])
def test_what_is_written_from_the_right_begins_at_the_right_inside_of_a_line_from_the_left(
    script: str, weeks: History
):
    word = fonts.printable(NAMES[script]).split()[0]
    paper = Page(about(weeks, "Ada"), "a4", title="Title", about="")
    paper.say(f"before {word} after", size=20)
    with pypdfium2.PdfDocument(paper.finished()) as document:
        page = document[0].get_textpage()
        text = page.get_text_range()
        found = {letter: page.get_charbox(text.index(letter))[0] for letter in (word[0], word[-1])}
        before, after = (page.get_charbox(text.index(each))[0] for each in ("before", "after"))
    assert before < found[word[-1]] < found[word[0]] < after


def test_an_order_to_turn_the_text_round_is_left_out_and_a_joiner_stays_between_its_letters_alone():
    assert fonts.printable("Ada \u202efdp") == "Ada fdp"
    assert fonts.printable("A\u200cda") == "Ada"
    assert "\u200c" in fonts.printable(NAMES["Persian"])
