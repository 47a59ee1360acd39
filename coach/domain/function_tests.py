"""Function tests: each try of a test that is measured in seconds, and the stretches in which it was due.

Nothing here judges a result.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from coach.domain import dosing
from coach.domain.case import Case
from coach.domain.facts import SetDone
from coach.domain.history import Entry
from coach.domain.protocol import Checkpoint, Routine, RoutineKind


class TryOutcome(StrEnum):
    """How a try ended: measured, done without a time, or given up."""

    TIMED = "timed"
    UNTIMED = "untimed"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class DueStretch:
    """A stretch of this course in which a test is due once, [begins, ends), with every try in it, oldest first."""

    checkpoint: Checkpoint
    begins: datetime
    ends: datetime
    tries: tuple[Entry[SetDone], ...]

    @property
    def told(self) -> Entry[SetDone] | None:
        """The try that the stretch is told by: the first that was finished, or else the last one."""
        finished = (each for each in self.tries if outcome(each.fact) is not TryOutcome.GIVEN_UP)
        return next(finished, self.tries[-1] if self.tries else None)


def outcome(done: SetDone) -> TryOutcome:
    """Return how a try of a test ended; one that was given up has no result, whatever time it took."""
    if done.reps_done < done.reps_planned:
        return TryOutcome.GIVEN_UP
    return TryOutcome.UNTIMED if done.measured_s is None else TryOutcome.TIMED


def result_s(done: SetDone) -> float | None:
    """Return the result of a test in seconds; None where it was given up or no clock ran."""
    return done.measured_s if outcome(done) is TryOutcome.TIMED else None


def routines(case: Case) -> tuple[Routine, ...]:
    """Return the patient's tests."""
    return tuple(each for each in case.routines if each.kind is RoutineKind.TEST)


def tries(case: Case, routine: Routine) -> tuple[Entry[SetDone], ...]:
    """Return every try of a test in this course, those that were given up too, oldest first."""
    if case.course is None:
        return ()
    began = case.course.procedure.at
    every = case.history.of(SetDone)
    return tuple(each for each in every if each.fact.routine == routine.id and each.at >= began)


def due(case: Case, routine: Routine) -> tuple[DueStretch, ...]:
    """Return the stretches of a test in order, each with its tries."""
    tried = tries(case, routine)
    stretches = zip(routine.checkpoints, dosing.checkpoints(case, routine), strict=False)
    return tuple(
        DueStretch(checkpoint, begins, ends, tuple(each for each in tried if begins <= each.at < ends))
        for checkpoint, (begins, ends) in stretches
    )


def beside(case: Case, routine: Routine) -> tuple[Entry[SetDone], ...]:
    """Return the tries of a test that lie in none of its stretches, oldest first."""
    inside = {each.id for stretch in due(case, routine) for each in stretch.tries}
    return tuple(each for each in tries(case, routine) if each.id not in inside)
