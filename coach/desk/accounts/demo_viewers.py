"""The demo's viewers, who need no password if the server was started with sample data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from uuid import UUID

from coach.desk.access.authorization import NotFound
from coach.desk.accounts.sign_in import SignIns, Started
from coach.desk.installation.installation import Installation
from coach.records.entries.metadata import Metadata

SETTING = "COACH_SAMPLE"
VIEWERS = "sample"  # the metadata names for the mark and the viewers


def mark(installation: Installation, viewers: Mapping[str, UUID]) -> None:
    """Mark a record permanently as sample data, with the accounts to look as."""
    Metadata(installation.store).say("mode", "clinic")
    Metadata(installation.store).say(
        VIEWERS, " ".join(f"{name}={account}" for name, account in viewers.items())
    )


def viewers(installation: Installation) -> dict[str, UUID]:
    """Return the accounts to look as, by role; empty unless server and record are a demo."""
    if not os.environ.get(SETTING) or not installation.clinic:
        return {}
    written = (each.split("=") for each in Metadata(installation.store).value(VIEWERS).split())
    return {name: UUID(account) for name, account in written}


def look_as(installation: Installation, name: str) -> Started:
    """Start a session as one of the demo's viewers.

    Raises:
        NotFound: it is not a demo, or has no such viewer.
    """
    account = viewers(installation).get(name)
    if account is None:
        raise NotFound
    return SignIns(installation).without_password(account)
