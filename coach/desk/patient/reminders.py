"""The reminders desk: the calendar's secret address, and e-mail reminders."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.invitations import SIGNS, code_digest
from coach.desk.access.permissions import Action
from coach.desk.access.rate_limits import Limits, Wait
from coach.desk.accounts.calendar_access import agenda, digest, note, secret
from coach.desk.installation.patient_context import UseCases
from coach.desk.installation.recording import NewEntry
from coach.desk.patient.settings import checked_setting
from coach.domain import languages
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Setting
from coach.domain.free_text import plain_text
from coach.domain.reminders import Agenda
from coach.domain.times import CLOCK_SLACK
from coach.records.clinic.reminders import Address, Mail

HOURS = tuple(range(6, 22))  # local hours that are offered
CODE_LENGTH = 8
CODE_HOLDS = timedelta(minutes=30)
ADDRESS_LIMIT = 254  # characters: the longest e-mail address
_LOCAL = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


@dataclass(frozen=True, slots=True)
class MailState:
    """The state of e-mail reminders; `confirmed` once the code was entered."""

    address: str
    hour: int
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Code:
    """The code that is sent to confirm an address; it cannot be read again."""

    address: str
    code: str
    stop_secret: str


class RemindersDesk(UseCases):
    """A patient's reminders."""

    @requires(Action.CALENDAR_SEE)
    def agenda(self) -> Agenda:
        """Return the agenda from now on."""
        return agenda(self._context)

    # the calendar's address

    @requires(Action.HISTORY_SEE)
    def calendar_address(self) -> tuple[datetime, datetime | None] | None:
        """Return when the calendar's address was made and last read; None without one."""
        known = self._context.installation.reminders.address(self._context.patient)
        return (known.made_at, known.read_at) if known else None

    @requires(Action.SETTINGS_CHANGE)
    def make_calendar_address(self, *, language: str = "") -> str:
        """Create a new address and return its secret, once; the earlier one stops working.

        `language`: the tag in which the patient reads now, "" if it is not known.
        """
        self._keep_language(language)
        made = secret()
        self._context.installation.reminders.keep(
            Address(self._context.patient, digest(made), self._context.now())
        )
        self._note("calendar.make")
        return made

    @requires(Action.SETTINGS_CHANGE)
    def revoke_calendar_address(self) -> None:
        """Delete the calendar's address."""
        if self._context.installation.reminders.revoke(self._context.patient):
            self._note("calendar.revoke")

    # e-mail

    @requires(Action.HISTORY_SEE)
    def mail(self) -> MailState | None:
        """Return the e-mail reminders, confirmed or not, or None."""
        known = self._context.installation.reminders.mail(self._context.patient)
        return MailState(known.address, known.hour, known.confirmed_at is not None) if known else None

    @requires(Action.SETTINGS_CHANGE)
    def ask_for_mail(self, address: str, hour: int, *, language: str = "") -> Code:
        """Store an e-mail address until its code is entered; nothing else is sent there before.

        `language` as in `make_calendar_address`.

        Raises:
            BadValue: it is not an address, the hour is not offered, or codes were asked for too
                often.
        """
        checked = checked_address(address)
        self._check_hour(hour)
        self._limit("mail-code")
        code = "".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH))
        until = self._context.now() + CODE_HOLDS
        new = Mail(self._context.patient, checked, hour, secret(), code_digest(code), until)
        self._context.installation.reminders.ask(new)
        self._keep_language(language)
        self._note("mail.ask")
        return Code(checked, f"{code[:4]}-{code[4:]}", new.stop_secret)

    @requires(Action.SETTINGS_CHANGE)
    def confirm_mail(self, code: str) -> None:
        """Confirm the e-mail address by the code that was sent there.

        Raises:
            BadValue: the code is wrong or too old, or there were too many attempts.
        """
        tried = self._limit("mail-confirm")
        now = self._context.now()
        latest = now + CODE_HOLDS + CLOCK_SLACK
        if not self._context.installation.reminders.confirm(
            self._context.patient, code_digest(code), at=now, latest=latest
        ):
            raise BadValue(Fault.MAIL_CODE_OVER)
        Limits(self._context.installation.accounts).passed(tried)
        self._note("mail.confirm")

    @requires(Action.SETTINGS_CHANGE)
    def set_mail_hour(self, hour: int) -> None:
        """Change the local hour of the e-mails.

        Raises:
            BadValue: the hour is not offered.
        """
        self._check_hour(hour)
        self._context.installation.reminders.set_hour(self._context.patient, hour)

    @requires(Action.SETTINGS_CHANGE)
    def stop_mail(self) -> None:
        """Delete the e-mail address."""
        if self._context.installation.reminders.stop(self._context.patient):
            self._note("mail.stop")

    def _keep_language(self, tag: str) -> None:
        """Store in which language the patient reads: what comes later by itself has no browser to ask."""
        if tag and languages.asked(self._context.history().settings) != tag:
            value = checked_setting(self._context.protocol, languages.ASKED, tag)
            self._context.record(NewEntry(Setting(languages.ASKED, value)))

    @staticmethod
    def _check_hour(hour: int) -> None:
        if hour not in HOURS:
            raise BadValue(Fault.NOT_A_TIME_OF_DAY, value=str(hour)[:20])

    def _limit(self, kind: str) -> UUID:
        whose = str(self._context.patient)
        try:
            return Limits(self._context.installation.accounts).admit(
                kind, whose, whose, now=self._context.now()
            )
        except Wait as wait:
            raise BadValue(Fault.TOO_MANY_TRIES, minutes=wait.minutes) from None

    def _note(self, action: str) -> None:
        who = self.principal
        note(
            self._context.installation,
            action,
            self._context.patient,
            who.role,
            allowed=True,
            account=who.account,
        )


def checked_address(text: str) -> str:
    """Return an e-mail address for sending, with its domain in ASCII (IDNA).

    Raises:
        BadValue: it is none.
    """
    typed = plain_text(text, ADDRESS_LIMIT)
    name, _at, domain = typed.rpartition("@")
    try:
        known = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        known = ""
    labels = known.split(".")
    good = (
        _LOCAL.fullmatch(name)
        and name.isprintable()
        and not (name.startswith(".") or name.endswith(".") or ".." in name)
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and len(known) + len(name.encode()) < ADDRESS_LIMIT
    )
    if not good:
        shown = "".join(sign if sign.isprintable() else "?" for sign in typed[:60])
        raise BadValue(Fault.NOT_A_MAIL_ADDRESS, value=shown)
    return f"{name}@{known}"
