"""What sentences are asked about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from coach.domain import decisions
from coach.domain.history import History
from coach.protocols import loader

PROTOCOL = loader.default()

NOBODY = History()

NOW = datetime(2026, 3, 5, 9, 7, tzinfo=UTC)  # a Thursday, 10:07 in Berlin

BERLIN = "Europe/Berlin"

REASONS: dict[type, Any] = {
    decisions.NoProcedure: decisions.NoProcedure(),
    decisions.FutureTime: decisions.FutureTime(NOW),
    decisions.Contradictory: decisions.Contradictory(NOW, NOW),
    decisions.OpenRedFlag: decisions.OpenRedFlag("fall", uuid4(), NOW),
    decisions.Held: decisions.Held("Wait for the scan", None, NOW, uuid4()),
    decisions.NeedsClinic: decisions.NeedsClinic(PROTOCOL.questions[0]),
    decisions.Unanswered: decisions.Unanswered(PROTOCOL.questions[0]),
    decisions.NotHome: decisions.NotHome(None),
    decisions.Sleepy: decisions.Sleepy(NOW),
    decisions.AfterRed: decisions.AfterRed(NOW),
    decisions.TooMuchPain: decisions.TooMuchPain(7, NOW),
    decisions.TooEarly: decisions.TooEarly(PROTOCOL.phases[3], NOW),
    decisions.NeedsRelease: decisions.NeedsRelease(),
    decisions.WeekDone: decisions.WeekDone(3, 3),
    decisions.DoseDone: decisions.DoseDone(2, 2),
    decisions.TooSoon: decisions.TooSoon(NOW),
}
