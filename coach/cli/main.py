"""The command line: every command under one name."""

from __future__ import annotations

import click

import coach
from coach.cli import (
    archive,
    backup,
    decide,
    demo,
    doctor,
    erase,
    export,
    future_entries,
    import_,
    prepare,
    protocol,
    remind,
    serve,
    users,
)
from coach.cli.errors import Commands


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(coach.__version__, prog_name="Coach")
def main() -> None:
    """Coach: daily exercises after balloon kyphoplasty, from the first hour at home."""


main.add_command(users.user)
main.add_command(prepare.prepare)
main.add_command(backup.backup)
main.add_command(backup.restore)
main.add_command(backup.verify)
main.add_command(backup.rebuild)
main.add_command(future_entries.run)
main.add_command(remind.run)
main.add_command(erase.erase)
main.add_command(archive.export_all)
main.add_command(archive.import_all)
main.add_command(import_.import_)
main.add_command(export.export)
main.add_command(export.export_clinic)
main.add_command(doctor.doctor)
main.add_command(protocol.check_protocol)
main.add_command(protocol.drawing)
main.add_command(decide.decide)
main.add_command(serve.serve)
main.add_command(demo.demo)
