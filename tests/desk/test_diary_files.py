"""Paper diaries as people have them: each file of a folder has its outcome, and nothing that was guessed is kept quiet."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.desk import PatientDesk
from coach.desk.patient import diary_file
from coach.domain.date_reading import DayOrder
from coach.domain.diary_import import PAIN, Amiss, PaperLine, ReadAs
from coach.export.tables.audit import plain
from coach.export.tables.columns import TABLES
from coach.protocols.loader import default
from coach.text import diary_import as diary_import_text
from tests.support.diary_papers import as_kept, papers
from tests.support.erasing import all_rows
from tests.support.homes import Clock, settled

FOLDER = Path(__file__).parent / "diary_files"
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
PROTOCOL = default()
DAY_FIRST, MONTH_FIRST = DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST
A_DAY = date(2026, 11, 24)
CERTAIN = ReadAs()


@pytest.fixture
def patient(tmp_path: Path, clock: Clock) -> PatientDesk:
    """Somebody in New York, whose procedure was on the first of March."""
    clock.now = NOW
    return settled(tmp_path, hours=273 * 24, zone="America/New_York", now=NOW)


@dataclass(frozen=True)
class Good:
    """How many lines a file has, and how it was read where it could be read otherwise."""

    lines: int
    read_as: ReadAs = CERTAIN


def days(text: str, order: DayOrder, day: date = A_DAY, **more: object) -> ReadAs:
    return ReadAs(order=order, day_text=text, day=day, **more)  # type: ignore[arg-type]


Bad = list[tuple[int | None, Amiss]]
EXPECTED: dict[str, Good | Bad] = {
    "00_good.csv": Good(3),
    "01_german_excel_cp1252.csv": [(1, Amiss.NO_HEADER)],
    "02_semicolon_good_columns_de_dates.csv": Good(1, days("24.11.2026", DAY_FIRST, separator=";")),
    "03_semicolon_only.csv": Good(1, ReadAs(separator=";")),
    "04_german_dates_comma.csv": Good(2, days("24.11.2026", DAY_FIRST)),
    "05_us_dates.csv": Good(2, days("11/24/2026", MONTH_FIRST)),
    "06_12h.csv": Good(3),
    "07_bom.csv": Good(1),
    "08_utf16.csv": Good(1),
    "09_tabs.csv": Good(1, ReadAs(separator="\t")),
    "10_title_rows_above.csv": Good(1, ReadAs(titles=2)),
    "11_merged_header.csv": Good(1, ReadAs(titles=1)),
    "12_blank_rows_trailing_commas.csv": Good(2),
    "13_pain_3of10.csv": [(n, Amiss.SCORE_WRONG) for n in (2, 3, 4, 5)],
    "14_yes_x_done.csv": [*((n, Amiss.REPS_WRONG) for n in (2, 3, 4, 5)), (6, Amiss.REPS_MISSING)],
    "15_unknown_names.csv": [(n, Amiss.WHAT_UNKNOWN) for n in (2, 3, 4, 6, 7, 8)],
    "16b.xlsx": [(None, Amiss.SPREADSHEET)],
    "18_header_capital_spaces.csv": Good(1),
    "19_wide_format.csv": [(1, Amiss.WIDE_TABLE)],
    "20_no_header.csv": [(1, Amiss.NO_HEADER)],
    "22_seconds.csv": Good(1),
    "23_excel_date_noZeros.csv": Good(1, ReadAs(morning="8:05")),
    "26_smart_quotes_cp1252_note.csv": Good(1, ReadAs(encoding="Windows-1252")),
    "27_latin1_name.csv": Good(1, ReadAs(encoding="Windows-1252")),
    "28_note_with_comma.csv": [(2, Amiss.TOO_MANY_CELLS)],
    "29_future_and_before.csv": [(2, Amiss.IN_FUTURE), (3, Amiss.BEFORE_PROCEDURE)],
    "30_dst_gap_fold.csv": [(2, Amiss.TIME_SKIPPED)],
    "34_header_only.csv": [(None, Amiss.NO_LINES)],
    "36_formula.csv": [(3, Amiss.FORMULA)],
    "38_reps_2x10.csv": [(2, Amiss.REPS_WRONG), (4, Amiss.REPS_WRONG)],
    "39_pain_with_reps_and_session.csv": [(2, Amiss.SCORE_WITH_EXERCISE)],
    "41_pipe.csv": Good(1, ReadAs(separator="|")),
    "43_slash_iso.csv": Good(1),
    "45_1000_reps.csv": [(2, Amiss.REPS_MANY)],
    "diary_excel_de.csv": Good(2, days("20.11.2026", DAY_FIRST, date(2026, 11, 20), separator=";")),
    "diary_excel_seconds.csv": Good(1, ReadAs(morning="8:30:00")),
    "diary_excel_us.csv": Good(2, days("11/20/2026", MONTH_FIRST, date(2026, 11, 20))),
    "diary_real_times.csv": Good(3, ReadAs(joined=2)),
}  # fmt: skip


def test_every_file_of_the_folder_is_in_the_table():
    assert {file.name for file in FOLDER.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_file_has_its_outcome(patient: PatientDesk, name: str):
    content, expected = (FOLDER / name).read_bytes(), EXPECTED[name]
    before = all_rows(patient.installation.store)
    found = patient.diary_import.read_paper(content)
    if isinstance(expected, Good):
        assert (found.wrong, len(found.added), found.read_as) == ((), expected.lines, expected.read_as)
        assert all_rows(patient.installation.store) == before
        patient.diary_import.keep_paper(content)
        assert patient.diary_import.read_paper(content).there == expected.lines
    else:
        assert [(each.line, each.why) for each in found.wrong] == expected
        assert not found.moments
        for sentence in diary_import_text.said(found.wrong, 99):
            assert "{" not in sentence


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        (b"", None, Amiss.EMPTY),
        (bytes(range(256)) * 20, 1, Amiss.NUL),
        (";".join(TABLES[0].columns).encode() + b"\r\n1;2;3\r\n", 1, Amiss.OWN_TABLE),
    ],
    ids=["empty", "binary", "our own table, saved in Berlin"],
)
def test_what_is_no_diary_is_named(patient: PatientDesk, content: bytes, line: int | None, why: Amiss):
    (wrong,) = patient.diary_import.read_paper(content).wrong
    assert (wrong.line, wrong.why) == (line, why)


def test_a_workbook_under_another_name_is_named_with_what_to_do(patient: PatientDesk):
    (wrong,) = patient.diary_import.read_paper((FOLDER / "16b.xlsx").read_bytes()).wrong
    assert diary_import_text.amiss(wrong) == (
        "This is a spreadsheet’s own file or an archive (XLSX), not a CSV file. "
        "Open it, choose “Save as” and “CSV UTF-8”, then take that file."
    )


HEAD = "date,time,what,reps,score,note"


def table(*lines: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *lines, ""]).encode()


def walls(found: diary_file.PaperText) -> list[str]:
    return [line.wall.isoformat(" ", "minutes") for line in found.lines]


SLASHES = table("3/4/2026,8:30 am,ankle_pumps,10,,", "3/5/2026,8:30 pm,pain_average,,4,")


def test_day_and_month_are_asked_for_once_and_never_guessed():
    unsure = diary_file.read(SLASHES, PROTOCOL)
    assert [(each.line, each.why, each.detail["value"]) for each in unsure.wrong] == [
        (2, Amiss.DAY_ORDER, "3/4/2026")
    ]
    assert unsure.lines == ()
    month_first = diary_file.read(SLASHES, PROTOCOL, MONTH_FIRST)
    assert walls(month_first) == ["2026-03-04 08:30", "2026-03-05 20:30"]
    assert diary_import_text.read_as(month_first.read_as) == [
        "In dates the month comes first: 3/4/2026 is 4 March 2026."
    ]
    day_first = diary_file.read(SLASHES, PROTOCOL, DAY_FIRST)
    assert walls(day_first) == ["2026-04-03 08:30", "2026-05-03 20:30"]


def test_one_certain_date_decides_for_the_file_and_another_order_is_refused():
    sure = diary_file.read(
        table("3/4/2026,09:00,ankle_pumps,10,,", "3/14/2026,09:00,ankle_pumps,10,,"), PROTOCOL
    )
    assert walls(sure) == ["2026-03-04 09:00", "2026-03-14 09:00"]
    other = diary_file.read(table("14/3/2026,09:00,ankle_pumps,10,,"), PROTOCOL, MONTH_FIRST)
    assert [each.why for each in other.wrong] == [Amiss.NO_SUCH_DAY]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("8:30 pm", time(20, 30)), ("8:30PM", time(20, 30)), ("8:30:00 AM", time(8, 30)), ("12:15 am", time(0, 15)),
        ("08:30 p.m.", time(20, 30)), ("12 noon", time(12)),
    ],
)  # fmt: skip
def test_times_with_am_and_pm(written: str, meant: time):
    found = diary_file.read(
        table(f"2026-03-04,{written},ankle_pumps,10,,", "2026-03-05,9:00 am,ankle_pumps,4.0,,"), PROTOCOL
    )
    assert [line.wall.time() for line in found.lines] == [meant, time(9)]
    assert found.read_as.morning == ""


def test_scores_at_their_real_times_belong_to_the_exercises_next_to_them(patient: PatientDesk):
    content = table(
        "2026-11-20,08:30,pain_before,,4,",
        "2026-11-20,08:35,ankle_pumps,10,,",
        "2026-11-20,08:40,pain_after,,3,",
        "2026-11-20,17:00,pain_before,,5,tired",
        "2026-11-20,17:10,ankle_pumps,10,,",
    )
    kept = patient.diary_import.keep_paper(content)
    assert diary_import_text.read_as(kept.read_as) == [
        "3 pain scores of before and after have times of their own. "
        "They are taken with the exercises nearest to them."
    ]
    first, second = patient.history().sessions
    assert first.before
    assert first.after
    assert second.before
    told = [(pain.fact.score, f"{pain.at:%H:%M}") for pain in (first.before, first.after, second.before)]
    assert told == [(4, "13:30"), (3, "13:40"), (5, "22:00")]
    assert second.after is None
    assert [note.fact.text for note in second.notes] == ["tired"]
    assert patient.diary_import.keep_paper(content).added == ()


def test_a_score_that_no_exercise_lies_next_to_is_refused(patient: PatientDesk):
    lines = ["2026-11-20,08:30,pain_before,,4,", "2026-11-20,09:31,ankle_pumps,10,,"]
    wrong = patient.diary_import.read_paper(table(*lines, "2026-11-20,09:30,pain_after,,4,")).wrong
    assert [(each.line, each.why) for each in wrong] == [
        (2, Amiss.PAIN_WITHOUT_EXERCISE), (4, Amiss.PAIN_WITHOUT_EXERCISE),
    ]  # fmt: skip


# any diary in any dialect

ENCODINGS = {
    "utf-8": b"", "utf-8-sig": b"", "cp1252": b"", "utf-16": b"",
    "utf-16-le": b"", "utf-16-be": b"", "marked utf-16-be": codecs.BOM_UTF16_BE,
}  # fmt: skip
DAYS = {
    "%Y-%m-%d": None, "%Y/%m/%d": None, "%Y-%m-%d 00:00:00": None, "%d.%m.%Y": None, "%d.%m.%y": None,
    "%d/%m/%Y": DAY_FIRST, "%d-%m-%y": DAY_FIRST, "%m/%d/%Y": MONTH_FIRST, "%m/%d/%y": MONTH_FIRST,
}  # fmt: skip
CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%H.%M")


@dataclass(frozen=True)
class Dialect:
    """One way in which a program writes a table."""

    separator: str
    encoding: str
    end: str
    day: str
    clock: str
    whole: str
    head: bool
    titles: int
    trailing: int
    blank: bool

    def write(self, lines: list[PaperLine]) -> bytes:
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=self.separator, lineterminator=self.end)
        for number in range(self.titles):
            writer.writerow([f"My diary {number}", *[""] * 5])
        writer.writerow(
            [name.upper() + " " if self.head else name for name in HEAD.split(",")] + [""] * self.trailing
        )
        for line in lines:
            if self.blank:
                writer.writerow([""] * (6 + self.trailing))
            writer.writerow([*self.cells(line), *[""] * self.trailing])
        name = self.encoding.removeprefix("marked ")
        return ENCODINGS[self.encoding] + out.getvalue().encode(name)

    def cells(self, line: PaperLine) -> Iterator[str]:
        yield f"{line.wall:{self.day}}"
        yield f"{line.wall:{self.clock}}"
        yield next(name for name, when in PAIN.items() if when is line.what) if line.is_pain else line.what
        yield "" if line.is_pain else f"{line.reps}{self.whole}"
        score = str(line.score)
        yield (score + self.whole if score.isdigit() else score) if line.is_pain else ""
        yield plain(line.note)


dialects = st.builds(
    Dialect,
    separator=st.sampled_from(",;\t|"), encoding=st.sampled_from(list(ENCODINGS)), end=st.sampled_from(["\r\n", "\n", "\r"]),
    day=st.sampled_from(list(DAYS)), clock=st.sampled_from(CLOCKS), whole=st.sampled_from(["", ".0", ",0", ".00"]),
    head=st.booleans(), titles=st.integers(0, 3), trailing=st.integers(0, 2), blank=st.booleans(),
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(papers(st.just("") | st.text("aéßü ,;|\"'=.\t", max_size=20)), dialects)
def test_any_lines_in_any_dialect_are_read_again(lines: list[PaperLine], dialect: Dialect):
    found = diary_file.read(dialect.write(lines), PROTOCOL, DAYS[dialect.day])
    if not lines:
        assert [each.why for each in found.wrong] == [Amiss.NO_LINES]
        return
    assert found.wrong == ()
    assert [(line.wall, line.what, line.reps, line.score, line.note) for line in found.lines] == [
        (line.wall, line.what, line.reps, line.score, as_kept(line.note)) for line in lines
    ]
    assert found.read_as.titles == dialect.titles
