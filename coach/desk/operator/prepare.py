"""Prepares PostgreSQL as the owner of the tables: migrations, and rights of the serving role."""

from __future__ import annotations

import os

from coach.records.database import postgres
from coach.records.database.errors import Reason, RecordUnavailable
from coach.records.database.postgres import NoSuchRole

__all__ = ["NoSuchRole", "NotNamed", "NotPostgres", "prepare"]


class NotNamed(Exception):
    """One of the two roles is not named in the settings."""


class NotPostgres(Exception):
    """One of the two addresses is not that of a PostgreSQL server."""


def prepare() -> str:
    """Create or migrate the tables, grant the serving role its rights, and return that role.

    Raises:
        NotNamed: `COACH_OWNER_URL` or `COACH_DATABASE_URL` is missing.
        NotPostgres: one of them names something else.
        NoSuchRole: the serving role does not exist.
        RecordUnavailable: one of the two cannot be used, with the reason.
    """
    owner, serving = (os.environ.get(name, "") for name in ("COACH_OWNER_URL", "COACH_DATABASE_URL"))
    if not owner or not serving:
        raise NotNamed
    try:
        return postgres.prepare(owner, serving)
    except RecordUnavailable as trouble:
        if trouble.reason is Reason.UNSUPPORTED:
            raise NotPostgres from None
        raise
