"""The command `remind`: sends the e-mails that are due now."""

from __future__ import annotations

import sys

import click

from coach import desk
from coach.cli.errors import CommandRefused
from coach.desk.operator.record_access import NoRecord
from coach.i18n import _, ngettext
from coach.mail import reminders, smtp


@click.command("remind")
def run() -> None:
    """Send the e-mail reminders that are due now; a second run at once sends nothing.

    COACH_SMTP_URL names the mail server, COACH_MAIL_FROM the sender and COACH_PUBLIC_URL where
    people reach Coach. A running server with these does the same every few minutes. Exit code 1
    when something could not be sent: it is tried again at the next run.
    """
    by = smtp.configured()
    if by is None:
        raise CommandRefused(_("No e-mail is sent: COACH_SMTP_URL names no mail server."))
    if not desk.is_there():
        raise NoRecord(desk.where())
    told = reminders.run(desk.open_installation(), by)
    click.echo(ngettext("Sent: {n} e-mail.", "Sent: {n} e-mails.", told.sent).format(n=told.sent))
    if told.failed:
        click.echo(_("Not everything could be sent. It is tried again at the next run."), err=True)
        sys.exit(1)
