"""The facts of a record, as types that refuse impossible values. Units are noted at the fields.

One file, because it is one list: everything that can be recorded is read here from top to bottom.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import (
    ACTIVITY_LIMIT,
    LINE_LIMIT,
    MESSAGE_LIMIT,
    NOTE_LIMIT,
    clean,
    needed,
    tidied,
)
from coach.domain.free_text import can_be_seen as can_be_seen
from coach.domain.free_text import one_line as one_line
from coach.domain.free_text import plain_text as plain_text
from coach.domain.times import utc

PATIENT = "patient"


CLINICIAN = "physiotherapist"


# The operator, who sets entries aside that were recorded while the clock stood ahead
OPERATOR = "operator"


class PainWord(StrEnum):
    """Pain in words, for patients who prefer them; never on the same axis as numbers."""

    NONE = "none"
    MILD = "mild"
    MEDIUM = "medium"
    BAD = "bad"
    WORST = "worst"


Score = int | PainWord


SettingValue = str | bool


class PainWhen(StrEnum):
    """Which question a pain score answers."""

    NOW = "now"
    BEFORE = "before"
    AFTER = "after"
    AVERAGE_24H = "average_24h"
    WORST_24H = "worst_24h"
    BASELINE = "baseline"


RIGHT_NOW = frozenset({PainWhen.NOW, PainWhen.BEFORE, PainWhen.AFTER})


OVER_A_DAY = (PainWhen.AVERAGE_24H, PainWhen.WORST_24H)


#: The scores that represent a day: the worst pain alone would make every day look bad.
PAIN_OF_A_DAY = RIGHT_NOW | {PainWhen.AVERAGE_24H}


class Reply(StrEnum):
    """An answer to a set-up question."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Cause(StrEnum):
    """Why a course begins."""

    FIRST = "first"
    NEW_PROCEDURE = "new_procedure"
    NEW_FRACTURE = "new_fracture"


class StopReason(StrEnum):
    """Why a session was stopped before its end."""

    ENOUGH = "enough"
    PAIN = "pain"
    TIRED = "tired"
    UNWELL = "unwell"
    INTERRUPTED = "interrupted"
    OTHER = "other"


class Change(StrEnum):
    """How the back is compared with before the procedure, best first; in the protocol's words."""

    VERY_MUCH_BETTER = "very_much_better"
    MUCH_BETTER = "much_better"
    A_LITTLE_BETTER = "a_little_better"
    ABOUT_THE_SAME = "about_the_same"
    A_LITTLE_WORSE = "a_little_worse"
    MUCH_WORSE = "much_worse"
    VERY_MUCH_WORSE = "very_much_worse"


class PutOffWhat(StrEnum):
    """What a patient puts off: an occasion's questions for a day, or naming activities for good.

    `BONE_HEALTH` are the questions about bone health, for a day.
    """

    FOR_TODAY = "for_today"
    ACTIVITIES = "activities"
    BONE_HEALTH = "bone_health"


class BoneStep(StrEnum):
    """A step of bone health after a fracture: one question each."""

    TREATMENT = "treatment"  # that strengthens bones
    SCAN = "scan"  # bone density, DXA
    APPOINTMENT = "appointment"  # about bones: at a fracture clinic or with the family doctor


class BoneState(StrEnum):
    """How far a step of bone health is, as the patient said."""

    YES = "yes"  # a treatment is arranged or started
    DONE = "done"
    BOOKED = "booked"
    NO = "no"


#: The states that each step may have.
BONE_STATES: Mapping[BoneStep, tuple[BoneState, ...]] = {
    BoneStep.TREATMENT: (BoneState.YES, BoneState.NO),
    BoneStep.SCAN: (BoneState.DONE, BoneState.BOOKED, BoneState.NO),
    BoneStep.APPOINTMENT: (BoneState.DONE, BoneState.BOOKED, BoneState.NO),
}


class PlanTopic(StrEnum):
    """A topic on which a physiotherapist may add their own words to the protocol's texts."""

    BRACE = "brace"
    LIFTING = "lifting"
    DRIVING = "driving"
    BATHING = "bathing"


class Detail(StrEnum):
    """A detail of the procedure or the patient that the clinic may record; all are optional."""

    LEVELS = "levels"
    CAUSE = "cause"
    COMPLICATIONS = "complications"
    BONE_TREATMENT = "bone_treatment"
    FALLS = "falls"
    OPIOID = "opioid"
    BLOOD_THINNER = "blood_thinner"
    STEROID = "steroid"


class AnchorTime(StrEnum):
    """One of the two times that hours are counted from."""

    PROCEDURE_END = "procedure_end"
    HOME_ARRIVAL = "home_arrival"


class Source(StrEnum):
    """Who counted the reps: the player, or the patient from memory."""

    PLAYER = "player"
    DIARY = "diary"


def whole_score(value: object, fault: Fault = Fault.PAIN_NOT_A_SCORE) -> int:
    """Return a whole number 0-10; anything else (11, 3.5, NaN, True, "7") is refused."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10:
        raise BadValue(fault, value=str(value)[:20])
    return value


def _between(value: object, low: float, high: float, fault: Fault, *, whole: bool = False) -> None:
    number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not number or not low <= typing.cast("float", value) <= high:  # NaN fails here too
        raise BadValue(fault, value=str(value)[:20], low=low, high=high)


def _in_utc(fact: object, name: str) -> None:
    """Bring an optional instant of a fact to UTC; a naive one is refused."""
    at = getattr(fact, name)
    if at is not None:
        object.__setattr__(fact, name, utc(at))


@dataclass(frozen=True, slots=True)
class Procedure:
    """The procedure ended at the entry's instant; without `supersedes` it begins a course.

    `why` is a clinician's reason for a restart, else "". With `earliest` the time is not known
    exactly: it was then or later, and at the entry's instant at the latest.
    """

    cause: Cause = Cause.FIRST
    why: str = ""
    earliest: datetime | None = None

    def __post_init__(self) -> None:
        tidied(self, "why")
        _in_utc(self, "earliest")


@dataclass(frozen=True, slots=True)
class HomeArrival:
    """The patient got home at the entry's instant, or was not home yet when asked.

    `earliest` as for a procedure.
    """

    home: bool
    earliest: datetime | None = None

    def __post_init__(self) -> None:
        _in_utc(self, "earliest")


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply to one of the protocol's set-up questions."""

    question: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class ClinicAgreed:
    """The clinic agreed that a set-up answer closes nothing: who, when, why."""

    question: str
    who: str
    spoke_at: datetime
    why: str = ""

    def __post_init__(self) -> None:
        needed(self, "who")
        tidied(self, "why")
        object.__setattr__(self, "spoke_at", utc(self.spoke_at))


@dataclass(frozen=True, slots=True)
class Setting:
    """One answer or preference of the patient, such as the zone or the clinic's number."""

    name: str
    value: SettingValue

    def __post_init__(self) -> None:
        if isinstance(self.value, str):
            object.__setattr__(self, "value", clean(self.value))


@dataclass(frozen=True, slots=True)
class Pain:
    """A pain score; None means asked but unknown, which is not zero."""

    score: Score | None
    when: PainWhen
    session: UUID | None = None

    def __post_init__(self) -> None:
        if self.score is not None and not isinstance(self.score, PainWord):
            whole_score(self.score)


@dataclass(frozen=True, slots=True)
class FlagCheck:
    """The red-flag check was answered with "none"; `whole` if the full list was shown."""

    whole: bool


@dataclass(frozen=True, slots=True)
class RedFlagYes:
    """The patient has this symptom."""

    flag: str


@dataclass(frozen=True, slots=True)
class FlagMistake:
    """The tap was a mistake: the patient has not had this."""

    entry: UUID


@dataclass(frozen=True, slots=True)
class FlagCleared:
    """A clinician allowed exercise again: who was spoken to, when, and the reason."""

    entry: UUID
    who: str
    spoke_at: datetime
    why: str = ""

    def __post_init__(self) -> None:
        needed(self, "who")
        tidied(self, "why")
        object.__setattr__(self, "spoke_at", utc(self.spoke_at))


@dataclass(frozen=True, slots=True)
class Drowsy:
    """The answer to "Are you sleepy or dizzy?"."""

    yes: bool


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """A set that Start allowed: reps a side, and seconds that each is held."""

    routine: str
    reps: int
    hold_s: float
    sides: int
    easier: bool = False

    def __post_init__(self) -> None:
        _between(self.reps, 1, 1000, Fault.REPS_OUT_OF_RANGE, whole=True)
        _between(self.hold_s, 0, 60, Fault.HOLD_OUT_OF_RANGE)
        _between(self.sides, 1, 2, Fault.UNKNOWN_CHOICE)


@dataclass(frozen=True, slots=True)
class SessionStarted:
    """A session was started; the entry's id is the session's id."""

    sets: tuple[PlannedSet, ...]
    protocol: str
    version: str
    digest: str
    source: Source = Source.PLAYER


@dataclass(frozen=True, slots=True)
class SetDone:
    """A set that was done: reps over both sides, from the entry's instant on, lasting `took_s`.

    From memory, `took_s` is the schedule's length, so that the gap after it holds; it was not
    measured. `estimated`: the device slept or was closed, or a part ran while it may have been
    neither seen nor heard.
    """

    session: UUID
    routine: str
    reps_done: int
    reps_planned: int
    hold_s: float
    took_s: float
    phase: str
    source: Source = Source.PLAYER
    outside_plan: bool = False
    estimated: bool = False

    def __post_init__(self) -> None:
        _between(self.reps_done, 0, 1000, Fault.REPS_OUT_OF_RANGE, whole=True)
        _between(self.reps_planned, 1, 1000, Fault.REPS_OUT_OF_RANGE, whole=True)
        _between(self.hold_s, 0, 60, Fault.HOLD_OUT_OF_RANGE)
        _between(self.took_s, 0, 86_400, Fault.DURATION_OUT_OF_RANGE)

    @property
    def measured_s(self) -> float | None:
        """How long it took by a device's clock; None if not measured."""
        return self.took_s if self.source is Source.PLAYER and self.took_s else None

    @property
    def is_estimated(self) -> bool:
        """Whether time or reps are from memory or computed, instead of counted during the set."""
        return self.estimated or self.source is Source.DIARY

    @property
    def was_asked_for(self) -> bool:
        """Whether a dose asked for it.

        False for a set from memory outside the plan, which had no dose.
        """
        return self.source is Source.PLAYER or not self.outside_plan


@dataclass(frozen=True, slots=True)
class SessionFinished:
    """A session ended; reason None is the regular end."""

    session: UUID
    stop_reason: StopReason | None = None


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard a session was, 0-10, shown as words."""

    session: UUID
    effort: int

    def __post_init__(self) -> None:
        whole_score(self.effort, Fault.EFFORT_NOT_A_SCORE)


@dataclass(frozen=True, slots=True)
class Note:
    """The patient's own words about a session."""

    session: UUID
    text: str

    def __post_init__(self) -> None:
        needed(self, "text", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class ClinicianHold:
    """A clinician closes one routine, or all (None), until an instant or until lifted."""

    routine: str | None
    why: str
    until: datetime | None = None

    def __post_init__(self) -> None:
        needed(self, "why", NOTE_LIMIT)
        if self.until is not None:
            object.__setattr__(self, "until", utc(self.until))


@dataclass(frozen=True, slots=True)
class HoldLifted:
    """A clinician lifts a hold."""

    entry: UUID
    why: str

    def __post_init__(self) -> None:
        tidied(self, "why")


@dataclass(frozen=True, slots=True)
class Override:
    """A clinician opens a routine early or changes its dose over [begins, ends)."""

    routine: str
    reps: int
    hold_s: float
    per_day: int
    begins: datetime
    ends: datetime
    why: str
    days_per_week: int = 7

    def __post_init__(self) -> None:
        needed(self, "why", NOTE_LIMIT)
        _between(self.reps, 1, 1000, Fault.REPS_OUT_OF_RANGE, whole=True)
        _between(self.hold_s, 0, 60, Fault.HOLD_OUT_OF_RANGE)
        _between(self.per_day, 1, 100, Fault.TIMES_OUT_OF_RANGE)
        _between(self.days_per_week, 1, 7, Fault.DAYS_OUT_OF_RANGE, whole=True)
        object.__setattr__(self, "begins", utc(self.begins))
        object.__setattr__(self, "ends", utc(self.ends))


@dataclass(frozen=True, slots=True)
class OverrideEnded:
    """A clinician ends an override before its time."""

    entry: UUID
    why: str

    def __post_init__(self) -> None:
        needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class Released:
    """A physiotherapist opens an exercise of the library for this patient, until it is taken back."""

    routine: str
    why: str

    def __post_init__(self) -> None:
        needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class ReleaseEnded:
    """A physiotherapist takes a release back."""

    entry: UUID
    why: str

    def __post_init__(self) -> None:
        needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class PainLimit:
    """A personal pain limit (NRS) in place of the protocol's, until an instant.

    Pain at or above it closes.
    """

    limit: int
    ends: datetime
    why: str

    def __post_init__(self) -> None:
        _between(self.limit, 1, 10, Fault.PAIN_NOT_A_SCORE, whole=True)
        needed(self, "why", NOTE_LIMIT)
        object.__setattr__(self, "ends", utc(self.ends))


@dataclass(frozen=True, slots=True)
class PlanText:
    """A clinician's own words on a topic, shown with the protocol's; "" removes them."""

    topic: PlanTopic
    text: str
    why: str

    def __post_init__(self) -> None:
        tidied(self, "text")
        needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class ProtocolChosen:
    """A clinician assigns one of the clinic's protocols to this patient alone."""

    protocol: str
    version: str
    digest: str
    why: str

    def __post_init__(self) -> None:
        needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class TimeAsked:
    """The patient asks to correct a time so that something opens earlier; a clinician decides.

    `earliest` as for a procedure.
    """

    what: AnchorTime
    to: datetime
    earliest: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "to", utc(self.to))
        _in_utc(self, "earliest")


@dataclass(frozen=True, slots=True)
class TimeDecided:
    """A clinician decided such a request.

    If accepted, the corrected time is an entry of its own.
    """

    entry: UUID
    accepted: bool
    why: str

    def __post_init__(self) -> None:
        needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class CourseDetail:
    """A detail of the course; "" removes it."""

    detail: Detail
    text: str

    def __post_init__(self) -> None:
        tidied(self, "text", LINE_LIMIT)


@dataclass(frozen=True, slots=True)
class Away:
    """The patient is away over [begins, ends): silence in that time is no need."""

    begins: datetime
    ends: datetime
    why: str

    def __post_init__(self) -> None:
        needed(self, "why", NOTE_LIMIT)
        object.__setattr__(self, "begins", utc(self.begins))
        object.__setattr__(self, "ends", utc(self.ends))


@dataclass(frozen=True, slots=True)
class Discharged:
    """The clinic no longer follows this patient."""

    why: str

    def __post_init__(self) -> None:
        needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class Readmitted:
    """The clinic follows this patient again."""

    why: str

    def __post_init__(self) -> None:
        needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class Seen:
    """A physiotherapist marked needs as seen today, by their keys (`need.Need.key`)."""

    needs: tuple[str, ...]
    note: str = ""

    def __post_init__(self) -> None:
        tidied(self, "note", LINE_LIMIT)


@dataclass(frozen=True, slots=True)
class Message:
    """A short message between patient and physiotherapist; the entry's author wrote it."""

    text: str

    def __post_init__(self) -> None:
        needed(self, "text", MESSAGE_LIMIT)


@dataclass(frozen=True, slots=True)
class MessageRead:
    """The entry's author has read the message, and the other side's earlier ones."""

    entry: UUID


@dataclass(frozen=True, slots=True)
class NoAnswerNeeded:
    """This message of the patient and earlier ones need no answer: the author dealt with them."""

    entry: UUID


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity that the back makes hard, in the patient's own words."""

    text: str

    def __post_init__(self) -> None:
        needed(self, "text", ACTIVITY_LIMIT)


@dataclass(frozen=True, slots=True)
class FunctionScore:
    """The score of an activity (its entry) at an occasion, from 0 (unable) to 10 (as before).

    None means asked and not known, which is not zero.
    """

    occasion: str
    activity: UUID
    able: int | None

    def __post_init__(self) -> None:
        needed(self, "occasion")
        if self.able is not None:
            whole_score(self.able, Fault.FUNCTION_NOT_A_SCORE)


@dataclass(frozen=True, slots=True)
class ChangeRating:
    """The rated change of the back since the procedure, at an occasion.

    None means asked but unknown.
    """

    occasion: str
    change: Change | None

    def __post_init__(self) -> None:
        needed(self, "occasion")


@dataclass(frozen=True, slots=True)
class BoneHealth:
    """What the patient says of one step of bone health, at an occasion.

    A `state` of None means asked but unknown. `treatment` is the treatment in the patient's own
    words, "" where they gave none and for any other step.
    """

    occasion: str
    step: BoneStep
    state: BoneState | None
    treatment: str = ""

    def __post_init__(self) -> None:
        needed(self, "occasion")
        tidied(self, "treatment", LINE_LIMIT)
        if self.state is not None and self.state not in BONE_STATES[self.step]:
            raise BadValue(Fault.UNKNOWN_CHOICE, value=self.state.value)
        if self.treatment and self.state is not BoneState.YES:
            raise BadValue(Fault.UNKNOWN_CHOICE, value=self.treatment[:20])


@dataclass(frozen=True, slots=True)
class PutOff:
    """The patient puts off the questions of an occasion, or a part of them."""

    occasion: str
    what: PutOffWhat

    def __post_init__(self) -> None:
        needed(self, "occasion")


@dataclass(frozen=True, slots=True)
class Void:
    """Another entry no longer counts; it stays in the record, with the reason."""

    entry: UUID
    why: str

    def __post_init__(self) -> None:
        needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class SetAside:
    """Another entry does not count because it was recorded while the computer's clock stood ahead.

    Recorded by the operator; the entry stays in the record. Unlike a void it applies to every kind.
    """

    entry: UUID
    why: str

    def __post_init__(self) -> None:
        needed(self, "why", NOTE_LIMIT)


Fact = (
    Procedure | HomeArrival | Answer | ClinicAgreed | Setting | Pain | FlagCheck | RedFlagYes
    | FlagMistake | FlagCleared | Drowsy | SessionStarted | SetDone | SessionFinished | Effort
    | Note | ClinicianHold | HoldLifted | Override | OverrideEnded | Released | ReleaseEnded | PainLimit | PlanText
    | ProtocolChosen | TimeAsked | TimeDecided | CourseDetail | Away | Discharged | Readmitted | Seen | Message | MessageRead
    | NoAnswerNeeded | Activity | FunctionScore | ChangeRating | BoneHealth | PutOff | Void | SetAside
)  # fmt: skip


NEVER_VOIDED = (RedFlagYes, FlagMistake, FlagCleared, Void)


#: A physiotherapist's changes of the plan; a patient at home may record some of them too.
PLAN = (
    ClinicianHold, HoldLifted, Override, OverrideEnded, Released, ReleaseEnded, PainLimit, PlanText,
    ProtocolChosen, FlagCleared, ClinicAgreed, Procedure, HomeArrival, TimeDecided,
)  # fmt: skip
