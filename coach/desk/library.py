"""The library: which protocol is in force for whom."""

from __future__ import annotations

from datetime import datetime

from coach.domain.history import History
from coach.domain.protocol import Protocol
from coach.protocols import loader
from coach.records.store import Store


class Library:
    """The protocols of one record."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def for_history(self, history: History, at: datetime) -> Protocol:
        """Return the protocol that holds for this patient at an instant."""
        return loader.default()
