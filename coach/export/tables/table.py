"""The description of a table: columns with kind, unit and meaning of their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from coach.domain.patient_record import PatientRecord


class ColumnKind(StrEnum):
    """The kind of a column's values; an empty value is missing."""

    TEXT = "string"
    WHOLE = "integer"
    NUMBER = "number"
    YES_NO = "boolean"
    INSTANT = "datetime"
    DAY = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: kind, unit and meaning of its values.

    A `personal` column may identify the patient, and is left out of anonymous exports.
    """

    kind: ColumnKind
    meaning: str
    unit: str = ""
    personal: bool = False


Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what a row stands for, its columns, and the function that makes rows of a record."""

    name: str
    meaning: str
    columns: Mapping[str, Column]
    rows: Callable[[PatientRecord], Iterator[Row]]


#: The time columns, filled by `EntryClock.when`.
WHEN = {
    "at": Column(
        ColumnKind.INSTANT, "when it was, in UTC; of the time before the procedure: when it was told", personal=True
    ),
    "local_time": Column(ColumnKind.TEXT, "the same on the patient's clock, ISO 8601 with the offset", personal=True),
    "zone": Column(ColumnKind.TEXT, "the patient's time zone then, IANA name", personal=True),
    "local_date": Column(ColumnKind.DAY, "the patient's date then", personal=True),
    "since_procedure_h": Column(
        ColumnKind.NUMBER, "hours since the latest procedure before it (its latest possible end); empty for the time before", "h"
    ),
}  # fmt: skip
ROUTINE = Column(ColumnKind.TEXT, "the routine's id in the protocol")
COURSE = Column(
    ColumnKind.WHOLE,
    "the course that it belongs to: 1 is the first, 0 is before the first procedure",
    "course",
)
