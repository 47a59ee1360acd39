"""The manifest of a backup: its file, its patients, and the head of each one's hash chain."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from coach.domain.json_text import parsed
from coach.domain.times import read_instant
from coach.records.database.schema import instant_text

NAME = "manifest.json"
FORMAT = "coach-backup"
VERSION = 1
LARGEST = 100_000_000  # bytes; the manifest of 500,000 patients is smaller


class NoManifest(ValueError):
    """There is no manifest that this program can read; `newer` if another version wrote it."""

    def __init__(self, *, newer: bool = False) -> None:
        super().__init__()
        self.newer = newer


@dataclass(frozen=True, slots=True)
class Head:
    """The number and the hash of a patient's last entry; (0, "") without entries."""

    patient: UUID
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A finished backup.

    Attributes:
        made_at: When the backup was begun.
        coach: The version of the program.
        revision: The revision of its tables.
        file: The name of the file beside the manifest that holds the record.
        sha256: The hash of that file.
        size: Its size in bytes.
        entries: How many entries it has.
        newest: When the newest of them was recorded; None without entries.
        tombstones: How many patients had been erased.
        heads: The head of each patient's chain.
    """

    made_at: datetime
    coach: str
    revision: str
    file: str
    sha256: str
    size: int
    entries: int
    newest: datetime | None
    tombstones: int
    heads: tuple[Head, ...]

    def to_json(self) -> str:
        """Return the manifest as JSON text."""
        plain = {
            "format": FORMAT,
            "version": VERSION,
            "made_at": instant_text(self.made_at),
            "coach": self.coach,
            "revision": self.revision,
            "file": self.file,
            "sha256": self.sha256,
            "size": self.size,
            "entries": self.entries,
            "newest": instant_text(self.newest) if self.newest else None,
            "tombstones": self.tombstones,
            "patients": [
                {"id": str(each.patient), "seq": each.seq, "head": each.hash} for each in self.heads
            ],
        }
        return json.dumps(plain, indent=1) + "\n"


def read(file: Path) -> Manifest:
    """Return the manifest in a file.

    Raises:
        NoManifest: It holds no manifest.
        OSError: It cannot be read.
    """
    if file.stat().st_size > LARGEST:
        raise NoManifest
    try:
        plain = parsed(file.read_bytes())
    except ValueError:
        raise NoManifest from None
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise NoManifest
    if plain.get("version") != VERSION:
        raise NoManifest(newer=True)
    try:
        return _read(plain)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NoManifest from None


def _read(plain: dict[str, Any]) -> Manifest:
    newest = plain["newest"]
    found = Manifest(
        made_at=_instant(plain["made_at"]),
        coach=_text(plain["coach"]),
        revision=_text(plain["revision"]),
        file=_text(plain["file"]),
        sha256=_text(plain["sha256"]),
        size=_whole(plain["size"]),
        entries=_whole(plain["entries"]),
        newest=None if newest is None else _instant(newest),
        tombstones=_whole(plain["tombstones"]),
        heads=tuple(
            Head(UUID(each["id"]), _whole(each["seq"]), _text(each["head"])) for each in plain["patients"]
        ),
    )
    if Path(found.file).name != found.file or len({each.patient for each in found.heads}) != len(found.heads):
        raise ValueError
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError
    return value


def _instant(value: object) -> datetime:
    return read_instant(_text(value))
