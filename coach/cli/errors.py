"""What every command of the command line has in common: bad arguments and troubles are one sentence and exit code 2."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec

import click

from coach.desk import RecordUnavailable
from coach.desk.operator import archive, record_access
from coach.desk.operator.archive import NoTombstones, Why
from coach.desk.operator.record_access import NoOwner, Several
from coach.domain.errors import BadValue
from coach.domain.free_text import can_be_seen
from coach.i18n import N_, _
from coach.text import errors as errors_text

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


P = ParamSpec("P")


REFUSALS: Mapping[Why, str] = {
    Why.EXISTS: N_("There is a file {what} already. Name another one."),
    Why.FAULTY_RECORD: N_("The record is not whole, so it is not exported. See: python -m coach verify"),
    Why.CANNOT_READ: N_("{what} cannot be read as a file."),
    Why.NOT_AN_ARCHIVE: N_("{what} is no archive of Coach, or it is cut off."),
    Why.NEWER: N_("The archive was made by a newer version of Coach: update this one first."),
    Why.MISSING: N_("The archive is not whole: {what} is missing in it."),
    Why.UNEXPECTED: N_("The archive holds {what}, which is no part of it."),
    Why.TOO_LARGE: N_("{what} unpacks to more than an archive may hold."),
    Why.DAMAGED: N_("The archive is damaged: {what} is not as it was written."),
    Why.CHAIN: N_("The archive is damaged: the entries of the patient {what} do not follow from one another."),
    Why.UNKNOWN_ENTRY: N_("The archive has entries in {what} that only a newer Coach knows: update this one first."),
    Why.PEOPLE: N_("The archive is damaged: its people do not fit together."),
    Why.NEVER_RECORDED: N_("The archive was changed: it holds what Coach never records ({what})."),
    Why.NOT_EMPTY: N_("The record is not empty: name an empty place with COACH_HOME or COACH_DATABASE_URL."),
    Why.OTHER_MODE: N_("The record belongs to the other mode, home or clinic: name an empty place for it."),
}  # fmt: skip


CANNOT_WRITE: Mapping[str, str] = {
    "disk_full": N_("The disk is full. Nothing was written."),
    "read_only": N_("The disk can only be read. Nothing was written."),
    "no_permission": N_("Your account may not write there. Nothing was written."),
    "missing": N_("There is no such folder. Nothing was written."),
}


def plainly(act: Callable[P, None]) -> Callable[P, None]:
    """What goes wrong in a command is one sentence."""

    @wraps(act)
    def command(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            act(*args, **kwargs)
        except NoOwner:
            told = _(
                "Name the role that owns the tables in COACH_OWNER_URL; the one that serves people may not."
            )
            raise Refused(told) from None
        except record_access.NoRecord as none:
            raise Refused(errors_text.no_record(none.where)) from None
        except RecordUnavailable as trouble:
            raise Refused(errors_text.unavailable(trouble.reason, trouble.where)) from None
        except archive.Refused as refused:
            raise Refused(_refusal(refused)) from None
        except Several:
            told = _("Several patients have that reference. Name the one by the identifier.")
            raise Refused(told) from None
        except LookupError:
            raise Refused(_("There is no such patient.")) from None
        except NoTombstones:
            raise Refused(_("The list of tombstones cannot be read.")) from None
        except BadValue as refused:
            raise Refused(errors_text.refusal(refused)) from None

    return command


def _refusal(refused: archive.Refused) -> str:
    if refused.why is Why.CANNOT_WRITE:
        return _(CANNOT_WRITE.get(refused.what, N_("The file could not be written.")))
    return _(REFUSALS[refused.why]).format(what=refused.what)
