"""Tables as CSV: one file each, and a machine-readable description of them.

UTF-8, comma, double quotes, a header line (RFC 4180). A text that a spreadsheet would run as a
formula has an apostrophe in front. `datapackage.json` says what each column holds (Frictionless
Data Package).
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from datetime import date, datetime

from coach.domain.patient_record import PatientRecord
from coach.export.tables.audit import plain
from coach.export.tables.columns import TABLES, utc_text
from coach.export.tables.table import Row, Table

DESCRIPTION = "datapackage.json"


def zipped(patient_record: PatientRecord) -> bytes:
    """Return all tables of a history and their description as one ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in TABLES:
            archive.writestr(
                _member(f"{table.name}.csv", patient_record), written(table, table.rows(patient_record))
            )
        archive.writestr(_member(DESCRIPTION, patient_record), described(patient_record))
    return out.getvalue()


def _member(name: str, patient_record: PatientRecord) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, patient_record.now.timetuple()[:6])
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def written(table: Table, rows: Iterable[Row]) -> bytes:
    """Return the rows of a table as CSV in UTF-8, with a header line."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(table.columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: object) -> object:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return utc_text(value)
        case date():
            return value.isoformat()
        case str():
            return plain(value)
        case _:
            return value


def described(patient_record: PatientRecord) -> bytes:
    """Return the description of the files and their columns, as a Data Package."""
    protocol, checked = patient_record.protocol, patient_record.sign_off.of()
    package = {
        "profile": "tabular-data-package",
        "name": "coach-tables",
        "created": utc_text(patient_record.now),
        "patient": str(patient_record.patient),
        "protocol": {
            "id": protocol.id,
            "version": protocol.version,
            "digest": protocol.digest,
            "values": {"checked_by_a_clinician": checked.checked, "of": checked.of},
        },
        "head": {"seq": patient_record.entries, "hash": patient_record.head},
        "note": "What the patient entered is self-reported. A text that looks like a formula has ' in front.",
        "resources": [_resource(table) for table in TABLES],
    }
    return json.dumps(package, ensure_ascii=False, indent=1).encode()


def _resource(table: Table) -> dict[str, object]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "encoding": "utf-8",
        "description": table.meaning,
        "schema": {
            "missingValues": [""],
            "fields": [
                {"name": name, "type": column.kind.value, "description": column.meaning}
                | ({"unit": column.unit} if column.unit else {})
                for name, column in table.columns.items()
            ],
        },
    }
