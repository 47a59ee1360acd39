"""The shelf: histories that were read once, kept in memory and extended by what came after."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from uuid import UUID

from coach.domain.history import History
from coach.records.store import Draft, Store, Stored

MOST = 500  # histories kept; the one that was asked for longest ago goes first


class Shelf:
    """Reads and extends the histories of a store; safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._histories: OrderedDict[UUID, History] = OrderedDict()

    def history(self, patient: UUID) -> History:
        """Return the history as it is recorded now, reading only what is new."""
        with self._lock:
            known = self._histories.get(patient, History())
            last = known.entries[-1].seq if known.entries else 0
            more = self._store.entries(patient, after_seq=last)
            if more or patient not in self._histories:
                known = known.extended(more)
                self._histories[patient] = known
            self._histories.move_to_end(patient)
            if len(self._histories) > MOST:
                self._histories.popitem(last=False)
            return known

    def append(self, patient: UUID, drafts: Sequence[Draft]) -> list[Stored]:
        """Record the drafts in one transaction, all or nothing."""
        return self._store.append(patient, drafts)

    def head(self, patient: UUID) -> tuple[int, str]:
        """Return the number and the hash of the last entry."""
        return self._store.head(patient)
