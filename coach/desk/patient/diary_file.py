"""Reads the file of a paper diary that was typed into a table.

A table as spreadsheet programs save it: commas, semicolons, tabs or bars between the cells; UTF-8,
UTF-16 with or without a mark, or Windows-1252; at most 1 MB and 2,000 lines. Titles may stand above
the line that names the columns, in any order:

* `date`: the day, such as 2026-03-05, 5.3.2026, 5/3/2026 or 3/5/26. Where day and month could
change places in all of
  the file, the user is asked which comes first.
* `time`: the time on the patient's clock, 24 hours, such as 08:30, or with am and pm on every line
of the file. Exercises,
  pain_before and pain_after with the same date and time belong together: they are one session.
  Scores of before and after with a time of their own belong to the exercises next to them, at most
  an hour away.
* `what`: an exercise (its id in the protocol, its name or its clinical name), or one of pain_now,
pain_before,
  pain_after, pain_average and pain_worst (the last two over the last 24 hours).
* `reps`: how many times an exercise was done, from 1; where each leg works in turn, with each leg.
* `score`: pain as a whole number from 0 to 10, or as a word: none, mild, medium, bad or worst.
* `note`: own words about the exercises, at most 2,000 characters.

`reps`, `score` and `note` can be missing. A whole number may be written 4.0 or 4,0. A line that
begins with # is left out, and so is an empty one. The apostrophe that an export puts in front of
what looks like a formula is taken off. A cell with a separator, a quote or a line break stands in
double quotes, a quote in it being written twice (RFC 4180).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from coach.desk.patient import diary_table
from coach.desk.patient.diary_names import Names, written
from coach.desk.patient.diary_table import MOST_BYTES, Row, Unreadable
from coach.domain import date_reading, time_reading
from coach.domain.date_reading import DayOrder
from coach.domain.diary_import import (
    COLUMNS,
    NEEDED,
    OF_A_SESSION,
    PAIN,
    Amiss,
    PaperLine,
    ReadAs,
    Wrong,
)
from coach.domain.errors import BadValue
from coach.domain.facts import PainWhen, PainWord, Score
from coach.domain.free_text import NOTE_LIMIT, plain_text
from coach.domain.protocol import Protocol, Routine

__all__ = ["MOST_BYTES", "MOST_LINES", "MOST_REPS", "PaperText", "read", "template"]

# Lines; twelve weeks of three sessions a day with four exercises and two scores have 1,512
MOST_LINES = 2_000
MOST_REPS = 1_000  # reps over both sides; an entry holds no more

_SHOWN = 40
_SECONDS = re.compile(r"([0-9]{1,2}[:.][0-9]{2})[:.][0-5][0-9](?=$|\s*[AaPp])")
_HALF = re.compile(r"[0-9]\s*[AaPp]\.?\s?([Mm]\.?)?$")
_NUMBER = re.compile(r"([0-9]{1,4})(?:[.,]0+)?")
_GUARDED = re.compile(r"^\s*'(?=[ \u00a0]*[=+\-@\t\r\n＝＋－＠])")  # noqa: RUF001  the wide forms count too


@dataclass(frozen=True, slots=True)
class PaperText:
    """A file as it was read: its lines, its faults by line, and the readings that were chosen."""

    lines: tuple[PaperLine, ...]
    wrong: tuple[Wrong, ...]
    read_as: ReadAs


def read(
    content: bytes, protocol: Protocol, order: DayOrder | None = None, *, many: bool = False
) -> PaperText:
    """Return the lines of a file and its faults, in the order of lines.

    The record is not consulted.

    `order` is the user's answer for dates in which day and month could be swapped, `many` the
    confirmation that numbers of reps above a whole day's at the protocol's highest dose are right.
    """
    wrong: list[Wrong] = []
    lines: list[PaperLine] = []
    read_as = ReadAs()
    try:
        text, encoding = diary_table.text_of(content)
        names = Names(protocol)
        table = diary_table.table_of(text, names)
        rows = list(_within(table.rows, wrong))
        _check_columns(table, rows, wrong)
        cells = [(number, dict(zip(table.columns, row, strict=False))) for number, row in rows]
        days = _Days.of([(number, _cell(row, "date")) for number, row in cells], order)
        clocks = [_cell(row, "time") for _number, row in cells]
        halves = any(_HALF.search(clock) for clock in clocks)
        read_as = ReadAs(
            encoding=encoding if encoding == diary_table.WINDOWS else "",
            separator=table.separator if table.separator != diary_table.SEPARATORS[0] else "",
            titles=table.titles,
            order=days.order,
            day_text=days.example,
            day=days.example_day,
            morning="" if halves else _morning(clocks),
        )
        for (number, row), (_number, mapped) in zip(rows, cells, strict=True):
            if any(cell.strip() for cell in row[len(table.columns) :]):
                told = {"n": len(row), "most": len(table.columns)}
                wrong.append(Wrong(number, Amiss.TOO_MANY_CELLS, told))
                continue
            line = _Reading(number, mapped, protocol, names, days, halves, many, wrong).line()
            if line:
                lines.append(line)
        if not rows and not wrong:
            raise Unreadable(None, Amiss.NO_LINES)
    except Unreadable as unreadable:
        wrong.append(unreadable.wrong)
    wrong += _repeated(lines)
    return PaperText(tuple(lines), tuple(sorted(wrong, key=lambda each: each.line or 0)), read_as)


def _within(rows: Iterator[Row], wrong: list[Wrong]) -> Iterator[Row]:
    """Yield the rows up to the limit, or to the first that cannot be read."""
    try:
        for count, row in enumerate(rows, 1):
            if count > MOST_LINES:
                raise Unreadable(row[0], Amiss.TOO_MANY_LINES, most=MOST_LINES)
            yield row
    except Unreadable as unreadable:
        wrong.append(unreadable.wrong)


def _check_columns(table: diary_table.DiaryTable, rows: Sequence[Row], wrong: list[Wrong]) -> None:
    """Refuse columns that a diary does not have.

    Raises:
        Unreadable: with the last fault.
    """
    names, known, number = table.columns, ", ".join(COLUMNS), table.header
    amiss = [
        Wrong(number, Amiss.UNKNOWN_COLUMN, {"value": name[:_SHOWN], "known": known})
        for name in names
        if name and name not in COLUMNS
    ]
    amiss += [
        Wrong(number, Amiss.COLUMN_NAMELESS, {"n": place + 1})
        for place, name in enumerate(names)
        if not name and any(row[place : place + 1] and row[place].strip() for _number, row in rows)
    ]
    amiss += [Wrong(number, Amiss.COLUMN_TWICE, {"value": name}) for name in COLUMNS if names.count(name) > 1]
    amiss += [Wrong(number, Amiss.COLUMN_MISSING, {"value": name}) for name in NEEDED if name not in names]
    if amiss:
        wrong[:] = amiss[:-1]
        raise Unreadable(number, amiss[-1].why, **amiss[-1].detail)


def _cell(row: Mapping[str, str], name: str) -> str:
    return _GUARDED.sub("", row.get(name, "")).strip()


def _morning(clocks: Sequence[str]) -> str:
    """Return a time that is in the morning only if the file uses 24 hours.

    "" if the file shows that.
    """
    found = ""
    for clock in clocks:
        digits = re.match(r"([0-9]{1,2})[:.h ]", clock)
        if digits and (digits[1].startswith("0") or int(digits[1]) > 12):
            return ""
        found = found or (clock if digits else "")
    return found


@dataclass(frozen=True, slots=True)
class _Days:
    """The dates of a file: their day and month order, from the dates themselves or from the user.

    `since` is the line that shows the order. `example` is a date that depends on the order.
    """

    order: DayOrder | None
    since: int | None
    example: str
    example_day: date | None

    @classmethod
    def of(cls, cells: Sequence[tuple[int, str]], order: DayOrder | None) -> _Days:
        since, shown, dotted = None, None, None
        for number, text in cells:
            try:
                known = date_reading.read(text)
            except ValueError:
                continue
            if len(known) == 1 and since is None:
                order = order or next(iter(known))
                since = number if order in known else None
            if len(known) == 1 or len(set(known.values())) > 1:
                shown = shown or text
            elif date_reading.has_year_last(text):
                dotted = dotted or text
        text = shown or dotted or ""
        order = order if shown else DayOrder.DAY_FIRST if dotted and "." in dotted else None
        day = date_reading.read(text).get(order) if text and order else None
        return cls(order, since, text if order else "", day)

    def read(self, text: str) -> date | Amiss:
        """Return the day, or its fault."""
        try:
            known = date_reading.read(text)
        except date_reading.NoSuchDay:
            return Amiss.NO_SUCH_DAY
        except date_reading.NotWritten:
            return Amiss.DAY_UNREADABLE
        days = set(known.values())
        if len(known) == 2 and len(days) == 1:
            return days.pop()
        if self.order is None:
            return Amiss.DAY_ORDER
        if self.order in known:
            return known[self.order]
        return Amiss.DAY_ORDER_MIXED if self.since else Amiss.NO_SUCH_DAY


@dataclass(frozen=True, slots=True)
class _Reading:
    """One line being read; its faults go to `wrong`."""

    number: int
    cells: Mapping[str, str]
    protocol: Protocol
    names: Names
    days: _Days
    halves: bool
    many: bool
    wrong: list[Wrong]

    def line(self) -> PaperLine | None:
        """Return the line, or None if it has a fault."""
        before = len(self.wrong)
        formula = next((cell for name in COLUMNS[:-1] if (cell := self._cell(name)).startswith("=")), None)
        if formula:
            self._amiss(Amiss.FORMULA, value=formula[:_SHOWN])
            return None
        wall, what, note = self._wall(), self._what(), self._note()
        reps = 0
        score: Score = 0
        if isinstance(what, PainWhen):
            score = self._score()
            if self._cell("reps"):
                self._amiss(Amiss.REPS_WITH_PAIN)
            if note and what not in OF_A_SESSION:
                self._amiss(Amiss.NOTE_WITHOUT_EXERCISE)
        elif what:
            reps = self._reps(what)
            if self._cell("score"):
                self._amiss(Amiss.SCORE_WITH_EXERCISE)
        if len(self.wrong) > before or wall is None or what is None:
            return None
        return PaperLine(self.number, wall, what, reps, score, note)

    def _amiss(self, why: Amiss, **detail: object) -> None:
        self.wrong.append(Wrong(self.number, why, detail))

    def _cell(self, name: str) -> str:
        return _cell(self.cells, name)

    def _wall(self) -> datetime | None:
        day, clock = self._day(), self._clock()
        return datetime.combine(day, clock) if day and clock else None

    def _day(self) -> date | None:
        said = self._cell("date")
        found = self.days.read(said) if said else Amiss.DAY_MISSING
        if isinstance(found, date):
            return found
        if found is Amiss.DAY_ORDER and any(each.why is found for each in self.wrong):
            return None  # it is asked once for the file
        self._amiss(found, value=said[:_SHOWN], first=self.days.since)
        return None

    def _clock(self) -> time | None:
        said = self._cell("time")
        if not said:
            self._amiss(Amiss.CLOCK_MISSING)
            return None
        try:
            found = time_reading.read(_SECONDS.sub(r"\1", said), twelve_hours=self.halves)
        except BadValue:
            self._amiss(Amiss.NOT_A_CLOCK_TIME, value=said[:_SHOWN])
            return None
        if len(found) > 1:
            self._amiss(Amiss.CLOCK_HALF, value=said[:_SHOWN])
            return None
        return found[0]

    def _what(self) -> str | None:
        said = self._cell("what")
        if not said:
            self._amiss(Amiss.WHAT_MISSING)
            return None
        known = self.names.known(said)
        if known is None:
            self._amiss(Amiss.WHAT_UNKNOWN, value=said[:_SHOWN], near=", ".join(self.names.near(said)))
        return known

    def _reps(self, routine: str) -> int:
        known = self.protocol.routines[routine]
        said, high, dose = self._cell("reps"), MOST_REPS // known.sides, known.maximum.plain
        if not said:
            self._amiss(Amiss.REPS_MISSING)
            return 0
        number = _NUMBER.fullmatch(said)
        reps = int(number[1]) if number else 0
        if not 1 <= reps <= high:
            self._amiss(Amiss.REPS_WRONG, value=said[:20], high=high)
        elif reps > dose.reps * dose.per_day and not self.many:
            self._amiss(Amiss.REPS_MANY, value=said[:20], high=dose.reps * dose.per_day)
        return reps

    def _score(self) -> Score:
        said = self._cell("score")
        if not said:
            self._amiss(Amiss.SCORE_MISSING)
            return 0
        if said.casefold() in set(PainWord):
            return PainWord(said.casefold())
        number = _NUMBER.fullmatch(said)
        score = int(number[1]) if number else -1
        if not 0 <= score <= 10:
            self._amiss(Amiss.SCORE_WRONG, value=said[:20])
        return score

    def _note(self) -> str:
        try:
            return plain_text(self._cell("note"), NOTE_LIMIT)
        except BadValue as refused:
            self._amiss(Amiss.NOTE_TOO_LONG, **refused.detail)
            return ""


def _repeated(lines: list[PaperLine]) -> Iterator[Wrong]:
    """Yield the lines that repeat or contradict an earlier line."""
    seen: dict[tuple[datetime, str], PaperLine] = {}
    for line in lines:
        first = seen.setdefault((line.wall, written(line.what)), line)
        if first is not line:
            same = (first.reps, first.score) == (line.reps, line.score)
            yield Wrong(line.number, Amiss.TWICE if same else Amiss.CONTRADICTS, {"first": first.number})


def template(routines: Iterable[Routine]) -> bytes:
    """Return a template for these exercises: the column names, and comments that reading skips."""
    remarks = [
        "# Fill in one line for each exercise and each pain score. Lines that begin with # are left out.",
        "# 2026-03-05,08:30,ankle_pumps,10,,",
        "# 2026-03-05,08:30,pain_after,,3,",
        "# 2026-03-05,20:00,pain_average,,4,",
        f"# what: {' '.join([*(each.id for each in routines), *PAIN])}",
    ]
    return "\r\n".join([",".join(COLUMNS), *remarks, ""]).encode("utf-8-sig")
