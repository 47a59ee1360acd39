"""Changes of one patient's plan, as a physiotherapist asks for them; each needs a reason.

Times are local: what the clock shows where the patient lives.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coach.domain.facts import Cause, PlanTopic


@dataclass(frozen=True, slots=True)
class Hold:
    """Close one routine, or all (None), until a local time, or until somebody lifts it (None)."""

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
    """Open a routine early, or change its dose, over [begins, ends); a begin of None, or one that passed, is now."""

    routine: str
    reps: int
    hold_s: float
    per_day: int
    begins: datetime | None
    ends: datetime
    why: str


@dataclass(frozen=True, slots=True)
class EndOverride:
    """End a dose that was set, before its time."""

    override: UUID
    why: str


@dataclass(frozen=True, slots=True)
class Limit:
    """Set a personal pain limit (NRS) until a local time; it takes the place of an earlier one."""

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
    """Say something in own words on one topic; an empty text takes back what was said."""

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
    """Begin the course, or begin it again: when the procedure ended, and when the patient got home (None: not yet)."""

    cause: Cause
    ended: datetime
    home: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Agree:
    """Agree that a set-up answer need not close anything."""

    question: str
    why: str


@dataclass(frozen=True, slots=True)
class Decide:
    """Accept or refuse the time that the patient asked for."""

    request: UUID
    accepted: bool
    why: str


@dataclass(frozen=True, slots=True)
class Choose:
    """Put the patient under the protocol of that digest, whatever is in force for the others."""

    digest: str
    why: str


Change = (
    Hold
    | Lift
    | DoseChange
    | EndOverride
    | Limit
    | EndLimit
    | Text
    | ClearFlag
    | Restart
    | Agree
    | Decide
    | Choose
)
