"""The command line's hold on the whole record: erase somebody, take everything out, take everything in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import NoReturn, ParamSpec
from uuid import UUID

import click

from coach.cli.errors import Refused
from coach.desk import RecordUnavailable
from coach.desk.operator import record_access
from coach.desk.operator.record_access import NoOwner, NoTombstones, Several, Why
from coach.domain.errors import BadValue
from coach.i18n import N_, _
from coach.text import errors as errors_text

P = ParamSpec("P")
FILE = click.Path(path_type=Path)
WRONG = 1

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
        except record_access.Refused as refused:
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


def _refusal(refused: record_access.Refused) -> str:
    if refused.why is Why.CANNOT_WRITE:
        return _(CANNOT_WRITE.get(refused.what, N_("The file could not be written.")))
    return _(REFUSALS[refused.why]).format(what=refused.what)


# erase


@click.command()
@click.argument("patient", default="")
@click.option("--yes", is_flag=True, help="Do not ask for the name again.")
@plainly
def erase(patient: str, *, yes: bool) -> None:
    """Erase PATIENT for good, named by reference or identifier; at home it is the one patient.

    Everything told, the name and the way to sign in go. What stays: the lines of the audit, which know an
    identifier and no name, and a tombstone without a name, by which older backups are cleaned when they are
    restored. The server may run meanwhile. PostgreSQL needs COACH_OWNER_URL. Exit code 1 when something is left.
    """
    store = record_access.opened()
    try:
        who = record_access.find(store, patient)
        if record_access.was_erased(store, who):
            click.echo(_("This patient was erased already."))
            _finish(store, who, None)
            return
        found = record_access.case(store, who)
        _tell(found)
        if not yes:
            _ask(found)
        erased = _erase(store, who)
        click.echo(_("Erased: {n} entries.").format(n=erased.stone.head_seq))
        _finish(store, who, erased)
    finally:
        store.close()


def _tell(found: record_access.Found) -> None:
    name = found.name or str(found.case.patient)
    click.echo(_("This erases {name} and {n} entries for good.").format(name=name, n=found.case.entries))
    if found.case.works_here:
        click.echo(_("The account stays, as they work here; it is a patient's no more."))
    elif found.case.has_account:
        click.echo(_("Their way to sign in goes too; they are signed out everywhere."))
    click.echo(_("Kept: the lines of the audit, without a name, and a tombstone, without a name."))
    click.echo(_("Backups and archives made before now still hold everything: delete them."))


def _ask(found: record_access.Found) -> None:
    wanted = found.name or str(found.case.patient)
    try:
        said = click.prompt(
            _("Write {name} again to go on").format(name=wanted), default="", show_default=False
        )
    except click.Abort:  # nobody is there to ask
        click.echo()
        said = ""
    if said.strip() != wanted.strip():
        raise Refused(_("That is not the same. Nothing was erased."))


def _erase(store: record_access.Store, who: UUID) -> record_access.Erased:
    try:
        return record_access.erase(store, who)
    except RecordUnavailable as trouble:
        told = errors_text.unavailable(trouble.reason, trouble.where)
        raise Refused(_("Nothing was erased. {why}").format(why=told)) from None


def _finish(store: record_access.Store, who: UUID, erased: record_access.Erased | None) -> None:
    """Write the list of tombstones and the database anew; what is left to do is said, with exit code 1."""
    again = _("Then run it again: python -m coach erase {id}").format(id=who)
    try:
        record_access.note(store)
    except (NoTombstones, OSError):
        told = _("The list of tombstones {file} cannot be written: put that right.")
        _wrong(told.format(file=record_access.stones_file(record_access.address())), again)
    try:
        left = record_access.finish(store, erased)
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
    """Say that the audit does not know of what was taken out, where the record's disk can only be read."""
    if not audited:
        click.echo(
            _("The disk of the record can only be read: the audit does not know of this export."), err=True
        )


@click.command("export-all")
@click.argument("file", type=FILE)
@plainly
def export_all(file: Path) -> None:
    """Write the whole record into a new archive FILE, for your account alone.

    It holds everything but passwords, second factors, invitations and sessions, in a documented format
    (coach/records/upkeep/archive.py). The server may run meanwhile. PostgreSQL needs COACH_OWNER_URL.
    """
    with record_access.reading() as (store, audited):
        counts = record_access.export(store, file)
    tell_unaudited(audited=audited)
    told = _("{file} holds {patients} patients with {entries} entries.")
    click.echo(told.format(file=file, patients=counts.patients, entries=counts.entries))
    click.echo(_("It is not encrypted: keep it where nobody else can read it."))


@click.command("import-all")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Only verify the archive.")
@click.option("--tombstones", type=FILE, help="A list of who was erased; they are left out.")
@plainly
def import_all(file: Path, *, dry_run: bool, tombstones: Path | None) -> None:
    """Take the archive FILE into an empty record: all of it, or nothing.

    Everything in it is verified first. Whoever was erased, as the archive or a list of tombstones tells, is left
    out. Nobody can sign in before they are invited anew. PostgreSQL needs COACH_OWNER_URL.
    """
    take_in(file, dry_run=dry_run, tombstones=tombstones)


def take_in(file: Path, *, dry_run: bool, tombstones: Path | None = None) -> None:
    """Take an archive in and tell how much it holds."""
    counts = record_access.take_in(file, listed=tombstones, store_it=not dry_run)
    told = (
        _("The archive is good: {patients} patients with {entries} entries. Nothing was stored.")
        if dry_run
        else _("Taken in: {patients} patients with {entries} entries.")
    )
    click.echo(told.format(patients=counts.patients, entries=counts.entries))
    if counts.erased:
        click.echo(_("Left out, as they were erased: {n} patients.").format(n=counts.erased))
    if not dry_run and counts.accounts:
        click.echo(_("Everybody who signs in must be invited anew. See: python -m coach user --help"))
