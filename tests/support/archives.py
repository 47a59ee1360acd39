"""Archives, good and spoilt."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from coach.domain.sign_off import values
from coach.protocols.loader import default
from coach.records.clinic.accounts import Accounts
from coach.records.clinic.people import People, Person, Team
from coach.records.clinic.signatures import Signatures
from coach.records.entries import hash_chain
from coach.records.entries.metadata import Metadata
from coach.records.entries.protocol_files import ProtocolFiles
from coach.records.entries.store import Store
from coach.records.upkeep import archive
from tests.support.drafts import add_draft
from tests.support.erasing import OTHER, erased, furnished
from tests.support.record_making import NOON
from tests.support.records import change_person, create_patient
from tests.support.signing import signed

TOML = 'name = "a clinic\'s own, ü"\n'


def clinic(store: Store) -> list[UUID]:
    """Fill a record with something in every table; one patient has been erased."""
    Metadata(store).say("mode", "clinic")
    team = Team(uuid4(), "Spine")
    People(store).add_team(team, at=NOON)
    words = [tuple(f"{word} {n}" for word in OTHER) for n in range(4)]
    patients = [furnished(store, team.id, words=each, staff=n == 1) for n, each in enumerate(words)]
    lead = Accounts(store).by_login("ben 1")
    assert lead
    change_person(store, Person(patients[0], "Ben 0", "R 0", team.id, lead.id))
    create_patient(store, blank := uuid4(), recorded_at=NOON)
    digest, files = hashlib.sha256(TOML.encode()).hexdigest(), ProtocolFiles(store)
    files.add(digest, "own", "1.0.0", TOML, at=NOON, by=lead.id)
    files.put_in_force(uuid4(), digest, starts_at=NOON, made_at=NOON, made_by=lead.id, why="better")
    Signatures(store).add([signed(values(default())[0], by=lead.id)])
    add_draft(store, by=lead.id)
    erased(store, patients.pop())
    return [*patients, blank]


def export(store: Store, file: Path) -> archive.ArchiveCounts:
    return archive.export(store, file, at=NOON, coach="0.0.0")


def archive_of_a_clinic(folder: Path) -> Path:
    """Return a good archive of a clinic that is made in a folder."""
    made = Store.open(f"sqlite:///{folder / 'coach.db'}")
    clinic(made)
    export(made, folder / "one.zip")
    made.close()
    return folder / "one.zip"


def members(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as found:
        return {name: found.read(name) for name in found.namelist()}


Content = dict[str, bytes]


def sealed(content: Content, file: Path, *, manifest: Callable[[Any], object] = lambda said: None) -> None:
    """Write members with a manifest that fits them, as somebody who knows the format could."""
    said = json.loads(content[archive.MANIFEST])
    said["members"] = {
        name: {"size": len(each), "sha256": hashlib.sha256(each).hexdigest()}
        for name, each in content.items()
        if name != archive.MANIFEST
    }
    manifest(said)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for name, each in content.items():
            out.writestr(name, json.dumps(said) if name == archive.MANIFEST else each)


def first(content: Content) -> str:
    """Return the first patient of whom something is recorded; ids are by chance, and so is their order."""
    return next(name for name in content if name.startswith("patients/") and content[name])


def entries_of(content: Content) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content[first(content)].splitlines()]


def with_entries(
    content: Content, change: Callable[[list[dict[str, Any]]], object], *, rehash: bool
) -> Content:
    rows = entries_of(content)
    change(rows)
    last = ""
    for row in rows if rehash else ():
        row["prev_hash"] = last
        row["hash"] = last = hash_chain.digest(row)
    return content | {first(content): b"".join((hash_chain.canonical(row) + "\n").encode() for row in rows)}


def heads_fit(content: Content) -> Callable[[Any], object]:
    rows = entries_of(content)

    def change(said: Any) -> None:
        for each in said["patients"]:
            if first(content) == f"patients/{each['id']}.jsonl":
                each |= {"seq": len(rows), "head": rows[-1]["hash"]}

    return change


Spoil = Callable[[Content, Path], None]


def manifest(change: Callable[[Any], object]) -> Spoil:
    return lambda content, file: sealed(content, file, manifest=change)


def unsealed(change: Callable[[Content], Content]) -> Spoil:
    """Change members and leave the manifest as it was."""

    def spoil(content: Content, file: Path) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
            for name, each in change(content).items():
                out.writestr(name, each)

    return spoil
