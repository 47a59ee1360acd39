"""Calendars: a program with the secret address of a patient's calendar, which may see their agenda and no more."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from coach.desk.access.authorization import NotFound, Principal, requires
from coach.desk.access.permissions import Action, Role
from coach.desk.access.rate_limits import Limits, Wait
from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.desk.installation.recording import Desk
from coach.domain import reminders
from coach.domain.case import Case
from coach.domain.reminders import Agenda
from coach.domain.times import local_date
from coach.records.clinic.audit import AuditLine
from coach.records.database import current_actor

__all__ = ["CalendarDesk", "Calendars", "NotFound", "Proposing", "Wait", "digest", "note", "secret"]

BYTES = 32
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


class Proposing(Desk):
    """Whoever may know when there is something to do, and perhaps nothing else."""

    @requires(Action.CALENDAR_SEE)
    def agenda(self) -> Agenda:
        """Return what the calendar proposes from now on."""
        history = self._shelf.history(self.patient)
        now = clock.now()
        protocol = self.installation.protocol or self.installation.library.for_history(history, now)
        return reminders.agenda(Case.of(protocol, history), now=now)


class CalendarDesk(Proposing):
    """What a calendar program asks about one patient."""


class Calendars:
    """Lets calendar programs in by their secret; safe to use from several threads."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._limits = Limits(installation.accounts)

    def desk(self, given: str, *, address: str) -> CalendarDesk:
        """Return the desk of whoever holds that secret.

        Args:
            given: what stands in the address.
            address: the network address it comes from; wrong ones from there must wait after a few tries.

        Raises:
            NotFound: it is no secret of any calendar, or not any more.
            Wait: there were too many wrong ones.
        """
        now = clock.now()
        with current_actor.acting_as(current_actor.SYSTEM):
            found = self._installation.reminders.by_secret(digest(given)) if SECRET.fullmatch(given) else None
        if found is None:
            self._refuse(address, now)
            raise NotFound
        self._read(found.patient, found.read_at, now)
        return CalendarDesk(
            self._installation, found.patient, Principal(Role.CALENDAR, patient=found.patient)
        )

    def _refuse(self, address: str, now: datetime) -> None:
        try:
            self._limits.admit("calendar", "", address, now=now)
        except Wait as wait:
            if not wait.noted:
                note(self._installation, Action.CALENDAR_SEE.value, None, Role.CALENDAR, allowed=False)
            raise
        note(self._installation, Action.CALENDAR_SEE.value, None, Role.CALENDAR, allowed=False)

    def _read(self, patient: UUID, before: datetime | None, now: datetime) -> None:
        """Remember the reading; programs come every hour, and the audit is told once a day."""
        with current_actor.acting_as(current_actor.SYSTEM):
            self._installation.reminders.read(patient, at=now)
        if before is None or local_date(before, "UTC") != local_date(now, "UTC"):
            note(self._installation, Action.CALENDAR_SEE.value, patient, Role.CALENDAR, allowed=True)


def secret() -> str:
    """Return a new secret of 256 bits."""
    return secrets.token_urlsafe(BYTES)


def digest(given: str) -> str:
    """Return the digest under which a secret is known."""
    return hashlib.sha256(given.encode("utf-8", "replace")).hexdigest()


def note(
    installation: Installation,
    action: str,
    patient: UUID | None,
    role: Role,
    *,
    allowed: bool,
    account: UUID | None = None,
) -> None:
    """Write a line of the audit; what a stranger was refused is counted by the hour."""
    outcome = "allowed" if allowed else "refused"
    line = AuditLine(uuid7(), clock.now(), account, role.value, action, patient, outcome)
    if allowed or account:
        installation.audit.write(line)
    else:
        installation.audit.count(line)
