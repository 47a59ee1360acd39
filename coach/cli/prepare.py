"""The command line's preparation of a PostgreSQL server: its tables, and what the role that serves people may do."""

from __future__ import annotations

import click

from coach.cli.errors import Refused
from coach.desk import RecordUnavailable
from coach.desk.operator import prepare as desk_prepare
from coach.i18n import _
from coach.text import errors as errors_text


@click.command()
def prepare() -> None:
    """Make or migrate the tables of a PostgreSQL record, and grant its role what serving people needs.

    COACH_OWNER_URL names the role that owns the tables, COACH_DATABASE_URL the one that serves people. Both
    must exist. Run it once before the first start, and after each update. A file needs none of this.
    """
    try:
        role = desk_prepare.prepare()
    except desk_prepare.NotNamed:
        raise Refused(
            _(
                "Name the role that serves people in COACH_DATABASE_URL and the owner of the tables in COACH_OWNER_URL."
            )
        ) from None
    except desk_prepare.NotPostgres:
        raise Refused(_("Only PostgreSQL is prepared; a file is made when Coach starts.")) from None
    except desk_prepare.NoSuchRole as missing:
        told = _("The server has no role {role}. Make it first: CREATE ROLE {role} LOGIN PASSWORD '...'")
        raise Refused(told.format(role=missing.role)) from None
    except RecordUnavailable as trouble:
        raise Refused(errors_text.unavailable(trouble.reason, trouble.where)) from None
    click.echo(_("The tables are ready. The role {role} serves people.").format(role=role))
