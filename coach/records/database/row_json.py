"""Rows as JSON and back: a row reads back equal, and anything else is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Integer

from coach.domain.times import read_instant
from coach.records.database.schema import Key, LocalDate, UTCDateTime, instant_text

BIGGEST = 2**31


def to_plain(columns: Sequence[Column[Any]], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a row as JSON values."""
    return {column.name: _plain(row[column.name]) for column in columns}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant_text(value)
    return str(value) if isinstance(value, UUID | date) else value


def from_plain(columns: Sequence[Column[Any]], value: Any) -> dict[str, Any]:
    """Return the row that `to_plain` wrote.

    Raises:
        ValueError: The columns are not exactly those of the table, or a value has the wrong type.
    """
    if not isinstance(value, dict) or set(value) != {column.name for column in columns}:
        raise ValueError("other columns")
    return {column.name: _read(column, value[column.name]) for column in columns}


def _read(column: Column[Any], value: Any) -> object:
    if value is None:
        if not column.nullable:
            raise ValueError("missing")
        return None
    if isinstance(column.type, Integer):
        if type(value) is not int or not -BIGGEST <= value < BIGGEST:
            raise ValueError("no number")
        return value
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("no text")
    value.encode()
    match column.type:
        case Key():
            return _key(value)
        case UTCDateTime():
            return instant(value)
        case LocalDate():
            return _day(value)
        case _:
            return value


def _key(text: str) -> UUID:
    found = UUID(text)
    if str(found) != text:
        raise ValueError("no key")
    return found


def _day(text: str) -> date:
    found = date.fromisoformat(text)
    if found.isoformat() != text:
        raise ValueError("no day")
    return found


def instant(text: str) -> datetime:
    """Return the instant in a text that `instant_text` wrote; ValueError for any other text."""
    found = read_instant(text)
    if instant_text(found) != text:
        raise ValueError("no instant")
    return found
