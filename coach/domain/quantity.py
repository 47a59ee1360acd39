"""A clinical number: a value with its unit and its source."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import cached_property

UNITS = frozenset(
    {
        "s", "min", "h", "d", "reps", "sets", "sets/day", "NRS points", "NRS", "percent", "share",
        "weeks", "days/week", "local time (h)", "kg", "degC", "activities", "PSFS", "PSFS points",
    }
)  # fmt: skip
CLINIC = "CLINIC"  # the source of what a clinic chose itself
CLINIC_TITLE = "The clinic’s own choice; whoever approved this protocol answers for it."
SOURCE_NAME = re.compile(r"SEED|PD|GPK|CLINIC|S\d{1,3}[a-d]?")
SOURCE = re.compile(rf"({SOURCE_NAME.pattern})(, ({SOURCE_NAME.pattern}))*")


@dataclass(frozen=True)
class Quantity:
    """A clinical number: value, unit and source (SEED, a numbered source, PD, GPK or CLINIC).

    Raises ValueError if the value is not a finite number, or the unit or source is unknown.
    """

    value: float
    unit: str
    source: str
    note: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise ValueError(f"the value must be a number, not {self.value!r}")
        if not math.isfinite(self.value) or self.value < 0:
            raise ValueError(f"the value must be finite and not negative, not {self.value!r}")
        if self.unit not in UNITS:
            raise ValueError(f"unknown unit {self.unit!r}; allowed: {', '.join(sorted(UNITS))}")
        if not SOURCE.fullmatch(self.source):
            raise ValueError(f"unknown source {self.source!r}; allowed: SEED, S1 ..., PD, GPK, CLINIC")

    @cached_property
    def span(self) -> timedelta:
        """The quantity as a time span; only for s, min, h, d and weeks."""
        seconds = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "weeks": 604_800}[self.unit]
        return timedelta(seconds=self.value * seconds)

    @property
    def whole(self) -> int:
        """The quantity as a whole number."""
        return int(self.value)

    @property
    def is_half(self) -> bool:
        """Whether a share is exactly a half, so that words may say so."""
        return 2 * self.value == 1

    def share_of(self, reps: int) -> int:
        """Return this share of a number of reps, rounded up, in decimal: 0.55 of 20 is 11."""
        return math.ceil(Fraction(str(self.value)) * reps)
