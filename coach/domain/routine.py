"""A routine: one exercise of a protocol, with its doses, its words and what opens it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from coach.domain.quantity import Quantity


class RoutineKind(StrEnum):
    """How an exercise is done, and so how it is counted, guided and limited.

    A pump moves one way and back, a squeeze tightens and holds. A move is repeated at the patient's
    pace, a stand is held standing, with support; a walk and a rest last minutes, breathing is
    paced, and a test is measured in seconds. All but pumps and squeezes need a release.
    """

    PUMP = "pump"
    SQUEEZE = "squeeze"
    MOVE = "move"
    STAND = "stand"
    WALK = "walk"
    REST = "rest"
    BREATHE = "breathe"
    TEST = "test"

    @property
    def loads(self) -> bool:
        """Whether it loads muscles or back: pain and a red light close it, and it may cause a light."""
        return self not in (RoutineKind.PUMP, RoutineKind.REST, RoutineKind.BREATHE)

    @property
    def in_minutes(self) -> bool:
        """Whether its reps are minutes."""
        return self in (RoutineKind.WALK, RoutineKind.REST)

    @property
    def out_of_bed(self) -> bool:
        """Whether one gets up for it: to a chair, to something to hold on to, or to walk."""
        return self in (RoutineKind.MOVE, RoutineKind.STAND, RoutineKind.WALK, RoutineKind.TEST)

    @property
    def needs_release(self) -> bool:
        """Whether no protocol may open it without a release."""
        return self not in (RoutineKind.PUMP, RoutineKind.SQUEEZE)


WEEK = 7  # days


@dataclass(frozen=True, slots=True)
class Dose:
    """Reps a side, seconds each is held, sets a day; hourly means as often as awake hours allow.

    A rep of a walk or a rest is a minute. `days_per_week` below 7: on so many of any 7 days.
    """

    reps: int
    hold_s: float
    per_day: int
    hourly: bool = False
    days_per_week: int = WEEK

    @property
    def weekly(self) -> bool:
        """Whether it is due on some days of the week only."""
        return self.days_per_week < WEEK


@dataclass(frozen=True)
class PrescribedDose:
    """A dose as the protocol writes it: with units and sources."""

    reps: Quantity
    hold: Quantity
    per_day: Quantity
    hourly: bool = False
    days_per_week: Quantity | None = None

    @cached_property
    def plain(self) -> Dose:
        """The numbers alone."""
        days = self.days_per_week.whole if self.days_per_week else WEEK
        return Dose(self.reps.whole, self.hold.value, self.per_day.whole, self.hourly, days)


@dataclass(frozen=True, slots=True)
class CueTexts:
    """The words that screen and voice use in a rep of one routine.

    `work`, `hold`, `let_go` (squeezes), `point` and `pull` (pumps) are shown; `..._said` is spoken.
    The other kinds use `work` for the way there or what is done, `hold` for what is kept up, and
    `let_go` for the way back; `..._first` in the first rep, where there is time for more. `change_said` is what to do
    when the legs change, `position_said` how to lie where another exercise went before. "" means
    the common words of that kind of exercise.
    """

    work: str = ""
    work_first: str = ""
    work_said: str = ""
    hold: str = ""
    let_go: str = ""
    let_go_said: str = ""
    point: str = ""
    point_first: str = ""
    point_said: str = ""
    pull: str = ""
    pull_first: str = ""
    pull_said: str = ""
    change_said: str = ""
    position_said: str = ""


class ReleasedBy(StrEnum):
    """Who may release an exercise for a patient."""

    PHYSIOTHERAPIST = "physiotherapist"


@dataclass(frozen=True, slots=True)
class Release:
    """What a routine waits for: a physiotherapist's release, and the criteria that speak for one.

    Criteria open nothing; they tell the physiotherapist that the patient may be ready. Before
    `earliest`, hours after the procedure, a release opens nothing either. The others: pain right now
    and the mean of the week's averages below a score, so many days without a red light, so many
    minutes walked on each of some days in a row. None: no such one.
    """

    by: ReleasedBy
    earliest: Quantity | None = None
    pain_now_below: Quantity | None = None
    pain_average_below: Quantity | None = None
    without_red: Quantity | None = None
    walked: Quantity | None = None
    walked_days: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A stretch after the procedure in which a test is due once: when it begins, how long it lasts."""

    opens_after: Quantity
    offered_for: Quantity


@dataclass(frozen=True, slots=True)
class Routine:
    """One exercise: its texts and the limits that no plan may exceed.

    `sides` is 2 where each leg works in turn. `gap` is the least time from the end of one set to
    the start of the next, `hourly_gap` the same while the dose is hourly. `hourly_cap` closes
    the routine for the day, `hourly_met_at` is what a day asks for. With a `release` it is closed
    until a physiotherapist releases it for the patient. A test has `checkpoints`. `drawing` names its
    drawing; `own_drawing` is the SVG of it where it comes with the protocol, "" where it comes with Coach.
    """

    id: str
    kind: RoutineKind
    name: str
    clinical_name: str
    aliases: tuple[str, ...]
    why: str
    position: str
    steps: tuple[str, ...]
    instruction: str
    breathing: str
    effort: str
    feels_like: str
    faults: tuple[str, ...]
    stop_when: tuple[str, ...]
    sides: int
    drawing: str
    tighten: Quantity
    maximum: PrescribedDose
    gap: Quantity
    hourly_gap: Quantity | None
    hourly_cap: Quantity | None
    hourly_met_at: Quantity | None
    sources: str
    cues: CueTexts = CueTexts()
    release: Release | None = None
    checkpoints: tuple[Checkpoint, ...] = ()
    own_drawing: str = ""
