"""The commands `check-protocol` and `drawing`."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import click

from coach.cli.errors import Words, saying
from coach.i18n import _
from coach.protocols import drawings, loader


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


@click.command("drawing")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
def drawing(file: TextIO) -> None:
    """Print the SVG drawing in FILE as a protocol keeps it: lines and shapes alone.

    It goes into the table [drawings] of a protocol file, under a name that an exercise gives as its
    drawing. Exit code 2 and a sentence for what cannot be kept safely.
    """
    # A text that is not UTF-8 is a ValueError too: the first match counts
    words: Words = {
        UnicodeDecodeError: lambda _error: _("The drawing is not UTF-8. Save it as plain SVG."),
        ValueError: str,
    }
    with saying(words):
        click.echo(drawings.sanitised(file.read()))
