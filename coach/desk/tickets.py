"""Tickets: name a patient in an address without telling who it is."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from coach.domain.moments import is_ahead

VALID_FOR = timedelta(minutes=60)
RENEWED_AFTER = timedelta(minutes=30)
BITS = 128


@dataclass(frozen=True, slots=True)
class _Ticket:
    name: str
    account: UUID | None
    patient: UUID
    made_at: datetime

    def is_good(self, now: datetime, span: timedelta) -> bool:
        return now - self.made_at < span and not is_ahead(self.made_at, now)


class Tickets:
    """Short-lived names of patients, each good for the one account it was made for; safe in several threads."""

    def __init__(self) -> None:
        self._kept: dict[str, _Ticket] = {}
        self._latest: dict[tuple[UUID | None, UUID], _Ticket] = {}
        self._lock = threading.Lock()

    def issue(self, account: UUID | None, patient: UUID, *, now: datetime) -> str:
        """Return a name of that patient for that account, good for half an hour at least."""
        with self._lock:
            latest = self._latest.get((account, patient))
            if latest and latest.is_good(now, RENEWED_AFTER):
                return latest.name
            self._kept = {name: each for name, each in self._kept.items() if each.is_good(now, VALID_FOR)}
            made = _Ticket(secrets.token_urlsafe(BITS // 8), account, patient, now)
            self._kept[made.name] = made
            self._latest = {(each.account, each.patient): each for each in self._kept.values()}
        return made.name

    def patient(self, ticket: str, account: UUID | None, *, now: datetime) -> UUID | None:
        """Return whom a ticket names, or None where it is unknown, over, or another account's."""
        with self._lock:
            kept = self._kept.get(ticket)
        good = kept is not None and kept.account == account and kept.is_good(now, VALID_FOR)
        return kept.patient if kept and good else None
