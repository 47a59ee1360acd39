"""Tell a patient's story in a few words and ask the gate about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from coach.domain import decisions, facts, gate
from coach.domain.case import Case
from coach.domain.history import clinician_author
from coach.domain.protocol import Protocol
from coach.protocols.loader import default
from coach.scenarios import story

PROTOCOL = default()
PUMPS, GLUTES, QUADS, TUMMY = "ankle_pumps", "static_glutes", "quadriceps", "transversus_abdominis"
SQUEEZES = (GLUTES, QUADS, TUMMY)
EVERY = (PUMPS, *SQUEEZES)

#: The author of what a physiotherapist enters.
PHYSIO = clinician_author(UUID(int=7))

#: Wednesday 4 June 2025, 12:00 in London: no clock change for months.
NOON = datetime(2025, 6, 4, 11, 0, tzinfo=UTC)


def h(hours: float) -> timedelta:
    return timedelta(hours=hours)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@dataclass
class Story(story.Story):
    """A story of London, under the protocol that comes with Coach."""

    zone: str = "Europe/London"
    procedure_end: datetime = NOON
    protocol: Protocol = field(default=PROTOCOL, kw_only=True)

    def begins(self, *, home: float | None = 1.0) -> Story:
        """Add zone, procedure and, unless None, home so many hours after it."""
        self.add(facts.Setting("zone", self.zone), 0)
        self.add(facts.Procedure(), 0)
        if home is not None:
            self.add(facts.HomeArrival(home=True), home)
        self.nothing_closes()
        return self

    def does(
        self,
        routine: str,
        at: datetime | float,
        *,
        reps: int = 5,
        of: int | None = None,
        takes_s: float = 0.0,
    ) -> UUID:
        """Add one set of a session of its own that says nothing about pain."""
        return self.trains([routine], at, reps=reps, of=of, takes_s=takes_s)

    def decides(self, at: datetime | float) -> dict[str, decisions.Decision]:
        """What the gate answers for every routine at that instant."""
        return dict(gate.decide(Case.of(PROTOCOL, self.history), now=self.instant(at)))

    def asks(self, routine: str, at: datetime | float) -> decisions.Decision:
        return self.decides(at)[routine]

    def open(self, routine: str, at: datetime | float) -> decisions.Open:
        """The answer for a routine that has to be open."""
        answer = self.asks(routine, at)
        assert isinstance(answer, decisions.Open), answer
        return answer

    def locked(self, routine: str, at: datetime | float) -> decisions.Locked:
        """The answer for a routine that has to be locked."""
        answer = self.asks(routine, at)
        assert isinstance(answer, decisions.Locked), answer
        return answer
