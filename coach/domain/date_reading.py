"""Reads a date in numbers: certain, or one of two if day and month could be swapped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
# What a spreadsheet appends to a date that it stores as an instant.
_MIDNIGHT = re.compile(r"[ T]0?0:00(:00)?$")
_CENTURY = 2000


class DayOrder(StrEnum):
    """Whether day or month comes first, in dates that end with the year."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class NotWritten(ValueError):
    """The text is not a date in numbers."""


class NoSuchDay(ValueError):
    """There is no such date."""


def read(text: str) -> Mapping[DayOrder, date]:
    """Return the possible dates of a text, read day-first and read month-first.

    They are equal with the year first, and with points between the numbers, which no country uses
    month-first.

    Raises:
        NotWritten: it is not a date in numbers.
        NoSuchDay: there is no such date in either order.
    """
    plain = _MIDNIGHT.sub("", text.strip())
    found = _YEAR_FIRST.fullmatch(plain)
    if found:
        return _both(_day(int(found[1]), int(found[3]), int(found[4])))
    found = _YEAR_LAST.fullmatch(plain)
    if not found:
        raise NotWritten(text)
    year = int(found[4]) + (_CENTURY if len(found[4]) == 2 else 0)
    first, second = int(found[1]), int(found[3])
    day_first, month_first = _day(year, second, first), _day(year, first, second)
    if found[2] == ".":
        return _both(day_first)
    several = {DayOrder.DAY_FIRST: day_first, DayOrder.MONTH_FIRST: month_first}
    known = {order: day for order, day in several.items() if day}
    if not known:
        raise NoSuchDay(text)
    return known


def has_year_last(text: str) -> bool:
    """Tell whether a date is written with its year at the end."""
    return bool(_YEAR_LAST.fullmatch(_MIDNIGHT.sub("", text.strip())))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _both(day: date | None) -> Mapping[DayOrder, date]:
    if day is None:
        raise NoSuchDay
    return dict.fromkeys(DayOrder, day)
