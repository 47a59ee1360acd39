"""The history: all dated facts of one patient, only ever added to.

Facts are small frozen values that refuse what cannot be true of them; an `Entry` is a fact with
its instant, zone, author and place in the order of recording. `History` answers what holds now:
corrections replace, voids remove, and nothing is forgotten.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Generic, TypeVar
from uuid import UUID

from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import can_be_seen as can_be_seen
from coach.domain.free_text import clean
from coach.domain.free_text import one_line as one_line
from coach.domain.free_text import plain_text as plain_text
from coach.domain.times import read_instant, utc

NOTE_LIMIT = 2000
LINE_LIMIT = 200
MESSAGE_LIMIT = 1000
ACTIVITY_LIMIT = 80

PATIENT = "patient"
CLINICIAN = "physiotherapist"
OPERATOR = "operator"  # whoever runs the server; sets aside what was recorded while its clock stood ahead


class PainWord(StrEnum):
    """Plain words for those who do not like numbers; never on the same axis as numbers."""

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
#: What tells how much pain a day brings: its worst alone would make every day look bad.
PAIN_OF_A_DAY = RIGHT_NOW | {PainWhen.AVERAGE_24H}


class Reply(StrEnum):
    """An answer to a set-up question."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Cause(StrEnum):
    """Why a course starts."""

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
    """What of an occasion's questions the patient leaves: all for the day, or naming activities altogether."""

    FOR_TODAY = "for_today"
    ACTIVITIES = "activities"


class PlanTopic(StrEnum):
    """What a physiotherapist may say in own words, beside the protocol's texts."""

    BRACE = "brace"
    LIFTING = "lifting"
    DRIVING = "driving"
    BATHING = "bathing"


class Detail(StrEnum):
    """What the clinic knows of the procedure and the person; none of it is needed."""

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


def _tidied(fact: object, name: str, limit: int = NOTE_LIMIT) -> str:
    """Keep a text of a fact as people may see it (`free_text.clean`), whoever wrote it and however long ago."""
    raw = getattr(fact, name)
    text = plain_text(raw, limit)
    if text != raw:
        object.__setattr__(fact, name, text)
    return text


def _needed(fact: object, name: str, limit: int = LINE_LIMIT) -> None:
    """As `_tidied`; no text at all is refused.

    A text that was recorded before invisible signs were refused is empty here, and the entry can be read. It cannot be
    recorded again: what does not read back as it is written is refused (`records.rows.to_row`).
    """
    raw = getattr(fact, name)
    if not _tidied(fact, name, limit) and not (isinstance(raw, str) and raw.strip()):
        raise BadValue(Fault.TEXT_MISSING)


def _between(value: object, low: float, high: float, fault: Fault, *, whole: bool = False) -> None:
    number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not number or not low <= typing.cast("float", value) <= high:  # NaN fails here too
        raise BadValue(fault, value=str(value)[:20], low=low, high=high)


@dataclass(frozen=True, slots=True)
class Procedure:
    """The procedure ended at the entry's instant; without `supersedes` it starts a course.

    `why` is a clinician's reason to start again, and empty otherwise.
    """

    cause: Cause = Cause.FIRST
    why: str = ""

    def __post_init__(self) -> None:
        _tidied(self, "why")


@dataclass(frozen=True, slots=True)
class HomeArrival:
    """Got home at the entry's instant, or was not home yet when asked."""

    home: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply to one of the protocol's set-up questions."""

    question: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class ClinicAgreed:
    """The clinic agreed that a set-up answer need not close anything: who, when, why."""

    question: str
    who: str
    spoke_at: datetime
    why: str = ""

    def __post_init__(self) -> None:
        _needed(self, "who")
        _tidied(self, "why")
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
    """A pain score; None means asked and not known, which is not zero."""

    score: Score | None
    when: PainWhen
    session: UUID | None = None

    def __post_init__(self) -> None:
        if self.score is not None and not isinstance(self.score, PainWord):
            whole_score(self.score)


@dataclass(frozen=True, slots=True)
class FlagCheck:
    """The red-flag check was answered with none; `whole` when the full list was shown."""

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
        _needed(self, "who")
        _tidied(self, "why")
        object.__setattr__(self, "spoke_at", utc(self.spoke_at))


@dataclass(frozen=True, slots=True)
class Drowsy:
    """Answered "Are you sleepy or dizzy?"."""

    yes: bool


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """What Start allowed: one set, reps a side and seconds each is held."""

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
    """A session was allowed and started; its entry's id is the session's id."""

    sets: tuple[PlannedSet, ...]
    protocol: str
    version: str
    digest: str
    source: Source = Source.PLAYER


@dataclass(frozen=True, slots=True)
class SetDone:
    """One set: reps over both sides, from the entry's instant on, lasting `took_s`.

    From memory `took_s` is what the schedule gives it, so that the gaps after it are kept: nobody measured it.
    `estimated`: the device had slept or was closed, or a part of it ran where nobody saw or heard it.
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
        """How long it took by the clock of a device; None where none ran."""
        return self.took_s if self.source is Source.PLAYER and self.took_s else None

    @property
    def is_estimated(self) -> bool:
        """Whether its time or its repetitions are from memory or worked out, not counted as it was done."""
        return self.estimated or self.source is Source.DIARY

    @property
    def was_asked_for(self) -> bool:
        """Whether a dose asked for it; from memory and outside the plan, its dose is one that nobody gave."""
        return self.source is Source.PLAYER or not self.outside_plan


@dataclass(frozen=True, slots=True)
class SessionFinished:
    """A session ended; None is the regular end."""

    session: UUID
    stop_reason: StopReason | None = None


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard a session was, 0-10 behind words."""

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
        _needed(self, "text", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class ClinicianHold:
    """A clinician closes one routine, or all (None), until an instant or until lifted."""

    routine: str | None
    why: str
    until: datetime | None = None

    def __post_init__(self) -> None:
        _needed(self, "why", NOTE_LIMIT)
        if self.until is not None:
            object.__setattr__(self, "until", utc(self.until))


@dataclass(frozen=True, slots=True)
class HoldLifted:
    """A clinician lifts a hold."""

    entry: UUID
    why: str

    def __post_init__(self) -> None:
        _tidied(self, "why")


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

    def __post_init__(self) -> None:
        _needed(self, "why", NOTE_LIMIT)
        _between(self.reps, 1, 1000, Fault.REPS_OUT_OF_RANGE, whole=True)
        _between(self.hold_s, 0, 60, Fault.HOLD_OUT_OF_RANGE)
        _between(self.per_day, 1, 100, Fault.TIMES_OUT_OF_RANGE)
        object.__setattr__(self, "begins", utc(self.begins))
        object.__setattr__(self, "ends", utc(self.ends))


@dataclass(frozen=True, slots=True)
class OverrideEnded:
    """A clinician ends an override before its time."""

    entry: UUID
    why: str

    def __post_init__(self) -> None:
        _needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class PainLimit:
    """A personal limit (NRS) in the place of the protocol's: pain at or above it closes, until an instant."""

    limit: int
    ends: datetime
    why: str

    def __post_init__(self) -> None:
        _between(self.limit, 1, 10, Fault.PAIN_NOT_A_SCORE, whole=True)
        _needed(self, "why", NOTE_LIMIT)
        object.__setattr__(self, "ends", utc(self.ends))


@dataclass(frozen=True, slots=True)
class PlanText:
    """A clinician's own words on one topic, shown beside the protocol's; empty takes them back."""

    topic: PlanTopic
    text: str
    why: str

    def __post_init__(self) -> None:
        _tidied(self, "text")
        _needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class ProtocolChosen:
    """A clinician puts this patient under one protocol of the clinic, whatever is in force for the others."""

    protocol: str
    version: str
    digest: str
    why: str

    def __post_init__(self) -> None:
        _needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class TimeAsked:
    """The patient asks to correct a time so that something opens earlier; a clinician decides."""

    what: AnchorTime
    to: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "to", utc(self.to))


@dataclass(frozen=True, slots=True)
class TimeDecided:
    """A clinician answered such a request; where it was accepted, the correction stands beside it."""

    entry: UUID
    accepted: bool
    why: str

    def __post_init__(self) -> None:
        _needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class CourseDetail:
    """One thing that the clinic knows of the course; empty takes it back."""

    detail: Detail
    text: str

    def __post_init__(self) -> None:
        _tidied(self, "text", LINE_LIMIT)


@dataclass(frozen=True, slots=True)
class Away:
    """The patient is away over [begins, ends): silence then is no reason to call."""

    begins: datetime
    ends: datetime
    why: str

    def __post_init__(self) -> None:
        _needed(self, "why", NOTE_LIMIT)
        object.__setattr__(self, "begins", utc(self.begins))
        object.__setattr__(self, "ends", utc(self.ends))


@dataclass(frozen=True, slots=True)
class Discharged:
    """The clinic no longer follows this patient."""

    why: str

    def __post_init__(self) -> None:
        _needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class Readmitted:
    """The clinic follows this patient again."""

    why: str

    def __post_init__(self) -> None:
        _needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class Seen:
    """A physiotherapist has dealt with these needs for today, by their keys (`triage.Need.key`); `note` may say how."""

    needs: tuple[str, ...]
    note: str = ""

    def __post_init__(self) -> None:
        _tidied(self, "note", LINE_LIMIT)


@dataclass(frozen=True, slots=True)
class Message:
    """A short message between patient and physiotherapist; the entry's author wrote it."""

    text: str

    def __post_init__(self) -> None:
        _needed(self, "text", MESSAGE_LIMIT)


@dataclass(frozen=True, slots=True)
class MessageRead:
    """The entry's author has read the message, and with it those of the other side before it."""

    entry: UUID


@dataclass(frozen=True, slots=True)
class NoAnswerNeeded:
    """This message of the patient's, and those before it, need no written answer: its author has seen to them."""

    entry: UUID


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing of the patient's days that the back makes hard, in the patient's own words."""

    text: str

    def __post_init__(self) -> None:
        _needed(self, "text", ACTIVITY_LIMIT)


@dataclass(frozen=True, slots=True)
class FunctionScore:
    """How well an activity (its entry) goes at an occasion, 0 unable to 10 as before.

    None means asked and not known, which is not zero.
    """

    occasion: str
    activity: UUID
    able: int | None

    def __post_init__(self) -> None:
        _needed(self, "occasion")
        if self.able is not None:
            whole_score(self.able, Fault.FUNCTION_NOT_A_SCORE)


@dataclass(frozen=True, slots=True)
class ChangeRating:
    """How the back is at an occasion, compared with before the procedure; None means asked and not known."""

    occasion: str
    change: Change | None

    def __post_init__(self) -> None:
        _needed(self, "occasion")


@dataclass(frozen=True, slots=True)
class PutOff:
    """The patient leaves the questions of an occasion, or a part of them."""

    occasion: str
    what: PutOffWhat

    def __post_init__(self) -> None:
        _needed(self, "occasion")


@dataclass(frozen=True, slots=True)
class Void:
    """An entry does not count any more; it stays in the record with the reason."""

    entry: UUID
    why: str

    def __post_init__(self) -> None:
        _needed(self, "why", NOTE_LIMIT)


@dataclass(frozen=True, slots=True)
class SetAside:
    """An entry counts for nothing: it was recorded while the computer's clock stood ahead.

    Whoever runs the server says so; the entry stays in the record. Unlike a void it holds for every kind.
    """

    entry: UUID
    why: str

    def __post_init__(self) -> None:
        _needed(self, "why", NOTE_LIMIT)


Fact = (
    Procedure | HomeArrival | Answer | ClinicAgreed | Setting | Pain | FlagCheck | RedFlagYes
    | FlagMistake | FlagCleared | Drowsy | SessionStarted | SetDone | SessionFinished | Effort
    | Note | ClinicianHold | HoldLifted | Override | OverrideEnded | PainLimit | PlanText | ProtocolChosen
    | TimeAsked | TimeDecided | CourseDetail | Away | Discharged | Readmitted | Seen | Message | MessageRead
    | NoAnswerNeeded | Activity | FunctionScore | ChangeRating | PutOff | Void | SetAside
)  # fmt: skip

KINDS: Mapping[str, type] = {
    "procedure": Procedure,
    "home_arrival": HomeArrival,
    "answer": Answer,
    "clinic_agreed": ClinicAgreed,
    "setting": Setting,
    "pain": Pain,
    "flag_check": FlagCheck,
    "red_flag": RedFlagYes,
    "flag_mistake": FlagMistake,
    "flag_cleared": FlagCleared,
    "drowsy": Drowsy,
    "session_started": SessionStarted,
    "set_done": SetDone,
    "session_finished": SessionFinished,
    "effort": Effort,
    "note": Note,
    "hold": ClinicianHold,
    "hold_lifted": HoldLifted,
    "override": Override,
    "override_ended": OverrideEnded,
    "pain_limit": PainLimit,
    "plan_text": PlanText,
    "protocol_chosen": ProtocolChosen,
    "time_asked": TimeAsked,
    "time_decided": TimeDecided,
    "course_detail": CourseDetail,
    "away": Away,
    "discharged": Discharged,
    "readmitted": Readmitted,
    "seen": Seen,
    "message": Message,
    "message_read": MessageRead,
    "no_answer_needed": NoAnswerNeeded,
    "activity": Activity,
    "function_score": FunctionScore,
    "change_rating": ChangeRating,
    "put_off": PutOff,
    "void": Void,
    "set_aside": SetAside,
}
KIND_OF: Mapping[type, str] = {fact: kind for kind, fact in KINDS.items()}
NEVER_VOIDED = (RedFlagYes, FlagMistake, FlagCleared, Void)
#: What a physiotherapist changes about the plan; some of it a patient at home may tell too.
PLAN = (
    ClinicianHold, HoldLifted, Override, OverrideEnded, PainLimit, PlanText, ProtocolChosen,
    FlagCleared, ClinicAgreed, Procedure, HomeArrival, TimeDecided,
)  # fmt: skip


def to_payload(fact: Fact) -> dict[str, object]:
    """Return the fact as plain JSON values: instants as ISO text in UTC, ids as text."""

    def plain(value: object) -> object:
        if isinstance(value, datetime):
            return utc(value).isoformat()
        if isinstance(value, UUID):
            return str(value)
        if isinstance(value, StrEnum):
            return value.value
        if isinstance(value, tuple):
            return [item if isinstance(item, str) else to_payload(item) for item in value]
        return value

    return {field.name: plain(getattr(fact, field.name)) for field in dataclasses.fields(fact)}


def from_payload(kind: str, payload: Mapping[str, object]) -> Fact:
    """Return the fact of that kind; unknown kinds, fields and values are refused."""
    if kind not in KINDS:
        raise BadValue(Fault.UNKNOWN_KIND, value=str(kind)[:40])
    return typing.cast("Fact", _build(KINDS[kind], payload))


_HINTS: dict[type, dict[str, object]] = {}


def _build(cls: type, payload: object) -> object:
    if not isinstance(payload, Mapping):
        raise BadValue(Fault.TEXT_MISSING)
    hints = _HINTS.get(cls) or _HINTS.setdefault(cls, typing.get_type_hints(cls))
    unknown = set(payload) - set(hints)
    if unknown:
        raise BadValue(Fault.UNKNOWN_CHOICE, value=sorted(unknown)[0][:40])
    try:
        return cls(**{name: _read(hints[name], value) for name, value in payload.items()})
    except TypeError as missing:
        raise BadValue(Fault.TEXT_MISSING) from missing


def _read(hint: object, value: object) -> object:
    options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    if value is None and type(None) in options:
        return None
    for option in options:
        if option in (int, float, bool, str):
            if type(value) is option or (option is float and type(value) is int):
                return value
        elif option is datetime and isinstance(value, str):
            return read_instant(value)
        elif option is UUID and isinstance(value, str):
            return _uuid(value)
        elif isinstance(option, type) and issubclass(option, StrEnum) and isinstance(value, str):
            if value in set(option):
                return option(value)
        elif typing.get_origin(option) is tuple and isinstance(value, list):
            item = typing.get_args(option)[0]
            return tuple(_read(str, each) if item is str else _build(item, each) for each in value)
    if PainWord in options:
        raise BadValue(Fault.PAIN_NOT_A_SCORE, value=str(value)[:20])
    raise BadValue(Fault.UNKNOWN_CHOICE, value=str(value)[:40])


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadValue(Fault.UNKNOWN_ENTRY, value=text[:40]) from None


_BY_CLINICIAN = CLINICIAN + ":"


def clinician_author(account: UUID | None) -> str:
    """Return the author of what the physiotherapist with that account writes."""
    return f"{_BY_CLINICIAN}{account}"


def clinician_account(author: str) -> UUID | None:
    """Return the account of the physiotherapist who is that author; None for others, and where it is no account."""
    if not author.startswith(_BY_CLINICIAN):
        return None
    try:
        return UUID(author.removeprefix(_BY_CLINICIAN))
    except ValueError:
        return None


def by_clinician(entry: Entry[object]) -> bool:
    """Tell whether a physiotherapist wrote the entry."""
    return entry.author.startswith(_BY_CLINICIAN)


F = TypeVar("F", covariant=True)


@dataclass(frozen=True, slots=True)
class Entry(Generic[F]):
    """One dated fact.

    `at` is the instant it is about and `local_date` the patient's date then, in `zone` as it was;
    `recorded_at` is when it was written. `supersedes` names the entry it replaces. `seq` is its
    place in the patient's record, from 1.
    """

    id: UUID
    seq: int
    at: datetime
    zone: str
    local_date: date
    recorded_at: datetime
    author: str
    fact: F
    supersedes: UUID | None = None

    def __post_init__(self) -> None:
        for name in ("at", "recorded_at"):
            object.__setattr__(self, name, utc(getattr(self, name)))

    @property
    def kind(self) -> str:
        """The kind under which the fact is stored."""
        return KIND_OF[type(self.fact)]


@dataclass(frozen=True, slots=True)
class Session:
    """What is known of one session, gathered from its small entries."""

    started: Entry[SessionStarted]
    sets: tuple[Entry[SetDone], ...]
    finished: Entry[SessionFinished] | None
    before: Entry[Pain] | None
    after: Entry[Pain] | None
    effort: Entry[Effort] | None
    notes: tuple[Entry[Note], ...]

    @property
    def id(self) -> UUID:
        """The session's id, which is the id of the entry that started it."""
        return self.started.id

    @property
    def ended_at(self) -> datetime:
        """When the last thing of the exercises is known to have happened."""
        if self.finished:
            return self.finished.at
        return max((set_end(done) for done in self.sets), default=self.started.at)

    @property
    def from_memory(self) -> bool:
        """Whether it was told afterwards; then its start alone is known, and its end is the schedule's."""
        return self.started.fact.source is Source.DIARY

    @property
    def known_end(self) -> datetime | None:
        """When its end was recorded as it happened; None where nobody recorded it or it is worked out."""
        return self.finished.at if self.finished and not self.from_memory else None


def set_end(done: Entry[SetDone]) -> datetime:
    """Return the instant a set ended."""
    return done.at + timedelta(seconds=done.fact.took_s)


class History:
    """All entries of one patient, in the order they were recorded; never changed.

    `memo` keeps what was derived from these entries and a protocol alone, never from "now".
    """

    def __init__(self, entries: Iterable[Entry[object]] = ()) -> None:
        self.entries = tuple(sorted(entries, key=attrgetter("seq")))
        self.memo: dict[object, object] = {}

    def extended(self, more: Iterable[Entry[object]]) -> History:
        """Return a history with these entries after the others."""
        return History((*self.entries, *more))

    @property
    def last_seq(self) -> int:
        """The place of the entry recorded last; 0 before the first."""
        return self.entries[-1].seq if self.entries else 0

    @cached_property
    def by_id(self) -> Mapping[UUID, Entry[object]]:
        """Every entry, also those that do not count any more, by id."""
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def set_aside(self) -> Mapping[UUID, Entry[SetAside]]:
        """The entries that whoever runs the server has set aside, with the one that says so."""
        return {
            entry.fact.entry: typing.cast("Entry[SetAside]", entry)
            for entry in self.entries
            if isinstance(entry.fact, SetAside)
        }

    @cached_property
    def counted(self) -> tuple[Entry[object], ...]:
        """The entries without those that were set aside: nothing may be derived from their times."""
        return tuple(entry for entry in self.entries if entry.id not in self.set_aside)

    @cached_property
    def voided(self) -> Mapping[UUID, Entry[Void] | Entry[SetAside]]:
        """The entries that a later one takes back or sets aside, with that later one."""
        found: dict[UUID, Entry[Void] | Entry[SetAside]] = dict(self.set_aside)
        for entry in self.counted:
            if isinstance(entry.fact, Void):
                target = self.by_id.get(entry.fact.entry)
                if target and not isinstance(target.fact, NEVER_VOIDED):
                    found.setdefault(target.id, typing.cast("Entry[Void]", entry))
        return found

    @cached_property
    def replaced(self) -> Mapping[UUID, Entry[object]]:
        """The entries that a later one of their kind replaces, with that later one."""
        found: dict[UUID, Entry[object]] = {}
        for entry in self.counted:
            target = self.corrected_by(entry)
            if target and not isinstance(target.fact, NEVER_VOIDED):
                while target.id in found:  # of two corrections of one entry the later wins
                    target = found[target.id]
                found[target.id] = entry
        return found

    def corrected_by(self, entry: Entry[F]) -> Entry[F] | None:
        """Return the earlier entry of its kind that this one corrects, or None."""
        target = self.by_id.get(entry.supersedes) if entry.supersedes else None
        if target and target.kind == entry.kind and target.seq < entry.seq:
            return typing.cast("Entry[F]", target)
        return None

    @cached_property
    def _current(self) -> Mapping[type, tuple[Entry[object], ...]]:
        """What counts, by kind of fact, in the order of what happened."""
        gone = self.voided.keys() | self.replaced.keys()
        kinds: dict[type, list[Entry[object]]] = {}
        for entry in self.entries:
            if entry.id not in gone:
                kinds.setdefault(type(entry.fact), []).append(entry)
        return {
            kind: tuple(sorted(entries, key=attrgetter("at")))  # stable: the same instant stays by seq
            for kind, entries in kinds.items()
        }

    def of(self, kind: type[F]) -> tuple[Entry[F], ...]:
        """Return the entries of that kind that count, ordered by what they are about."""
        return typing.cast("tuple[Entry[F], ...]", self._current.get(kind, ()))

    def latest(self, kind: type[F]) -> Entry[F] | None:
        """Return the entry of that kind that was recorded last and counts, or None."""
        return max(self.of(kind), key=lambda entry: entry.seq, default=None)

    @cached_property
    def settings(self) -> Mapping[str, str | bool]:
        """The latest value of each setting."""
        latest = sorted(self.of(Setting), key=lambda entry: entry.seq)
        return {entry.fact.name: entry.fact.value for entry in latest}

    @cached_property
    def answers(self) -> Mapping[str, Entry[Answer]]:
        """The latest reply to each set-up question."""
        latest = sorted(self.of(Answer), key=lambda entry: entry.seq)
        return {entry.fact.question: entry for entry in latest}

    @property
    def zone(self) -> str:
        """The patient's zone now; UTC before it is known."""
        return str(self.settings.get("zone", "UTC"))

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        """Every session that counts, in order of its start."""
        parts: dict[UUID, list[Entry[object]]] = {}
        for kind in (SetDone, SessionFinished, Pain, Effort, Note):
            for entry in self._current.get(kind, ()):
                session = getattr(entry.fact, "session", None)
                if session:
                    parts.setdefault(session, []).append(entry)
        return tuple(_session(start, parts.get(start.id, [])) for start in self.of(SessionStarted))

    def session(self, session_id: UUID) -> Session | None:
        """Return the session of that id, or None."""
        return next((each for each in reversed(self.sessions) if each.id == session_id), None)


def _end(ends: list[Entry[SessionFinished]]) -> Entry[SessionFinished] | None:
    """Return how a session ended; that it was stopped for pain counts whoever ended it first."""
    for_pain = (end for end in ends if end.fact.stop_reason is StopReason.PAIN)
    return next(for_pain, None) or next(iter(ends), None)


def _session(started: Entry[SessionStarted], parts: list[Entry[object]]) -> Session:
    kinds: dict[type, list[Entry[object]]] = {}
    for part in parts:
        kinds.setdefault(type(part.fact), []).append(part)

    def every(kind: type[F]) -> list[Entry[F]]:
        return typing.cast("list[Entry[F]]", kinds.get(kind, []))

    pains = every(Pain)

    def scored(when: PainWhen) -> Entry[Pain] | None:
        return next((pain for pain in reversed(pains) if pain.fact.when is when), None)

    return Session(
        started=started,
        sets=tuple(every(SetDone)),
        finished=_end(every(SessionFinished)),
        before=scored(PainWhen.BEFORE),
        after=scored(PainWhen.AFTER),
        effort=next(reversed(every(Effort)), None),
        notes=tuple(every(Note)),
    )
