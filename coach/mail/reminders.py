"""Sends the reminder e-mails that are due, one a day each, and the code that confirms an address.

Each e-mail is claimed in the record, sent, and settled there. A program that dies between sending
and settling leaves its claim; a quarter of an hour later the e-mail is sent once more, and never a
third time.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from coach import i18n
from coach.desk import Installation
from coach.desk.clinic.reminder_queue import DueMail, ReminderQueue
from coach.desk.installation import clock
from coach.desk.patient.reminders import Code
from coach.mail import texts
from coach.mail.smtp import AddressRefused, Failed, NotSent, Post, Unsure

__all__ = ["STOP", "Round", "run", "send_code"]

STOP = "/reminders/stop/"
LONGEST_LINE = 500  # characters of a line, so that no header with a link is folded

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """How many e-mails were sent, and how many were due and could not be."""

    sent: int
    failed: int


def run(installation: Installation, post: Post) -> Round:
    """Send the e-mails that are due now.

    Those that could not be sent are due again in the next run.
    """
    queue, sent, failed = ReminderQueue(installation), 0, 0
    due = queue.due()
    first = next(due, None)
    if first is None:
        return Round(0, 0)
    try:
        with post.connected() as server:
            current: DueMail | None = first
            while current is not None:
                going_on = True
                try:
                    post.send(server, _reminder(post, current), current.address)
                    queue.sent(current)
                    sent += 1
                except Failed as trouble:
                    going_on = _not_sent(queue, current, trouble)
                    failed += 1
                current = next(due, None) if going_on else None
    except NotSent as trouble:
        queue.not_sent(first)
        _log.warning("The mail server cannot be used (%s); reminders are tried again later.", str(trouble))
        return Round(0, 1)
    return Round(sent, failed)


def _not_sent(queue: ReminderQueue, due: DueMail, trouble: Failed) -> bool:
    """Settle or release a claim after a failure.

    Tell whether the server can be used for the next.
    """
    match trouble:
        case AddressRefused():
            queue.given_up(due)
            _log.warning("The mail server refused a reminder (%s); none goes there today.", str(trouble))
            return True
        case Unsure():  # the claim stays, so it is sent once more at most
            _log.warning("A reminder may not have been sent (%s).", str(trouble))
        case _:
            queue.not_sent(due)
            _log.warning("A reminder was not sent (%s); it is tried again later.", str(trouble))
    return False


def send_code(post: Post, code: Code) -> None:
    """Send the code that confirms an address.

    Raises:
        Failed: it was not sent, or it is unknown whether it was.
    """
    subject, text = texts.confirmation(code.code, post.url, stop_link(post, code.stop_secret))
    message = _message(post, code.address, subject, text, code.stop_secret, now=clock.now())
    with post.connected() as server:
        post.send(server, message, code.address)


def _reminder(post: Post, due: DueMail) -> EmailMessage:
    with i18n.speaking(i18n.tag(due.asked, choice=due.language, country=due.country)):
        subject, text = texts.reminder(due.names, post.url, stop_link(post, due.stop_secret))
    return _message(post, due.address, subject, text, due.stop_secret, now=due.claimed_at)


def stop_link(post: Post, secret: str) -> str:
    """Return the link that ends the reminders."""
    return f"{post.url}{STOP}{secret}"


def _message(post: Post, to: str, subject: str, text: str, secret: str, *, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP.clone(max_line_length=LONGEST_LINE))
    message["From"] = post.sender
    try:
        message["To"] = to
    except ValueError:  # a line break in the address, which no desk accepts
        raise AddressRefused("ValueError") from None
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=post.domain)
    message["List-Unsubscribe"] = f"<{stop_link(post, secret)}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text + "\n")
    return message
