"""The protocol: everything prescribed after one procedure, each number with unit and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from coach.domain.bone_questions import BoneQuestions
from coach.domain.quantity import SOURCE as SOURCE
from coach.domain.quantity import UNITS as UNITS
from coach.domain.quantity import Quantity as Quantity
from coach.domain.routine import WEEK as WEEK
from coach.domain.routine import Checkpoint as Checkpoint
from coach.domain.routine import CueTexts as CueTexts
from coach.domain.routine import Dose as Dose
from coach.domain.routine import Posture as Posture
from coach.domain.routine import PrescribedDose as PrescribedDose
from coach.domain.routine import Release as Release
from coach.domain.routine import ReleasedBy as ReleasedBy
from coach.domain.routine import Routine as Routine
from coach.domain.routine import RoutineKind as RoutineKind


class Anchor(StrEnum):
    """The two instants that hours are counted from."""

    PROCEDURE_END = "procedure_end"
    HOME_ARRIVAL = "home_arrival"


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of recovery: when it begins, what it opens at which dose, what to do and not to do.

    `doses` maps a routine's id to its dose; a routine without one is closed. A phase with
    `done_after_overnight` counts as done after a night in hospital. `rest_rule` holds {until}
    exactly if `rest_rule_until_next` is set; `next_change` says what the next phase changes.
    """

    id: str
    name: str
    anchor: Anchor
    opens_after: Quantity
    doses: Mapping[str, PrescribedDose]
    rest_rule: str
    rest_rule_until_next: bool
    do: tuple[str, ...]
    dont: tuple[str, ...]
    next_change: str
    done_after_overnight: bool
    review_due: bool
    sources: str


class FlagLevel(StrEnum):
    """How soon a red flag needs a clinician."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A symptom, or something that happened, that needs a clinician before more exercise.

    A `never_cleared` flag ends only by a restart of the course. A symptom may go, an `event` has
    happened: nobody is asked whether they still have it.
    """

    id: str
    text: str
    level: FlagLevel
    advice: tuple[str, ...]
    never_cleared: bool
    event: bool
    source: str


class Closes(StrEnum):
    """What a "yes" or "not sure" to a set-up question closes."""

    ALL = "all"
    SQUEEZES = "squeezes"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Question:
    """A set-up question with yes, no and unsure.

    `meaning` identifies questions that close nothing.
    """

    id: str
    text: str
    closes: Closes
    meaning: str
    source: str


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A study's mean pain (and SD) at so many days after the procedure (0 = before)."""

    after: Quantity
    mean: Quantity
    sd: Quantity | None


@dataclass(frozen=True, slots=True)
class Curve:
    """A study's pain over time, shown as one study's average and not as a goal."""

    id: str
    title: str
    points: tuple[CurvePoint, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """A stretch of recovery in which the outcome questions are asked once.

    It opens a given time after the procedure, for a half-open stretch of a given length.
    `function_question` is asked of each activity; `asks_change` tells whether the change is rated
    too.
    """

    id: str
    name: str
    function_question: str
    opens_after: Quantity
    offered_for: Quantity
    asks_change: bool


@dataclass(frozen=True, slots=True)
class Measures:
    """The outcome measures: the patient's activities, 0 (unable) to 10 (as before), and the change.

    `detectable_mean` and `detectable_single` are the smallest changes beyond chance, of the mean of
    several activities and of one alone. `change_words` has the words of each `history.Change`, best
    first.
    """

    attribution: str
    choose: str
    examples: tuple[str, ...]
    change_question: str
    activities_most: Quantity
    unable: Quantity
    as_before: Quantity
    detectable_mean: Quantity
    detectable_single: Quantity
    function_words: tuple[tuple[int, str], ...]
    change_words: Mapping[str, str]
    occasions: tuple[Occasion, ...]

    def occasion(self, occasion_id: str) -> Occasion | None:
        """Return the occasion of that id, or None."""
        return next((each for each in self.occasions if each.id == occasion_id), None)


OTHER = "other"  # the country code for countries that are not listed


@dataclass(frozen=True, slots=True)
class Emergency:
    """The phone numbers of a country: ISO 3166 code, or "other", whose `emergency` may be ""."""

    country: str
    name: str
    emergency: str
    advice: str
    source: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All other numbers that the rules need; see clinical decisions 2 to 17."""

    home_fallback: Quantity
    set_counts_from: Quantity
    first_dose: PrescribedDose
    first_dose_for: Quantity
    first_dose_again_after: Quantity
    first_dose_after_red_flag: Quantity
    rest_at_least: Quantity
    change_legs: Quantity
    get_ready: Quantity
    get_ready_most: Quantity
    between_routines: Quantity
    day_ends: Quantity
    over_doing_above: Quantity
    on_track_from: Quantity
    partly_from: Quantity
    check_holds_for: Quantity
    drowsy_asked_for: Quantity
    drowsy_closes_for: Quantity
    red_light_closes_for: Quantity
    pain_limit: Quantity
    pain_closes_for: Quantity
    amber_rise: Quantity
    red_rise: Quantity
    amber_reps: Quantity
    row_within: Quantity
    morning_ends: Quantity
    high_pain_days: Quantity
    high_pain_after: Quantity
    easier_reps: Quantity
    easier_hold: Quantity
    better_points: Quantity
    better_percent: Quantity
    better_window: Quantity
    better_needs: Quantity
    mistake_within: Quantity
    emergency_cleared_after: Quantity
    silent_after: Quantity
    session_open_for: Quantity
    pain_up_by: Quantity
    pain_up_over: Quantity
    low_over: Quantity
    low_needs: Quantity
    own_limit_most: Quantity
    plan_lasts_most: Quantity
    night_begins: Quantity
    night_ends: Quantity
    rising_by: Quantity
    rising_over: Quantity
    rising_needs: Quantity
    not_begun_after: Quantity
    hold_asks_after: Quantity
    review_asks_after: Quantity
    lift_most: Quantity


@dataclass(frozen=True, slots=True)
class Protocol:
    """A checked protocol; `digest` is the SHA-256 of the file it was read from.

    `measures` and `bone_health` are None if a file has none, as older files: then no outcome
    questions, or no questions about bone health, are asked. `drawings` are the file's own, as SVG by
    name; a routine that names one has it too.
    """

    id: str
    version: str
    digest: str
    title: str
    routines: Mapping[str, Routine]
    phases: tuple[Phase, ...]
    rules: Rules
    red_flags: Mapping[str, RedFlag]
    questions: tuple[Question, ...]
    curves: tuple[Curve, ...]
    emergency_numbers: Mapping[str, Emergency]
    pain_words: tuple[tuple[int, str], ...]
    effort_words: tuple[tuple[int, str], ...]
    plain_words: Mapping[str, str]
    sources: Mapping[str, str]
    notices: Mapping[str, str]
    guide: Mapping[str, tuple[str, ...]]
    measures: Measures | None = None
    bone_health: BoneQuestions | None = None
    drawings: Mapping[str, str] = field(default_factory=dict)

    def question(self, question_id: str) -> Question | None:
        """Return the set-up question of that id, or None."""
        return next((q for q in self.questions if q.id == question_id), None)
