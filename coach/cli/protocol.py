"""The command `check-protocol`."""

from __future__ import annotations

from pathlib import Path

import click

from coach.i18n import _
from coach.protocols import loader


@click.command("check-protocol")
@click.argument("file", type=click.Path(path_type=Path))
def check_protocol(file: Path) -> None:
    """Say whether FILE is a protocol that Coach can use, or everything that is wrong with it.

    Each problem names the file, the place in it, what is wrong and what is allowed. Exit code 0
    for a good file, 2 otherwise.
    """
    protocol = loader.load(file)
    click.echo(
        _(
            "ok: {file} is {id} {version} with {routines} exercises, {phases} phases, {flags} warning signs, "
            "{questions} questions and {sources} sources."
        ).format(
            file=file,
            id=protocol.id,
            version=protocol.version,
            routines=len(protocol.routines),
            phases=len(protocol.phases),
            flags=len(protocol.red_flags),
            questions=len(protocol.questions),
            sources=len(protocol.sources),
        )
    )
