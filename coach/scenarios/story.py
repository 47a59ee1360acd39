"""Builds a patient's history; entries are numbered in the order in which they are added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from coach.domain import facts
from coach.domain.course import course
from coach.domain.history import Entry, History
from coach.domain.protocol import Closes, Protocol
from coach.domain.times import local_date

#: The first instant of a story without a procedure.
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Story:
    """The entries of one patient so far, under one protocol.

    `zone` is the patient's present zone.
    """

    zone: str
    procedure_end: datetime = BEFORE_ALL
    entries: list[Entry[object]] = field(default_factory=list)
    protocol: Protocol = field(kw_only=True, repr=False)

    def add(
        self,
        fact: object,
        at: datetime | float,
        *,
        told: datetime | float | None = None,
        corrects: UUID | None = None,
        author: str = facts.PATIENT,
    ) -> UUID:
        """Add a fact at an instant, or so many hours after the procedure; return its id."""
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
        """Return an instant, or the one so many hours after the procedure."""
        return at if isinstance(at, datetime) else self.procedure_end + timedelta(hours=at)

    def nothing_closes(self, at: datetime | float = 0) -> None:
        """Add a no to every set-up question that would close something."""
        for question in self.protocol.questions:
            if question.closes is not Closes.NOTHING:
                self.answers(question.id, "no", at)

    def answers(self, question: str, reply: str, at: datetime | float = 0.5) -> UUID:
        """Add the answer to a set-up question."""
        return self.add(facts.Answer(question, facts.Reply(reply)), at)

    def feels(
        self,
        score: facts.Score | None,
        at: datetime | float,
        when: facts.PainWhen = facts.PainWhen.NOW,
        session: UUID | None = None,
    ) -> UUID:
        """Add a pain score; None is "not known"."""
        return self.add(facts.Pain(score, when, session), at)

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
        """Add a whole session of one set of each routine; return its id."""
        begins = self.instant(at)
        planned_reps = reps if of is None else of
        if phase is None:
            known = course(self.protocol, self.history)
            span = known.span_at(begins) if known else None
            phase = span.phase.id if span else ""
        planned = tuple(
            facts.PlannedSet(r, planned_reps, 3.0, self.protocol.routines[r].sides) for r in routines
        )
        started = facts.SessionStarted(planned, self.protocol.id, self.protocol.version, self.protocol.digest)
        session = self.add(started, begins)
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
        """The history of all entries so far."""
        return History(self.entries)

    def known_by(self, at: datetime) -> History:
        """Return the history as it was known at that instant."""
        return History([entry for entry in self.entries if entry.recorded_at <= at])
