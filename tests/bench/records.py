"""Records for the bench: the six-week sample, a session in it, and short and very long histories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from coach.demo import patient as demo_patient
from coach.desk import PatientDesk
from coach.desk.installation import clock
from coach.desk.installation.recording import new_key
from coach.domain import decisions as gate_decisions
from coach.domain import facts
from coach.domain.course import Course
from coach.domain.protocol import Phase, Protocol
from coach.domain.session import planned_reps, schedule
from coach.domain.times import local_date
from coach.records.entries.store import Draft, Store
from tests.support.patients import ZONE, answer_set_up, clock_at, desk_in

#: Every record ends here: late morning for the patient, nothing done yet today.
NOW = datetime(2026, 3, 5, 16, 0, tzinfo=UTC)
WEEKS = 48
TWELVE = 12
SESSIONS = 3  # a day
QUIET = timedelta(days=3)  # before the end of a made history, so that short and long ones show the same page
BATCH = 1000


def ahead_s() -> float:
    """Return by how many seconds a server's clock must be moved to read `NOW`."""
    clock.use()
    return (NOW - clock.now()).total_seconds()


def sample(folder: Path) -> PatientDesk:
    """Make the six-week sample record of the demo."""
    with clock_at(NOW):
        desk = desk_in(folder)
        demo_patient.write(desk)
    return desk


def in_session(folder: Path) -> PatientDesk:
    """Make the sample with a session of every open routine just started."""
    desk = sample(folder)
    with clock_at(NOW):
        session = new_key()
        desk.sessions.answer_none(whole=True, key=new_key())
        desk.sessions.give_pain(2, facts.PainWhen.BEFORE, session=session, key=new_key())
        decisions = desk.decisions().items()
        desk.sessions.start(
            [r for r, d in decisions if isinstance(d, gate_decisions.Open)], easier=False, session=session
        )
    return desk


def cue_starts_s(folder: Path) -> list[float]:
    """Return the second at which each cue of the running session starts."""
    with clock_at(NOW):
        desk = desk_in(folder)
        running = desk.sessions.running_session()
        if running is None:
            raise RuntimeError("no session runs in this record")
        return [cue.at_s for cue in desk.sessions.schedule(running).cues]


def past(folder: Path, most: int, *, weeks: int = WEEKS) -> int:
    """Make a record with set-up and up to `most` entries of past sessions; return how many there are.

    They go straight into the store, in the doses of the phase of their day: the latest ones, where
    fewer are wanted than the weeks hold.
    """
    began = NOW - timedelta(weeks=weeks)
    with clock_at(began + timedelta(hours=3)):
        desk = desk_in(folder)
        answer_set_up(desk, procedure=timedelta(hours=3), awake=True)
    known = desk.course()
    if known is None:
        raise RuntimeError("set-up left no course")
    told, wanted = list(acts(desk.protocol, known, began)), 0
    first = len(told)
    while first and wanted + len(told[first - 1]) <= most:
        first -= 1
        wanted += len(told[first])
    kept = [draft for act in told[first:] for draft in act]
    for start in range(0, len(kept), BATCH):
        desk.installation.history_cache.append(desk.patient, kept[start : start + BATCH])
    return len(kept)


def add_pain(folder: Path) -> None:
    """Record one more pain score behind a server's back."""
    store = Store.open(f"sqlite:///{folder / 'coach.sqlite3'}")
    try:
        (patient,) = store.patients()
        store.append(patient, [draft(NOW, facts.Pain(2, facts.PainWhen.NOW))])
    finally:
        store.close()


def acts(protocol: Protocol, known: Course, began: datetime) -> Iterator[list[Draft]]:
    """Yield what was recorded at once: a check-in and three sessions a day, whatever the phase asks for."""
    dice = Random(7)
    day = began + timedelta(hours=22)
    while day < NOW - QUIET:
        average = dice.randint(1, 4)
        yield [
            draft(day, facts.Pain(average, facts.PainWhen.AVERAGE_24H)),
            draft(day, facts.Pain(average + 1, facts.PainWhen.WORST_24H)),
        ]
        for turn in range(SESSIONS):
            at = day + timedelta(hours=1 + 3 * turn)
            span = known.span_at(at)
            sets = sets_of_everybody(protocol, span.phase) if span else []
            if span and sets:
                yield session(protocol, sets, at, span.phase.id, dice)
        day += timedelta(days=1)


def sets_of_everybody(protocol: Protocol, phase: Phase) -> list[facts.PlannedSet]:
    """Return one set of each exercise of a phase that waits for no release."""
    found = ((protocol.routines[routine], dose.plain) for routine, dose in phase.doses.items())
    return [
        facts.PlannedSet(routine.id, dose.reps, dose.hold_s, routine.sides)
        for routine, dose in found
        if routine.release is None
    ]


def session(
    protocol: Protocol, sets: Sequence[facts.PlannedSet], at: datetime, phase: str, dice: Random
) -> list[Draft]:
    """Return the entries of one whole session."""
    before, after = dice.randint(1, 4), dice.randint(1, 4)
    started = new_key()
    drafts = [
        draft(at, facts.FlagCheck(whole=True)),
        draft(at, facts.Pain(before, facts.PainWhen.BEFORE, started)),
        draft(
            at, facts.SessionStarted(tuple(sets), protocol.id, protocol.version, protocol.digest), key=started
        ),
    ]
    for plan in sets:
        took_s = schedule(protocol, [plan]).ends_s
        reps = planned_reps(plan)
        done = facts.SetDone(started, plan.routine, reps, reps, plan.hold_s, took_s, phase)
        drafts.append(draft(at, done))
        at += timedelta(seconds=took_s)
    return [
        *drafts,
        draft(at, facts.SessionFinished(started)),
        draft(at, facts.Pain(min(after, before + 1), facts.PainWhen.AFTER, started)),
        draft(at, facts.Effort(started, dice.randint(2, 4))),
    ]


def draft(at: datetime, fact: facts.Fact, *, key: UUID | None = None) -> Draft:
    """Return what the patient records at an instant."""
    return Draft(
        id=key or new_key(),
        at=at,
        zone=ZONE,
        local_date=local_date(at, ZONE),
        recorded_at=at,
        author=facts.PATIENT,
        fact=fact,
    )
