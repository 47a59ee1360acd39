"""The file of a paper diary: what was written down by hand, typed into a table and read here.

Comma-separated values in UTF-8 (with or without a byte order mark), at most 1 MB and 2,000 lines. The first line
names the columns, in any order:

* `date`: the day, such as 2026-03-05.
* `time`: the time on the patient's clock, 24 hours, such as 08:30. Exercises, pain_before and pain_after with the
  same date and time belong together: they are one session.
* `what`: an exercise (its id in the protocol, its name or its clinical name), or one of pain_now, pain_before,
  pain_after, pain_average and pain_worst (the last two over the last 24 hours).
* `reps`: how many times an exercise was done, from 1; where each leg works in turn, with each leg.
* `score`: pain as a whole number from 0 to 10, or as a word: none, mild, medium, bad or worst.
* `note`: own words about the exercises, at most 2,000 characters.

`reps`, `score` and `note` can be missing. Digits are ASCII. A line that begins with # is left out, and so is an
empty one. The apostrophe that an export puts in front of what looks like a formula is taken off. A cell with a comma,
a quote or a line break stands in double quotes, a quote in it being written twice (RFC 4180).
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from coach.domain.faults import BadValue
from coach.domain.history import NOTE_LIMIT, PainWhen, PainWord, Score, plain_text
from coach.domain.paper import COLUMNS, NEEDED, OF_A_SESSION, PAIN, Amiss, PaperLine, Wrong
from coach.domain.protocol import Protocol

MOST_BYTES = 1_000_000
MOST_LINES = 2_000  # twelve weeks of three sessions a day, each with four exercises and two scores, are 1,512
MOST_REPS = 1_000  # over both sides

_OWN_TABLE = {"local_date", "zone"}  # every table of an export has these
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_LINE_END = re.compile(r"\r\n|\r|\n")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_NUMBER = re.compile(r"[0-9]{1,4}")
_GUARDED = re.compile(r"^\s*'(?=[ \u00a0]*[=+\-@\t\r\n＝＋－＠])")  # noqa: RUF001  the wide forms count too


class _Refused(Exception):
    """The rest of the file cannot be read."""

    def __init__(self, line: int | None, why: Amiss, **detail: object) -> None:
        super().__init__(why.value)
        self.wrong = Wrong(line, why, detail)


def read(content: bytes, protocol: Protocol) -> tuple[list[PaperLine], list[Wrong]]:
    """Return the lines of a file, and everything that is wrong with it on its own, in the order of its lines."""
    wrong: list[Wrong] = []
    lines: list[PaperLine] = []
    try:
        rows = _rows(_text(content))
        number, first = next(rows, (0, []))
        if not number:
            raise _Refused(None, Amiss.EMPTY)
        columns = _columns(number, first, wrong)
        names = _names(protocol)
        count = 0
        for number, row in rows:
            count += 1
            if count > MOST_LINES:
                raise _Refused(number, Amiss.TOO_MANY_LINES, most=MOST_LINES)
            if any(cell.strip() for cell in row[len(columns) :]):
                wrong.append(Wrong(number, Amiss.TOO_MANY_CELLS, {"n": len(row), "most": len(columns)}))
                continue
            line = _Reading(number, dict(zip(columns, row, strict=False)), protocol, names, wrong).line()
            if line:
                lines.append(line)
        if not count:
            raise _Refused(None, Amiss.NO_LINES)
    except _Refused as refused:
        wrong.append(refused.wrong)
    wrong += _repeated(lines)
    return lines, sorted(wrong, key=lambda each: each.line or 0)


def _text(content: bytes) -> str:
    """Return the file as text.

    Raises:
        _Refused: it is none, or too much.
    """
    if not content.strip():
        raise _Refused(None, Amiss.EMPTY)
    if len(content) > MOST_BYTES:
        raise _Refused(None, Amiss.TOO_LARGE, most=MOST_BYTES // 1_000_000)
    if content.startswith(_SPREADSHEETS):
        raise _Refused(None, Amiss.SPREADSHEET)
    if content.startswith(_UTF16):
        raise _Refused(None, Amiss.UTF16)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        before = content[: trouble.start].decode("utf-8-sig")
        raise _Refused(_line_of(before), Amiss.NOT_UTF8) from None
    if "\0" in text:
        raise _Refused(_line_of(text[: text.index("\0")]), Amiss.NUL)
    return text


def _line_of(before: str) -> int:
    return len(_LINE_END.findall(before)) + 1


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line with its number, but for remarks and empty ones.

    Raises:
        _Refused: the quotes in it do not fit together, or a cell is longer than any may be.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as trouble:
            if "field limit" in str(trouble):
                told = {"limit": NOTE_LIMIT, "length": csv.field_size_limit()}
                raise _Refused(number, Amiss.NOTE_TOO_LONG, **told) from None
            raise _Refused(number, Amiss.QUOTES) from None
        if any(cell.strip() for cell in row) and not row[0].lstrip().startswith("#"):
            yield number, row


def _columns(number: int, first: list[str], wrong: list[Wrong]) -> list[str]:
    """Return the names of the columns.

    Raises:
        _Refused: they are not those of a diary.
    """
    names = [name.strip().casefold() for name in first]
    while not names[-1]:
        names.pop()
    known = ", ".join(COLUMNS)
    if len(names) == 1:
        found = next((sign for sign in ";\t|" if sign in first[0]), None)
        if found:
            raise _Refused(number, Amiss.SEPARATOR, sign="tab" if found == "\t" else found)
    if set(names) >= _OWN_TABLE:
        raise _Refused(number, Amiss.OWN_TABLE)
    if not set(names) & set(COLUMNS):
        raise _Refused(number, Amiss.NO_HEADER, known=known)
    amiss = [
        Wrong(number, Amiss.UNKNOWN_COLUMN, {"value": name[:40], "known": known})
        for name in names
        if name not in COLUMNS
    ]
    amiss += [Wrong(number, Amiss.COLUMN_TWICE, {"value": name}) for name in COLUMNS if names.count(name) > 1]
    amiss += [Wrong(number, Amiss.COLUMN_MISSING, {"value": name}) for name in NEEDED if name not in names]
    if amiss:
        wrong += amiss[:-1]
        raise _Refused(number, amiss[-1].why, **amiss[-1].detail)
    return names


def _plain(name: str) -> str:
    """Return a name as it is compared: small, one underscore for what stands between words."""
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


def _names(protocol: Protocol) -> dict[str, str]:
    """Return what each name stands for; one that two exercises share stands for none."""
    found: dict[str, str] = dict(PAIN)
    shared = set()
    for routine in protocol.routines.values():
        for name in {_plain(each) for each in (routine.name, routine.clinical_name, *routine.aliases)}:
            if name in found:
                shared.add(name)
            found[name] = routine.id
    for name in shared - set(PAIN):
        del found[name]
    return found | {routine: routine for routine in protocol.routines}


@dataclass(frozen=True, slots=True)
class _Reading:
    """One line as it is read; what is wrong with it goes to `wrong`."""

    number: int
    cells: Mapping[str, str]
    protocol: Protocol
    names: Mapping[str, str]
    wrong: list[Wrong]

    def line(self) -> PaperLine | None:
        """Return the line, or None where something is wrong with it."""
        before = len(self.wrong)
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
        return _GUARDED.sub("", self.cells.get(name, "")).strip()

    def _wall(self) -> datetime | None:
        day, clock = self._cell("date"), self._cell("time")
        parts, hour = _DAY.fullmatch(day), _CLOCK.fullmatch(clock)
        if not parts:
            self._amiss(Amiss.DAY_NOT_ISO if day else Amiss.DAY_MISSING, value=day[:40])
        if not hour:
            self._amiss(Amiss.NOT_A_CLOCK_TIME if clock else Amiss.CLOCK_MISSING, value=clock[:40])
        if not parts or not hour:
            return None
        try:
            found = date(*map(int, parts.groups()))
        except ValueError:
            self._amiss(Amiss.NO_SUCH_DAY, value=day)
            return None
        return datetime.combine(found, time(int(hour[1]), int(hour[2])))

    def _what(self) -> str | None:
        said = self._cell("what")
        if not said:
            self._amiss(Amiss.WHAT_MISSING)
            return None
        known = self.names.get(_plain(said))
        if known is None:
            choices = sorted({*PAIN, *self.protocol.routines})
            found = difflib.get_close_matches(_plain(said[:64]), sorted(self.names), n=3, cutoff=0.5)
            near = list(dict.fromkeys(_id(self.names[name]) for name in found))
            self._amiss(Amiss.WHAT_UNKNOWN, value=said[:40], near=", ".join(near or choices))
        return known

    def _reps(self, routine: str) -> int:
        said, high = self._cell("reps"), MOST_REPS // self.protocol.routines[routine].sides
        if not said:
            self._amiss(Amiss.REPS_MISSING)
            return 0
        reps = int(said) if _NUMBER.fullmatch(said) else 0
        if not 1 <= reps <= high:
            self._amiss(Amiss.REPS_WRONG, value=said[:20], high=high)
        return reps

    def _score(self) -> Score:
        said = self._cell("score")
        if not said:
            self._amiss(Amiss.SCORE_MISSING)
            return 0
        if said.casefold() in set(PainWord):
            return PainWord(said.casefold())
        score = int(said) if _NUMBER.fullmatch(said) else -1
        if not 0 <= score <= 10:
            self._amiss(Amiss.SCORE_WRONG, value=said[:20])
        return score

    def _note(self) -> str:
        try:
            return plain_text(self._cell("note"), NOTE_LIMIT)
        except BadValue as refused:
            self._amiss(Amiss.NOTE_TOO_LONG, **refused.detail)
            return ""


def _id(what: str) -> str:
    """Return how a file names an exercise or a question about pain."""
    return next((name for name, when in PAIN.items() if when is what), str(what))


def _repeated(lines: list[PaperLine]) -> Iterator[Wrong]:
    """Yield the lines that say again, or otherwise, what stands further up."""
    seen: dict[tuple[datetime, str], PaperLine] = {}
    for line in lines:
        first = seen.setdefault((line.wall, _id(line.what)), line)
        if first is not line:
            same = (first.reps, first.score) == (line.reps, line.score)
            yield Wrong(line.number, Amiss.TWICE if same else Amiss.CONTRADICTS, {"first": first.number})


def template(protocol: Protocol) -> bytes:
    """Return a file to fill in: the names of the columns, and remarks that are left out when it is read."""
    remarks = [
        "# Fill in one line for each exercise and each pain score. Lines that begin with # are left out.",
        "# 2026-03-05,08:30,ankle_pumps,10,,",
        "# 2026-03-05,08:30,pain_after,,3,",
        "# 2026-03-05,20:00,pain_average,,4,",
        f"# what: {' '.join([*protocol.routines, *PAIN])}",
    ]
    return "\r\n".join([",".join(COLUMNS), *remarks, ""]).encode("utf-8-sig")
