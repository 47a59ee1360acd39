"""Diaries on paper, good and bad, and how they are read and kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

from coach.desk.patient import diary_file
from coach.domain import facts
from coach.domain.diary_import import PAIN, Amiss, PaperLine
from coach.domain.free_text import plain_text
from coach.export.tables.audit import FORMULA
from coach.export.tables.columns import TABLES
from coach.protocols.loader import default
from tests.support.patient_acts import GLUTES, PUMPS, QUADS, TUMMY

HEAD = "date,time,what,reps,score,note"

GOOD = "2026-03-10,08:00,ankle_pumps,10,,"

PROTOCOL = default()


def table(*lines: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *lines, ""]).encode()


DIARY = table(
    "2026-03-10,08:00,ankle_pumps,10,,before breakfast",
    "2026-03-10,08:00,quadriceps,8,,",
    "2026-03-10,08:00,pain_before,,4,",
    "2026-03-10,08:00,pain_after,,0,",
    "2026-03-10,20:15,pain_average,,3,",
    "2026-03-10,20:15,pain_worst,,bad,",
    "2026-03-11,7:05,Bottom squeeze,8,,",
    "2026-03-11,12:00,pain_now,,10,",
)

BAD: dict[str, tuple[bytes, int | None, Amiss]] = {
    "no bytes": (b"", None, Amiss.EMPTY),
    "blanks alone": (b" \r\n\r\n", None, Amiss.EMPTY),
    "remarks alone": (b"# date\n", None, Amiss.EMPTY),
    "header alone": (table(), None, Amiss.NO_LINES),
    "untouched template": (diary_file.template(PROTOCOL.routines.values()), None, Amiss.NO_LINES),
    "too large": (table(GOOD + "x" * 1_000_001), None, Amiss.TOO_LARGE),
    "too many lines": (table(*[GOOD] * 2_001), 2_002, Amiss.TOO_MANY_LINES),
    "spreadsheet": (b"PK\x03\x04" + b"\0" * 100, None, Amiss.SPREADSHEET),
    "old spreadsheet": (b"\xd0\xcf\x11\xe0" + b"\0" * 100, None, Amiss.SPREADSHEET),
    "cut in a letter": (table(GOOD + "ü")[:-3], 2, Amiss.NOT_UTF8),
    "NUL": (table(GOOD, "2026-03-10,09:00,ankle\0pumps,10,,"), 3, Amiss.NUL),
    "no header": (GOOD.encode(), 1, Amiss.NO_HEADER),
    "some text": (b"Dear diary, today I did a lot.", 1, Amiss.NO_HEADER),
    "one word": (b"hello\n", 1, Amiss.NO_HEADER),
    "unknown column": (table(GOOD + ",7", head=HEAD + ",mood"), 1, Amiss.UNKNOWN_COLUMN),
    "a column without a name": (table("2026-03-10,7,08:00,ankle_pumps", head="date,,time,what"), 1, Amiss.COLUMN_NAMELESS),
    "a column for each exercise": (table("2026-03-10,3,2,4", head="date,Ankle pumps,Bottom squeeze,pain"), 1, Amiss.WIDE_TABLE),
    "a line above the names": (b"2026-03-10,08:00,ankle_pumps\r\n" + table(GOOD), 1, Amiss.NO_HEADER),
    "byte that is no letter": (table(GOOD + "x").replace(b"x", b"\x81"), 2, Amiss.NOT_UTF8),
    "letters damaged later": (table(GOOD + "ü").replace(b"10", "9ü".encode()) + b"\xfc", 3, Amiss.NOT_UTF8),
    "a column twice": (table(GOOD + ",7", head=HEAD + ",Reps"), 1, Amiss.COLUMN_TWICE),
    "a column missing": (table("2026-03-10,ankle_pumps,10", head="date,what,reps"), 1, Amiss.COLUMN_MISSING),
    "quotes that stay open": (table(GOOD, GOOD.replace("08", "09") + '"tired', GOOD.replace("08", "10")), 3, Amiss.QUOTES),
    "text after a quote": (table(GOOD + '"tired" today'), 2, Amiss.QUOTES),
    "too many cells": (table(GOOD, GOOD.replace("08", "09") + "tired, but well"), 3, Amiss.TOO_MANY_CELLS),
    "no date": (table(",08:00,ankle_pumps,10,,"), 2, Amiss.DAY_MISSING),
    "day or month first": (
        table("03/04/2026,08:00,ankle_pumps,10,,", "03/03/2026,20:00,ankle_pumps,10,,", "04/03/2026,09:00,ankle_pumps,10,,"),
        2, Amiss.DAY_ORDER,
    ),
    "both first": (
        table("13/3/2026,08:00,ankle_pumps,10,,", "3/14/2026,08:00,ankle_pumps,10,,"), 3, Amiss.DAY_ORDER_MIXED
    ),
    "points and the month first": (table("3.14.2026,08:00,ankle_pumps,10,,"), 2, Amiss.NO_SUCH_DAY),
    "no year": (table("10.03.,08:00,ankle_pumps,10,,"), 2, Amiss.DAY_UNREADABLE),
    "a spreadsheet's number of a day": (table("46091,08:00,ankle_pumps,10,,"), 2, Amiss.DAY_UNREADABLE),
    "date with a time": (table("2026-03-10T08:00,08:00,ankle_pumps,10,,"), 2, Amiss.DAY_UNREADABLE),
    "wide digits": (table("２０２６-03-10,08:00,ankle_pumps,10,,"), 2, Amiss.DAY_UNREADABLE),  # noqa: RUF001
    "no such day": (table("2026-02-30,08:00,ankle_pumps,10,,"), 2, Amiss.NO_SUCH_DAY),
    "month 13": (table("2026-13-01,08:00,ankle_pumps,10,,"), 2, Amiss.NO_SUCH_DAY),
    "year 0000": (table("0000-01-01,08:00,ankle_pumps,10,,"), 2, Amiss.NO_SUCH_DAY),
    "year 0001": (table("0001-01-01,00:00,ankle_pumps,10,,"), 2, Amiss.YEAR_OUT_OF_RANGE),
    "year 9999": (table("9999-12-31,23:59,ankle_pumps,10,,"), 2, Amiss.YEAR_OUT_OF_RANGE),
    "no time": (table("2026-03-10,,ankle_pumps,10,,"), 2, Amiss.CLOCK_MISSING),
    "am here and nothing there": (
        table("2026-03-10,8:00 am,ankle_pumps,10,,", "2026-03-10,9:00,ankle_pumps,10,,"), 3, Amiss.CLOCK_HALF
    ),
    "a part of a day": (table("2026-03-10,0.354167,ankle_pumps,10,,"), 2, Amiss.NOT_A_CLOCK_TIME),
    "one digit of minutes": (table("2026-03-10,8.3,ankle_pumps,10,,"), 2, Amiss.NOT_A_CLOCK_TIME),
    "24:00": (table("2026-03-10,24:00,ankle_pumps,10,,"), 2, Amiss.NOT_A_CLOCK_TIME),
    "time with a zone": (table("2026-03-10,08:00+01:00,ankle_pumps,10,,"), 2, Amiss.NOT_A_CLOCK_TIME),
    "skipped hour": (table("2026-03-29,02:30,ankle_pumps,10,,"), 2, Amiss.TIME_SKIPPED),
    "in the future": (table(GOOD, "2026-04-05,08:00,ankle_pumps,10,,"), 3, Amiss.IN_FUTURE),
    "before the procedure": (table("2026-03-02,08:00,ankle_pumps,10,,"), 2, Amiss.BEFORE_PROCEDURE),
    "nothing done": (table("2026-03-10,08:00,,10,,"), 2, Amiss.WHAT_MISSING),
    "unknown exercise": (table("2026-03-10,08:00,ankle pump,10,,"), 2, Amiss.WHAT_UNKNOWN),
    "a name of two exercises": (
        table("2026-03-10,08:00,Transabdominal and quadriceps settling,10,,"), 2, Amiss.WHAT_UNKNOWN
    ),
    "the pain before the procedure": (table("2026-03-10,08:00,baseline,,8,"), 2, Amiss.WHAT_UNKNOWN),
    "no reps": (table("2026-03-10,08:00,ankle_pumps,,,"), 2, Amiss.REPS_MISSING),
    "reps of 0": (table("2026-03-10,08:00,ankle_pumps,0,,"), 2, Amiss.REPS_WRONG),
    "negative reps": (table("2026-03-10,08:00,ankle_pumps,-5,,"), 2, Amiss.REPS_WRONG),
    "reps of 1_0": (table("2026-03-10,08:00,ankle_pumps,1_0,,"), 2, Amiss.REPS_WRONG),
    "reps of 10.5": (table("2026-03-10,08:00,ankle_pumps,10.5,,"), 2, Amiss.REPS_WRONG),
    "a thousand reps": (table("2026-03-10,08:00,ankle_pumps,1000,,"), 2, Amiss.REPS_MANY),
    "a formula": (table("2026-03-10,08:00,=1+1,20,,", GOOD), 2, Amiss.FORMULA),
    "reps of a billion": (table("2026-03-10,08:00,ankle_pumps,1000000000,,"), 2, Amiss.REPS_WRONG),
    "reps over both legs": (table("2026-03-10,08:00,quadriceps,101,,"), 2, Amiss.REPS_MANY),
    "reps of pain": (table("2026-03-10,08:00,pain_now,3,3,"), 2, Amiss.REPS_WITH_PAIN),
    "no score": (table("2026-03-10,08:00,pain_now,,,"), 2, Amiss.SCORE_MISSING),
    "score of 11": (table("2026-03-10,08:00,pain_now,,11,"), 2, Amiss.SCORE_WRONG),
    "score of 3.5": (table("2026-03-10,08:00,pain_now,,3.5,"), 2, Amiss.SCORE_WRONG),
    "score of NaN": (table("2026-03-10,08:00,pain_now,,NaN,"), 2, Amiss.SCORE_WRONG),
    "score of 1e400": (table("2026-03-10,08:00,pain_now,,1e400,"), 2, Amiss.SCORE_WRONG),
    "score in wide digits": (table("2026-03-10,08:00,pain_now,,７,"), 2, Amiss.SCORE_WRONG),  # noqa: RUF001
    "score of True": (table("2026-03-10,08:00,pain_now,,True,"), 2, Amiss.SCORE_WRONG),
    "score of an exercise": (table("2026-03-10,08:00,ankle_pumps,10,3,"), 2, Amiss.SCORE_WITH_EXERCISE),
    "long note": (table(GOOD + "x" * 2_001), 2, Amiss.NOTE_TOO_LONG),
    "endless note": (table(GOOD + "x" * 200_000), 2, Amiss.NOTE_TOO_LONG),
    "note of no exercise": (table("2026-03-10,08:00,pain_now,,3,tired"), 2, Amiss.NOTE_WITHOUT_EXERCISE),
    "pain around nothing": (
        table(GOOD, "2026-03-10,09:01,pain_after,,3,"), 3, Amiss.PAIN_WITHOUT_EXERCISE
    ),
    "a worst below its average": (
        table("2026-03-10,20:00,pain_worst,,4,", "2026-03-10,20:00,pain_average,,5,", "2026-03-11,20:00,pain_average,,6,"),
        2, Amiss.WORST_BELOW_AVERAGE,
    ),
    "words of a worst below its average": (
        table("2026-03-10,08:00,pain_average,,bad,", "2026-03-10,20:00,pain_worst,,medium,"), 3, Amiss.WORST_BELOW_AVERAGE
    ),
    "the same twice": (table(GOOD, "", "# a remark", GOOD), 5, Amiss.TWICE),
    "two numbers": (table(GOOD, "2026-03-10,8:00,Ankle Pumps,12,,"), 3, Amiss.CONTRADICTS),
    "two scores": (table(GOOD, "2026-03-10,08:00,pain_now,,3,", "2026-03-10,08:00,pain_now,,mild,"), 4, Amiss.CONTRADICTS),
    **{
        f"our own table of {each.name}": (table("a", head=",".join(each.columns)), 1, Amiss.OWN_TABLE)
        for each in TABLES
    },
}  # fmt: skip

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30)

notes = st.just("") | st.just("o'-clock") | texts | st.builds(str.__add__, st.sampled_from(FORMULA), texts)


@st.composite
def papers(draw: st.DrawFn, notes: st.SearchStrategy[str] = notes) -> list[PaperLine]:
    """Return lines as somebody could have written them, none of them wrong."""
    walls = st.builds(
        lambda day, minute: datetime(2026, 3, 6) + timedelta(days=day, minutes=minute),  # noqa: DTZ001
        st.integers(0, 14),
        st.integers(0, 24 * 60 - 1),
    )
    lines: list[PaperLine] = []
    for wall in draw(st.lists(walls, max_size=3, unique=True)):
        routines = draw(st.lists(st.sampled_from([PUMPS, GLUTES, QUADS, TUMMY]), unique=True))
        for routine in routines:
            lines.append(PaperLine(0, wall, routine, draw(st.integers(1, 48)), 0, draw(notes)))
        for when in draw(st.lists(st.sampled_from(sorted(PAIN.values())), unique=True)):
            around = when in (facts.PainWhen.BEFORE, facts.PainWhen.AFTER)
            if routines or not around:
                score = draw(st.integers(0, 10) | st.sampled_from(facts.PainWord))
                if when is facts.PainWhen.WORST_24H:
                    score = 10
                elif when is facts.PainWhen.AVERAGE_24H:
                    score = draw(st.integers(0, 10))
                lines.append(PaperLine(0, wall, when, 0, score, draw(notes) if around else ""))
    return draw(st.permutations(lines))


def as_kept(note: str) -> str:
    return plain_text(note, 2000)
