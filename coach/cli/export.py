"""The commands `export` (one patient in any format) and `export-clinic` (tables for analysis)."""

from __future__ import annotations

import sys
from pathlib import Path
from uuid import UUID

import click

from coach import i18n
from coach.cli import erase
from coach.desk.operator import archive, erasure, patient_files, record_access
from coach.export import formats
from coach.export.formats import Form, Paper
from coach.i18n import _
from coach.text import translation

PATH = click.Path(path_type=Path)
STANDARD_OUTPUT = "-"
BATCH = 100  # patients between two progress messages


@click.command()
@click.argument("patient", default="")
@click.option(
    "--format", "form", type=click.Choice([form.value for form in Form]), required=True, help="As what."
)
@click.option("--out", type=PATH, required=True, help="The new file; - is standard output.")
@click.option("--paper", type=click.Choice([paper.value for paper in Paper]), default=Paper.A4.value, show_default=True,
              help="For what is printed.")  # fmt: skip
def export(patient: str, form: str, out: Path, paper: str) -> None:
    """Write the record of PATIENT into a new file, for your account alone.

    PATIENT is the clinic's reference or the identifier; at home it can be left out. The forms:
    report (the progress report, PDF), sheet (the home exercise sheet, PDF), bone-letter (a letter to
    the family doctor about bone health, PDF), csv (tables, ZIP), json (everything as it was
    recorded), fhir (FHIR R4, JSON, to read), fhir-transaction (the same for a server, which the
    next one updates), ics (calendar). PostgreSQL needs COACH_OWNER_URL.
    """
    with record_access.reading() as (store, audited):
        patient_record = patient_files.patient_record(store, erasure.find(store, patient))
        clinics = Form(form) in formats.FROM_THE_CLINIC and patient_record.followed and i18n.usual()
        spoken = i18n.tag(clinics) if clinics else translation.tag_of(patient_record.history.settings)
        with i18n.speaking(spoken):
            made = formats.make(Form(form), patient_record, paper=Paper(paper))
    erase.tell_unaudited(audited=audited)
    if str(out) == STANDARD_OUTPUT:
        sys.stdout.buffer.write(made.content)
        return
    archive.write_new(out, made.content)
    click.echo(_("{file} is written. Keep it where nobody else can read it.").format(file=out))


@click.command("export-clinic")
@click.option("--out", type=PATH, required=True, help="The new folder.")
def export_clinic(out: Path) -> None:
    """Write the tables of all patients as Parquet files into a new folder, for analysis.

    Nobody is named: names, free text, dates and clock times are left out, and identifiers are
    replaced by others that lead back to nobody. Rare courses may still be recognised: share it as
    you would share health data.
    """
    from coach.export.tables import parquet

    with record_access.reading() as (store, audited), archive.new_folder(out), parquet.Writer(out) as writer:
        for patient_record in patient_files.patient_records(store, odd=_left_out):
            writer.add(patient_record)
            if writer.patients % BATCH == 0:
                click.echo(_("{n} patients").format(n=writer.patients), err=True)
    erase.tell_unaudited(audited=audited)
    told = _("{folder} holds {patients} patients with {rows} rows.")
    click.echo(told.format(folder=out, patients=writer.patients, rows=sum(writer.rows.values())))


def _left_out(patient: UUID, seq: int) -> None:
    told = _("Left out: patient {patient}, whose entry {seq} cannot be read. See: python -m coach verify")
    click.echo(told.format(patient=patient, seq=seq), err=True)
