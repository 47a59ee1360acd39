"""A disk that is full, a disk that takes nothing, a program that is killed."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from coach.domain.history import Note
from coach.records.store import Reason, RecordUnavailable, Store
from tests.records.making import NOON, draft, program


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = os.geteuid() == 0 and _mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder))
    if not mounted:
        pytest.skip("mounting a small disk needs rights that are missing here")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def _mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as stream:
        try:
            while stream.write(b"x" * 4096):
                pass
        except OSError:
            return filler
    raise AssertionError


def reason(refused: pytest.ExceptionInfo[RecordUnavailable]) -> Reason:
    assert "canary" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
    return refused.value.reason


def test_a_full_disk_is_named_and_writing_goes_on_once_there_is_room(disk: Path):
    store = Store.open(f"sqlite:///{disk}/coach.db")
    patient = store.only_patient(uuid4(), recorded_at=NOON)
    kept = [each.entry for each in store.append(patient, [draft(), draft()])]
    filler = fill(disk)
    with pytest.raises(RecordUnavailable) as refused:
        for _ in range(500):
            kept += [each.entry for each in store.append(patient, [draft(Note(uuid4(), "canary" * 300))])]
    assert reason(refused) is Reason.DISK_FULL
    assert store.entries(patient) == kept
    filler.unlink()
    kept += [each.entry for each in store.append(patient, [draft()])]
    assert store.entries(patient) == kept
    assert store.verify(patient) == []
    store.close()
    Store.open(f"sqlite:///{disk}/coach.db").close()


def test_a_disk_that_is_full_before_the_first_start_leaves_nothing_half_made(disk: Path):
    filler = fill(disk)
    with pytest.raises(RecordUnavailable) as refused:
        Store.open(f"sqlite:///{disk}/coach.db")
    assert reason(refused) is Reason.DISK_FULL
    assert [each.name for each in disk.iterdir()] == ["filler"]
    filler.unlink()
    Store.open(f"sqlite:///{disk}/coach.db").close()


def test_a_disk_that_is_full_at_the_next_start_is_named(disk: Path):
    Store.open(f"sqlite:///{disk}/coach.db").close()
    filler = fill(disk)
    with pytest.raises(RecordUnavailable) as refused:
        Store.open(f"sqlite:///{disk}/coach.db").patients()
    assert reason(refused) is Reason.DISK_FULL
    filler.unlink()
    Store.open(f"sqlite:///{disk}/coach.db").close()


def test_a_disk_that_takes_nothing_is_named(disk: Path):
    Store.open(f"sqlite:///{disk}/coach.db").close()
    assert _mount("-o", "remount,ro", str(disk))
    for name in ("coach.db", "new.db"):
        with pytest.raises(RecordUnavailable) as refused:
            Store.open(f"sqlite:///{disk}/{name}").patients()
        assert reason(refused) is Reason.READ_ONLY


def test_a_record_whose_disk_turns_read_only_can_still_be_read(disk: Path):
    store = Store.open(f"sqlite:///{disk}/coach.db")
    patient = store.only_patient(uuid4(), recorded_at=NOON)
    kept = [each.entry for each in store.append(patient, [draft()])]
    holder = Store.open(f"sqlite:///{disk}/coach.db")
    copy = disk.parent / "copy"
    copy.mkdir()
    for each in disk.iterdir():  # as a crash leaves it: with its log
        (copy / each.name).write_bytes(each.read_bytes())
    assert _mount("--bind", str(copy), str(copy))
    assert _mount("-o", "remount,ro,bind", str(copy))
    try:
        left = Store.open(f"sqlite:///{copy}/coach.db")
        assert left.entries(patient) == kept
        with pytest.raises(RecordUnavailable) as refused:
            left.append(patient, [draft()])
        assert reason(refused) is Reason.READ_ONLY
        left.close()
    finally:
        subprocess.run(["umount", copy], check=True)
        holder.close()
        store.close()


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
