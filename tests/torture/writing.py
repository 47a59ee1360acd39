"""Eight clients that write sessions without end, and what must be true of the record after."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from coach.domain.facts import Fact, Note, PlannedSet, SessionFinished, SessionStarted, SetDone
from coach.records.database import current_actor, engine
from coach.records.entries.store import Draft, Reason, RecordUnavailable, Store
from tests.support.record_making import NOON, draft
from tests.support.records import create_patient
from tests.torture.nursery import tell
from tests.torture.shim import Disk

CLIENTS = [UUID(int=number) for number in range(1, 9)]
WHOLE = 4  # entries of a session
PER_RECORD = 20  # kills of one record, which is looked through after each


def session(client: UUID, number: int) -> list[Draft]:
    """Return a client's session of that number: the same keys and the same content whenever it is asked for."""
    key = uuid5(client, str(number))
    told: list[Fact] = [
        SessionStarted((PlannedSet("ankle_pumps", 10, 1, 2),), "p", "1", "d"),
        SetDone(key, "ankle_pumps", 20, 20, 1, 40, "early"),
        Note(key, f"{client} {number}"),
        SessionFinished(key),
    ]
    at = NOON + timedelta(minutes=number)
    keys = [key, *(uuid5(key, str(n)) for n in range(1, WHOLE))]
    return [draft(fact, id=k, at=at, recorded_at=at) for k, fact in zip(keys, told, strict=True)]


def write(
    url: str, begin: Sequence[int], *, disk: str = "", shadow: str = "", synchronous: str = "FULL"
) -> None:
    """Write from those numbers on until killed, saying what is acknowledged.

    Args:
        url: Where the record is.
        begin: The number of each client's next session.
        disk: The folder that is on a disk of its own; "" for none.
        shadow: What a power cut would leave there.
        synchronous: How hard SQLite syncs; the product knows but FULL.
    """
    if disk:
        Disk(Path(disk)).cut_after(Path(shadow))
    if synchronous != "FULL":
        setattr(engine, "journal", lambda _: ("WAL", synchronous))  # noqa: B010
    store = Store.open(url)
    together(store, begin, lambda place, number: tell("ack", place, number))


def together(store: Store, begin: Sequence[int], heard: Callable[[int, int], None]) -> None:
    """Let every client write from its number on, until the record cannot be reached."""
    threads = [
        threading.Thread(target=_client, args=(store, place, number, heard))
        for place, number in enumerate(begin)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def _client(store: Store, place: int, number: int, heard: Callable[[int, int], None]) -> None:
    with current_actor.acting_as(current_actor.SYSTEM):
        while True:
            try:
                store.append(CLIENTS[place], session(CLIENTS[place], number))
            except RecordUnavailable as trouble:
                if trouble.reason is not Reason.UNREACHABLE:
                    raise
                return
            heard(place, number)
            number += 1


@dataclass
class Figures:
    """What a run came to, in sessions."""

    acknowledged: int = 0
    unacknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    torn: int = 0

    def __str__(self) -> str:
        return (
            f"acknowledged {self.acknowledged}, stored before the answer could be given {self.unacknowledged}, "
            f"lost {self.lost}, doubled {self.doubled}, torn {self.torn}"
        )

    def are_clean(self) -> bool:
        return self.acknowledged > 0 and (self.lost, self.doubled, self.torn) == (0, 0, 0)


class Truth:
    """What the clients were told; `next` is the session each of them sends next."""

    def __init__(self, figures: Figures | None = None) -> None:
        self.next = [0] * len(CLIENTS)
        self.figures = figures or Figures()

    def heard(self, place: int, number: int) -> None:
        """A session was acknowledged."""
        assert number == self.next[place]
        self.next[place] += 1
        self.figures.acknowledged += 1

    def look(self, store: Store) -> None:
        """Compare the record with what was acknowledged; a client sends what was not again."""
        for place, client in enumerate(CLIENTS):
            assert store.verify(client) == []
            told = [(each.id, each.fact) for each in store.entries(client)]
            notes = Counter(fact.text for _, fact in told if isinstance(fact, Note))
            self.figures.doubled += sum(times - 1 for times in notes.values())
            there, rest = divmod(len(told), WHOLE)
            whole = [(each.id, each.fact) for n in range(there) for each in session(client, n)]
            self.figures.torn += bool(rest) + (told[: there * WHOLE] != whole)
            self.figures.lost += max(self.next[place] - there, 0)
            self.figures.unacknowledged += max(there - self.next[place], 0)
            if there < self.next[place]:
                self.next[place] = there


def enrol(store: Store) -> None:
    """Make the clients' patients."""
    for client in CLIENTS:
        create_patient(store, client, recorded_at=NOON)


def is_sound(store: Store) -> bool:
    """Let the database look at every page of itself."""
    with store.reading() as connection:
        return connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]


def acknowledged(said: Iterator[list[Any]], truth: Truth, until: int | None = None) -> None:
    """Hear what is acknowledged: so many sessions, or all to the end."""
    for kind, place, number in itertools.islice(said, until):
        assert kind == "ack"
        truth.heard(place, number)
