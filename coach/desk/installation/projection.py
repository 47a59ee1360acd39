"""The projection: what a record comes to for a caseload, worked out whenever something is recorded."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from coach.domain import caseload_card, triage
from coach.domain.history import History
from coach.domain.protocol import Protocol
from coach.records.entries.caseload_rows import BEGINNING, FOREVER, NeedRow, Row

if TYPE_CHECKING:
    from coach.desk.installation.installation import Installation

MADE = 9  # goes up by one whenever `coach.domain.triage` answers otherwise for the same record
UNREADABLE = "unreadable"  # the reason of a patient of whom nothing could be worked out
NO_CARD = "null"

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
    needs = triage.needs(protocol, history)
    return Row(
        seq=history.last_seq,
        digest=made_under,
        last_at=card.last_at,
        active=not triage.is_discharged(history),
        card=card.to_json(),
        needs=tuple(_row(need) for need in needs),
    )


def _row(need: triage.Need) -> NeedRow:
    return NeedRow(
        key=need.key,
        reason=need.reason.value,
        rank=need.rank,
        from_at=need.from_at,
        until_at=need.until_at,
        seen_until=need.seen_until,
        detail=json.dumps(dict(need.detail), separators=(",", ":"), sort_keys=True),
    )


def need_of(row: NeedRow) -> triage.Need:
    """Return the need that such a row was made of."""
    return triage.Need(
        reason=triage.NeedReason(row.reason),
        key=row.key,
        from_at=row.from_at,
        until_at=row.until_at,
        detail=json.loads(row.detail),
        seen_until=row.seen_until,
    )


def unreadable(seq: int, made_under: str, *, entry: int = 0) -> Row:
    """Return the projection of a record up to place `seq` of which nothing can be worked out: somebody must look.

    `entry` is the place of an entry that cannot be read; 0 where none is known.
    """
    detail = json.dumps({"entry": entry}) if entry else "{}"
    need = NeedRow(UNREADABLE, UNREADABLE, 0, BEGINNING, FOREVER, BEGINNING, detail)
    return Row(seq, made_under, None, active=True, card=NO_CARD, needs=(need,))


def odd_entry(detail: str) -> int:
    """Return which entry such a projection tells of; 0 for none."""
    found = json.loads(detail).get("entry", 0) if detail else 0
    return found if type(found) is int else 0
