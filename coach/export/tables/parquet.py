"""A whole clinic as Parquet files for analysis, without anything that identifies a patient.

One file a table, the columns those of `coach.export.tables.columns` less the personal ones: no
name, no free text, no date and no time of day, only hours since the procedure. Every identifier is
replaced by a keyed digest whose key is made for this one export and thrown away, so that neither
this file nor two of them lead back to a record.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from coach.domain.patient_record import PatientRecord
from coach.export.tables.columns import TABLES
from coach.export.tables.table import ColumnKind, Table

ROWS_AT_ONCE = 20_000  # rows buffered in memory before they are written
TYPES = {
    ColumnKind.TEXT: pa.string(),
    ColumnKind.WHOLE: pa.int32(),
    ColumnKind.NUMBER: pa.float64(),
    ColumnKind.YES_NO: pa.bool_(),
}
PATIENT = "patient"


class Writer:
    """Writes one patient after the other into an existing folder.

    Memory use does not grow with their number.
    """

    def __init__(self, folder: Path) -> None:
        self._key = secrets.token_bytes(32)
        self._tables = [_File(table, folder / f"{table.name}.parquet") for table in TABLES]
        self.patients = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in self._tables:
            each.close()

    def add(self, patient_record: PatientRecord) -> None:
        """Write one patient."""
        self.patients += 1
        for each in self._tables:
            each.add(self._alias(patient_record.patient), patient_record, self._alias)

    def _alias(self, identifier: UUID) -> str:
        return hmac.digest(self._key, identifier.bytes, "sha256").hex()[:32]

    @property
    def rows(self) -> dict[str, int]:
        """The number of rows of each table."""
        return {each.table.name: each.rows for each in self._tables}


class _File:
    def __init__(self, table: Table, path: Path) -> None:
        self.table = table
        self.rows = 0
        self._kept = [n for n, column in enumerate(table.columns.values()) if not column.personal]
        columns = {name: column for name, column in table.columns.items() if not column.personal}
        about = {name: {"meaning": each.meaning, "unit": each.unit} for name, each in columns.items()}
        fields = [pa.field(name, TYPES[column.kind]) for name, column in columns.items()]
        self._schema = pa.schema(
            [pa.field(PATIENT, pa.string(), nullable=False), *fields],
            {"coach": json.dumps({"version": 1, "table": table.meaning, "columns": about})},
        )
        self._waiting: list[tuple[Any, ...]] = []
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._out = pq.ParquetWriter(self._file, self._schema, compression="zstd")

    def add(self, patient: str, patient_record: PatientRecord, alias: Any) -> None:
        for row in self.table.rows(patient_record):
            self._waiting.append((patient, *self._without_names(row, alias)))
            self.rows += 1
            if len(self._waiting) >= ROWS_AT_ONCE:
                self._write()

    def _without_names(self, row: tuple[Any, ...], alias: Any) -> Iterator[Any]:
        for place in self._kept:
            yield alias(row[place]) if isinstance(row[place], UUID) else row[place]

    def _write(self) -> None:
        if not self._waiting:
            return
        columns = zip(*self._waiting, strict=True)
        arrays = [pa.array(values, field.type) for values, field in zip(columns, self._schema, strict=True)]
        self._out.write_table(pa.table(arrays, schema=self._schema))
        self._waiting.clear()

    def close(self) -> None:
        self._write()
        self._out.close()
        self._file.close()
