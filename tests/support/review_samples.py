"""Histories for tests: single entries put together by hand, and plausible courses of any length."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5

from coach.domain import facts
from coach.domain.history import Entry, History
from coach.domain.times import from_wall_clock, local_date
from coach.protocols.loader import default

ZONE = "Europe/Berlin"
PROCEDURE = datetime(2026, 9, 7, 12, 30, tzinfo=UTC)  # 14:30 on a Monday where the patient lives
NAMESPACE = UUID("5d1f3b52-6a0e-4f0f-8d64-2f6f4f0c9a11")
PUMPS, GLUTES, QUADS, TUMMY = "ankle_pumps", "static_glutes", "quadriceps", "transversus_abdominis"


def on_day(number: int, clock: str = "20:00") -> datetime:
    """Return the instant of a local time so many days after the day of the procedure."""
    wall = datetime.combine(date(2026, 9, 7) + timedelta(days=number), time.fromisoformat(clock))
    return from_wall_clock(wall, ZONE)


class Record:
    """Entries in the making."""

    def __init__(self) -> None:
        self.entries: list[Entry[object]] = []

    def add(self, fact: facts.Fact, at: datetime, *, supersedes: UUID | None = None) -> UUID:
        """Add a fact at an instant and return its id."""
        seq = len(self.entries) + 1
        key = uuid5(NAMESPACE, str(seq))
        self.entries.append(Entry(key, seq, at, ZONE, local_date(at, ZONE), at, "patient", fact, supersedes))
        return key

    def set_up(self, *, baseline: facts.Score | None = 8) -> Record:
        """Answer the first questions."""
        self.add(facts.Setting("understood", "1"), PROCEDURE + timedelta(hours=3))
        self.add(facts.Setting("zone", ZONE), PROCEDURE + timedelta(hours=3))
        self.add(facts.Procedure(), PROCEDURE)
        self.add(facts.HomeArrival(home=True), PROCEDURE + timedelta(hours=2))
        self.add(facts.Pain(baseline, facts.PainWhen.BASELINE), PROCEDURE + timedelta(hours=3))
        for question in default().questions:
            self.add(facts.Answer(question.id, facts.Reply.NO), PROCEDURE + timedelta(hours=3))
        return self

    def pain(
        self,
        day: int,
        score: facts.Score | None,
        when: facts.PainWhen = facts.PainWhen.AVERAGE_24H,
        clock: str = "20:00",
    ) -> UUID:
        """Score pain on a day of the course."""
        return self.add(facts.Pain(score, when), on_day(day, clock))

    def session(
        self,
        at: datetime,
        routines: Sequence[str],
        *,
        before: facts.Score | None = None,
        after: facts.Score | None = None,
    ) -> UUID:
        """Do one set of each routine, with scores where they are given."""
        sets = tuple(facts.PlannedSet(routine, 8, 5, 1) for routine in routines)
        session = self.add(facts.SessionStarted(sets, "test", "1", "digest"), at)
        if before is not None:
            self.add(facts.Pain(before, facts.PainWhen.BEFORE, session), at)
        clock = at
        for planned in sets:
            self.add(facts.SetDone(session, planned.routine, 8, 8, 5, 90, "phase"), clock)
            clock += timedelta(seconds=120)
        self.add(facts.SessionFinished(session), clock)
        if after is not None:
            self.add(facts.Pain(after, facts.PainWhen.AFTER, session), clock)
        return session

    @property
    def history(self) -> History:
        """The history of what was added."""
        return History(self.entries)


def plausible(days: int, *, seed: int = 1) -> Record:
    """Return the course of somebody who gets better over so many days, with gaps and bad days."""
    chance, record, protocol = random.Random(seed), Record().set_up(), default()
    level = 6.0
    for day in range(days):
        level += (2.2 - level) * 0.07 + chance.uniform(-0.5, 0.5)
        squeezes = [r for r in (GLUTES, QUADS, TUMMY) if day >= 2 or (day == 1 and r != TUMMY)]
        times = ["09:10", "14:40", "18:30"] if day > 6 else ["09:10", "17:20"]
        for clock in times if day else ["20:40", "21:35"]:
            if chance.random() < 0.16:
                continue
            before = _whole(level + chance.uniform(-1, 1))
            after = _whole(before + chance.choice((-2, -1, -1, 0, 0, 0, 0, 1)))
            routines = [protocol.routines[r].id for r in (PUMPS, *squeezes) if chance.random() < 0.93]
            record.session(on_day(day, clock), routines or [PUMPS], before=before, after=after)
        if day and chance.random() < 0.3:
            record.pain(day, _whole(level), facts.PainWhen.NOW, "12:00")
        if chance.random() < 0.85:
            average = _whole(level)
            record.pain(day, average)
            record.pain(day, min(10, average + chance.choice((1, 1, 2, 3))), facts.PainWhen.WORST_24H)
    return record


def _whole(value: float) -> int:
    return max(0, min(10, round(value)))
