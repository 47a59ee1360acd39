"""Calendar access: programs with a calendar's secret address may read its agenda, nothing else."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime
from uuid import UUID

from coach.desk.access.authorization import NotFound, Principal, requires
from coach.desk.access.permissions import Action, Role
from coach.desk.access.rate_limits import Limits, Wait
from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.desk.installation.patient_context import PatientContext, UseCases
from coach.domain import reminders
from coach.domain.case import Case
from coach.domain.reminders import Agenda
from coach.domain.times import local_date
from coach.records.clinic.audit import new_line
from coach.records.database import current_actor

__all__ = ["CalendarDesk", "Calendars", "NotFound", "Wait", "agenda", "digest", "note", "secret"]

BYTES = 32
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


class CalendarDesk(UseCases):
    """The desk of a calendar program, for one patient."""

    @requires(Action.CALENDAR_SEE)
    def agenda(self) -> Agenda:
        """Return the agenda from now on."""
        return agenda(self._context)


def agenda(context: PatientContext) -> Agenda:
    """Return what the calendar of a patient proposes from now on.

    Whoever calls has asked whether it may be had.

    A program may not see the history, so it is read past the context's own check.
    """
    installation, now = context.installation, clock.now()
    history = installation.history_cache.history(context.patient)
    protocol = installation.protocol or installation.protocol_registry.for_history(history, now)
    return reminders.agenda(Case.of(protocol, history), now=now)


class Calendars:
    """Admits calendar programs by their secret; thread-safe."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._limits = Limits(installation.accounts)

    def desk(self, given: str, *, address: str) -> CalendarDesk:
        """Return the desk for a secret.

        Args:
            given: the secret in the address.
            address: the network address; after a few wrong secrets it has to wait.

        Raises:
            NotFound: no calendar has that secret.
            Wait: there were too many wrong secrets.
        """
        now = clock.now()
        with current_actor.acting_as(current_actor.SYSTEM):
            found = self._installation.reminders.by_secret(digest(given)) if SECRET.fullmatch(given) else None
        if found is None:
            self._refuse(address, now)
            raise NotFound
        self._read(found.patient, found.read_at, now)
        program = Principal(Role.CALENDAR, patient=found.patient)
        return CalendarDesk(PatientContext(self._installation, found.patient, program))

    def _refuse(self, address: str, now: datetime) -> None:
        try:
            self._limits.admit("calendar", "", address, now=now)
        except Wait as wait:
            if not wait.noted:
                note(self._installation, Action.CALENDAR_SEE.value, None, Role.CALENDAR, allowed=False)
            raise
        note(self._installation, Action.CALENDAR_SEE.value, None, Role.CALENDAR, allowed=False)

    def _read(self, patient: UUID, before: datetime | None, now: datetime) -> None:
        """Store the reading; programs read every hour, and the audit gets one line a day."""
        with current_actor.acting_as(current_actor.SYSTEM):
            self._installation.reminders.read(patient, at=now)
        if before is None or local_date(before, "UTC") != local_date(now, "UTC"):
            note(self._installation, Action.CALENDAR_SEE.value, patient, Role.CALENDAR, allowed=True)


def secret() -> str:
    """Return a new secret of 256 bits."""
    return secrets.token_urlsafe(BYTES)


def digest(given: str) -> str:
    """Return the digest under which a secret is stored."""
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
    """Write a line of the audit; refusals of strangers are counted by the hour."""
    line = new_line(action, role.value, at=clock.now(), allowed=allowed, account=account, patient=patient)
    if allowed or account:
        installation.audit.write(line)
    else:
        installation.audit.count(line)
