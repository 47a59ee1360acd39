"""A paper diary typed into a table: its lines, and what can be wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from coach.domain.date_reading import DayOrder
from coach.domain.facts import PainWhen, Score

COLUMNS = ("date", "time", "what", "reps", "score", "note")
NEEDED = ("date", "time", "what")
PAIN: Mapping[str, PainWhen] = {
    "pain_now": PainWhen.NOW,
    "pain_before": PainWhen.BEFORE,
    "pain_after": PainWhen.AFTER,
    "pain_average": PainWhen.AVERAGE_24H,
    "pain_worst": PainWhen.WORST_24H,
}
OF_A_SESSION = frozenset({PainWhen.BEFORE, PainWhen.AFTER})


class Amiss(StrEnum):
    """What can be wrong with a paper diary's file.

    The words for each are in `coach.text.diary_import`.
    """

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_LINES = "too_many_lines"
    SPREADSHEET = "spreadsheet"
    NOT_UTF8 = "not_utf8"
    NUL = "nul"
    QUOTES = "quotes"
    OWN_TABLE = "own_table"
    NO_HEADER = "no_header"
    WIDE_TABLE = "wide_table"
    UNKNOWN_COLUMN = "unknown_column"
    COLUMN_NAMELESS = "column_nameless"
    COLUMN_TWICE = "column_twice"
    COLUMN_MISSING = "column_missing"
    NO_LINES = "no_lines"
    TOO_MANY_CELLS = "too_many_cells"
    DAY_MISSING = "day_missing"
    DAY_UNREADABLE = "day_unreadable"
    NO_SUCH_DAY = "no_such_day"
    DAY_ORDER = "day_order"
    DAY_ORDER_MIXED = "day_order_mixed"
    CLOCK_MISSING = "clock_missing"
    NOT_A_CLOCK_TIME = "not_a_clock_time"
    CLOCK_HALF = "clock_half"
    TIME_SKIPPED = "time_skipped"
    YEAR_OUT_OF_RANGE = "year_out_of_range"
    IN_FUTURE = "in_future"
    BEFORE_PROCEDURE = "before_procedure"
    NO_PROCEDURE = "no_procedure"
    FORMULA = "formula"
    WHAT_MISSING = "what_missing"
    WHAT_UNKNOWN = "what_unknown"
    REPS_MISSING = "reps_missing"
    REPS_WRONG = "reps_wrong"
    REPS_MANY = "reps_many"
    REPS_WITH_PAIN = "reps_with_pain"
    SCORE_MISSING = "score_missing"
    SCORE_WRONG = "score_wrong"
    SCORE_WITH_EXERCISE = "score_with_exercise"
    NOTE_TOO_LONG = "note_too_long"
    NOTE_WITHOUT_EXERCISE = "note_without_exercise"
    PAIN_WITHOUT_EXERCISE = "pain_without_exercise"
    WORST_BELOW_AVERAGE = "worst_below_average"
    TWICE = "twice"
    CONTRADICTS = "contradicts"
    RECORDED_OTHERWISE = "recorded_otherwise"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A fault: its line in the file from 1 (None: the whole file) and its sentence's values."""

    line: int | None
    why: Amiss
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How a file was read where other readings were possible; empty values were certain or absent.

    `order` is that of `day_text`, which is `day`. `titles` is how many rows above the names of the
    columns were left out, `morning` a time that would be in the evening if the file used a 12-hour
    clock, `joined` how many scores of before and after were taken with exercises at another time.
    """

    encoding: str = ""
    separator: str = ""
    titles: int = 0
    order: DayOrder | None = None
    day_text: str = ""
    day: date | None = None
    morning: str = ""
    joined: int = 0


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line: an exercise (`what` is its id, `reps` as written) or a pain score, at a local time.

    `what` is a `PainWhen` for a score.
    """

    number: int
    wall: datetime
    what: str
    reps: int = 0
    score: Score = 0
    note: str = ""

    @property
    def is_pain(self) -> bool:
        """Whether it is a pain score."""
        return isinstance(self.what, PainWhen)
