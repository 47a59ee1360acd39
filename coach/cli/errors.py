"""What every command of the command line has in common: bad arguments and troubles are one sentence and exit code 2."""

from __future__ import annotations

import errno
from typing import Any

import click

from coach.domain.free_text import can_be_seen
from coach.i18n import _

LONGEST = 4_000  # characters of an argument; no path, name or reason is longer
SHOWN = 60


class Refused(click.ClickException):
    """What was asked cannot be done; one sentence says why."""

    exit_code = 2


class Commands(click.Group):
    """Commands whose arguments are looked at before anything is done with them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse an argument that is no text that could be shown or named; then read them all."""
        for number, each in enumerate(args, 1):
            if len(each) > LONGEST:
                told = _("Argument {n} is too long. At most {most} characters are taken.")
                raise Refused(told.format(n=number, most=LONGEST))
            if any("\ud800" <= sign <= "\udfff" for sign in each):
                raise Refused(_("Argument {n} is not UTF-8. Write it anew.").format(n=number))
            if "\0" in each or (each and not each.isspace() and not can_be_seen(each)):
                told = _("Argument {n} holds signs that cannot be seen. Write it anew.")
                raise Refused(told.format(n=number))
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a trouble of the system that it knows no word for is a sentence all the same."""
        try:
            return super().invoke(ctx)
        except OSError as trouble:
            if trouble.errno == errno.EPIPE:  # nobody reads on
                raise
            what = str(trouble.filename or "")[:SHOWN]
            told = _("{what} cannot be used: {why}.") if what else _("That could not be done: {why}.")
            raise Refused(told.format(what=what, why=trouble.strerror or type(trouble).__name__)) from None
