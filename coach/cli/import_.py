"""The command `import`: a paper diary of one patient, or a whole archive."""

from __future__ import annotations

from pathlib import Path

import click

from coach.cli import archive
from coach.cli.errors import CommandRefused, saying
from coach.desk.operator import archive as archive_desk
from coach.desk.operator import erasure, patient_files, record_access
from coach.desk.patient.diary_file import MOST_BYTES
from coach.domain.date_reading import DayOrder
from coach.domain.diary_import import Amiss
from coach.i18n import _
from coach.text import diary_import as diary_import_text

PATH = click.Path(path_type=Path)
WRONG_SHOWN = 20
ZIP = b"PK\x03\x04"
TABLES = frozenset({".csv", ".xlsx", ".xlsm", ".ods"})  # spreadsheet workbooks, some of which are ZIP files


def _refused(refused: patient_files.PaperRefused) -> CommandRefused:
    wrong = refused.paper.wrong
    lines = diary_import_text.said(wrong, WRONG_SHOWN)
    if any(each.why is Amiss.DAY_ORDER for each in wrong):
        lines = [*lines, _("Say it with --dates day-first or --dates month-first.")]
    if any(each.why is Amiss.REPS_MANY for each in wrong):
        lines = [*lines, _("Where they are right, say so with --many.")]
    return CommandRefused(_("Nothing was stored."), lines)


@click.command("import")
@click.argument("file", type=PATH)
@click.argument("patient", default="")
@click.option("--dry-run", is_flag=True, help="Only say what it holds, and what is wrong.")
@click.option(
    "--dates",
    type=click.Choice([order.value.replace("_", "-") for order in DayOrder]),
    help="What comes first in dates such as 3/4/2026, where the file does not show it.",
)
@click.option("--many", is_flag=True, help="Very many reps at one go are right as they are written.")
@saying({patient_files.PaperRefused: _refused})
def import_(file: Path, patient: str, *, dry_run: bool, dates: str | None, many: bool) -> None:
    """Take FILE in: a paper diary (CSV) of PATIENT, or an archive of export-all (ZIP) into an empty record.

    PATIENT is the clinic's reference or the identifier; at home it can be left out. A paper diary
    has the columns date, time, what, reps, score and note (coach/desk/patient/diary_file.py says
    what they hold). All of it is stored or nothing, and a line that is recorded already is left
    out, so the same file can come twice. Exit code 2 with a sentence for each line that is wrong.
    PostgreSQL needs COACH_OWNER_URL.
    """
    # One byte more than a diary may have, to notice a file that is too large.
    content = archive_desk.beginning(file, MOST_BYTES + 1)
    order = DayOrder(dates.replace("-", "_")) if dates else None
    if file.suffix.lower() == ".zip" or (content.startswith(ZIP) and file.suffix.lower() not in TABLES):
        if patient:
            raise CommandRefused(_("An archive holds all patients: name none."))
        archive.take_in(file, dry_run=dry_run)
        return
    store = record_access.opened()
    try:
        who = erasure.find(store, patient)
        paper = patient_files.import_diary(store, who, content, store_it=not dry_run, order=order, many=many)
    finally:
        store.close()
    for sentence in diary_import_text.read_as(paper.read_as):
        click.echo(sentence)
    if paper.there:
        click.echo(diary_import_text.there(paper))
    if not paper.moments:
        click.echo(_("There is nothing new in the file. Nothing was stored."))
    elif dry_run:
        what = diary_import_text.counted(paper)
        click.echo(_("The file is good and has {what} to add. Nothing was stored.").format(what=what))
    else:
        click.echo(_("Taken in: {what}.").format(what=diary_import_text.counted(paper)))
