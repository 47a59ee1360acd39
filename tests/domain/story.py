"""Tell a patient's story in a few words and get the history: for the domain's tests alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from coach.domain import decisions, facts, gate
from coach.domain.case import Case
from coach.domain.course import course
from coach.domain.history import Entry, History
from coach.domain.protocol import Closes
from coach.domain.times import local_date
from coach.protocols.loader import default

PROTOCOL = default()
PUMPS, GLUTES, QUADS, TUMMY = "ankle_pumps", "static_glutes", "quadriceps", "transversus_abdominis"
SQUEEZES = (GLUTES, QUADS, TUMMY)
EVERY = (PUMPS, *SQUEEZES)

#: The author of what a physiotherapist enters.
PHYSIO = f"{facts.CLINICIAN}:{UUID(int=7)}"

#: Wednesday 4 June 2025, 12:00 in London: no clock change for months.
NOON = datetime(2025, 6, 4, 11, 0, tzinfo=UTC)


def h(hours: float) -> timedelta:
    return timedelta(hours=hours)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@dataclass
class Story:
    """A history in the making: entries are numbered in the order they are told."""

    zone: str = "Europe/London"
    procedure_end: datetime = NOON
    entries: list[Entry[object]] = field(default_factory=list)

    def add(
        self,
        fact: object,
        at: datetime | float,
        *,
        told: datetime | float | None = None,
        corrects: UUID | None = None,
        author: str = facts.PATIENT,
    ) -> UUID:
        """Add a fact at an instant or at so many hours after the procedure; return its id."""
        when = self.instant(at)
        seq = len(self.entries) + 1
        entry = Entry(
            id=UUID(int=seq),
            seq=seq,
            at=when,
            zone=self.zone,
            local_date=local_date(when, self.zone),
            recorded_at=when if told is None else self.instant(told),
            author=author,
            fact=fact,
            supersedes=corrects,
        )
        self.entries.append(entry)
        return entry.id

    def instant(self, at: datetime | float) -> datetime:
        return at if isinstance(at, datetime) else self.procedure_end + timedelta(hours=at)

    def begins(self, *, home: float | None = 1.0) -> Story:
        """Add zone, procedure and, unless None, home so many hours after it."""
        self.add(facts.Setting("zone", self.zone), 0)
        self.add(facts.Procedure(), 0)
        if home is not None:
            self.add(facts.HomeArrival(home=True), home)
        self.nothing_closes()
        return self

    def nothing_closes(self, at: datetime | float = 0) -> None:
        """Add a no to every set-up question that would close something."""
        for question in PROTOCOL.questions:
            if question.closes is not Closes.NOTHING:
                self.answers(question.id, "no", at)

    def answers(self, question: str, reply: str, at: datetime | float = 0.5) -> UUID:
        return self.add(facts.Answer(question, facts.Reply(reply)), at)

    def feels(
        self,
        score: facts.Score | None,
        at: datetime | float,
        when: facts.PainWhen = facts.PainWhen.NOW,
        session: UUID | None = None,
    ) -> UUID:
        return self.add(facts.Pain(score, when, session), at)

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

    def trains(
        self,
        routines: Sequence[str],
        at: datetime | float,
        *,
        before: facts.Score | None = None,
        after: facts.Score | None = None,
        stop: facts.StopReason | None = None,
        reps: int = 5,
        of: int | None = None,
        takes_s: float = 0.0,
        phase: str | None = None,
    ) -> UUID:
        """Add a whole session; return its id."""
        begins = self.instant(at)
        planned_reps = reps if of is None else of
        if phase is None:
            known = course(PROTOCOL, self.history)
            span = known.span_at(begins) if known else None
            phase = span.phase.id if span else ""
        planned = tuple(facts.PlannedSet(r, planned_reps, 3.0, PROTOCOL.routines[r].sides) for r in routines)
        session = self.add(
            facts.SessionStarted(planned, PROTOCOL.id, PROTOCOL.version, PROTOCOL.digest), begins
        )
        if before is not None:
            self.feels(before, begins, facts.PainWhen.BEFORE, session)
        clock = begins
        for each in planned:
            self.add(
                facts.SetDone(
                    session=session,
                    routine=each.routine,
                    reps_done=reps * each.sides,
                    reps_planned=planned_reps * each.sides,
                    hold_s=3.0,
                    took_s=takes_s,
                    phase=phase,
                ),
                clock,
            )
            clock += timedelta(seconds=takes_s)
        self.add(facts.SessionFinished(session, stop), clock)
        if after is not None:
            self.feels(after, clock, facts.PainWhen.AFTER, session)
        return session

    @property
    def history(self) -> History:
        return History(self.entries)

    def known_by(self, at: datetime) -> History:
        """The history as it stood at that instant."""
        return History([entry for entry in self.entries if entry.recorded_at <= at])

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
