"""Sample records: whom one may look as, without a password, where a server was started with the sample alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from uuid import UUID

from coach.desk.access.authorization import NotFound
from coach.desk.accounts.sign_in import SignIns, Started
from coach.desk.installation.installation import Installation
from coach.records.entries.metadata import About

SETTING = "COACH_SAMPLE"
VIEWERS = "sample"  # under what a record says that it is one, and who its viewers are


def mark(installation: Installation, viewers: Mapping[str, UUID]) -> None:
    """Mark a record for ever as a clinic's sample, with the accounts one may look as."""
    About(installation.store).say("mode", "clinic")
    About(installation.store).say(VIEWERS, " ".join(f"{name}={account}" for name, account in viewers.items()))


def viewers(installation: Installation) -> dict[str, UUID]:
    """Return the accounts one may look as, by role; nobody where the server or the record is no sample."""
    if not os.environ.get(SETTING) or not installation.clinic:
        return {}
    written = (each.split("=") for each in About(installation.store).value(VIEWERS).split())
    return {name: UUID(account) for name, account in written}


def look_as(installation: Installation, name: str) -> Started:
    """Let somebody look at a sample as one of its viewers.

    Raises:
        NotFound: it is no sample, or has no such viewer.
    """
    account = viewers(installation).get(name)
    if account is None:
        raise NotFound
    return SignIns(installation).without_password(account)
