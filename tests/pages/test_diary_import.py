"""The Diary takes in a paper diary's file: looked at first, saved with one tap, never twice."""

from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from coach.domain.date_reading import DayOrder
from coach.domain.facts import Pain, SetDone
from tests.support.pages import Home, buttons, run, said, tap, title

PICTURE = "![x](http://127.0.0.1:9/x.png) **b** <b>c</b>"
HEAD = "date,time,what,reps,score,note"
GOOD = [
    f'2026-03-04,08:00,ankle_pumps,10,,"{PICTURE}"',
    "2026-03-04,08:00,quadriceps,8,,",
    "2026-03-04,08:00,pain_after,,3,",
    "2026-03-04,20:00,pain_average,,4,",
]


def table(*lines: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *lines]).encode()


@pytest.fixture
def paper(home: Home) -> AppTest:
    home.settle()
    return tap(home.open("diary"), "diary-paper")


def upload(at: AppTest, content: bytes) -> AppTest:
    at.file_uploader[0].upload("diary.csv", content)
    return run(at)


def test_the_page_says_how_and_offers_a_file_to_fill_in(paper: AppTest):
    assert title(paper) == "Enter a paper diary"
    assert [each.proto.label for each in paper.get("download_button")] == ["Get an empty file to fill in"]
    text = said(paper)
    for name in ("Ankle pumps", "Tummy tightening", "pain_before", "pain_worst", "2026-03-05"):
        assert name in text
    assert "paper-save" not in buttons(paper)
    tap(paper, "Back")
    assert title(paper) == "Diary"


def test_a_file_is_shown_before_it_is_saved(home: Home, paper: AppTest):
    before = home.size
    upload(paper, table(*GOOD))
    text = said(paper)
    assert "2 exercises, 2 pain scores and 1 note on 1 day" in text
    for line in (
        "4 March, 08:00",
        "Ankle pumps: 10 times",
        "Thigh tightening: 8 times, each leg",
        f"Note: {PICTURE}",
        "4 March, 20:00",
        "Pain over 24 hours, on average: 4 of 10",
    ):
        assert line in text.splitlines()
    assert not any(PICTURE in str(each.value) for each in paper.markdown)
    assert home.size == before


def test_one_tap_saves_it_and_a_second_look_finds_it_there(home: Home, paper: AppTest):
    tap(upload(paper, table(*GOOD)), "paper-save")
    assert title(paper) == "Diary"
    assert paper.success[0].value == "Saved: 2 exercises, 2 pain scores and 1 note on 1 day."
    (session,) = home.patient.history().sessions
    assert session.started.at == datetime(2026, 3, 4, 7, 0, tzinfo=UTC)
    assert [done.fact.reps_done for done in session.sets] == [10, 16]
    assert [note.fact.text for note in session.notes] == [PICTURE]
    for kind in ("markdown", "title", "header", "subheader", "success", "info"):
        assert not any(PICTURE in str(getattr(each, "value", "")) for each in paper.get(kind)), kind
    stored = home.size
    upload(tap(paper, "diary-paper"), table(*GOOD))
    assert "Everything in this file is in your diary already." in paper.info[0].value
    assert "paper-save" not in buttons(paper)
    assert home.size == stored


def test_two_tabs_with_the_same_file_save_it_once(home: Home, paper: AppTest):
    upload(paper, table(*GOOD))
    other = upload(tap(home.open("diary"), "diary-paper"), table(*GOOD))
    tap(other, "paper-save")
    stored = home.size
    tap(paper, "paper-save")
    assert "Everything in this file is in your diary already." in paper.info[0].value
    assert home.size == stored


def test_everything_that_is_wrong_is_said_in_plain_text(home: Home, paper: AppTest):
    before = home.size
    upload(paper, table(GOOD[1], f"2026-03-04,08:00,{PICTURE},1,,", "2026-03-04,25:00,pain_now,,11,"))
    assert "3 things in this file are not right" in paper.error[0].value
    shown = [str(each.value) for each in paper.text]
    assert "Line 4: “11” is no pain score. Write a whole number from 0 to 10." in shown
    assert any(each.startswith("Line 3: “![x](http") for each in shown)
    assert PICTURE[:20] not in "".join(str(each.value) for each in [*paper.markdown, *paper.error])
    assert "paper-save" not in buttons(paper)
    assert home.size == before


def test_of_very_many_faults_the_first_twenty_are_said(paper: AppTest):
    upload(paper, table(*[f"2026-03-04,08:{n},ankle_pumps,0,," for n in range(10, 40)]))
    shown = [str(each.value) for each in paper.text]
    assert sum(each.startswith("Line ") for each in shown) == 20
    assert "And 10 more." in shown


def test_what_is_recorded_meanwhile_is_said_and_nothing_is_stored(home: Home, paper: AppTest):
    upload(paper, table(*GOOD))
    home.patient.diary_import.keep_paper(table("2026-03-04,20:00,pain_average,,5,"))
    before = home.size
    tap(paper, "paper-save")
    assert title(paper) == "Enter a paper diary"
    assert home.size == before
    assert any("Something else is in your diary" in str(each.value) for each in paper.text)
    assert len(home.patient.history().of(Pain)) == 2


def test_which_day_is_meant_is_asked_once_and_then_said(home: Home, paper: AppTest):
    before = home.size
    upload(paper, table("3/4/2026,8:30 am,ankle_pumps,10,,", "3/3/2026,8:30 pm,pain_average,,4,"))
    assert "Which day is meant?" in said(paper)
    assert not paper.error
    assert "paper-save" not in buttons(paper)
    (choice,) = paper.pills
    assert (choice.options, choice.value) == (["3 April 2026", "4 March 2026"], None)
    choice.set_value(DayOrder.MONTH_FIRST)
    run(paper)
    assert "In dates the month comes first: 3/4/2026 is 4 March 2026." in said(paper).splitlines()
    assert "4 March, 08:30" in said(paper).splitlines()
    assert home.size == before
    tap(paper, "paper-save")
    (session,) = home.patient.history().sessions
    assert session.started.at == datetime(2026, 3, 4, 7, 30, tzinfo=UTC)


def test_a_workbook_is_named_with_what_to_do(home: Home, paper: AppTest):
    paper.file_uploader[0].upload("diary.xlsx", b"PK\x03\x04 xl/workbook.xml")
    run(paper)
    assert any(str(each.value).startswith("This is a spreadsheet’s own file") for each in paper.text)


def test_what_was_written_in_another_zone_says_so(home: Home, paper: AppTest):
    home.patient.settings.set("zone", "America/New_York")
    upload(paper, table(*GOOD[1:]))
    assert "4 March, 08:00 (Europe/Berlin)" in said(paper).splitlines()


def test_a_very_high_number_is_asked_about_and_saved_where_it_is_right(paper: AppTest, home: Home):
    at = upload(paper, table("2026-03-04,08:00,ankle_pumps,1000,,"))
    assert "Are these numbers right?" in [each.value for each in at.header]
    assert "“1000” times (reps) at one go?" in said(at)
    assert "paper-save" not in buttons(at)
    at.checkbox[0].check()
    tap(run(at), "paper-save")
    assert [done.fact.reps_done for done in home.patient.history().of(SetDone)] == [1000]
