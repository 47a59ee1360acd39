"""The reminder queue: e-mails that are due, claimed so that none is sent twice.

Runs as "system".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from coach.desk.access.permissions import Role
from coach.desk.access.rate_limits import Limits
from coach.desk.accounts.calendar_access import SECRET, NotFound, Wait, note
from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.domain import languages, reminders
from coach.domain.case import Case
from coach.domain.times import local_date
from coach.records.clinic.reminders import was_sent
from coach.records.database import current_actor
from coach.records.database.errors import EntryUnreadable

__all__ = ["DueMail", "NotFound", "ReminderQueue", "Wait"]


@dataclass(frozen=True, slots=True)
class DueMail:
    """A claimed e-mail: address, secret of the stop link, and names of the open routines.

    `names` is empty unless the patient allowed exercise names; `language` and `country` are those that
    they chose, or ""; `asked` is the tag that their browser asked for when they agreed.
    """

    patient: UUID
    address: str
    stop_secret: str
    names: tuple[str, ...]
    day: date
    claimed_at: datetime
    language: str
    country: str
    asked: str = ""


class ReminderQueue:
    """The reminder e-mails of one record."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def due(self) -> Iterator[DueMail]:
        """Yield the e-mails due now, each claimed just before.

        Settle or release it before the next.
        """
        installation = self._installation
        with current_actor.acting_as(current_actor.SYSTEM):
            everybody = installation.reminders.confirmed()
        for mail in everybody:
            now = clock.now()
            with current_actor.acting_as(current_actor.SYSTEM):
                try:
                    history = installation.history_cache.history(mail.patient)
                except EntryUnreadable:  # the next run tries again
                    continue
                day = local_date(now, history.zone)
                if was_sent(mail, day):
                    continue
                protocol = installation.protocol or installation.protocol_registry.for_history(history, now)
                case = Case.of(protocol, history)
                if not reminders.is_due(case, now=now, hour=mail.hour):
                    continue
                if not installation.reminders.claim(mail.patient, day, at=now):
                    continue
            chosen = history.settings.get(reminders.NAMES, False) is True
            opened = reminders.open_now(case, now=now) if chosen else ()
            titles = tuple(protocol.routines[routine].name for routine in opened)
            language, country = languages.chosen(history.settings), languages.country(history.settings)
            yield DueMail(
                mail.patient, mail.address, mail.stop_secret, titles, day, now, language, country,
                languages.asked(history.settings),
            )  # fmt: skip

    def sent(self, due: DueMail) -> None:
        """Store that it was sent."""
        self.given_up(due)
        note(self._installation, "mail.remind", due.patient, Role.OPERATOR, allowed=True)

    def given_up(self, due: DueMail) -> None:
        """Store that nothing more is sent for that day."""
        with current_actor.acting_as(current_actor.SYSTEM):
            self._installation.reminders.settle(due.patient, due.day)

    def not_sent(self, due: DueMail) -> None:
        """Release the claim: it is known that nothing was sent."""
        with current_actor.acting_as(current_actor.SYSTEM):
            self._installation.reminders.release(due.patient, claimed_at=due.claimed_at)

    # the link in each e-mail

    def check(self, given: str, *, address: str) -> UUID:
        """Return the patient whose reminders the link with that secret ends.

        Raises:
            NotFound: there are no such reminders.
            Wait: there were too many wrong secrets from that network address.
        """
        with current_actor.acting_as(current_actor.SYSTEM):
            found = self._installation.reminders.by_stop_secret(given) if SECRET.fullmatch(given) else None
        if found is None:
            Limits(self._installation.accounts).admit("mail-stop", "", address, now=clock.now())
            raise NotFound
        return found.patient

    def stop(self, given: str, *, address: str) -> None:
        """End the reminders of a link; the e-mail address is deleted.

        Raises:
            NotFound, Wait: as above.
        """
        patient = self.check(given, address=address)
        with current_actor.acting_as(current_actor.SYSTEM):
            self._installation.reminders.stop(patient)
        note(self._installation, "mail.stop", patient, Role.PATIENT, allowed=True)
