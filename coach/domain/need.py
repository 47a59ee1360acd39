"""A need: why a patient needs a physiotherapist, its begin and end, and who marked it as seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from coach.domain.times import BEGINNING, midnight_after


class NeedReason(StrEnum):
    """Why a patient needs a physiotherapist, the most urgent first."""

    RED_FLAG = "red_flag"
    HIGH_PAIN = "high_pain"
    RED_LIGHT = "red_light"
    PAIN_UP = "pain_up"
    PAIN_RISING = "pain_rising"
    PAIN_WORSE = "pain_worse"
    ANSWER = "answer"
    UNREAD = "unread"
    UNANSWERED = "unanswered"
    TIME_ASKED = "time_asked"
    OVER_DOING = "over_doing"
    SILENT = "silent"
    FUNCTION_DOWN = "function_down"
    REVIEW_DUE = "review_due"
    NOT_BEGUN = "not_begun"
    ON_HOLD = "on_hold"
    BONE_TREATMENT = "bone_treatment"
    LOW = "low"
    PARTLY = "partly"
    READY_TO_RELEASE = "ready_to_release"


# Needs that can wait; one of them that is `overdue` needs a physiotherapist today.
QUIET = frozenset(
    {
        NeedReason.REVIEW_DUE,
        NeedReason.NOT_BEGUN,
        NeedReason.ON_HOLD,
        NeedReason.BONE_TREATMENT,
        NeedReason.LOW,
        NeedReason.PARTLY,
        NeedReason.READY_TO_RELEASE,
    }
)
OVERDUE = ":overdue"  # suffix of the key of an overdue need
# These keep their place when marked as seen: a flag until it is cleared, a message until it is
# answered.
STAY_IN_PLACE = frozenset({NeedReason.RED_FLAG, NeedReason.UNREAD, NeedReason.UNANSWERED})
# These end only by an answer, or by marking that none is needed; they cannot be marked as seen.
ABOUT_MESSAGES = frozenset({NeedReason.UNREAD, NeedReason.UNANSWERED})

Detail = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Need:
    """One reason over [from_at, until_at), if nothing more is recorded.

    `key` identifies it for as long as it is the same reason. `seen_until` is the start
    of the local day after a physiotherapist marked it as seen, and `BEGINNING` if nobody did or it
    keeps its place anyway (`STAY_IN_PLACE`). `detail` has the entry that marked it as seen.
    """

    reason: NeedReason
    key: str
    from_at: datetime
    until_at: datetime
    detail: Detail = field(default_factory=dict)
    seen_until: datetime = BEGINNING

    @property
    def quiet(self) -> bool:
        """Whether it can wait for another day."""
        return self.reason in QUIET and not self.detail.get("overdue")

    def holds(self, at: datetime) -> bool:
        """Tell whether the need exists at an instant."""
        return self.from_at <= at < self.until_at

    def seen(self, at: datetime) -> bool:
        """Tell whether it is marked as seen for the day of an instant."""
        return at < self.seen_until

    @property
    def seen_by(self) -> str:
        """The author of the latest "seen", or ""."""
        return str(self.detail.get("seen_by", ""))

    def may_be_marked(self, at: datetime, zone: str) -> bool:
        """Tell whether it may be marked as seen now: it is no message, and not marked that day."""
        marked = self.detail.get("seen_at")
        if self.reason in ABOUT_MESSAGES or self.seen(at):
            return False
        return not marked or at >= midnight_after(datetime.fromisoformat(str(marked)), zone)
