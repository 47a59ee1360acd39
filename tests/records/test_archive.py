"""The archive: out of one record and into another everything is equal, and what is damaged is taken nowhere."""

import hashlib
import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.desk import Installation
from coach.desk.clinic.caseload import catch_up
from coach.domain.payloads import KINDS
from coach.records.entries.metadata import Metadata
from coach.records.entries.store import Reason, Store
from coach.records.upkeep import archive, archive_import, tombstones
from coach.records.upkeep.archive import ArchiveFault, ArchiveRefused
from tests.support.archives import (
    Content,
    Spoil,
    archive_of_a_clinic,
    clinic,
    export,
    first,
    heads_fit,
    manifest,
    members,
    sealed,
    unsealed,
    with_entries,
)
from tests.support.disks import SmallDisk, on_a_small_disk
from tests.support.erasing import all_rows
from tests.support.record_making import NOON, draft, facts, tamper
from tests.support.records import create_patient

LEFT_OUT = {
    "invitation",
    "sign_in",
    "attempt",
    "caseload",
    "standing",
    "calendar_address",
    "mail_reminder",
    "ticket",
    "rate",
    "tally",
    "seal",
}  # and an account's secrets


@pytest.fixture
def store(bare_url: str) -> Iterator[Store]:
    """A record opened by who owns its tables."""
    opened = Store.open(bare_url, owner=True)
    yield opened
    opened.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    """A record to import into, on SQLite."""
    opened = Store.open(f"sqlite:///{tmp_path / 'other' / 'coach.db'}")
    yield opened
    opened.close()


def comparable(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    rows = {name: found for name, found in all_rows(store).items() if name not in LEFT_OUT}
    rows["account"] = [(*row[:5], row[9:]) for row in rows["account"]]
    return rows


def test_what_goes_out_comes_in_equal_and_goes_out_equal(store: Store, other: Store, tmp_path: Path):
    patients = clinic(store)
    counts = export(store, tmp_path / "one.zip")
    assert counts == archive.ArchiveCounts(4, 15, 3)
    assert archive_import.check(tmp_path / "one.zip") == counts
    assert archive_import.take_in(other, tmp_path / "one.zip") == counts
    assert comparable(other) == comparable(store)
    for patient in patients:
        assert other.entries(patient) == store.entries(patient)
        assert other.head(patient) == store.head(patient)
        assert other.verify(patient) == []
    assert all(row[5:9] == (None, None, 0, None) for row in all_rows(other)["account"])
    export(other, tmp_path / "two.zip")
    assert members(tmp_path / "two.zip") == members(tmp_path / "one.zip")


def test_how_patients_stand_is_worked_out_anew(store: Store, other: Store, tmp_path: Path):
    clinic(store)
    export(store, tmp_path / "one.zip")
    archive_import.take_in(other, tmp_path / "one.zip")
    assert catch_up(Installation(other, clinic=True), 100) == 0
    assert len(all_rows(other)["caseload"]) == 4
    assert all_rows(other)["standing"]


def test_a_server_takes_what_a_file_gave(store: Store, other: Store, tmp_path: Path):
    clinic(other)
    export(other, tmp_path / "one.zip")
    archive_import.take_in(store, tmp_path / "one.zip")
    assert comparable(store) == comparable(other)
    export(store, tmp_path / "two.zip")
    assert members(tmp_path / "two.zip") == members(tmp_path / "one.zip")


@settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(st.sampled_from(sorted(KINDS)).flatmap(facts), max_size=12))
def test_any_fact_survives_the_round(tmp_path_factory: pytest.TempPathFactory, told: list[Any]):
    folder = tmp_path_factory.mktemp("round")
    stores = [Store.open(f"sqlite:///{folder / name}.db") for name in "ab"]
    patient = stores[0].only_patient(uuid4(), recorded_at=NOON)
    stores[0].append(patient, [draft(fact) for fact in told])
    export(stores[0], folder / "one.zip")
    archive_import.take_in(stores[1], folder / "one.zip")
    export(stores[1], folder / "two.zip")
    assert stores[1].entries(patient) == stores[0].entries(patient)
    assert members(folder / "one.zip") == members(folder / "two.zip")
    for each in stores:
        each.close()


def test_an_archive_is_private_whole_and_without_secrets(store: Store, tmp_path: Path):
    clinic(store)
    mine = tmp_path / "mine"
    mine.mkdir()
    export(store, mine / "one.zip")
    assert [each.name for each in mine.iterdir()] == ["one.zip"]
    assert stat.S_IMODE((mine / "one.zip").stat().st_mode) == 0o600
    found = members(mine / "one.zip")
    assert list(found)[-1] == archive.MANIFEST
    content = b"".join(found.values())
    for secret in (b"hash of", b"code ", b"token ", b"password", b"totp", b"Benjamin 3"):
        assert secret not in content
    said = json.loads(found[archive.MANIFEST])
    assert (said["format"], said["version"], said["coach"]) == ("coach-archive", 1, "0.0.0")
    assert said["members"] == {
        name: {"size": len(each), "sha256": hashlib.sha256(each).hexdigest()}
        for name, each in found.items()
        if name != archive.MANIFEST
    }
    heads = {UUID(each["id"]): (each["seq"], each["head"]) for each in said["patients"]}
    assert heads == {patient: store.head(patient) for patient in store.patients()}


def test_an_archive_shows_one_instant(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    patients = clinic(store)
    before = {patient: store.head(patient) for patient in patients}
    write, wrote = archive._write_patient, list[int]()  # noqa: SLF001  disturbed on purpose, in the middle

    def meanwhile(*words: Any) -> int:
        count = write(*words)
        if not wrote:
            wrote.append(count)
            for patient in patients:
                store.append(patient, [draft()])
        return count

    monkeypatch.setattr(archive, "_write_patient", meanwhile)
    export(store, tmp_path / "one.zip")
    said = json.loads(members(tmp_path / "one.zip")[archive.MANIFEST])
    assert {UUID(each["id"]): (each["seq"], each["head"]) for each in said["patients"]} == before
    assert all(store.head(patient) != before[patient] for patient in patients)


def test_nothing_is_written_over(other: Store, tmp_path: Path):
    clinic(other)
    taken = tmp_path / "taken.zip"
    taken.write_text("mine")
    with pytest.raises(ArchiveRefused) as refused:
        export(other, taken)
    assert (refused.value.why, taken.read_text()) == (ArchiveFault.EXISTS, "mine")
    with pytest.raises(ArchiveRefused) as refused:
        export(other, tmp_path / "nowhere" / "a.zip")
    assert (refused.value.why, refused.value.what) == (ArchiveFault.CANNOT_WRITE, Reason.MISSING)


@on_a_small_disk
def test_a_full_disk_leaves_nothing(disk: SmallDisk):
    store = Store.open(f"sqlite:///{disk.folder.parent / 'coach.db'}")
    clinic(store)
    disk.fill()
    before = list(disk.folder.iterdir())
    with pytest.raises(ArchiveRefused) as refused:
        export(store, disk.folder / "a.zip")
    assert (refused.value.why, refused.value.what) == (ArchiveFault.CANNOT_WRITE, Reason.DISK_FULL)
    assert list(disk.folder.iterdir()) == before
    disk.make_room()
    export(store, disk.folder / "a.zip")
    store.close()


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE entry SET payload = '{\"yes\":true}' WHERE seq = 2",
        "DELETE FROM entry WHERE seq = 1",
        "UPDATE entry SET at = 'yesterday' WHERE seq = 2",
        "UPDATE protocol_file SET content = 'other'",
    ],
)
def test_a_record_that_is_not_whole_is_not_exported(other: Store, tmp_path: Path, spoil: str):
    clinic(other)
    assert other.path
    tamper(
        f"sqlite:///{other.path}", "PRAGMA foreign_keys=OFF", "DROP TRIGGER protocol_file_unchanged", spoil
    )
    with pytest.raises(ArchiveRefused) as refused:
        export(other, tmp_path / "a.zip")
    assert refused.value.why is ArchiveFault.FAULTY_RECORD
    assert not (tmp_path / "a.zip").exists()
    assert not list(tmp_path.glob(".a.zip*"))


# what is not taken in


def people(content: Content, change: Callable[[dict[str, Any]], object]) -> Content:
    said = json.loads(content[archive.PEOPLE])
    change(said)
    return content | {archive.PEOPLE: json.dumps(said).encode()}


def without(content: Content, name: str) -> Content:
    return {key: each for key, each in content.items() if key != name}


def raw(change: Callable[[bytes], bytes]) -> Spoil:
    """Change the file's bytes."""

    def spoil(content: Content, file: Path) -> None:
        file.write_bytes(change(file.read_bytes()))

    return spoil


def member(change: Callable[[Content], Content]) -> Spoil:
    return lambda content, file: sealed(change(content), file)


def rewritten(change: Callable[[list[dict[str, Any]]], object]) -> Spoil:
    """Change a patient's entries, with hashes and heads that fit."""

    def spoil(content: Content, file: Path) -> None:
        changed = with_entries(content, change, rehash=True)
        sealed(changed, file, manifest=heads_fit(changed))

    return spoil


def twice(content: Content, file: Path) -> None:
    sealed(content, file)
    with zipfile.ZipFile(file, "a") as out, pytest.warns(UserWarning, match="Duplicate"):
        out.writestr(archive.AUDIT, content[archive.AUDIT])


def bomb(content: Content, file: Path) -> None:
    sealed(content | {archive.AUDIT: b" " * 30_000_000}, file)


def encrypted(whole: bytes) -> bytes:
    found = bytearray(whole)
    place = found.find(b"PK\1\2")
    found[place + 8] |= 1
    return bytes(found)


def stranger(rows: list[dict[str, Any]]) -> None:
    rows[0]["patient"] = str(uuid4())


SPOILT: dict[str, tuple[Spoil, ArchiveFault]] = {
    "empty": (raw(lambda whole: b""), ArchiveFault.NOT_AN_ARCHIVE),
    "no zip": (raw(lambda whole: b"Dear diary\n" * 100), ArchiveFault.NOT_AN_ARCHIVE),
    "cut": (raw(lambda whole: whole[: len(whole) // 2]), ArchiveFault.NOT_AN_ARCHIVE),
    "flipped byte": (raw(lambda whole: whole[:200] + bytes([whole[200] ^ 8]) + whole[201:]), ArchiveFault.DAMAGED),
    "encrypted": (raw(encrypted), ArchiveFault.UNEXPECTED),
    "other zip": (member(lambda all_: {archive.MANIFEST: all_[archive.MANIFEST]}), ArchiveFault.MISSING),
    "no manifest": (unsealed(lambda all_: without(all_, archive.MANIFEST)), ArchiveFault.NOT_AN_ARCHIVE),
    "other format": (manifest(lambda said: said.update(format="other")), ArchiveFault.NOT_AN_ARCHIVE),
    "newer format": (manifest(lambda said: said.update(version=2)), ArchiveFault.NEWER),
    "newer tables": (manifest(lambda said: said.update(revision="9999")), ArchiveFault.NEWER),
    "manifest is a list": (unsealed(lambda all_: all_ | {archive.MANIFEST: b"[]"}), ArchiveFault.DAMAGED),
    "manifest is deep": (unsealed(lambda all_: all_ | {archive.MANIFEST: b"[" * 99_999}), ArchiveFault.DAMAGED),
    "path trick": (member(lambda all_: all_ | {"../../evil.jsonl": b"{}"}), ArchiveFault.UNEXPECTED),
    "absolute path": (member(lambda all_: all_ | {"/etc/passwd": b"root"}), ArchiveFault.UNEXPECTED),
    "more than told": (member(lambda all_: all_ | {"readme.txt": b"hello"}), ArchiveFault.UNEXPECTED),
    "a patient more": (member(lambda all_: all_ | {f"patients/{uuid4()}.jsonl": b""}), ArchiveFault.UNEXPECTED),
    "a patient less": (member(lambda all_: without(all_, first(all_))), ArchiveFault.MISSING),
    "no people": (member(lambda all_: without(all_, archive.PEOPLE)), ArchiveFault.MISSING),
    "a member twice": (twice, ArchiveFault.UNEXPECTED),
    "bomb": (bomb, ArchiveFault.TOO_LARGE),
    "changed note": (
        unsealed(lambda all_: with_entries(all_, lambda rows: rows[0].update(payload="{}"), rehash=False)),
        ArchiveFault.CHAIN,
    ),
    "changed note, sealed": (
        member(lambda all_: with_entries(all_, lambda rows: rows[1].update(zone="Asia/Tokyo"), rehash=False)),
        ArchiveFault.CHAIN,
    ),
    "entry taken out": (member(lambda all_: with_entries(all_, lambda rows: rows.pop(1), rehash=False)), ArchiveFault.CHAIN),
    "cut tail": (member(lambda all_: with_entries(all_, lambda rows: rows.pop(), rehash=False)), ArchiveFault.CHAIN),
    "cut tail, rewritten": (member(lambda all_: with_entries(all_, lambda rows: rows.pop(), rehash=True)), ArchiveFault.CHAIN),
    "gap in the numbers": (rewritten(lambda rows: rows[-1].update(seq=99)), ArchiveFault.CHAIN),
    "another's entry": (rewritten(stranger), ArchiveFault.CHAIN),
    "replaces a stranger": (rewritten(lambda rows: rows[1].update(supersedes=str(uuid4()))), ArchiveFault.CHAIN),
    "the same key": (rewritten(lambda rows: rows[1].update(id=rows[0]["id"])), ArchiveFault.CHAIN),
    "unknown kind": (rewritten(lambda rows: rows[0].update(kind="teleport")), ArchiveFault.UNKNOWN_ENTRY),
    "content that is none": (rewritten(lambda rows: rows[0].update(payload='{"no":1}')), ArchiveFault.DAMAGED),
    "an instant that is none": (
        member(lambda all_: with_entries(all_, lambda rows: rows[0].update(at="now"), rehash=False)),
        ArchiveFault.DAMAGED,
    ),
    "a number as text": (
        member(lambda all_: with_entries(all_, lambda rows: rows[0].update(seq="1"), rehash=False)),
        ArchiveFault.DAMAGED,
    ),
    "a column more": (
        member(lambda all_: with_entries(all_, lambda rows: rows[0].update(more=1), rehash=False)),
        ArchiveFault.DAMAGED,
    ),
    "a zero byte": (rewritten(lambda rows: rows[0].update(author="pat\0ient")), ArchiveFault.DAMAGED),
    "no line's end": (member(lambda all_: all_ | {archive.AUDIT: all_[archive.AUDIT][:-1]}), ArchiveFault.DAMAGED),
    "no UTF-8": (member(lambda all_: all_ | {archive.AUDIT: b"\xff\n"}), ArchiveFault.DAMAGED),
    "an audit line twice": (member(lambda all_: all_ | {archive.AUDIT: all_[archive.AUDIT] * 2}), ArchiveFault.DAMAGED),
    "people twice": (member(lambda all_: people(all_, lambda said: said["team"].extend(said["team"]))), ArchiveFault.PEOPLE),
    "nobody's account": (
        member(lambda all_: people(all_, lambda said: said["account"][0].update(patient=str(uuid4())))),
        ArchiveFault.PEOPLE,
    ),
    "an unknown role": (
        member(lambda all_: people(all_, lambda said: said["account"][0].update(staff_role="king"))),
        ArchiveFault.PEOPLE,
    ),
    "a password": (
        member(lambda all_: people(all_, lambda said: said["account"][0].update(password_hash="x"))),
        ArchiveFault.DAMAGED,
    ),
    "a patient without a row": (member(lambda all_: people(all_, lambda said: said["patient"].pop())), ArchiveFault.PEOPLE),
    "another protocol": (
        member(lambda all_: {name: b"x" if name.endswith(".toml") else each for name, each in all_.items()}),
        ArchiveFault.DAMAGED,
    ),
    "no tombstones": (member(lambda all_: all_ | {archive.TOMBSTONES: b"[{}]"}), ArchiveFault.DAMAGED),
}  # fmt: skip


#: What hashes cannot tell and no desk lets in: refused of an archive that comes from elsewhere, kept in a backup.
NEVER: dict[str, Spoil] = {
    "nobody": rewritten(lambda rows: rows[0].update(author="nobody")),
    "nobody's account": rewritten(lambda rows: rows[0].update(author="physiotherapist:nobody")),
    "another day": rewritten(lambda rows: rows[1].update(local_date="2027-03-05")),
    "a day long ago": rewritten(lambda rows: rows[1].update(local_date="0001-01-01")),
    "a name that turns the line": member(
        lambda all_: people(all_, lambda said: said["person"][0].update(name="Ada \u202egnp"))
    ),
    "a name of two lines": member(
        lambda all_: people(all_, lambda said: said["person"][0].update(name="Ada\nBen"))
    ),
    "a name that nobody sees": member(
        lambda all_: people(all_, lambda said: said["person"][0].update(name="\u200b"))
    ),
    "a login that nobody sees": member(
        lambda all_: people(all_, lambda said: said["account"][0].update(login="\u2060"))
    ),
    "a team with an escape": member(
        lambda all_: people(all_, lambda said: said["team"][0].update(name="a\x1b[2J"))
    ),
}


@pytest.mark.parametrize("kind", NEVER)
def test_what_no_desk_records_is_not_taken_in(good: bytes, tmp_path: Path, other: Store, kind: str):
    file = tmp_path / "a.zip"
    file.write_bytes(good)
    assert archive_import.check(file, strict=True).patients == 4
    NEVER[kind](members(file), file)
    for act in (
        lambda: archive_import.check(file, strict=True),
        lambda: archive_import.take_in(other, file, strict=True),
    ):
        with pytest.raises(ArchiveRefused) as refused:
            act()
        assert refused.value.why is ArchiveFault.NEVER_RECORDED
    assert not any(all_rows(other).values())
    assert archive_import.check(file).patients == 4  # a backup is the record as it is


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A good archive's bytes."""
    return archive_of_a_clinic(tmp_path_factory.mktemp("good")).read_bytes()


@pytest.mark.parametrize("kind", SPOILT)
def test_a_damaged_archive_is_refused_and_nothing_is_stored(
    good: bytes, tmp_path: Path, other: Store, kind: str
):
    file, (spoil, why) = tmp_path / "a.zip", SPOILT[kind]
    file.write_bytes(good)
    sealed(members(file), file)
    assert archive_import.check(file).patients == 4
    spoil(members(file), file)
    before = all_rows(other)
    for act in (lambda: archive_import.check(file), lambda: archive_import.take_in(other, file)):
        with pytest.raises(ArchiveRefused) as refused:
            act()
        assert refused.value.why is why
    assert all_rows(other) == before


def test_keys_that_two_patients_share_are_refused_as_a_whole(good: bytes, tmp_path: Path, store: Store):
    file = tmp_path / "a.zip"
    file.write_bytes(good)
    content = members(file)
    names = [name for name in content if name.startswith("patients/") and content[name]]
    stolen = json.loads(content[names[1]].splitlines()[0])["id"]
    changed = with_entries(content, lambda rows: rows[0].update(id=stolen), rehash=True)
    sealed(changed, file, manifest=heads_fit(changed))
    with pytest.raises(ArchiveRefused) as refused:
        archive_import.take_in(store, file)
    assert refused.value.why is ArchiveFault.DAMAGED
    assert not any(all_rows(store).values())


def test_only_an_empty_record_takes_an_archive(good: bytes, tmp_path: Path, store: Store):
    file = tmp_path / "a.zip"
    file.write_bytes(good)
    Metadata(store).say("mode", "home")
    with pytest.raises(ArchiveRefused) as refused:
        archive_import.take_in(store, file)
    assert refused.value.why is ArchiveFault.OTHER_MODE
    create_patient(store, uuid4(), recorded_at=NOON)
    before = all_rows(store)
    with pytest.raises(ArchiveRefused) as refused:
        archive_import.take_in(store, file)
    assert refused.value.why is ArchiveFault.NOT_EMPTY
    assert all_rows(store) == before


def test_what_breaks_in_the_middle_stores_nothing(
    good: bytes, tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "a.zip"
    file.write_bytes(good)
    calls = []

    def broken(*_: object) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("coach.records.entries.caseload_rows.begin", broken)
        archive_import.take_in(store, file)
    assert not any(all_rows(store).values())
    assert archive_import.take_in(store, file).patients == 4


def test_whoever_was_erased_is_left_out(good: bytes, tmp_path: Path, other: Store):
    file = tmp_path / "a.zip"
    file.write_bytes(good)
    everybody = json.loads(members(file)[archive.MANIFEST])["patients"]
    own, works_here = (
        next(
            each["patient"]
            for each in json.loads(members(file)[archive.PEOPLE])["account"]
            if each["login"] == login
        )
        for login in ("ben 2", "ben 1")
    )
    known = [tombstones.digest(UUID(each)) for each in (own, works_here)]
    counts = archive_import.take_in(other, file, erased=known)
    assert (counts.patients, counts.erased) == (2, 2)
    left = all_rows(other)
    assert {str(row[0]) for row in left["patient"]} == {each["id"] for each in everybody} - {own, works_here}
    assert {row[1]: row[4] for row in left["account"]}.keys() == {"ben 0", "ben 1"}
    assert "ben 2" not in repr({name: rows for name, rows in left.items() if name != "audit"})
    for store in (other,):
        assert all(store.verify(patient) == [] for patient in store.patients())


def test_a_file_that_is_not_there_is_said(tmp_path: Path):
    for file in (tmp_path / "none.zip", tmp_path):
        with pytest.raises(ArchiveRefused) as refused:
            archive_import.check(file)
        assert refused.value.why is ArchiveFault.CANNOT_READ
