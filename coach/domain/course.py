"""The course: where in recovery a patient is, from two anchors and time alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from coach.domain import facts
from coach.domain.derived import derived
from coach.domain.history import Entry, History
from coach.domain.protocol import Anchor, Phase, Protocol
from coach.domain.set_up import said_yes

WEEK = timedelta(weeks=1)
#: The kinds of fact that a course follows from.
COURSE = (facts.Procedure, facts.HomeArrival, facts.Answer)


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A phase and the half-open stretch of time [starts, ends) that it takes for this patient."""

    phase: Phase
    starts: datetime
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Course:
    """One recovery: its anchors and its phases.

    `home` is None while the patient is not home; `home_assumed` tells that nobody answered and
    the protocol's fallback stands in. Of a time that is not known exactly the latest counts; with
    `home_earliest` the arrival may have been as early as that. `first` is the entry that began this course and `procedure`
    its latest correction. Answers before the entry number `told_since` belong to an
    earlier course. Sets before `first_dose_since` do not count as practice: the course was
    restarted, or a correction opened something earlier.
    """

    first: Entry[facts.Procedure]
    procedure: Entry[facts.Procedure]
    home: datetime | None
    home_assumed: bool
    overnight: bool
    spans: tuple[PhaseSpan, ...]
    first_dose_since: datetime | None
    told_since: int
    home_earliest: datetime | None = None

    @property
    def procedure_earliest(self) -> datetime:
        """When the procedure ended at the earliest; its end where that is known."""
        return self.procedure.fact.earliest or self.procedure.at

    @property
    def contradictory(self) -> bool:
        """Whether the patient got home before the procedure can have ended."""
        return self.home is not None and self.home < self.procedure_earliest

    def week_at(self, instant: datetime) -> int:
        """Return which week after the procedure it is at the instant, the first being 1.

        Counted in hours, as the phases are: on day 7 the second week begins at the hour at which the
        procedure ended.
        """
        return (instant - self.procedure.at) // WEEK + 1

    def span_at(self, instant: datetime) -> PhaseSpan | None:
        """Return the phase in force at the instant, or None before the first."""
        return next(
            (s for s in reversed(self.spans) if s.starts <= instant),
            None,
        )


def course(protocol: Protocol, history: History) -> Course | None:
    """Return the current course, or None while no procedure is recorded; a `Case` keeps it."""
    procedure = max(
        history.of(facts.Procedure),
        key=lambda entry: (first_of_chain(history, entry).seq, entry.seq),
        default=None,
    )
    if procedure is None:
        return None
    first = first_of_chain(history, procedure)
    # Answers before a restart belong to the earlier course; in the first course their order is
    # free.
    restarted = any(first_of_chain(history, other).id != first.id for other in history.of(facts.Procedure))
    since = first.seq if restarted else 0
    arrivals = [a for a in history.of(facts.HomeArrival) if a.seq > since]
    arrival = max(arrivals, key=lambda entry: entry.seq, default=None)
    overnight = said_yes(protocol, history, "overnight", since=since)
    assumed = arrival is None
    home: datetime | None = None
    if arrival is None:
        home = procedure.at + protocol.rules.home_fallback.span
    elif arrival.fact.home:
        home = arrival.at
    return Course(
        first=first,
        procedure=procedure,
        home=home,
        home_assumed=assumed,
        overnight=overnight,
        spans=_spans(protocol, procedure.at, home, overnight=overnight),
        first_dose_since=_first_dose_since(history, first),
        told_since=since,
        home_earliest=arrival.fact.earliest if arrival and arrival.fact.home else None,
    )


def _first_dose_since(history: History, first: Entry[facts.Procedure]) -> datetime | None:
    moments = []
    arrival: Entry[object] | None = None
    for entry in history.told(facts.Procedure, facts.HomeArrival):
        if entry.id == first.id and first.fact.cause is not facts.Cause.FIRST:
            moments.append(entry.recorded_at)
        replaced = history.corrected_by(entry)
        if isinstance(entry.fact, facts.HomeArrival) and entry.fact.home:
            replaced, arrival = replaced or arrival, entry
        if entry.seq > first.seq and replaced and replaced.seq >= first.seq and entry.at < replaced.at:
            moments.append(entry.recorded_at)
    return max(moments, default=None)


def first_of_chain(history: History, entry: Entry[facts.Procedure]) -> Entry[facts.Procedure]:
    """Return the entry that began the course whose procedure this entry corrects."""
    while earlier := history.corrected_by(entry):
        entry = earlier
    return entry


def procedures(history: History) -> tuple[Entry[facts.Procedure], ...]:
    """Return the procedure of each course as it was last corrected, the earliest course first."""
    latest: dict[int, Entry[facts.Procedure]] = {}
    for entry in sorted(history.of(facts.Procedure), key=lambda entry: entry.seq):
        latest[first_of_chain(history, entry).seq] = entry
    return tuple(latest[seq] for seq in sorted(latest))


_DONE = (facts.SessionStarted, facts.SetDone, facts.SessionFinished, facts.Pain, facts.Effort, facts.Note)


def as_of(history: History, at: datetime) -> History:
    """Return the history without courses that began after an instant.

    Entries of that time then belong to their own course.

    Entries about that course recorded after the next one had begun are included.
    """
    known = procedures(history)
    following = next((entry for entry in known if entry.at > at and entry is not known[0]), None)
    if following is None:
        return history
    return _before(history, first_of_chain(history, following).seq, following.at)


@derived
def _before(history: History, began: int, at: datetime) -> History:
    """Return the history without the courses from that entry on, the first of which begins at that instant."""
    return History(
        entry
        for entry in history.counted
        if entry.seq < began
        or isinstance(entry.fact, facts.Void)
        or (isinstance(entry.fact, _DONE) and entry.at < at)
    )


def _rested(protocol: Protocol) -> timedelta:
    """Return how much rest at home a night in hospital replaces: the length of its phases."""
    still = (
        phase.opens_after.span
        for phase in protocol.phases
        if phase.anchor is Anchor.HOME_ARRIVAL and not phase.done_after_overnight
    )
    return next(still, timedelta(0))


def _spans(
    protocol: Protocol, procedure_end: datetime, home: datetime | None, *, overnight: bool
) -> tuple[PhaseSpan, ...]:
    """Return the phases that take time, each from the latest of its own and earlier starts."""
    if home is None:
        return ()
    starts: list[tuple[Phase, datetime]] = []
    latest = home
    rested = _rested(protocol) if overnight else timedelta(0)
    for phase in protocol.phases:
        if overnight and phase.done_after_overnight:
            continue
        wait = phase.opens_after.span
        if phase.anchor is Anchor.HOME_ARRIVAL:
            own = home + max(wait - rested, timedelta(0))
        else:
            own = procedure_end + wait
        latest = max(latest, own)
        starts.append((phase, latest))
    ends = [start for _, start in starts[1:]] + [None]
    return tuple(
        PhaseSpan(phase, start, end)
        for (phase, start), end in zip(starts, ends, strict=True)
        if end is None or end > start
    )
