"""The gate's answers for a routine: open at a dose or locked, each with its reasons."""

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
    """No procedure is recorded, so there is nothing to count from."""


@dataclass(frozen=True, slots=True)
class FutureTime:
    """The recorded end of the procedure, or arrival at home, lies in the future."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Contradictory:
    """Home was reached before the procedure ended."""

    procedure_end: datetime
    home_arrival: datetime


@dataclass(frozen=True, slots=True)
class OpenRedFlag:
    """A red flag that is not cleared."""

    flag: str
    entry: UUID
    since: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A clinician closed this routine or all of them; the entry says who."""

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
    """Not home yet; `assumed` is the assumed arrival if the question was not answered."""

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
class NeedsRelease:
    """No physiotherapist released this exercise for the patient."""


@dataclass(frozen=True, slots=True)
class TooEarly:
    """Before the phase that opens the routine; None if no later phase opens it."""

    opens_in: Phase | None
    opens: datetime | None


@dataclass(frozen=True, slots=True)
class WeekDone:
    """It was done on as many of the last 7 days as the dose asks for."""

    done: int
    days: int


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
    | AfterRed | TooMuchPain | NeedsRelease | TooEarly | WeekDone | DoseDone | TooSoon
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FirstDose:
    """The dose is the first dose, until an instant (None: from the first set on)."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Halved:
    """The reps are reduced after an amber light; `exact` if the share is exactly a half."""

    exact: bool = True


@dataclass(frozen=True, slots=True)
class Overridden:
    """A clinician set this dose until an instant; the entry says who."""

    why: str
    until: datetime
    entry: UUID


Step = FirstDose | Halved | Overridden


@dataclass(frozen=True, slots=True)
class Open:
    """The routine may start now: the dose, the steps that shaped it, and an easier dose."""

    routine: Routine
    dose: Dose
    easier: Dose
    steps: tuple[Step, ...]
    phase: Phase
    done_today: int


# Reasons that end by themselves, perhaps before the routine opens
PASSING = Sleepy | AfterRed | TooMuchPain


BY_SOMEBODY = (
    NoProcedure | FutureTime | Contradictory | OpenRedFlag | Held | NeedsClinic | Unanswered | NeedsRelease
)


@dataclass(frozen=True, slots=True)
class Locked:
    """The routine may not start: why, and when it opens if nothing more is recorded.

    `opens_at` is None if a person must act. `decides` is the last reason that holds before that
    instant, or the one that stays; None means the same as `reason`.
    """

    routine: Routine
    reason: Reason
    opens_at: datetime | None
    done_today: int
    decides: Reason | None = None

    @property
    def told(self) -> tuple[Reason, ...]:
        """The reasons to show: one that ends by itself before the routine opens does not decide."""
        last = self.decides
        if last is None or type(last) is type(self.reason):
            return (self.reason,)
        if isinstance(self.reason, PASSING):
            return (last,)
        also = isinstance(last, BY_SOMEBODY) or (isinstance(self.reason, Held) and isinstance(last, TooEarly))
        return (self.reason, last) if also else (self.reason,)


Decision = Open | Locked


def lower(dose: Dose, limit: Dose) -> Dose:
    """Return the lower of each number of two doses."""
    per_day = dose.per_day if limit.hourly else min(dose.per_day, limit.per_day)
    days = min(dose.days_per_week, limit.days_per_week)
    return Dose(min(dose.reps, limit.reps), min(dose.hold_s, limit.hold_s), per_day, dose.hourly, days)
