"""The command `future`: entries dated in the future by a wrong clock, and setting them aside."""

from __future__ import annotations

import sys

import click

from coach.cli.errors import CommandRefused, Words, saying
from coach.desk.operator import future_entries
from coach.i18n import N_, _
from coach.text import times as times_text

WHY = N_("Recorded while the computer's clock was wrong.")
WRONG = 1
WORDS: Words = {
    future_entries.ClockWrong: lambda _wrong: _(
        "Every entry lies ahead of this computer's clock: it is the clock that is wrong. Set it right."
    ),
    future_entries.NoOwner: lambda _none: _("Name the role that owns the tables in COACH_OWNER_URL."),
}


@click.command("future")
@click.option("--set-aside", is_flag=True, help="Set these entries aside: they stay, and count for nothing.")
@click.option("--yes", is_flag=True, help="Do not ask whether this computer's clock is right now.")
@saying(WORDS)
def run(*, set_aside: bool, yes: bool) -> None:
    """List what was recorded while the clock stood ahead; as long as it counts, nothing more can be recorded.

    Look at this computer's clock first. Entries that are set aside stay in the record with the reason, and no chart, dose
    or export counts them; a warning sign among them is recorded again as of now. Exit code 1 while something
    lies ahead. On PostgreSQL it needs COACH_OWNER_URL.
    """
    store = future_entries.opened()
    try:
        left = _tell(future_entries.listed(store))
        if left and set_aside:
            question = _("Is this computer's clock right, and are these entries to be set aside?")
            if not yes and not click.confirm(question):
                raise CommandRefused(_("Nothing was set aside."))
            done = future_entries.set_aside(store, _(WHY))
            click.echo(_("Set aside: {n} entries. Patients can record again.").format(n=done))
            left = 0
    finally:
        store.close()
    sys.exit(WRONG if left else 0)


def _tell(found: future_entries.Future) -> int:
    """Print what is dated in the future; return the number of entries."""
    click.echo(_("This computer's clock says {now}.").format(now=times_text.in_utc(found.now)))
    for each in found.patients:
        told = _("look  Patient {patient}: {n} entries were recorded later than now, {first} to {last}.")
        click.echo(
            told.format(
                patient=each.patient,
                n=each.count,
                first=times_text.in_utc(each.first),
                last=times_text.in_utc(each.last),
            )
        )
    for starts_at in found.protocols:
        told = _(
            "look  A protocol is to hold from {moment}, for it was put in force while the clock stood ahead. On the page "
            "Protocols put the right one in force, for now and for that day."
        )
        click.echo(told.format(moment=times_text.in_utc(starts_at)))
    if not found.patients and not found.protocols:
        click.echo(_("ok    Nothing lies ahead of it."))
    return sum(each.count for each in found.patients)
