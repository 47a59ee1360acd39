"""Tickets: name a patient in an address without telling who it is."""

from __future__ import annotations

import secrets
import threading
from datetime import datetime, timedelta
from uuid import UUID

VALID_FOR = timedelta(minutes=30)
BITS = 128


class Tickets:
    """Short-lived names of patients, each good for the one account it was made for; safe in several threads."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[UUID | None, UUID, datetime]] = {}
        self._lock = threading.Lock()

    def issue(self, account: UUID | None, patient: UUID, *, now: datetime) -> str:
        """Return a name of that patient for that account."""
        ticket = secrets.token_urlsafe(BITS // 8)
        with self._lock:
            self._kept = {name: kept for name, kept in self._kept.items() if kept[2] > now}
            self._kept[ticket] = (account, patient, now + VALID_FOR)
        return ticket

    def patient(self, ticket: str, account: UUID | None, *, now: datetime) -> UUID | None:
        """Return whom a ticket names, or None where it is unknown, over, or another account's."""
        with self._lock:
            owner, patient, until = self._kept.get(ticket, (None, None, now))
        return patient if owner == account and now < until else None
