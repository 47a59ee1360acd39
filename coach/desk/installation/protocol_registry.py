"""The protocol registry: which protocol is in force for whom, and when."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime
from uuid import UUID

from coach.domain import own_drawing
from coach.domain.facts import ProtocolChosen
from coach.domain.history import History
from coach.domain.protocol import Protocol
from coach.domain.times import utc
from coach.protocols import loader
from coach.records.entries.protocol_files import ProtocolFile, ProtocolFiles, PutInForce
from coach.records.entries.store import Store

LOOKS_AGAIN_AFTER_S = 2.0  # how often to check for protocols put in force by another process

_log = logging.getLogger(__name__)


class ProtocolRegistry:
    """The protocols of one record: the shipped one and the clinic's; thread-safe."""

    def __init__(self, store: Store, *, looks_again_after_s: float = LOOKS_AGAIN_AFTER_S) -> None:
        self._files = ProtocolFiles(store)
        self.looks_again_after_s = looks_again_after_s
        self._lock = threading.Lock()
        self._parsed: dict[str, Protocol | None] = {self.shipped.digest: self.shipped}
        self._drawings: dict[str, str] = {}
        self._rows: tuple[PutInForce, ...] = ()
        self._version = 0
        self._puts = 0
        self._looked: float | None = None

    @property
    def shipped(self) -> Protocol:
        """The protocol that comes with Coach."""
        return loader.default()

    def by_digest(self, digest: str) -> Protocol | None:
        """Return the protocol with that digest.

        None if it is unknown or unreadable for this version.
        """
        with self._lock:
            known = digest in self._parsed
            found = self._parsed.get(digest)
        if known:
            return found
        content = self._files.get(digest)
        if content is None:  # not cached: it may be added later
            return None
        try:
            found = loader.read(content.encode(), digest)
        except loader.ProtocolError as refused:
            _log.warning("A stored protocol is not used: %s problems.", len(refused.problems))
        if found is not None and found.digest != digest:
            _log.warning("A stored protocol is not used: its content was changed.")
            found = None
        with self._lock:
            self._parsed[digest] = found
            for svg in found.drawings.values() if found else ():
                self._drawings[own_drawing.key(svg)] = svg
        return found

    def drawing(self, key: str) -> str | None:
        """Return the own drawing with that key, of any protocol of the clinic; None if there is none."""
        found = self._drawings.get(key)
        if found is None:
            for file in self.files():  # each is read once
                self.by_digest(file.digest)
            found = self._drawings.get(key)
        return found

    def in_force(self, at: datetime) -> Protocol:
        """Return the clinic's protocol in force at an instant, else the shipped one."""
        for row in reversed(self.rows()):
            if row.starts_at <= utc(at):
                found = self.by_digest(row.digest)
                if found is not None:
                    return found
        return self.shipped

    def for_history(self, history: History, at: datetime) -> Protocol:
        """Return the protocol that holds for this patient at an instant."""
        return self.chosen_for(history) or self.in_force(at)

    def rows(self) -> tuple[PutInForce, ...]:
        """Return every decision to put a protocol in force, sorted by start."""
        with self._lock:
            fresh = self._looked is not None and time.monotonic() - self._looked < self.looks_again_after_s
            if fresh:
                return self._rows
            known, puts = self._version, self._puts
        # Outside the lock: a thread that waits for a connection must not block one that has it and
        # writes.
        looked, rows = time.monotonic(), None
        if self._files.version() != known:
            rows = tuple(self._files.in_force_rows())
        with self._lock:
            if rows is not None and len(rows) > self._version:
                self._rows, self._version = rows, len(rows)
            if puts == self._puts:  # else another row was added since, and must be read
                self._looked = looked
            return self._rows

    def files(self) -> list[ProtocolFile]:
        """Return the clinic's files, in the order of adding."""
        return self._files.all()

    def content(self, digest: str) -> bytes | None:
        """Return the bytes of a file, also of the shipped one; None if unknown."""
        if digest == self.shipped.digest:
            return loader.DEFAULT.read_bytes()
        text = self._files.get(digest)
        return None if text is None else text.encode()

    def chosen_for(self, history: History) -> Protocol | None:
        """Return the protocol that a physiotherapist chose for this patient alone, or None."""
        chosen = history.latest(ProtocolChosen)
        return self.by_digest(chosen.fact.digest) if chosen else None

    def put_in_force(
        self,
        protocol: Protocol,
        content: bytes,
        *,
        key: UUID,
        starts_at: datetime,
        made_at: datetime,
        made_by: UUID | None,
        why: str,
        after: int | None = None,
    ) -> None:
        """Store a checked file and put it in force from an instant on.

        The same key again does nothing.

        Raises:
            Overtaken: a row was added since the user had seen `after` rows.
        """
        text = content.decode()
        self._files.add(protocol.digest, protocol.id, protocol.version, text, at=made_at, by=made_by)
        self._files.put_in_force(
            key, protocol.digest, starts_at=starts_at, made_at=made_at, made_by=made_by, why=why, after=after
        )
        self.look_again()

    def look_again(self) -> None:
        """Make the next call read what was put in force since, on other servers too."""
        with self._lock:
            self._looked = None
            self._puts += 1
