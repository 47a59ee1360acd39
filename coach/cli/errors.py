"""How every command reports errors: one sentence and exit code 2.

A command lets exceptions pass; `Commands` turns each into a sentence by the table `SAID`. A command
that reports the same exception in other words uses `saying`.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any

import click

from coach.config.mode import Unsafe
from coach.desk import RecordUnavailable
from coach.desk.operator.archive import ArchiveFault, ArchiveRefused, NoTombstones
from coach.desk.operator.record_access import NoOwner, NoRecord, NoSuchPatient, Several
from coach.domain.errors import BadValue
from coach.domain.free_text import can_be_seen
from coach.i18n import N_, _
from coach.mail import texts
from coach.mail.smtp import Unsettled
from coach.protocols.reading import ProtocolError
from coach.text import errors as errors_text
from coach.text import startup

LONGEST = 4_000  # characters of an argument: more than any path, name or reason has
SHOWN = 60


class CommandRefused(click.ClickException):
    """A command is refused: a sentence says why, after a line for each of several faults."""

    exit_code = 2

    def __init__(self, sentence: str, lines: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.lines = tuple(lines)

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the lines and the sentence as errors."""
        for line in self.lines:
            click.echo(line, file=file, err=True)
        if self.message:
            super().show(file)


#: What an exception becomes: a sentence, or a refusal with more lines.
Words = Mapping[type[Exception], Callable[[Any], "str | CommandRefused"]]


@contextmanager
def saying(words: Words) -> Iterator[None]:
    """Report exceptions of the block in these words; the first match counts. Also a decorator."""
    try:
        yield
    except tuple(words) as trouble:
        said = next(say for kind, say in words.items() if isinstance(trouble, kind))(trouble)
        raise (CommandRefused(said) if isinstance(said, str) else said) from None


class Commands(click.Group):
    """Commands whose arguments are checked first, and whose exceptions become sentences."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse an argument that cannot be shown as text; then parse them all."""
        for number, each in enumerate(args, 1):
            if len(each) > LONGEST:
                told = _("Argument {n} is too long. At most {most} characters are taken.")
                raise CommandRefused(told.format(n=number, most=LONGEST))
            if any("\ud800" <= sign <= "\udfff" for sign in each):
                raise CommandRefused(_("Argument {n} is not UTF-8. Write it anew.").format(n=number))
            if "\0" in each or (each and not each.isspace() and not can_be_seen(each)):
                told = _("Argument {n} holds signs that cannot be seen. Write it anew.")
                raise CommandRefused(told.format(n=number))
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; its exceptions are reported by `SAID`."""
        with saying(SAID):
            return super().invoke(ctx)


ARCHIVE: Mapping[ArchiveFault, str] = {
    ArchiveFault.EXISTS: N_("There is a file {what} already. Name another one."),
    ArchiveFault.FAULTY_RECORD: N_("The record is not whole, so it is not exported. See: python -m coach verify"),
    ArchiveFault.CANNOT_READ: N_("{what} cannot be read as a file."),
    ArchiveFault.NOT_AN_ARCHIVE: N_("{what} is no archive of Coach, or it is cut off."),
    ArchiveFault.NEWER: N_("The archive was made by a newer version of Coach: update this one first."),
    ArchiveFault.MISSING: N_("The archive is not whole: {what} is missing in it."),
    ArchiveFault.UNEXPECTED: N_("The archive holds {what}, which is no part of it."),
    ArchiveFault.TOO_LARGE: N_("{what} unpacks to more than an archive may hold."),
    ArchiveFault.DAMAGED: N_("The archive is damaged: {what} is not as it was written."),
    ArchiveFault.CHAIN: N_("The archive is damaged: the entries of the patient {what} do not follow from one another."),
    ArchiveFault.UNKNOWN_ENTRY: N_("The archive has entries in {what} that only a newer Coach knows: update this one first."),
    ArchiveFault.PEOPLE: N_("The archive is damaged: its people do not fit together."),
    ArchiveFault.NEVER_RECORDED: N_("The archive was changed: it holds what Coach never records ({what})."),
    ArchiveFault.NOT_EMPTY: N_("The record is not empty: name an empty place with COACH_HOME or COACH_DATABASE_URL."),
    ArchiveFault.OTHER_MODE: N_("The record belongs to the other mode, home or clinic: name an empty place for it."),
}  # fmt: skip


CANNOT_WRITE: Mapping[str, str] = {
    "disk_full": N_("The disk is full. Nothing was written."),
    "read_only": N_("The disk can only be read. Nothing was written."),
    "no_permission": N_("Your account may not write there. Nothing was written."),
    "missing": N_("There is no such folder. Nothing was written."),
}


def archive_refusal(refused: ArchiveRefused) -> str:
    """Return why no archive was written or imported."""
    if refused.why is ArchiveFault.CANNOT_WRITE:
        return _(CANNOT_WRITE.get(refused.what, N_("The file could not be written.")))
    return _(ARCHIVE[refused.why]).format(what=refused.what)


def of_protocol(refused: ProtocolError) -> CommandRefused:
    """Return the refusal of a protocol file: a line for each problem."""
    return CommandRefused("", [f"{problem.file}: {problem}" for problem in refused.problems])


def _of_system(trouble: OSError) -> str:
    """Return the sentence for any other error of the system."""
    if trouble.errno == errno.EPIPE:  # the reader of the output has ended
        raise trouble
    what = str(trouble.filename or "")[:SHOWN]
    told = _("{what} cannot be used: {why}.") if what else _("That could not be done: {why}.")
    return told.format(what=what, why=trouble.strerror or type(trouble).__name__)


#: The sentence of each exception, for all commands; a subclass comes before its base.
SAID: Words = {
    NoRecord: lambda none: errors_text.no_record(none.where),
    RecordUnavailable: lambda trouble: errors_text.unavailable(trouble.reason, trouble.where),
    NoOwner: lambda _none: _(
        "Name the role that owns the tables in COACH_OWNER_URL; the one that serves people may not."
    ),
    Unsafe: lambda unsafe: startup.unsafe(unsafe.why, unsafe.name),
    Unsettled: lambda trouble: texts.unsettled(trouble.why),
    ArchiveRefused: archive_refusal,
    NoTombstones: lambda _none: _("The list of tombstones cannot be read."),
    ProtocolError: of_protocol,
    Several: lambda _several: _("Several patients have that reference. Name the one by the identifier."),
    NoSuchPatient: lambda _none: _("There is no such patient."),
    BadValue: errors_text.refusal,
    OSError: _of_system,
}
