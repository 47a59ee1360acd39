"""What a program does on a disk that fails it at one step after the other."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, Engine, event

from coach.domain.facts import Note
from coach.records.database import engine
from coach.records.entries.store import Draft, Reason, RecordUnavailable, Store
from coach.records.upkeep import backup
from tests.support.postgres import SUPERUSER
from tests.support.record_making import NOON, draft
from tests.torture.nursery import tell
from tests.torture.shim import Disk
from tests.torture.versions import OLD, record_of
from tests.torture.writing import CLIENTS, is_sound, session

ADA = CLIENTS[0]


def much() -> list[Draft]:
    """Return more than SQLite keeps in memory before it writes."""
    return [draft(Note(UUID(int=n), "x" * 1_900), id=uuid5(ADA, f"much {n}"), at=NOON) for n in range(1_200)]


def start(url: str) -> None:
    """Open the record, making or migrating it."""
    Store.open(url).close()


def go_on(url: str) -> None:
    """Open the record and add a session."""
    store = Store.open(url)
    try:
        store.append(ADA, session(ADA, 1))
    finally:
        store.close()


STARTS: dict[str, tuple[str | None, Callable[[str], None]]] = {
    "first start": (None, start),
    "next start": (OLD[-1], go_on),
    "migration": (OLD[0], start),
}
APPENDS: dict[str, Callable[[], list[Draft]]] = {"session": lambda: session(ADA, 1), "much": much}


def fill_at_start(folder: str, act: str, *, once: bool, every: int) -> None:
    """Start on a disk that is full at the first write, the second, the third, until it passes.

    Args:
        folder: What is on the disk.
        act: Which of `STARTS`.
        once: Whether there is room again right after; else not until the act is over.
        every: How many writes to go on from one try to the next.
    """
    disk, (begin, do) = Disk(Path(folder)), STARTS[act]
    refused = writes = 0
    while True:
        url = _anew(folder, begin)
        disk.fills_after(writes, once=once)
        reason = _tried(lambda url=url: do(url))  # type: ignore[misc]
        reached = disk.seen > writes
        if reason:
            refused += 1
            assert reason is Reason.DISK_FULL, (writes, reason)
            assert begin or list(Path(folder).iterdir()) == [], writes
        disk.calm()
        do(url)
        store = Store.open(url)
        assert _numbers(store) == ([0, 1] if act == "next start" else [0] if begin else []), writes
        store.close()
        if not reached:
            break
        writes += every
    tell("filled", writes, refused)


def fill_at_append(folder: str, act: str, *, once: bool, every: int) -> None:
    """Add to an open record on a disk that is full at the first write, the second, the third, until it passes.

    Takes what `fill_at_start` takes; `act` is one of `APPENDS`.
    """
    disk, drafts = Disk(Path(folder)), APPENDS[act]()
    refused = writes = 0
    while True:
        store = Store.open(_anew(folder, OLD[-1]))
        assert _numbers(store) == [0]
        disk.fills_after(writes, once=once)
        reason = _tried(lambda store=store: store.append(ADA, drafts))  # type: ignore[misc]
        reached = disk.seen > writes
        there = [each.id for each in store.entries(ADA)]  # reads go on
        assert there == [each.id for each in session(ADA, 0) + (drafts if reason is None else [])], writes
        if reason:
            refused += 1
            assert reason is Reason.DISK_FULL, (writes, reason)
        disk.calm()
        assert {each.new for each in store.append(ADA, drafts)} == {reason is not None}, writes
        assert len(store.entries(ADA)) == len(there) + len(drafts) * bool(reason), writes
        assert store.verify(ADA) == []
        assert is_sound(store)
        store.close()
        if not reached:
            break
        writes += every
    tell("filled", writes, refused)


def _anew(folder: str, begin: str | None) -> str:
    """Lay a fresh record of that revision, or none, on the disk; return its address."""
    pattern = Path(folder).with_name("pattern")
    if begin and not pattern.exists():
        record_of(f"sqlite:///{pattern / 'coach.db'}", begin, ADA, session(ADA, 0))
    shutil.rmtree(folder)
    if begin:
        shutil.copytree(pattern, folder)
    else:
        Path(folder).mkdir()
    return f"sqlite:///{folder}/coach.db"


def _tried(do: Callable[[], object]) -> Reason | None:
    try:
        do()
    except RecordUnavailable as trouble:
        return trouble.reason
    return None


def _numbers(store: Store) -> list[int]:
    """Return which sessions are in the record, each whole, after looking at all of it."""
    if not store.patients():
        return []
    assert store.verify(ADA) == []
    assert is_sound(store)
    told = [each.id for each in store.entries(ADA)]
    numbers = [n for n in range(3) if session(ADA, n)[0].id in told]
    assert told == [each.id for n in numbers for each in session(ADA, n)]
    return numbers


def migrate(url: str, *, statement: int = -1, step: int = -1) -> None:
    """Open a record, making or migrating it, and be killed at that statement or at that write or sync."""
    if step >= 0:
        Disk(Path(url.removeprefix("sqlite:///")).parent).dies_after(step)
    if statement >= 0:
        _at(statement, lambda _: os.kill(os.getpid(), signal.SIGKILL))
    Store.open(url, owner=True).close()


def migrate_until_cut(url: str, superuser: str, *, statement: int) -> None:
    """Migrate the tables of a server, which ends the connection at that statement; say how it went."""
    admin = engine.build(engine.parse(superuser))

    def cut(connection: Connection) -> None:
        pid = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
        with admin.begin() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")

    _at(statement, cut)
    reason = _tried(lambda: Store.open(url, owner=True).close())
    tell("tried", reason)


def _at(statement: int, act: Callable[[Connection], None]) -> None:
    """Do something before that statement of whoever owns the tables."""
    left = [statement]

    @event.listens_for(Engine, "before_cursor_execute")
    def _count(connection: Connection, *_: Any) -> None:
        if connection.engine.url.username != SUPERUSER:
            left[0] -= 1
            if left[0] == -1:
                act(connection)


def back_up(folder: str) -> backup.Made:
    """Back the record beside that folder up into it."""
    return backup.make(_beside(folder), Path(folder), at=NOON, coach="torture")


def back_up_until_killed(folder: str, *, step: int) -> None:
    """Back up, and be killed at that write or sync."""
    Disk(Path(folder)).dies_after(step)
    back_up(folder)


def fill_at_backup(folder: str, *, once: bool, every: int) -> None:
    """Back up to a disk that is full at the first write, the second, the third, until it passes.

    Takes what `fill_at_start` takes.
    """
    disk, target, kept = Disk(Path(folder)), Path(folder), _entries(_beside(folder))
    refused = writes = 0
    while True:
        disk.fills_after(writes, once=once)
        reason = _tried(lambda: back_up(folder))
        reached = disk.seen > writes
        disk.calm()
        assert _entries(_beside(folder)) == kept
        if reason:
            refused += 1
            assert reason is Reason.DISK_FULL, (writes, reason)
            assert list(target.iterdir()) == [], writes
        else:
            [made] = target.iterdir()
            backup.known(made)
            shutil.rmtree(made)
        if not reached:
            break
        writes += every
    tell("filled", writes, refused)


def _beside(folder: str) -> str:
    """Return where the record beside a folder of backups is, with one session in it."""
    file = Path(folder).with_name("home") / "coach.db"
    if not file.exists():
        record_of(f"sqlite:///{file}", OLD[-1], ADA, session(ADA, 0))
    return f"sqlite:///{file}"


def _entries(url: str) -> list[UUID]:
    store = Store.open(url)
    try:
        return [each.id for each in store.entries(ADA)]
    finally:
        store.close()


def freeze(folder: str) -> None:
    """Start, read, add, migrate and back up on a disk that takes nothing; say the reason of each."""
    disk, place = Disk(Path(folder)), Path(folder)
    url, old, left = (f"sqlite:///{place / name / 'coach.db'}" for name in ("now", "old", "left"))
    record_of(url, OLD[-1], ADA, session(ADA, 0))
    record_of(old, OLD[0], ADA, session(ADA, 0))
    _beside(folder)
    opened = Store.open(url)
    opened.append(ADA, session(ADA, 1))
    shutil.copytree(place / "now", place / "left")  # as a crash leaves it: with its log
    there = [each.id for n in range(2) for each in session(ADA, n)]
    disk.freeze()
    crashed = Store.open(left)
    for store in (opened, crashed):
        assert [each.id for each in store.entries(ADA)] == there
        tell("append", _tried(lambda store=store: store.append(ADA, session(ADA, 2))))  # type: ignore[misc]
        assert [each.id for each in store.entries(ADA)] == there
    crashed.close()
    tell("migrate", _tried(lambda: start(old)))
    tell("first start", _tried(lambda: start(f"sqlite:///{place / 'new.db'}")))
    tell("back up", _tried(lambda: back_up(folder)))
    assert {each.name for each in place.iterdir()} == {"now", "old", "left"}
    disk.calm()
    assert all(each.new for each in opened.append(ADA, session(ADA, 2)))
    assert _numbers(opened) == [0, 1, 2]
    opened.close()
    disk.freeze()
    tell("start", _tried(lambda: Store.open(url).patients()))
    disk.calm()
    start(old)
    back_up(folder)


def be_nobody(folder: str, *, uid: int, gid: int) -> None:
    """Start, read, add and back up where this account may not; say the reason of each."""
    place = Path(folder)
    file, home = place / "home" / "coach.db", place / "home"
    url, backups = f"sqlite:///{file}", place / "backups"
    record_of(url, OLD[-1], ADA, session(ADA, 0))
    backups.mkdir()
    start(
        f"sqlite:///{place / 'warm.db'}"
    )  # everything that this loads may lie where that account cannot read
    if os.geteuid() == 0:
        for each in (home, file, backups):
            os.chown(each, uid, gid)
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    for what, mode, acts in (
        (home, 0o500, ("start", "first start")),
        (file, 0o400, ("append",)),
        (backups, 0o500, ("back up",)),
        (file, 0o000, ("start",)),
        (home, 0o000, ("start",)),
    ):
        before = what.stat().st_mode
        what.chmod(mode)
        for act in acts:
            tell(f"{what.name} {mode:o} {act}", _tried(lambda act=act: DENIED[act](place)))  # type: ignore[misc]
        what.chmod(before)
    assert not list(home.glob("*new*"))
    assert _entries(url) == [each.id for each in session(ADA, 0)]


DENIED: dict[str, Callable[[Path], object]] = {
    "start": lambda place: _entries(f"sqlite:///{place / 'home' / 'coach.db'}"),
    "append": lambda place: go_on(f"sqlite:///{place / 'home' / 'coach.db'}"),
    "first start": lambda place: start(f"sqlite:///{place / 'home' / 'new.db'}"),
    "back up": lambda place: backup.make(
        f"sqlite:///{place / 'home' / 'coach.db'}", place / "backups", at=NOON, coach="torture"
    ),
}
