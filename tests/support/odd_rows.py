"""Hands that put an odd row into a record, with hashes that fit: as a newer program, or somebody who knows the format, could."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

from coach.records.database import engine
from coach.records.database.schema import entry
from coach.records.entries import hash_chain

DEEP = '{"a":' * 50 + "1" + "}" * 50
#: What an entry may be of which no program of today makes anything.
ODD: dict[str, dict[str, Any]] = {
    "no JSON": {"payload": "{nothing"},
    "JSON without an end": {"payload": "[" * 100_000},
    "deep JSON": {"payload": DEEP},
    "a list": {"payload": "[1]"},
    "other content": {"payload": '{"teleported":true}'},
    "half a letter": {"kind": "setting", "payload": '{"name":"first_name","value":"\\ud83d"}'},
    "an unknown kind": {"kind": "teleport"},
    "an unknown zone": {"zone": "Mars/Olympus"},
    "an instant of the year 9999": {"at": "9999-12-31T23:59:59.999999Z"},
    "an instant of the year 1": {"at": "0001-01-01T00:00:00.000000Z"},
    "recorded in the year 9999": {"recorded_at": "9999-12-31T23:59:59.999999Z"},
    "an instant within of the year 1": {
        "kind": "away", "payload": '{"begins":"0001-01-01T00:00:00+14:00","ends":"9999-12-31T00:00:00-12:00","why":"x"}',
    },
}  # fmt: skip
#: What only SQLite can hold.
ODDER: dict[str, dict[str, Any]] = {
    "no instant": {"at": "yesterday"},
    "no day": {"local_date": "someday"},
    "no key": {"supersedes": "nothing"},
}


def put(file: Path, patient: UUID, seq: int = 5, **columns: Any) -> None:
    """Change columns of one entry of a SQLite record, and all hashes from it on; the patient's projection is made anew."""
    names = [column.name for column in entry.c]
    with closing(engine.driver().connect(str(file))) as direct:
        direct.execute("PRAGMA ignore_check_constraints=ON")
        direct.execute("PRAGMA foreign_keys=OFF")
        triggers = direct.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _sql in triggers:
            direct.execute(f"DROP TRIGGER {name}")
        last = ""
        query = f"SELECT {', '.join(names)} FROM entry WHERE patient = ? ORDER BY seq"
        for found in direct.execute(query, (str(patient),)).fetchall():
            row = dict(zip(names, found, strict=True))
            key = row["id"]
            row |= (columns if row["seq"] == seq else {}) | {"prev_hash": last}
            row["hash"] = last = hash_chain.digest(row)
            told = ", ".join(f"{name} = ?" for name in row)
            direct.execute(f"UPDATE entry SET {told} WHERE id = ?", (*row.values(), key))
        for _name, sql in triggers:
            direct.execute(sql)
        direct.execute("UPDATE caseload SET digest = '' WHERE patient = ?", (str(patient),))
        direct.commit()
