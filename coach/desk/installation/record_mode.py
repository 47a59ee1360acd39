"""To which mode a record belongs: said once, at its first opening, and kept to."""

from __future__ import annotations

from coach.config import mode
from coach.records.database import current_actor
from coach.records.entries.metadata import About
from coach.records.entries.store import Store

NAME = "mode"


def settle(store: Store) -> None:
    """Mark a new record with the mode; check that an old one belongs to it.

    Raises:
        mode.Unsafe: it belongs to the other mode.
    """
    about = About(store)
    marked = about.value(NAME)
    with current_actor.acting_as(current_actor.SYSTEM):
        mode.fits(marked, len(store.patients()))
    if not marked:
        mode.fits(about.say(NAME, mode.mode().value), 0)
