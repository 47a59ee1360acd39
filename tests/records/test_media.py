"""A disk that is full, a disk that takes nothing, a program that is killed."""

import shutil
from pathlib import Path
from uuid import uuid4

import pytest

from coach.domain.facts import Note
from coach.records.entries.store import Reason, RecordUnavailable, Store
from tests.support.disks import SmallDisk, on_a_small_disk
from tests.support.record_making import NOON, draft, program

pytestmark = pytest.mark.usefixtures("as_delivered")


def reason(refused: pytest.ExceptionInfo[RecordUnavailable]) -> Reason:
    assert "canary" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
    return refused.value.reason


@on_a_small_disk
def test_a_full_disk_is_named_and_writing_goes_on_once_there_is_room(disk: SmallDisk):
    store = Store.open(f"sqlite:///{disk.folder}/coach.db")
    patient = store.only_patient(uuid4(), recorded_at=NOON)
    kept = [each.entry for each in store.append(patient, [draft(), draft()])]
    disk.fill()
    with pytest.raises(RecordUnavailable) as refused:
        for _ in range(500):
            kept += [each.entry for each in store.append(patient, [draft(Note(uuid4(), "canary" * 300))])]
    assert reason(refused) is Reason.DISK_FULL
    assert store.entries(patient) == kept
    disk.make_room()
    kept += [each.entry for each in store.append(patient, [draft()])]
    assert store.entries(patient) == kept
    assert store.verify(patient) == []
    store.close()
    Store.open(f"sqlite:///{disk.folder}/coach.db").close()


@on_a_small_disk
def test_a_disk_that_is_full_before_the_first_start_leaves_nothing_half_made(disk: SmallDisk):
    disk.fill()
    before = list(disk.folder.iterdir())
    with pytest.raises(RecordUnavailable) as refused:
        Store.open(f"sqlite:///{disk.folder}/coach.db")
    assert reason(refused) is Reason.DISK_FULL
    assert list(disk.folder.iterdir()) == before
    disk.make_room()
    Store.open(f"sqlite:///{disk.folder}/coach.db").close()


@on_a_small_disk
def test_a_disk_that_is_full_at_the_next_start_is_named(disk: SmallDisk):
    Store.open(f"sqlite:///{disk.folder}/coach.db").close()
    disk.fill()
    with pytest.raises(RecordUnavailable) as refused:
        Store.open(f"sqlite:///{disk.folder}/coach.db").patients()
    assert reason(refused) is Reason.DISK_FULL
    disk.make_room()
    Store.open(f"sqlite:///{disk.folder}/coach.db").close()


@on_a_small_disk
def test_a_disk_that_takes_nothing_is_named(disk: SmallDisk):
    Store.open(f"sqlite:///{disk.folder}/coach.db").close()
    disk.freeze(disk.folder)
    for name in ("coach.db", "new.db"):
        with pytest.raises(RecordUnavailable) as refused:
            Store.open(f"sqlite:///{disk.folder}/{name}").patients()
        assert reason(refused) is Reason.READ_ONLY


@on_a_small_disk
def test_a_record_whose_disk_turns_read_only_can_still_be_read(disk: SmallDisk):
    home, copy = disk.folder / "home", disk.folder / "copy"
    store = Store.open(f"sqlite:///{home}/coach.db")
    patient = store.only_patient(uuid4(), recorded_at=NOON)
    kept = [each.entry for each in store.append(patient, [draft()])]
    shutil.copytree(home, copy)  # as a crash leaves it: with its log
    store.close()
    disk.freeze(copy)
    left = Store.open(f"sqlite:///{copy}/coach.db")
    assert left.entries(patient) == kept
    with pytest.raises(RecordUnavailable) as refused:
        left.append(patient, [draft()])
    assert reason(refused) is Reason.READ_ONLY
    left.close()


def test_a_program_killed_while_writing_loses_nothing_it_acknowledged(path: Path):
    store = Store.open(f"sqlite:///{path}")
    patient = store.only_patient(uuid4(), recorded_at=NOON)
    acknowledged: list[str] = []
    for kill in range(5):
        writer = program("write", f"sqlite:///{path}", str(patient))
        assert writer.stdout
        for _ in range(10 + 13 * kill):
            acknowledged += writer.stdout.readline().split()
        writer.kill()
        acknowledged += [key for line in writer.stdout if line.endswith("\n") for key in line.split()]
        writer.wait()
        writer.stdout.close()
        stored = [str(entry.id) for entry in store.entries(patient)]
        assert stored[: len(acknowledged)] == acknowledged
        assert len(stored) % 2 == 0  # a batch is whole or absent
        del acknowledged[:]
        acknowledged += stored
        assert store.verify(patient) == []
    store.close()
    assert len(acknowledged) >= 5 * 20
    Store.open(f"sqlite:///{path}").close()
