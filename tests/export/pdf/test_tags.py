"""A paper that is read aloud: all of it is in the tree of the file, as what it is and in order, or is furniture."""

from __future__ import annotations

from functools import cache

import pytest

from coach.export.pdf import exercise_sheet, progress_report
from coach.protocols.loader import default
from tests.support.pdf_reading import patient_record, told, whole
from tests.support.pdf_structure import Tag, loose, tree
from tests.support.review_samples import on_day, plausible

PAPERS = {"sheet": exercise_sheet.pdf, "report": progress_report.pdf}
NAME = "فاطمة الزهراء"


@cache
def made(paper: str) -> bytes:
    return PAPERS[paper](patient_record(plausible(9).history, on_day(9, "10:00"), name=NAME), "a4")


@cache
def every(paper: str) -> tuple[Tag, ...]:
    return tuple(part for tag in tree(made(paper)) for part in tag.all())


@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_on_a_page_is_outside_of_the_tree_but_furniture(paper: str):
    assert loose(made(paper)) == []


@pytest.mark.parametrize("paper", PAPERS)
def test_every_picture_says_what_it_shows(paper: str):
    pictures = [tag for tag in every(paper) if tag.role == "Figure"]
    assert pictures
    assert all(tag.alt for tag in pictures)
    drawn = {tag.alt for tag in pictures}
    if paper == "sheet":
        assert {
            f"Drawing: {each.name}" for each in default().routines.values() if each.release is None
        } <= drawn
        assert "3 boxes to tick" in drawn
    else:
        assert any(alt.startswith("Pain from 0 to 10, day by day. ") for alt in drawn)
        assert any(alt.startswith("Sets done of sets due, by exercise and day. ") for alt in drawn)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_has_one_title_then_headings_and_what_follows_them(paper: str):
    outer = tree(made(paper))
    roles = [tag.role for tag in outer]
    assert roles[0] == "H1"
    assert roles.count("H1") == 1
    assert set(roles) <= {"H1", "H2", "P", "L", "Table", "Figure"}
    headings = [tag.text for tag in outer if tag.role == "H2"]
    expected = {
        "sheet": ["Before and after", "Ankle pumps", "Tummy tightening", "Stop at once if", "Do not"],
        "report": ["Red flags and stops", "Who changed what, and why", "The record"],
    }
    assert [text for text in dict.fromkeys(headings) if text in expected[paper]] == expected[paper]
    for item in (tag for tag in every(paper) if tag.role == "L"):
        assert {part.role for part in item.parts} == {"LI"}


@pytest.mark.parametrize("paper", PAPERS)
def test_a_table_has_a_head_over_each_column_and_rows_of_as_many_cells(paper: str):
    tables = [tag for tag in tree(made(paper)) if tag.role == "Table"]
    assert tables
    columns = 0
    for table in tables:
        assert {row.role for row in table.parts} == {"TR"}
        for row in table.parts:
            assert {cell.role for cell in row.parts} <= {"TH", "TD"}
            if row.parts and all(cell.role == "TH" for cell in row.parts):  # goes on over the end of a page
                columns = len(row.parts)
            elif "Use a new sheet." not in row.read():
                assert (
                    len(row.parts) <= columns + 1
                )  # the days have no head; a cell without a word is on no page
    full = tables[0].parts[1]
    assert len(full.parts) == len(tables[0].parts[0].parts) + (paper == "sheet")


def test_what_is_read_is_what_is_printed_in_its_order():
    """The heads and feet of pages apart, which are read nowhere."""
    text = whole(made("sheet"))
    read = " ".join(tag.read() for tag in tree(made("sheet")) if tag.role != "Table")
    for tag in tree(made("sheet")):
        if tag.role in ("P", "H2", "L") and not tag.actual:
            assert " ".join(tag.read().split()) in text
    assert "Coach is not a medical device" not in read
    assert "Page 1 of" not in read
    assert read.index("Your exercises") < read.index("Chest pain") < read.index("Before and after")


def test_a_name_whose_letters_are_joined_is_read_as_it_was_written():
    assert f"{NAME} · R-1" in [tag.actual for tag in every("sheet")]
    assert NAME in [tag.actual for tag in every("report")]


def test_a_sheet_of_a_closed_day_is_tagged_too():
    closed = exercise_sheet.pdf(patient_record(told(), on_day(0, "15:00")), "a4")
    assert loose(closed) == []
    assert tree(closed)[0].role == "H1"
