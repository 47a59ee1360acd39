"""Backups of real records, made beside writers, cut off, spoiled, and restored."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from coach.domain.facts import Note
from coach.records.clinic.reminders import Address, Mail, Reminders
from coach.records.database import current_actor, sqlite_file
from coach.records.entries.store import Reason, RecordUnavailable, Store
from coach.records.upkeep import backup, restore, tombstones
from coach.records.upkeep.backup import BackupFault, BackupRefused
from coach.records.upkeep.manifest import Head
from coach.records.upkeep.tombstones import Tombstone
from coach.records.upkeep.verify import examine
from tests.support.disks import SmallDisk, on_a_small_disk
from tests.support.postgres import as_owner
from tests.support.record_making import NOON, draft, first_version, tamper
from tests.support.records import create_patient
from tests.support.server import ROOT


def make(url: str, into: Path, **other: Any) -> backup.Made:
    given: dict[str, Any] = {"at": NOON, "coach": "test"} | other
    return backup.make(url, into, **given)


def refusal(act: Callable[..., object], *arguments: Any) -> BackupFault:
    with pytest.raises(BackupRefused) as refused:
        act(*arguments)
    return refused.value.why


@pytest.fixture
def record(path: Path) -> str:
    """The address of a record with one patient of ten entries."""
    store = Store.open(f"sqlite:///{path}")
    store.append(store.only_patient(uuid4(), recorded_at=NOON), [draft() for _ in range(10)])
    store.close()
    return f"sqlite:///{path}"


@pytest.fixture
def made(record: str, tmp_path: Path) -> Path:
    return make(record, tmp_path / "backups").folder


def test_a_backup_restores_to_the_same_record(url: str, store: Store, patient: UUID, tmp_path: Path, request):
    kept = [each.entry for each in store.append(patient, [draft(), draft(Note(uuid4(), "naïve 1 %"))])]
    own = url if url.startswith("sqlite") else as_owner(url)
    done = make(own, tmp_path / "backups")
    assert done.folder == tmp_path / "backups" / "2026-03-02T12-00-00Z"
    assert done.manifest.heads == (Head(patient, *store.head(patient)),)
    assert (done.manifest.entries, done.manifest.newest) == (2, kept[-1].recorded_at)
    assert backup.known(done.folder) == done.manifest
    for each in (done.folder, *done.folder.iterdir()):
        assert each.stat().st_mode & 0o077 == 0
    if url.startswith("sqlite"):
        to = f"sqlite:///{tmp_path}/another/coach.db"
    else:
        to = as_owner(request.getfixturevalue("bare_postgres_url"))
    restored = restore.restore(done.folder, to)
    assert (restored.patients, restored.entries, restored.newest) == (1, 2, kept[-1].recorded_at)
    again = Store.open(to, owner=True)
    assert again.entries(patient) == kept
    assert again.head(patient) == store.head(patient)
    assert again.verify(patient) == []
    again.append(patient, [draft()])
    again.close()
    assert refusal(restore.restore, done.folder, to) is BackupFault.OCCUPIED


def test_a_backup_is_one_file_for_its_owner_alone(made: Path):
    assert sorted(each.name for each in made.iterdir()) == ["coach.sqlite3", "manifest.json"]


def test_two_backups_of_one_second_are_two(record: str, tmp_path: Path):
    first, second = make(record, tmp_path / "b"), make(record, tmp_path / "b")
    later = make(record, tmp_path / "b", at=NOON + timedelta(days=1))
    assert len({first.folder, second.folder, later.folder}) == 3
    assert backup.newest(tmp_path / "b") == later.folder


def test_a_backup_holds_all_that_was_acknowledged_before_it_began(path: Path, tmp_path: Path):
    store = Store.open(f"sqlite:///{path}")
    patients = [uuid4() for _ in range(4)]
    for patient in patients:
        create_patient(store, patient, recorded_at=NOON)
    acknowledged: dict[UUID, int] = dict.fromkeys(patients, 0)
    enough, over = threading.Barrier(5), threading.Event()

    def write(patient: UUID) -> None:
        with current_actor.acting_as(current_actor.SYSTEM):
            for turn in range(2_000):
                acknowledged[patient] = store.append(patient, [draft(), draft()])[-1].entry.seq
                if turn == 2:
                    enough.wait()
                if over.is_set():
                    return

    writers = [threading.Thread(target=write, args=(patient,)) for patient in patients]
    for writer in writers:
        writer.start()
    enough.wait()
    try:
        for _ in range(5):
            before = dict(acknowledged)
            done = make(f"sqlite:///{path}", tmp_path / "b")
            held = {head.patient: head.seq for head in done.manifest.heads}
            assert all(held[patient] >= before[patient] for patient in patients)
            assert all(seq % 2 == 0 for seq in held.values())  # a batch is whole or absent
            assert examine(f"sqlite:///{done.folder / backup.FILE}").findings == []
    finally:
        over.set()
        for writer in writers:
            writer.join()
        store.close()


def killed(task: str, source: str, into: Path) -> int:
    """Do it in one folder after the other, killed a step later each time; return how many kills there were."""
    command = [sys.executable, "-m", "tests.support.record_killing", task, source, str(into)]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True, timeout=120)
    return int(done.stdout)


def test_a_backup_that_is_killed_at_any_step_is_no_backup(record: str, tmp_path: Path):
    into = tmp_path / "killed"
    into.mkdir()
    kills, unfinished = killed("backup", record, into), 0
    assert kills > 12
    for number in range(kills):
        place = into / str(number)
        newest = backup.newest(place)
        if newest:  # killed after the manifest was in place
            restore.restore(newest, f"sqlite:///{tmp_path}/new-{number}/coach.db")
        elif place.exists():
            left = make(record, place, at=NOON + timedelta(days=1)).unfinished
            unfinished += len(left)
            for each in left:
                assert (
                    refusal(restore.restore, each, f"sqlite:///{tmp_path}/no/coach.db")
                    is BackupFault.NOT_A_BACKUP
                )
    assert unfinished > 5
    assert backup.newest(into / str(kills))
    assert examine(record).findings == []


def test_a_restore_that_is_killed_at_any_step_leaves_no_half_record(made: Path, tmp_path: Path):
    into = tmp_path / "killed"
    into.mkdir()
    kills, told = killed("restore", str(made), into), backup.known(made)
    assert kills > 8
    for number in range(kills + 1):
        target = into / str(number) / "coach.db"
        if not target.exists():
            restore.restore(made, f"sqlite:///{target}")
            assert [each.name for each in target.parent.iterdir()] == ["coach.db"]  # what was left is cleared
        assert examine(f"sqlite:///{target}", against=told).findings == []


def test_a_record_of_the_first_version_is_backed_up_as_it_is(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/old/coach.db"
    patient, entries = first_version(url, tmp_path)
    done = make(url, tmp_path / "b")
    assert done.manifest.revision == "0001"
    restore.restore(done.folder, f"sqlite:///{tmp_path}/new/coach.db")
    store = Store.open(f"sqlite:///{tmp_path}/new/coach.db")
    assert store.entries(patient) == entries
    store.close()


def test_who_was_erased_since_does_not_come_back(record: str, tmp_path: Path):
    store = Store.open(record)
    (patient,) = store.patients()
    store.append(patient, [draft(Note(uuid4(), "canary"))])
    seq, head = store.head(patient)
    create_patient(store, stays := uuid4(), recorded_at=NOON)
    store.close()
    older = make(record, tmp_path / "b").folder
    stone = Tombstone(uuid4(), tombstones.digest(patient), NOON, seq, head, "operator")
    done = restore.restore(older, f"sqlite:///{tmp_path}/new/coach.db", stones=[stone])
    assert (done.patients, done.entries, done.erased) == (1, 0, 1)
    for each in (tmp_path / "new").iterdir():
        assert b"canary" not in each.read_bytes()
    again = Store.open(f"sqlite:///{tmp_path}/new/coach.db")
    assert again.patients() == [stays]
    again.close()
    later = make(f"sqlite:///{tmp_path}/new/coach.db", tmp_path / "b", at=NOON + timedelta(days=1))
    assert later.manifest.tombstones == 1
    assert backup.listed(older) == [stone]  # the later one knows


# refused


def test_no_address_of_an_older_copy_works_again(record: str, tmp_path: Path):
    store = Store.open(record)
    (patient,) = store.patients()
    entries, kept = store.entries(patient), Reminders(store)
    kept.keep(Address(patient, "a" * 64, NOON))
    kept.ask(Mail(patient, "ada@example.org", 18, "s", "", NOON, NOON))
    older = make(record, tmp_path / "backups").folder
    kept.revoke(patient)  # and then the disk breaks
    store.close()
    restore.restore(older, f"sqlite:///{tmp_path}/new/coach.db")
    restored = Store.open(f"sqlite:///{tmp_path}/new/coach.db")
    assert restored.entries(patient) == entries
    assert Reminders(restored).by_secret("a" * 64) is None
    assert Reminders(restored).mail(patient) is None
    restored.close()


def test_a_record_that_is_not_whole_is_not_backed_up(record: str, tmp_path: Path):
    tamper(record, "UPDATE entry SET author = 'x' WHERE seq = 2")
    with pytest.raises(BackupRefused) as refused:
        make(record, tmp_path / "b")
    assert refused.value.why is BackupFault.FAULTY
    assert any(each.seq == 2 for each in refused.value.findings)
    assert list((tmp_path / "b").iterdir()) == []


def test_where_nothing_is_nothing_is_made(record: str, tmp_path: Path):
    assert refusal(make, f"sqlite:///{tmp_path}/none.db", tmp_path / "b") is BackupFault.NO_RECORD
    assert refusal(make, record, tmp_path / "not" / "there") is BackupFault.NO_FOLDER
    (tmp_path / "file").write_text("mine")
    assert refusal(make, record, tmp_path / "file") is BackupFault.NOT_A_FOLDER
    assert not (tmp_path / "b").exists()
    assert not (tmp_path / "not").exists()


def test_what_else_is_in_the_folder_stays(record: str, tmp_path: Path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "holiday.jpg").write_bytes(b"sun")
    make(record, tmp_path / "b")
    assert (tmp_path / "b" / "holiday.jpg").read_bytes() == b"sun"


@on_a_small_disk
def test_a_full_disk_leaves_no_part_of_a_backup(disk: SmallDisk):
    home = disk.folder.parent / "home"
    store = Store.open(f"sqlite:///{home}/coach.db")
    store.append(store.only_patient(uuid4(), recorded_at=NOON), [draft() for _ in range(10)])
    store.close()
    into = disk.folder / "b"
    into.mkdir()
    disk.fill()
    with pytest.raises(RecordUnavailable) as refused:
        make(f"sqlite:///{home}/coach.db", into)
    assert refused.value.reason is Reason.DISK_FULL
    assert str(into) == refused.value.where
    assert list(into.iterdir()) == []
    disk.make_room()
    good = make(f"sqlite:///{home}/coach.db", into).folder
    disk.fill()
    with pytest.raises(RecordUnavailable) as refused:
        restore.restore(good, f"sqlite:///{disk.folder}/new.db")
    assert refused.value.reason is Reason.DISK_FULL
    assert not [each for each in disk.folder.iterdir() if each.name.startswith((".new", "new"))]


@on_a_small_disk
def test_a_folder_that_takes_nothing_is_named(disk: SmallDisk):
    home = disk.folder.parent / "home"
    Store.open(f"sqlite:///{home}/coach.db").close()
    disk.freeze(disk.folder)
    with pytest.raises(RecordUnavailable) as refused:
        make(f"sqlite:///{home}/coach.db", disk.folder)
    assert refused.value.reason is Reason.READ_ONLY


def test_what_is_no_finished_backup_is_not_restored(made: Path, tmp_path: Path):
    new = f"sqlite:///{tmp_path}/new/coach.db"
    assert refusal(restore.restore, made.parent, new) is BackupFault.SEVERAL
    assert refusal(restore.restore, tmp_path / "nothing", new) is BackupFault.NOT_A_BACKUP
    assert refusal(restore.restore, tmp_path, new) is BackupFault.NOT_A_BACKUP
    told = json.loads((made / "manifest.json").read_text())
    for spoiled, why in (
        ("", BackupFault.NOT_A_BACKUP),
        ("[]", BackupFault.NOT_A_BACKUP),
        ("[" * 100_000, BackupFault.NOT_A_BACKUP),
        (json.dumps({}), BackupFault.NOT_A_BACKUP),
        (json.dumps(told | {"format": "other"}), BackupFault.NOT_A_BACKUP),
        (json.dumps(told | {"version": 2}), BackupFault.NEWER),
        (json.dumps(told | {"revision": "9999"}), BackupFault.NEWER),
        (json.dumps(told | {"size": True}), BackupFault.NOT_A_BACKUP),
        (json.dumps(told | {"made_at": "2026-01-01"}), BackupFault.NOT_A_BACKUP),
        (json.dumps(told | {"file": "../coach.sqlite3"}), BackupFault.NOT_A_BACKUP),
        (json.dumps(told | {"patients": told["patients"] * 2}), BackupFault.NOT_A_BACKUP),
        (json.dumps(told | {"file": "other.sqlite3"}), BackupFault.OTHER_DATABASE),
        (json.dumps(told | {"sha256": "0" * 64}), BackupFault.DIFFERS),
        (json.dumps(told | {"size": told["size"] + 1}), BackupFault.DIFFERS),
        (json.dumps(told | {"patients": []}), BackupFault.DIFFERS),
        (json.dumps(told | {"entries": 9}), BackupFault.DIFFERS),
        (json.dumps(told | {"patients": [told["patients"][0] | {"seq": 11}]}), BackupFault.FAULTY),
        (json.dumps(told | {"patients": [told["patients"][0] | {"head": "0" * 64}]}), BackupFault.FAULTY),
    ):
        (made / "manifest.json").write_text(spoiled)
        assert refusal(restore.restore, made, new) is why, spoiled[:300]
    (made / "manifest.json").unlink()
    assert refusal(restore.restore, made, new) is BackupFault.NOT_A_BACKUP
    (made / "manifest.json").write_text(json.dumps(told))
    (made / "coach.sqlite3").rename(made / "gone")
    assert refusal(restore.restore, made, new) is BackupFault.DIFFERS
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("tail", ["", "-wal", "-journal"])
def test_a_record_that_is_there_stays(made: Path, tmp_path: Path, tail: str):
    there = tmp_path / "new" / f"coach.db{tail}"
    there.parent.mkdir()
    there.write_bytes(b"mine")
    assert refusal(restore.restore, made, f"sqlite:///{tmp_path}/new/coach.db") is BackupFault.OCCUPIED
    assert there.read_bytes() == b"mine"
    assert list(there.parent.iterdir()) == [there]


def test_a_record_that_appears_meanwhile_stays(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "new" / "coach.db"
    settle = sqlite_file.settle

    def appears(place: Path) -> None:
        settle(place)
        target.write_bytes(b"mine")

    monkeypatch.setattr(sqlite_file, "settle", appears)
    assert refusal(restore.restore, made, f"sqlite:///{target}") is BackupFault.OCCUPIED
    assert target.read_bytes() == b"mine"
