"""Patient tokens: name a patient in an address without identifying them, on all servers."""

from __future__ import annotations

import hashlib
import secrets
import threading
from datetime import datetime, timedelta
from uuid import UUID

from coach.domain.times import is_ahead
from coach.records.clinic import shared_by_servers
from coach.records.clinic.shared_by_servers import Ticket
from coach.records.entries.store import Store

VALID_FOR = timedelta(minutes=60)
RENEWED_AFTER = timedelta(minutes=30)
BITS = 128
MOST = 10_000  # tokens that this server reuses


class PatientTokens:
    """Short-lived tokens of patients, each for one account; thread-safe."""

    def __init__(self, store: Store) -> None:
        self._kept = shared_by_servers.SharedTickets(store)
        self._latest: dict[tuple[UUID | None, UUID], tuple[str, datetime]] = {}
        self._lock = threading.Lock()

    def issue(self, account: UUID | None, patient: UUID, *, now: datetime) -> str:
        """Return a token of that patient for that account, valid for at least half an hour."""
        with self._lock:
            name, made_at = self._latest.get((account, patient), ("", now))
        if name and _is_good(made_at, now, RENEWED_AFTER):
            return name
        name = secrets.token_urlsafe(BITS // 8)
        self._kept.keep(Ticket(_digest(name), account, patient, now), since=now - VALID_FOR)
        with self._lock:
            if len(self._latest) >= MOST:
                self._latest.clear()
            self._latest[account, patient] = name, now
        return name

    def patient(self, ticket: str, account: UUID | None, *, now: datetime) -> UUID | None:
        """Return the patient of a token; None if it is unknown, expired or another account's."""
        kept = self._kept.get(_digest(ticket))
        good = kept is not None and kept.account == account and _is_good(kept.made_at, now, VALID_FOR)
        return kept.patient if kept and good else None


def _is_good(made_at: datetime, now: datetime, span: timedelta) -> bool:
    return now - made_at < span and not is_ahead(made_at, now)


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
