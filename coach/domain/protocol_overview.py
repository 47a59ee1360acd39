"""The phases and exercises of a protocol file in lines, also of a draft that still has faults."""

from __future__ import annotations

from dataclasses import dataclass

from coach.domain.protocol import Anchor, Dose, RoutineKind


@dataclass(frozen=True, slots=True)
class DoseLine:
    """The dose of an exercise; `amount` None if a number of it is missing or is no number.

    `by_clinic` tells whether the clinic chose a number of it itself.
    """

    routine_id: str
    amount: Dose | None
    by_clinic: bool


@dataclass(frozen=True, slots=True)
class PhaseLine:
    """A phase, its place in the file, and its doses in the order of a session; None: cannot be read."""

    index: int
    id: str
    name: str
    anchor: Anchor | None
    opens_after_h: float | None
    doses: tuple[DoseLine, ...]


@dataclass(frozen=True, slots=True)
class ExerciseLine:
    """An exercise, its place in the file, and the ids of the phases that have a dose of it.

    `kind` and `maximum` are None if they cannot be read.
    """

    index: int
    id: str
    name: str
    kind: RoutineKind | None
    sides: int
    drawing: str
    needs_release: bool
    maximum: Dose | None
    phases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """A protocol file in lines."""

    id: str
    version: str
    title: str
    phases: tuple[PhaseLine, ...]
    exercises: tuple[ExerciseLine, ...]

    def exercise(self, routine_id: str) -> ExerciseLine | None:
        """Return the exercise of that id, or None."""
        return next((each for each in self.exercises if each.id == routine_id), None)
