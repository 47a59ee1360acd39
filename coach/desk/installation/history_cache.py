"""The history cache: keeps histories in memory and extends them by new entries."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from coach.domain.facts import Fact
from coach.domain.history import Entry, History
from coach.records.entries.caseload_rows import Row
from coach.records.entries.store import Draft, Store, Stored

MOST = 500  # histories kept; the least recently used is dropped


class HistoryCache:
    """Reads and extends the histories of a store; thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._histories: OrderedDict[UUID, History] = OrderedDict()
        self._later = False

    @contextmanager
    def later(self) -> Iterator[None]:
        """Leave projections out of date during the block, as much is recorded.

        `caseload.catch_up` follows.
        """
        self._later = True
        try:
            yield
        finally:
            self._later = False

    def history(self, patient: UUID) -> History:
        """Return the present history, reading only new entries."""
        with self._lock:
            known = self._histories.get(patient, History())
            last = known.entries[-1] if known.entries else None
            # The last entry is read again: of an erased patient it is gone, and the cached history
            # is dropped.
            more = self._store.entries(patient, after_seq=last.seq - 1 if last else 0)
            if last and more[:1] == [last]:
                del more[0]
            elif last:
                known, more = History(), self._store.entries(patient)
                self._histories[patient] = known
            if more or patient not in self._histories:
                known = known.extended(more)
                self._histories[patient] = known
            self._histories.move_to_end(patient)
            if len(self._histories) > MOST:
                self._histories.popitem(last=False)
            return known

    def append(
        self,
        patient: UUID,
        drafts: Sequence[Draft],
        *,
        project: Callable[[History], Row] | None = None,
        after: int | None = None,
    ) -> list[Stored]:
        """Store drafts in one transaction, all or nothing, together with the new projection.

        Raises:
            Overtaken: an entry was recorded after number `after`.
        """
        if project is None or self._later:
            return self._store.append(patient, drafts, after=after)
        with self._lock:
            before = self._histories.get(patient, History())
        made: list[History] = []

        def row(more: Callable[[int], list[Entry[Fact]]]) -> Row:
            made.append(before.extended(more(before.last_seq)))
            return project(made[-1])

        stored = self._store.append(patient, drafts, project=row, after=after)
        with self._lock:
            if made and self._histories.get(patient) is before:  # keeps what was derived from it
                self._histories[patient] = made[-1]
        return stored

    def head(self, patient: UUID) -> tuple[int, str]:
        """Return the number and the hash of the last entry."""
        return self._store.head(patient)
