"""Reading an archive's members: known names only, and none that unpacks to too much."""

from __future__ import annotations

import contextlib
import hashlib
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

from coach.domain.json_text import parsed
from coach.records.database import migrations
from coach.records.upkeep.archive import (
    AUDIT,
    FORMAT,
    IN_FORCE,
    MANIFEST,
    PEOPLE,
    TOMBSTONES,
    VERSION,
    ArchiveFault,
    ArchiveRefused,
)

__all__ = ["Archive", "opened"]

LARGEST = 100_000_000  # bytes of a member that is read as a whole
LONGEST = 2_000_000  # bytes of a line
# What a member may unpack to: so many bytes, or so many times its packed size
ROOM, TIMES = 1_000_000, 200
NAMES = re.compile(
    r"manifest\.json|people\.json|in_force\.json|tombstones\.json|audit\.jsonl"
    r"|patients/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jsonl|protocols/[0-9a-f]{64}\.toml"
)
TROUBLE = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, RuntimeError,
           NotImplementedError, ValueError, OverflowError)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Archive:
    """An opened archive, whose manifest has been read."""

    zip: zipfile.ZipFile
    members: Mapping[str, tuple[int, str]]
    heads: Mapping[UUID, tuple[int, str]]

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a member.

        At the end its hash has been checked against the manifest.
        """
        size, wanted = self.members[name]
        hashed, read = hashlib.sha256(), 0
        try:
            with self.zip.open(name) as member:
                while line := member.readline(LONGEST):
                    hashed.update(line)
                    read += len(line)
                    if not line.endswith(b"\n"):
                        raise ArchiveRefused(ArchiveFault.DAMAGED, name)
                    yield line
        except TROUBLE:
            raise ArchiveRefused(ArchiveFault.DAMAGED, name) from None
        if (read, hashed.hexdigest()) != (size, wanted):
            raise ArchiveRefused(ArchiveFault.DAMAGED, name)

    def whole(self, name: str) -> bytes:
        """Return a member's content, its hash checked against the manifest."""
        found = _content(self.zip, name)
        if (len(found), hashlib.sha256(found).hexdigest()) != self.members[name]:
            raise ArchiveRefused(ArchiveFault.DAMAGED, name)
        return found


def _content(opened: zipfile.ZipFile, name: str) -> bytes:
    if opened.getinfo(name).file_size > LARGEST:
        raise ArchiveRefused(ArchiveFault.TOO_LARGE, name)
    try:
        return opened.read(name)
    except TROUBLE:
        raise ArchiveRefused(ArchiveFault.DAMAGED, name) from None


@contextlib.contextmanager
def opened(file: Path) -> Iterator[Archive]:
    """Open an archive: check the names of its members and read the manifest.

    Raises:
        ArchiveRefused: It is no archive.
    """
    with contextlib.ExitStack() as stack:
        try:
            stream = stack.enter_context(file.open("rb"))
            found = stack.enter_context(zipfile.ZipFile(stream))
        except OSError as trouble:
            raise ArchiveRefused(ArchiveFault.CANNOT_READ, str(trouble.filename or file)) from None
        except TROUBLE:
            raise ArchiveRefused(ArchiveFault.NOT_AN_ARCHIVE, str(file)) from None
        _look(found, stream)
        yield _manifest(found)


def _look(found: zipfile.ZipFile, stream: IO[bytes]) -> None:
    """Refuse members that no archive has, and those that unpack to more than such a member has."""
    names, packed = set(), 0
    if MANIFEST not in found.namelist():
        raise ArchiveRefused(ArchiveFault.NOT_AN_ARCHIVE, str(found.filename or stream.name))
    for info in found.infolist():
        usual = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not info.flag_bits & 1
        if info.filename in names or not NAMES.fullmatch(info.filename) or not usual:
            raise ArchiveRefused(ArchiveFault.UNEXPECTED, info.filename[:100])
        if info.file_size > max(ROOM, TIMES * info.compress_size):
            raise ArchiveRefused(ArchiveFault.TOO_LARGE, info.filename)
        names.add(info.filename)
        packed += info.compress_size
    if packed > stream.seek(0, 2):  # members that overlap each other in the file
        raise ArchiveRefused(ArchiveFault.TOO_LARGE, str(stream.name))


def _manifest(found: zipfile.ZipFile) -> Archive:
    try:
        said = parsed(_content(found, MANIFEST))
        if said["format"] != FORMAT:
            raise ArchiveRefused(ArchiveFault.NOT_AN_ARCHIVE, str(found.filename or ""))
        if said["version"] != VERSION or said["revision"] not in migrations.KNOWN:
            raise ArchiveRefused(ArchiveFault.NEWER)
        members = {name: (each["size"], each["sha256"]) for name, each in said["members"].items()}
        heads = {UUID(each["id"]): (each["seq"], each["head"]) for each in said["patients"]}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ArchiveRefused(ArchiveFault.DAMAGED, MANIFEST) from None
    there = set(found.namelist()) - {MANIFEST}
    patients = {f"patients/{patient}.jsonl" for patient in heads}
    needed = set(members) | patients | {PEOPLE, IN_FORCE, AUDIT, TOMBSTONES}
    for name in sorted(needed - there):
        raise ArchiveRefused(ArchiveFault.MISSING, name)
    told = {name for name in members if not name.startswith("patients/")} | patients
    for name in sorted(there - (told & set(members))):
        raise ArchiveRefused(ArchiveFault.UNEXPECTED, name)
    return Archive(found, members, heads)
