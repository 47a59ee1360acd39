"""The command `erase`: erases one patient for good."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn
from uuid import UUID

import click

from coach.cli.errors import CommandRefused, saying
from coach.desk import RecordUnavailable
from coach.desk.operator import erasure, record_access
from coach.desk.operator.archive import NoTombstones
from coach.desk.operator.record_access import Store
from coach.i18n import _
from coach.text import errors as errors_text

FILE = click.Path(path_type=Path)
WRONG = 1


# erase


@click.command()
@click.argument("patient", default="")
@click.option("--yes", is_flag=True, help="Do not ask for the name again.")
def erase(patient: str, *, yes: bool) -> None:
    """Erase PATIENT for good, named by reference or identifier; at home it is the one patient.

    Everything told, the name and the way to sign in go. What stays: the lines of the audit, which
    know an identifier and no name, and a tombstone without a name, by which older backups are
    cleaned when they are restored. The server may run meanwhile. PostgreSQL needs COACH_OWNER_URL.
    Exit code 1 when something is left.
    """
    store = record_access.opened()
    try:
        who = erasure.find(store, patient)
        if erasure.was_erased(store, who):
            click.echo(_("This patient was erased already."))
            _finish(store, who, None)
            return
        found = erasure.case(store, who)
        _tell(found)
        if not yes:
            _ask(found)
        erased = _erase(store, who)
        click.echo(_("Erased: {n} entries.").format(n=erased.stone.head_seq))
        _finish(store, who, erased)
    finally:
        store.close()


def _tell(found: erasure.Found) -> None:
    name = found.name or str(found.case.patient)
    click.echo(_("This erases {name} and {n} entries for good.").format(name=name, n=found.case.entries))
    if found.case.works_here:
        click.echo(_("The account stays, as they work here; it is a patient's no more."))
    elif found.case.has_account:
        click.echo(_("Their way to sign in goes too; they are signed out everywhere."))
    click.echo(_("Kept: the lines of the audit, without a name, and a tombstone, without a name."))
    click.echo(_("Backups and archives made before now still hold everything: delete them."))


def _ask(found: erasure.Found) -> None:
    wanted = found.name or str(found.case.patient)
    try:
        said = click.prompt(
            _("Write {name} again to go on").format(name=wanted), default="", show_default=False
        )
    except click.Abort:  # no terminal to ask on
        click.echo()
        said = ""
    if said.strip() != wanted.strip():
        raise CommandRefused(_("That is not the same. Nothing was erased."))


def _erase(store: Store, who: UUID) -> erasure.Erased:
    def untouched(trouble: RecordUnavailable) -> str:
        told = errors_text.unavailable(trouble.reason, trouble.where)
        return _("Nothing was erased. {why}").format(why=told)

    with saying({RecordUnavailable: untouched}):
        return erasure.erase(store, who)


def _finish(store: Store, who: UUID, erased: erasure.Erased | None) -> None:
    """Rewrite the list of tombstones and the database.

    Print what is left to do, with exit code 1.
    """
    again = _("Then run it again: python -m coach erase {id}").format(id=who)
    try:
        erasure.note(store)
    except (NoTombstones, OSError):
        told = _("The list of tombstones {file} cannot be written: put that right.")
        _wrong(told.format(file=record_access.stones_file(record_access.address())), again)
    try:
        left = erasure.finish(store, erased)
    except RecordUnavailable as trouble:
        told = _("The patient is erased, but the files still hold traces, as they could not be written anew.")
        _wrong(told, errors_text.unavailable(trouble.reason, trouble.where), again)
    if left:
        told = _("Traces of the patient are left in the files ({n}). Stop the server.").format(n=left)
        _wrong(told, again)
    if store.path is None:
        click.echo(_("The tables were written anew. The server's own logs and backups are yours to clean."))
    else:
        click.echo(_("The file was written anew, and nothing of the patient is found in it."))


def _wrong(*sentences: str) -> NoReturn:
    click.echo(" ".join(sentences), err=True)
    sys.exit(WRONG)


# export-all, import-all


def tell_unaudited(*, audited: bool) -> None:
    """Print that an export is not in the audit, because the record's disk is read-only."""
    if not audited:
        click.echo(
            _("The disk of the record can only be read: the audit does not know of this export."), err=True
        )
