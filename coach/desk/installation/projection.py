"""The projection: what a record comes to for a caseload, worked out whenever something is recorded."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from coach.domain import caseload_card, standing, triage
from coach.domain.history import History
from coach.domain.protocol import Protocol
from coach.records.entries.caseload_rows import Row

if TYPE_CHECKING:
    from coach.desk.installation.installation import Installation

MADE = 9  # goes up by one whenever the domain answers otherwise for the same record, or is stored otherwise

_log = logging.getLogger(__name__)


def edition(installation: Installation, now: datetime) -> str:
    """Return under what a projection is worked out at an instant; one of another edition is to be made anew."""
    protocol = installation.protocol or installation.library.in_force(now)
    return f"{MADE}:{protocol.digest}"


def projector(installation: Installation, now: datetime) -> Callable[[History], Row]:
    """Return what works out a patient's projection from their history."""
    made_under = edition(installation, now)

    def project(history: History) -> Row:
        """Fall back to a need of its own: what was told is stored, and the patient shown on top."""
        try:
            protocol = installation.protocol or installation.library.for_history(history, now)
            return worked_out(protocol, history, made_under)
        except Exception as trouble:  # noqa: BLE001
            _log.error("A projection could not be worked out: %s.", type(trouble).__name__)
            return unreadable(history.last_seq, made_under)

    return project


def worked_out(protocol: Protocol, history: History, made_under: str) -> Row:
    """Return the projection of a history, from it and the protocol alone."""
    card = caseload_card.card(protocol, history)
    return Row(
        seq=history.last_seq,
        digest=made_under,
        last_at=card.last_at,
        active=not standing.is_discharged(history),
        card=card,
        needs=triage.needs(protocol, history),
    )


def unreadable(seq: int, made_under: str, *, entry: int = 0) -> Row:
    """Return the projection of a record up to place `seq` of which nothing can be computed: somebody must look.

    `entry` is the place of an entry that cannot be read; 0 where none is known.
    """
    return Row(seq, made_under, None, active=True, card=None, needs=(), odd_entry=entry)
