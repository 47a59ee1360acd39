"""The projection: needs and card of a patient for the caseload, computed with each new entry."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from coach.desk.installation.installation import Installation
from coach.domain import caseload_card, standing, triage
from coach.domain.case import Case
from coach.domain.history import History
from coach.records.entries.caseload_rows import Row

# Increase it whenever the domain's answers for the same record, or their storage format, change
MADE = 12

_log = logging.getLogger(__name__)


def edition(installation: Installation, now: datetime) -> str:
    """Return the edition of projections at an instant.

    One of another edition must be computed again.
    """
    protocol = installation.protocol or installation.protocol_registry.in_force(now)
    return f"{MADE}:{protocol.digest}"


def projector(installation: Installation, now: datetime) -> Callable[[History], Row]:
    """Return the function that computes a patient's projection from entries."""
    made_under = edition(installation, now)

    def project(history: History) -> Row:
        """On an error return a special need: the entry is stored, and the patient is shown on top."""
        try:
            protocol = installation.protocol or installation.protocol_registry.for_history(history, now)
            return worked_out(Case.of(protocol, history), made_under)
        except Exception as trouble:  # noqa: BLE001
            _log.error("A projection could not be worked out: %s.", type(trouble).__name__)
            return unreadable(history.last_seq, made_under)

    return project


def worked_out(case: Case, made_under: str) -> Row:
    """Return the projection of a case."""
    card = caseload_card.card(case)
    return Row(
        seq=case.history.last_seq,
        digest=made_under,
        last_at=card.last_at,
        active=not standing.is_discharged(case.history),
        card=card,
        needs=triage.needs(case),
    )


def unreadable(seq: int, made_under: str, *, entry: int = 0) -> Row:
    """Return the projection of a record up to `seq` that cannot be read: a person must look at it.

    `entry` is the number of the unreadable entry; 0 if unknown.
    """
    return Row(seq, made_under, None, active=True, card=None, needs=(), odd_entry=entry)
