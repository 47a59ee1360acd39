"""To which mode a record belongs: said once, at its first opening, and kept to."""

from __future__ import annotations

from coach import mode
from coach.records import acting
from coach.records.about import About
from coach.records.store import Store

NAME = "mode"


def settle(store: Store) -> None:
    """Mark a new record with the mode; check that an old one belongs to it.

    Raises:
        mode.Unsafe: it belongs to the other mode.
    """
    about = About(store)
    marked = about.value(NAME)
    with acting.as_(acting.SYSTEM):
        mode.fits(marked, len(store.patients()))
    if not marked:
        mode.fits(about.say(NAME, mode.mode().value), 0)
