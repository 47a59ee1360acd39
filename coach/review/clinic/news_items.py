"""The types of news items, so that their words are in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from coach.domain.facts import Answer, Pain, PainWord, RedFlagYes, StopReason
from coach.domain.history import Entry
from coach.domain.pain import Light
from coach.text.clinic_entries import EntryTold


class Part(StrEnum):
    """The part of the review with the details; in the order of the news."""

    FLAGS = "flags"
    PAIN = "pain"
    MESSAGES = "messages"
    DOING = "doing"
    FUNCTION = "function"
    PLAN = "plan"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class FlagTold:
    """A red flag, and whether it is still open."""

    at: datetime
    entry: Entry[RedFlagYes]
    open: bool


@dataclass(frozen=True, slots=True)
class Lights:
    """Sessions that gave a red or an amber light; `at` is the latest."""

    at: datetime
    light: Light
    count: int


@dataclass(frozen=True, slots=True)
class AverageMoved:
    """The latest 24-hour average and the one before; `before` is None if there was none."""

    at: datetime
    before: int | None
    after: int
    count: int
    day: date


@dataclass(frozen=True, slots=True)
class RightNow:
    """Scores of pain right now: how many, the highest with its instant, and the latest."""

    at: datetime
    count: int
    highest: int
    highest_entry: Entry[Pain]
    latest: int


@dataclass(frozen=True, slots=True)
class InWords:
    """Pain scores in plain words, with the latest."""

    at: datetime
    count: int
    latest: PainWord


@dataclass(frozen=True, slots=True)
class PainNotKnown:
    """How often pain was asked for but unknown."""

    at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions, and how many of the sets due since were done.

    Stops by reason, sets outside the plan.

    `earlier` counts sessions that began before and got new entries.
    """

    at: datetime
    count: int
    earlier: int
    from_memory: int
    done: int
    due: int
    stops: tuple[tuple[StopReason, int], ...]
    outside: int
    notes: int


@dataclass(frozen=True, slots=True)
class Unread:
    """Messages of the patient that no physiotherapist has read."""

    at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Written:
    """Messages that were read already, or are from colleagues."""

    at: datetime
    by_patient: int
    by_clinic: int


@dataclass(frozen=True, slots=True)
class Answers:
    """Answered set-up questions, with those that close something."""

    at: datetime
    count: int
    closing: tuple[Entry[Answer], ...]


@dataclass(frozen=True, slots=True)
class Checks:
    """How often there was no warning sign."""

    at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Awake:
    """How often there was no sleepiness."""

    at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings that changed."""

    at: datetime
    count: int


Item = (
    FlagTold | Lights | AverageMoved | RightNow | InWords | PainNotKnown | Sessions | Unread | Written | Answers
    | Checks | Awake | Settings | EntryTold
)  # fmt: skip
