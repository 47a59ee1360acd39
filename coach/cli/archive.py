"""The commands `export-all` and `import-all`: a whole record as an archive."""

from __future__ import annotations

from pathlib import Path

import click

from coach.cli.erase import FILE, tell_unaudited
from coach.desk.operator import archive, record_access
from coach.i18n import _


@click.command("export-all")
@click.argument("file", type=FILE)
def export_all(file: Path) -> None:
    """Write the whole record into a new archive FILE, for your account alone.

    It holds everything but passwords, second factors, invitations and sessions, in a documented
    format (coach/records/upkeep/archive.py). The server may run meanwhile. PostgreSQL needs
    COACH_OWNER_URL.
    """
    with record_access.reading() as (store, audited):
        counts = archive.export(store, file)
    tell_unaudited(audited=audited)
    told = _("{file} holds {patients} patients with {entries} entries.")
    click.echo(told.format(file=file, patients=counts.patients, entries=counts.entries))
    click.echo(_("It is not encrypted: keep it where nobody else can read it."))


@click.command("import-all")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Only verify the archive.")
@click.option("--tombstones", type=FILE, help="A list of who was erased; they are left out.")
def import_all(file: Path, *, dry_run: bool, tombstones: Path | None) -> None:
    """Take the archive FILE into an empty record: all of it, or nothing.

    Everything in it is verified first. Whoever was erased, as the archive or a list of tombstones
    tells, is left out. Nobody can sign in before they are invited anew. PostgreSQL needs
    COACH_OWNER_URL.
    """
    take_in(file, dry_run=dry_run, tombstones=tombstones)


def take_in(file: Path, *, dry_run: bool, tombstones: Path | None = None) -> None:
    """Import an archive and print how much it holds."""
    counts = archive.take_in(file, listed=tombstones, store_it=not dry_run)
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
