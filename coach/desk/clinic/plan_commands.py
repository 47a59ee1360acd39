"""The changes of a plan that a physiotherapist can make, as values; each needs a reason.

Times are local times of the patient.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coach.domain.facts import Cause, PlanTopic
from coach.domain.protocol import WEEK


@dataclass(frozen=True, slots=True)
class Hold:
    """Close one routine, or all (None), until a local time, or until it is lifted (None)."""

    routine: str | None
    until: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Lift:
    """Lift a hold."""

    hold: UUID
    why: str


@dataclass(frozen=True, slots=True)
class DoseChange:
    """Open a routine early, or change its dose, over [begins, ends).

    A begin of None, or one that passed, is now.
    """

    routine: str
    reps: int
    hold_s: float
    per_day: int
    begins: datetime | None
    ends: datetime
    why: str
    days_per_week: int = WEEK


@dataclass(frozen=True, slots=True)
class EndOverride:
    """End a dose that was set, before its time."""

    override: UUID
    why: str


@dataclass(frozen=True, slots=True)
class ReleaseExercise:
    """Release an exercise of the library for the patient, until it is taken back."""

    routine: str
    why: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Take a release back: the exercise is closed again."""

    release: UUID
    why: str


@dataclass(frozen=True, slots=True)
class Limit:
    """Set a personal pain limit (NRS) until a local time; it replaces an earlier one."""

    limit: int
    ends: datetime
    why: str


@dataclass(frozen=True, slots=True)
class EndLimit:
    """End the personal pain limit before its time: the protocol's holds again."""

    limit: UUID
    why: str


@dataclass(frozen=True, slots=True)
class Text:
    """Set the physiotherapist's own words on a topic; an empty text removes them."""

    topic: PlanTopic
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class ClearFlag:
    """Allow exercise again after a red flag."""

    flag: UUID
    why: str


@dataclass(frozen=True, slots=True)
class Restart:
    """Begin or restart the course: the procedure's end and the arrival home (None: not yet)."""

    cause: Cause
    ended: datetime
    home: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Agree:
    """Record that the clinic agrees to set-up answers, which then close nothing."""

    questions: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Decide:
    """Accept or refuse the patient's request for an earlier time."""

    request: UUID
    accepted: bool
    why: str


@dataclass(frozen=True, slots=True)
class Choose:
    """Assign the protocol of that digest to the patient, whatever is in force for others."""

    digest: str
    why: str


Change = (
    Hold
    | Lift
    | DoseChange
    | EndOverride
    | ReleaseExercise
    | TakeBack
    | Limit
    | EndLimit
    | Text
    | ClearFlag
    | Restart
    | Agree
    | Decide
    | Choose
)
