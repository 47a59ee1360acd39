"""What the gate answers for a routine: open at a dose, or locked, each with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coach.domain.protocol import (
    Dose,
    Phase,
    Question,
    Routine,
)


@dataclass(frozen=True, slots=True)
class NoProcedure:
    """Nothing is known to count from."""


@dataclass(frozen=True, slots=True)
class FutureTime:
    """The procedure's end or the arrival at home lies ahead."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Contradictory:
    """Home was reached before the procedure ended."""

    procedure_end: datetime
    home_arrival: datetime


@dataclass(frozen=True, slots=True)
class OpenRedFlag:
    """A symptom that nobody has cleared."""

    flag: str
    entry: UUID
    since: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A clinician closed this routine, or all: the entry tells who."""

    why: str
    until: datetime | None
    since: datetime
    entry: UUID


@dataclass(frozen=True, slots=True)
class NeedsClinic:
    """A set-up answer that needs the clinic's word."""

    question: Question


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A set-up question that may close something has no answer in this course."""

    question: Question


@dataclass(frozen=True, slots=True)
class NotHome:
    """Not home yet; `assumed` is the arrival that stands in where nobody answered."""

    assumed: datetime | None


@dataclass(frozen=True, slots=True)
class Sleepy:
    """Sleepy or dizzy when asked."""

    until: datetime


@dataclass(frozen=True, slots=True)
class AfterRed:
    """A red light in the last hours."""

    until: datetime


@dataclass(frozen=True, slots=True)
class TooMuchPain:
    """The latest pain right now is at or above the limit."""

    score: object
    until: datetime


@dataclass(frozen=True, slots=True)
class TooEarly:
    """Before the phase that opens the routine; None where no phase to come opens it."""

    opens_in: Phase | None
    opens: datetime | None


@dataclass(frozen=True, slots=True)
class DoseDone:
    """The day's sets are done."""

    done: int
    cap: int


@dataclass(frozen=True, slots=True)
class TooSoon:
    """The gap since the last set is not over."""

    until: datetime


Reason = (
    NoProcedure | FutureTime | Contradictory | OpenRedFlag | Held | NeedsClinic | Unanswered | NotHome | Sleepy
    | AfterRed | TooMuchPain | TooEarly | DoseDone | TooSoon
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FirstDose:
    """The dose is the first dose, until an instant (None: from the first set on)."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Halved:
    """The reps are a share of the table's after an amber light; `exact`: that share is a half."""

    exact: bool = True


@dataclass(frozen=True, slots=True)
class Overridden:
    """A clinician set this dose, until an instant: the entry tells who."""

    why: str
    until: datetime
    entry: UUID


Step = FirstDose | Halved | Overridden


@dataclass(frozen=True, slots=True)
class Open:
    """The routine may start now: its dose, what shaped it, and an easier one for today."""

    routine: Routine
    dose: Dose
    easier: Dose
    steps: tuple[Step, ...]
    phase: Phase
    done_today: int


PASSING = Sleepy | AfterRed | TooMuchPain  # they end by themselves, and may end before the routine opens


BY_SOMEBODY = NoProcedure | FutureTime | Contradictory | OpenRedFlag | Held | NeedsClinic | Unanswered


@dataclass(frozen=True, slots=True)
class Locked:
    """The routine may not start: why, and the first instant it opens if nothing more happens.

    `opens_at` is None where a person must act. `decides` is the reason that holds last before that
    instant, or that stays; None: the same as `reason`.
    """

    routine: Routine
    reason: Reason
    opens_at: datetime | None
    done_today: int
    decides: Reason | None = None

    @property
    def told(self) -> tuple[Reason, ...]:
        """The reasons to tell: what ends by itself before the routine opens is not what keeps it closed."""
        last = self.decides
        if last is None or type(last) is type(self.reason):
            return (self.reason,)
        if isinstance(self.reason, PASSING):
            return (last,)
        also = isinstance(last, BY_SOMEBODY) or (isinstance(self.reason, Held) and isinstance(last, TooEarly))
        return (self.reason, last) if also else (self.reason,)


Decision = Open | Locked


def lower(dose: Dose, limit: Dose) -> Dose:
    """Return the lower of each number."""
    per_day = dose.per_day if limit.hourly else min(dose.per_day, limit.per_day)
    return Dose(min(dose.reps, limit.reps), min(dose.hold_s, limit.hold_s), per_day, dose.hourly)
