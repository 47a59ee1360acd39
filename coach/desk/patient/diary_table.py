"""Reads a spreadsheet program's text file as rows: encoding, separator, header.

No statistics are used. A byte order mark decides; else UTF-8, which other encodings do not match by
chance; else Windows-1252, which Excel writes in western countries. The separator is the one with
which a row has the column names.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from coach.desk.patient.diary_names import Names
from coach.domain.diary_import import COLUMNS, NEEDED, Amiss, Wrong
from coach.domain.free_text import NOTE_LIMIT

MOST_BYTES = 1_000_000
SEPARATORS = (",", ";", "\t", "|")
UTF8, UTF16, WINDOWS = "UTF-8", "UTF-16", "Windows-1252"
TITLE_ROWS = 20
#: A row above the header with a date and at least so many cells is not a title.
CELLS_OF_A_LINE = 3

Row = tuple[int, list[str]]

_OWN_TABLE = {"local_date", "zone"}  # all tables of our own exports have these
_OLD_EXCEL, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_MARKS = {
    b"\xef\xbb\xbf": (UTF8, "utf-8-sig"),
    b"\xff\xfe": (UTF16, "utf-16"),
    b"\xfe\xff": (UTF16, "utf-16"),
}
_LINE_END = re.compile(r"\r\n|\r|\n")
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
_DOS_END = b"\x1a"
_DAY = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")


class Unreadable(Exception):
    """The rest of the file cannot be read."""

    def __init__(self, line: int | None, why: Amiss, **detail: object) -> None:
        super().__init__(why.value)
        self.wrong = Wrong(line, why, detail)


@dataclass(frozen=True, slots=True)
class DiaryTable:
    """The rows below the header, which is on the line `header` after so many `titles`.

    `columns` has "" for a column without a name.
    """

    header: int
    columns: list[str]
    rows: Iterator[Row]
    separator: str
    titles: int


def text_of(content: bytes) -> tuple[str, str]:
    """Return the file's text and the name of its encoding.

    Raises:
        Unreadable: it is not text, or too long.
    """
    content = content.rstrip(_DOS_END)
    if not content.strip():
        raise Unreadable(None, Amiss.EMPTY)
    if len(content) > MOST_BYTES:
        raise Unreadable(None, Amiss.TOO_LARGE, most=MOST_BYTES // 1_000_000)
    if content.startswith((_ZIP, _OLD_EXCEL)):
        raise Unreadable(None, Amiss.SPREADSHEET, kind=_spreadsheet(content))
    name, codec = _encoding(content)
    if name != UTF16 and b"\0" in content:
        raise Unreadable(_line_of(content[: content.index(b"\0")].decode("latin-1")), Amiss.NUL)
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as trouble:
        before = content[: trouble.start].decode(codec, errors="ignore")
        raise Unreadable(_line_of(before), Amiss.NOT_UTF8) from None
    odd = _NO_TEXT.search(text)
    if odd:
        raise Unreadable(_line_of(text[: odd.start()]), Amiss.NUL)
    return text, name


def _encoding(content: bytes) -> tuple[str, str]:
    """Return the encoding's name for people and for Python."""
    for mark, found in _MARKS.items():
        if content.startswith(mark):
            return found
    for name, zeros in (("utf-16-le", content[1::2]), ("utf-16-be", content[::2])):
        if zeros.count(0) * 2 > len(zeros) and content.count(0) == zeros.count(0):
            return UTF16, name
    try:
        content.decode()
    except UnicodeDecodeError as trouble:
        # Valid UTF-8 characters before the fault, or one cut off at the end: damaged UTF-8.
        cut = trouble.reason == "unexpected end of data"
        damaged = cut or not content[: trouble.start].isascii()
        return (UTF8, "utf-8") if damaged else (WINDOWS, "cp1252")
    return UTF8, "utf-8"


def _spreadsheet(content: bytes) -> str:
    if content.startswith(_OLD_EXCEL):
        return "XLS"
    if b"opendocument.spreadsheet" in content:
        return "ODS"
    return "XLSX" if b"xl/" in content else "ZIP"


def _line_of(before: str) -> int:
    return len(_LINE_END.findall(before)) + 1


def table_of(text: str, names: Names) -> DiaryTable:
    """Return the table in a text; the separator is the one with which a row has the column names.

    Raises:
        Unreadable: no row does, or its quotes do not match.
    """
    found = [each for each in (_header(text, separator) for separator in SEPARATORS) if each]
    known = ", ".join(COLUMNS)
    if not found:
        first = next(_rows(text, ","), None)
        if first is None:
            raise Unreadable(None, Amiss.EMPTY)
        raise Unreadable(first[0], Amiss.NO_HEADER, known=known)
    number, columns, separator, above = max(found, key=lambda each: _fits(each[1]))
    if set(columns) >= _OWN_TABLE:
        raise Unreadable(number, Amiss.OWN_TABLE)
    if not set(columns) >= set(NEEDED) and any(names.known(name) for name in columns):
        raise Unreadable(number, Amiss.WIDE_TABLE, known=known)
    if any(_is_line(row) for _number, row in above):
        raise Unreadable(above[0][0], Amiss.NO_HEADER, known=known)
    rows = (each for each in _rows(text, separator) if each[0] > number)
    return DiaryTable(number, columns, rows, separator, len(above))


def _header(text: str, separator: str) -> tuple[int, list[str], str, list[Row]] | None:
    """Return the first row with all required column names, or the one with most.

    And the rows above.
    """
    rows, best = list[Row](), None
    try:
        for number, row in islice(_rows(text, separator), TITLE_ROWS):
            columns = [name.strip().casefold() for name in row]
            while columns and not columns[-1]:
                columns.pop()
            fits = _fits(columns)
            if fits and (best is None or fits > _fits(best[1])):
                best = number, columns, separator, list(rows)
            if set(columns) >= set(NEEDED):
                break
            rows.append((number, row))
    except Unreadable:
        pass  # reported when everything is read with the best separator
    return best


def _fits(columns: list[str]) -> int:
    return len(set(columns) & ({*COLUMNS} | _OWN_TABLE))


def _is_line(row: list[str]) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    return len(filled) >= CELLS_OF_A_LINE and any(_DAY.fullmatch(cell) for cell in filled)


def _rows(text: str, separator: str) -> Iterator[Row]:
    """Yield each line with its number, without comments, empty lines and Excel's "sep=" line.

    Raises:
        Unreadable: the quotes do not match, or a cell is too long.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as trouble:
            if "field limit" in str(trouble):
                told = {"limit": NOTE_LIMIT, "length": csv.field_size_limit()}
                raise Unreadable(number, Amiss.NOTE_TOO_LONG, **told) from None
            raise Unreadable(number, Amiss.QUOTES) from None
        if not any(cell.strip() for cell in row) or row[0].lstrip().startswith("#"):
            continue
        if number == 1 and row[0].lower().startswith("sep="):
            continue
        yield number, row
