"""The mode of a record, home or clinic: stored at its first opening and never changed."""

from __future__ import annotations

from coach.config import mode
from coach.records.database import current_actor
from coach.records.entries.metadata import Metadata
from coach.records.entries.store import Store

NAME = "mode"


def settle(store: Store) -> None:
    """Store the mode in a new record; check it in an existing one.

    Raises:
        mode.Unsafe: it belongs to the other mode.
    """
    about = Metadata(store)
    marked = about.value(NAME)
    with current_actor.acting_as(current_actor.SYSTEM):
        mode.fits(marked, len(store.patients()))
    if not marked:
        mode.fits(about.say(NAME, mode.mode().value), 0)
