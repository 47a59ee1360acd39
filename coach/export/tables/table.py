"""What a table is made of: columns with the kind, the unit and the meaning of their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from coach.domain.patient_record import PatientRecord


class Kind(StrEnum):
    """What the values of a column are; an empty value is one that is missing."""

    TEXT = "string"
    WHOLE = "integer"
    NUMBER = "number"
    YES_NO = "boolean"
    INSTANT = "datetime"
    DAY = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what its values are, their unit, and what they mean.

    `personal` tells that it may say who the patient is, and is left out where nobody may know.
    """

    kind: Kind
    meaning: str
    unit: str = ""
    personal: bool = False


Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what one row is, its columns in order, and what makes its rows from a patient's record."""

    name: str
    meaning: str
    columns: Mapping[str, Column]
    rows: Callable[[PatientRecord], Iterator[Row]]


#: When something was, for `Clock.when`.
WHEN = {
    "at": Column(
        Kind.INSTANT, "when it was, in UTC; of the time before the procedure: when it was told", personal=True
    ),
    "local_time": Column(Kind.TEXT, "the same on the patient's clock, ISO 8601 with the offset", personal=True),
    "zone": Column(Kind.TEXT, "the patient's time zone then, IANA name", personal=True),
    "local_date": Column(Kind.DAY, "the patient's date then", personal=True),
    "since_procedure_h": Column(Kind.NUMBER, "hours since the latest procedure before it; empty for the time before", "h"),
}  # fmt: skip
ROUTINE = Column(Kind.TEXT, "the routine's id in the protocol")
COURSE = Column(
    Kind.WHOLE, "the course that it belongs to: 1 is the first, 0 is before the first procedure", "course"
)
