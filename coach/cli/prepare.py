"""The command `prepare`: tables of PostgreSQL, and the rights of the serving role."""

from __future__ import annotations

import click

from coach.cli.errors import Words, saying
from coach.desk.operator import prepare as desk_prepare
from coach.i18n import _

WORDS: Words = {
    desk_prepare.NotNamed: lambda _none: _(
        "Name the role that serves people in COACH_DATABASE_URL and the owner of the tables in COACH_OWNER_URL."
    ),
    desk_prepare.NotPostgres: lambda _file: _(
        "Only PostgreSQL is prepared; a file is made when Coach starts."
    ),
    desk_prepare.NoSuchRole: lambda missing: _(
        "The server has no role {role}. Make it first: CREATE ROLE {role} LOGIN PASSWORD '...'"
    ).format(role=missing.role),
}


@click.command()
@saying(WORDS)
def prepare() -> None:
    """Make or migrate the tables of a PostgreSQL record, and grant its role what serving people needs.

    COACH_OWNER_URL names the role that owns the tables, COACH_DATABASE_URL the one that serves
    people. Both must exist. Run it once before the first start, and after each update. A file needs
    none of this.
    """
    role = desk_prepare.prepare()
    click.echo(_("The tables are ready. The role {role} serves people.").format(role=role))
