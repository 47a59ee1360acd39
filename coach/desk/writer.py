"""The pen: turns facts into dated drafts and records them, refusing when the clock looks wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID, uuid5

from uuid_utils.compat import uuid7

from coach.desk import clock
from coach.desk.shelf import Shelf
from coach.domain.course import Course, course
from coach.domain.faults import BadValue, Fault
from coach.domain.history import Fact, History, RedFlagYes, to_payload
from coach.domain.moments import local_date
from coach.domain.protocol import Protocol
from coach.records.store import Draft, KeyReused

CLOCK_SLACK = timedelta(minutes=5)
LAST = 100  # entries that are looked at for a clock that stood later
AUTHOR = "patient"

__all__ = ["Desk", "New", "new_key"]


def new_key() -> UUID:
    """Return a fresh key for an entry; it tells its creation time and sorts by it."""
    return uuid7()


@dataclass(frozen=True, slots=True)
class New:
    """A fact to record: when it was (None: now), under which key, and what it replaces."""

    fact: Fact
    at: datetime | None = None
    key: UUID | None = None
    supersedes: UUID | None = None
    zone: str | None = None


class Desk:
    """What every desk shares: one patient's history, the protocol, the clock and the pen."""

    def __init__(self, shelf: Shelf, patient: UUID, protocol: Protocol) -> None:
        self._shelf = shelf
        self.patient = patient
        self.protocol = protocol
        self._keeps = False
        self._kept: History | None = None

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return clock.now()

    def history(self) -> History:
        """Return everything recorded of this patient."""
        if self._kept is None or not self._keeps:
            self._kept = self._shelf.history(self.patient)
        return self._kept

    def for_one_run(self) -> Self:
        """Return this desk for one run of a page: it reads the record once, and anew after it records."""
        self._keeps = True
        return self

    def _look_again(self) -> None:
        self._kept = None

    @property
    def zone(self) -> str:
        """The patient's zone."""
        return self.history().zone

    def course(self) -> Course | None:
        """Return the present course, or None before a procedure is recorded."""
        return course(self.protocol, self.history())

    def _record(self, *news: New, key: UUID | None = None) -> None:
        """Record facts in one transaction; the same `key` again with the same facts is no second entry.

        Several facts under one key get keys derived from it, so that a double click stores once.
        """
        now = self.now()
        self._look_again()
        history = self.history()
        latest = max((entry.recorded_at for entry in history.entries[-LAST:]), default=now)
        behind = now < latest - CLOCK_SLACK
        # A warning sign is stored whatever the clock says.
        if behind and not any(isinstance(new.fact, RedFlagYes) for new in news):
            raise BadValue(Fault.CLOCK_WRONG)
        base = key or new_key()
        keys = [new.key or (base if i == 0 else uuid5(base, str(i))) for i, new in enumerate(news)]
        if all(self._is_there(history, k, new) for k, new in zip(keys, news, strict=True)):
            return
        drafts = [self._draft(k, new, history, now) for k, new in zip(keys, news, strict=True)]
        try:
            self._shelf.append(self.patient, drafts)
        except KeyReused:
            # A second click may have been recorded between reading and writing.
            self._look_again()
            known = self.history()
            if not all(self._is_there(known, k, new) for k, new in zip(keys, news, strict=True)):
                raise
        finally:
            self._look_again()

    @staticmethod
    def _is_there(history: History, key: UUID, new: New) -> bool:
        entry = history.by_id.get(key)
        if entry is None or type(entry.fact) is not type(new.fact):
            return False
        mine, theirs = to_payload(new.fact), to_payload(entry.fact)
        return mine == theirs and (new.at is None or new.at == entry.at)

    @staticmethod
    def _draft(key: UUID, new: New, history: History, now: datetime) -> Draft:
        at = new.at or now
        place = new.zone or history.zone
        return Draft(
            id=key,
            at=at,
            zone=place,
            local_date=local_date(at, place),
            recorded_at=now,
            author=AUTHOR,
            fact=new.fact,
            supersedes=new.supersedes,
        )
