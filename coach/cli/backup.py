"""The commands `backup`, `restore`, `verify` and `rebuild`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import click

from coach.cli.errors import CommandRefused, Words, saying
from coach.desk import RecordUnavailable
from coach.desk.operator import backup as desk_backup
from coach.desk.operator.backup import Finding, NoTombstones
from coach.i18n import _
from coach.text import backup as backup_text
from coach.text import errors as errors_text
from coach.text import times as times_text

PATH = click.Path(path_type=Path)
WRONG = 1


class NotWhole(CommandRefused):
    """The record or the backup is not whole; the findings follow, in the words of `verify`."""

    exit_code = WRONG

    def __init__(self, sentence: str, findings: Sequence[Finding]) -> None:
        super().__init__(sentence)
        self.findings = findings

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence as an error, and the findings as `verify` prints them."""
        click.echo(self.message, file=file, err=True)
        _tell(self.findings)


def _refused(refused: desk_backup.BackupRefused) -> str | CommandRefused:
    told = backup_text.refused(refused.why.value, refused.where)
    return NotWhole(told, refused.findings) if refused.findings else told


def _unavailable(trouble: RecordUnavailable) -> str:
    place = backup_text.place(trouble.reason, trouble.where)
    return place or errors_text.unavailable(trouble.reason, trouble.where)


#: Errors that concern the folder for backups, or the list of erased patients.
WORDS: Words = {
    desk_backup.BackupRefused: _refused,
    NoTombstones: lambda _none: backup_text.refused("no_tombstones"),
    RecordUnavailable: _unavailable,
}


def _tell(findings: Sequence[Finding]) -> None:
    for each in findings:
        told = backup_text.found(
            each.kind.value, patient=str(each.patient), seq=each.seq, many=each.many, detail=each.detail
        )
        click.echo(f"{'look':<6}{told}")


@click.command()
@click.argument("folder", type=PATH)
@saying(WORDS)
def backup(folder: Path) -> None:
    """Make a checked backup of the record in a new folder inside FOLDER. The server may run meanwhile.

    The new folder is named after the instant in UTC, and holds the record and, written last, manifest.json with
    its hash and the last hash of each patient. It is for your account alone: it holds everything, passwords and
    second factors included. On PostgreSQL it is an archive without those, and needs COACH_OWNER_URL.
    """
    made = desk_backup.back_up(folder)
    told = made.manifest
    click.echo(
        _("Backed up: {patients} patients, {entries} entries, {size} bytes.").format(
            patients=len(told.heads), entries=told.entries, size=told.size
        )
    )
    click.echo(_("It is in {folder}").format(folder=made.folder))
    for each in made.unfinished:
        click.echo(
            _("{folder} was never finished; delete it, unless another backup is running.").format(folder=each)
        )


@click.command()
@click.argument("folder", metavar="BACKUP", type=PATH)
@click.option("--tombstones", type=PATH, help="A list of erased patients, who do not come back.")
@saying(WORDS)
def restore(folder: Path, tombstones: Path | None) -> None:
    """Restore BACKUP, one dated folder, to where no record is.

    All of it is checked first. Who was erased since stays erased, as far as tombstones.json beside
    the backups or where the record is to be, or the list you name, tells. Accounts and sessions are
    as they were then; addresses of calendars and of e-mail reminders are to be made anew, for some
    may have been revoked since.
    """
    done = desk_backup.restore(folder, tombstones)
    newest = times_text.in_utc(done.newest) if done.newest else _("none")
    click.echo(
        _("Restored: {patients} patients, {entries} entries; the newest entry is of {newest}.").format(
            patients=done.patients, entries=done.entries, newest=newest
        )
    )
    if done.erased:
        click.echo(_("Left out, as they were erased: {n} patients.").format(n=done.erased))
    click.echo(_("Who may sign in is as it was then: see python -m coach user list"))


@click.command()
@click.option(
    "--against", metavar="BACKUP", type=PATH, help="A backup or its manifest: finds an end that was cut off."
)
@saying(WORDS)
def verify(against: Path | None) -> None:
    """Say whether the record is whole: the database, every patient's chain of hashes, what the caseload shows.

    Changes nothing, and the server may run meanwhile. The last lines give each patient's last entry
    and its hash: kept elsewhere, they prove an end that was cut off later, as --against does. Exit
    code 1 when something is wrong.
    """
    found = desk_backup.verified(against)
    _tell(found.findings)
    if not found.findings:
        click.echo(_("ok    The record {where} is whole.").format(where=found.where))
    if found.waiting:
        told = _("ok    {n} patients are worked out anew at the next look at a caseload.")
        click.echo(told.format(n=found.waiting))
    if against is None:
        click.echo(_("ok    An end that was cut off is found with --against and a backup alone."))
    for head in found.heads:
        click.echo(
            _("head  Patient {patient}: entry {seq}, {hash}").format(
                patient=head.patient, seq=head.seq, hash=head.hash or "-"
            )
        )
    sys.exit(WRONG if found.findings else 0)


@click.command()
@saying(WORDS)
def rebuild() -> None:
    """Work out anew from the entries what the caseload is read from, and prove that nothing differs afterwards.

    The server may run meanwhile. Exit code 1 when something is wrong.
    """

    def said(done: int, count: int) -> None:
        click.echo(_("{n} of {m} patients").format(n=done, m=count), err=True)

    done = desk_backup.rebuild_all(said=said)
    _tell(done.findings)
    if not done.findings:
        click.echo(_("ok    {n} patients: all as the entries say.").format(n=done.right))
    sys.exit(WRONG if done.findings else 0)
