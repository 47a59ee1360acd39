"""Half-written pages: the record comes back whole as it was, or is refused as damaged; it never tells anything else."""

from __future__ import annotations

import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.records.entries.store import Reason, RecordUnavailable, Store
from tests.torture.nursery import Nursery
from tests.torture.sizes import sizes
from tests.torture.writing import CLIENTS, WHOLE, Truth, acknowledged, enrol, is_sound, session

PAGE, SECTOR, FRAME = 4096, 512, 24 + 4096


@pytest.fixture
def crashed(nursery: Nursery, place: Path) -> Truth:
    """A record with its log, as a killed program left it: sessions in the file, others in the log alone."""
    url, truth, rounds = f"sqlite:///{place / 'coach.db'}", Truth(), 0
    while rounds < 2 or not left_to_carry(place):
        rounds += 1
        store = Store.open(url)
        enrol(store)
        truth.look(store)
        store.close()
        child = nursery.child("writing:write", url=url, begin=truth.next)
        said = child.says()
        acknowledged(said, truth, until=60)  # far from where SQLite carries the log into the file
        child.kill()
        acknowledged(said, truth)
    return truth


def spoil(chance: random.Random, page: bytes, old: bytes) -> bytes:
    """Return a page of which some sectors were written and others were not: older, blank, or nonsense."""
    kinds = [old, bytes(len(page)), chance.randbytes(len(page))]
    other = chance.choice(kinds)
    sectors = range(0, len(page), SECTOR)
    left = b"".join((page if chance.random() < 0.5 else other)[at : at + SECTOR] for at in sectors)
    return left if left != page else other


def told(folder: Path) -> tuple[list[int], list[str]] | Reason:
    """Return how many sessions of each client a record tells of and what a look at all of it finds, or why it is refused."""
    try:
        store = Store.open(f"sqlite:///{folder / 'coach.db'}")
    except RecordUnavailable as refused:
        return refused.reason
    try:
        faults = [fault for each in CLIENTS for fault in store.verify(each)]
        faults += [] if is_sound(store) else ["integrity"]
        counts = []
        for client in CLIENTS:
            entries = [(each.id, each.fact) for each in store.entries(client)]
            number = len(entries) // WHOLE
            right = [(each.id, each.fact) for n in range(number) for each in session(client, n)]
            if entries != right:
                faults.append("told otherwise")
            counts.append(number)
        return counts, faults
    except RecordUnavailable as refused:
        return refused.reason
    finally:
        store.close()


def frames(log: bytes) -> int:
    """Return how many frames of a log are of its own round; what is behind them is left from the round before."""
    own = 0
    for at in range(32, len(log) - FRAME + 1, FRAME):
        if log[at + 8 : at + 16] != log[16:24]:
            break
        own += 1
    return own


def committed(log: bytes) -> set[int]:
    """Return the pages that a log holds for good: of its own round, up to its last commit."""
    pages, found = set[int](), set[int]()
    for at in range(32, 32 + frames(log) * FRAME, FRAME):
        pages.add(int.from_bytes(log[at : at + 4], "big"))
        if any(log[at + 4 : at + 8]):
            found |= pages
    return found


def carried(index: bytes) -> int:
    """Return how many frames of a log may have been carried into the file: they were on the disk for good before.

    From the log's index, <https://sqlite.org/walformat.html>: `nBackfillAttempted`.
    """
    return int.from_bytes(index[128:132], sys.byteorder)


def left_to_carry(place: Path) -> range:
    """Return the frames of the log that are not in the file yet, by their numbers."""
    log, index = place / "coach.db-wal", place / "coach.db-shm"
    return range(carried(index.read_bytes()), frames(log.read_bytes()))


@sizes("torn_logs", 20, 300)
def test_a_torn_log_leaves_a_whole_older_state(
    crashed: Truth, place: Path, tmp_path: Path, torn_logs: int, figures: Callable[..., None]
):
    chance, came = random.Random(4), Counter[str]()
    log = (place / "coach.db-wal").read_bytes()
    there = left_to_carry(place)
    copy = tmp_path / "copy"
    for _ in range(torn_logs):
        copy.mkdir()
        shutil.copy(place / "coach.db", copy)
        at = 32 + chance.choice(there) * FRAME
        frame = spoil(chance, log[at : at + FRAME], b"".ljust(FRAME, b"\xff"))
        tail = log[at + FRAME :] if chance.random() < 0.5 else b""
        (copy / "coach.db-wal").write_bytes(log[:at] + frame[: chance.randint(1, FRAME)] + tail)
        found = told(copy)
        assert not isinstance(found, Reason), found
        counts, faults = found
        assert faults == []
        assert all(0 <= n <= last + 1 for n, last in zip(counts, crashed.next, strict=True))
        came["the whole state before" if counts < crashed.next else "everything"] += 1
        shutil.rmtree(copy)
    figures(f"{torn_logs} torn logs", dict(came), "wrong answers 0")
    assert came["the whole state before"] > 0


@sizes("torn_files", 20, 300)
def test_a_page_that_was_torn_while_the_log_has_it_is_whole_again(
    crashed: Truth, place: Path, tmp_path: Path, torn_files: int, figures: Callable[..., None]
):
    chance = random.Random(5)
    log, file = (place / "coach.db-wal").read_bytes(), (place / "coach.db").read_bytes()
    logged = sorted(committed(log))
    copy = tmp_path / "copy"
    whole = told(place)
    for _ in range(torn_files):
        copy.mkdir()
        torn = bytearray(file)
        for number in chance.sample(logged[1:], min(3, len(logged) - 1)):
            start = (number - 1) * PAGE
            page = file[start : start + PAGE].ljust(PAGE, b"\0")
            torn[start : start + PAGE] = spoil(chance, page, bytes(PAGE))
        (copy / "coach.db").write_bytes(torn)
        (copy / "coach.db-wal").write_bytes(log)
        assert told(copy) == whole
        shutil.rmtree(copy)
    figures(
        f"{torn_files} files torn while they were brought up to date",
        "whole again every time, wrong answers 0",
    )


@sizes("torn_copies", 40, 1_000)
def test_a_torn_copy_is_whole_or_refused_or_found_out(
    crashed: Truth, place: Path, tmp_path: Path, torn_copies: int, figures: Callable[..., None]
):
    chance, came = random.Random(6), Counter[str]()
    whole = told(place)
    assert [each.name for each in place.iterdir()] == ["coach.db"]  # the log is in the file now
    file = (place / "coach.db").read_bytes()
    copy = tmp_path / "copy"
    for _ in range(torn_copies):
        copy.mkdir()
        start = chance.randrange(len(file) // PAGE) * PAGE
        other = chance.randrange(len(file) // PAGE) * PAGE
        torn = spoil(chance, file[start : start + PAGE], file[other : other + PAGE])
        (copy / "coach.db").write_bytes(file[:start] + torn + file[start + PAGE :])
        found = told(copy)
        shutil.rmtree(copy)
        if isinstance(found, Reason):
            assert found in (Reason.DAMAGED, Reason.NOT_A_DATABASE, Reason.FOREIGN, Reason.NEWER_VERSION), (
                found
            )
            came["refused"] += 1
        elif found == whole:
            came["whole"] += 1
        else:
            assert set(found[1]) - {"told otherwise"}, "told otherwise, and nothing found wrong"
            came["found by a look at all of it"] += 1
    figures(f"{torn_copies} torn copies", dict(came), "wrong answers that nothing names 0")
    assert came["refused"] > 0
