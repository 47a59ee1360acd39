"""The kinds of difference between two protocols, each as a typed fact."""

from __future__ import annotations

from dataclasses import dataclass

from coach.domain.bone_questions import BoneOccasion
from coach.domain.protocol import (
    Anchor,
    Curve,
    Dose,
    Emergency,
    FlagLevel,
    Occasion,
    Phase,
    Quantity,
    Question,
    RedFlag,
    Routine,
)

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoursAfter:
    """A number of hours after one of the two anchors."""

    anchor: Anchor
    after_h: float


@dataclass(frozen=True, slots=True)
class RoutineOpens:
    """A routine first opens at another time; None if no phase opens it."""

    routine: Routine
    old: HoursAfter | None
    new: HoursAfter | None


@dataclass(frozen=True, slots=True)
class RoutineAdded:
    """A new routine."""

    routine: Routine


@dataclass(frozen=True, slots=True)
class RoutineRemoved:
    """A removed routine."""

    routine: Routine


@dataclass(frozen=True, slots=True)
class PhaseStarts:
    """A phase opens at another time."""

    phase: Phase
    old: HoursAfter
    new: HoursAfter


@dataclass(frozen=True, slots=True)
class PhaseAdded:
    """A new phase."""

    phase: Phase


@dataclass(frozen=True, slots=True)
class PhaseRemoved:
    """A removed phase."""

    phase: Phase


@dataclass(frozen=True, slots=True)
class PhaseRule:
    """A yes-or-no rule of a phase changed: its name and new value."""

    phase: Phase
    name: str
    new: bool


@dataclass(frozen=True, slots=True)
class DoseChanged:
    """A routine's dose in one phase changed; None if it is closed."""

    phase: Phase
    routine: Routine
    old: Dose | None
    new: Dose | None


@dataclass(frozen=True, slots=True)
class FirstDoseChanged:
    """The first dose of squeezes changed."""

    old: Dose
    new: Dose


@dataclass(frozen=True, slots=True)
class MaximumChanged:
    """The maximum dose of a routine changed."""

    routine: Routine
    old: Dose
    new: Dose


@dataclass(frozen=True, slots=True)
class RoutineNumber:
    """Another number of a routine changed, by its key in the file; None if absent."""

    routine: Routine
    name: str
    old: Quantity | None
    new: Quantity | None


@dataclass(frozen=True, slots=True)
class RoutineNature:
    """The kind of a routine or its number of sides changed: the key and both values."""

    routine: Routine
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ReleaseAsked:
    """A routine waits for a release now, or no longer."""

    routine: Routine


@dataclass(frozen=True, slots=True)
class CriterionChanged:
    """A number of what speaks for a routine's release changed, by its key in the file; None if absent."""

    routine: Routine
    name: str
    old: Quantity | None
    new: Quantity | None


@dataclass(frozen=True, slots=True)
class CheckpointsChanged:
    """The times at which a test is due changed."""

    routine: Routine


@dataclass(frozen=True, slots=True)
class DrawingChanged:
    """A routine has another drawing, or its own drawing was changed."""

    routine: Routine


@dataclass(frozen=True, slots=True)
class RuleChanged:
    """A number of the rules changed, by its key in the file."""

    name: str
    old: Quantity
    new: Quantity


@dataclass(frozen=True, slots=True)
class FlagAdded:
    """A new red flag."""

    flag: RedFlag


@dataclass(frozen=True, slots=True)
class FlagRemoved:
    """A removed red flag."""

    flag: RedFlag


@dataclass(frozen=True, slots=True)
class FlagLevelChanged:
    """The level of a red flag changed: a clinician is needed sooner or later."""

    flag: RedFlag
    old: FlagLevel


@dataclass(frozen=True, slots=True)
class FlagClearing:
    """Whether a red flag can be cleared changed."""

    flag: RedFlag


@dataclass(frozen=True, slots=True)
class FlagAskedAgain:
    """Whether a patient is asked, before a red flag is cleared, if they still have it changed."""

    flag: RedFlag


@dataclass(frozen=True, slots=True)
class QuestionAdded:
    """A new set-up question."""

    question: Question


@dataclass(frozen=True, slots=True)
class QuestionRemoved:
    """A removed set-up question."""

    question: Question


@dataclass(frozen=True, slots=True)
class QuestionCloses:
    """What a set-up question closes or means changed."""

    question: Question
    old: Question


@dataclass(frozen=True, slots=True)
class CurveChanged:
    """A study's curve changed; None if absent."""

    old: Curve | None
    new: Curve | None


@dataclass(frozen=True, slots=True)
class NumbersChanged:
    """The phone numbers of a country changed; None if absent."""

    old: Emergency | None
    new: Emergency | None


@dataclass(frozen=True, slots=True)
class MeasuresAsked:
    """Outcome questions are new, or removed."""

    asked: bool


@dataclass(frozen=True, slots=True)
class MeasureNumber:
    """A number of the outcome measures changed, by its key in the file."""

    name: str
    old: Quantity
    new: Quantity


@dataclass(frozen=True, slots=True)
class OccasionChanged:
    """The time or questions of an occasion changed; None if absent."""

    old: Occasion | None
    new: Occasion | None


@dataclass(frozen=True, slots=True)
class BoneHealthAsked:
    """Questions about bone health are new, or removed."""

    asked: bool


@dataclass(frozen=True, slots=True)
class BoneOccasionChanged:
    """The time of the questions about bone health, or what the clinic hears, changed; None if absent."""

    old: BoneOccasion | None
    new: BoneOccasion | None


@dataclass(frozen=True, slots=True)
class Renamed:
    """The protocol's id, version or title changed: the key and both values."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """The order of routines, phases, red_flags, questions and so on changed."""

    what: str


@dataclass(frozen=True, slots=True)
class TextChanged:
    """A text, source or note changed: the key path in the file, and the lines of both.

    None if absent.
    """

    place: Path
    old: tuple[str, ...]
    new: tuple[str, ...]


Difference = (
    RoutineOpens | RoutineAdded | RoutineRemoved | PhaseStarts | PhaseAdded | PhaseRemoved | PhaseRule
    | DoseChanged | FirstDoseChanged | MaximumChanged | RoutineNumber | RoutineNature | ReleaseAsked | CriterionChanged
    | CheckpointsChanged | DrawingChanged | RuleChanged
    | FlagAdded | FlagRemoved | FlagLevelChanged | FlagClearing | FlagAskedAgain | QuestionAdded | QuestionRemoved
    | QuestionCloses | CurveChanged | NumbersChanged | MeasuresAsked | MeasureNumber | OccasionChanged
    | BoneHealthAsked | BoneOccasionChanged | Renamed | OrderChanged | TextChanged
)  # fmt: skip
