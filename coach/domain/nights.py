"""The night: local hours in which no exercise is proposed.

It closes nothing: an open routine may be started in the night too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from coach.domain.case import Case
from coach.domain.errors import BadValue, Fault
from coach.domain.protocol import Quantity
from coach.domain.times import at_local, local

BEGINS, ENDS = "night_begins", "night_ends"  # settings: the patient's own times

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Night:
    """The local times [begins, ends) of a night; equal times mean no night."""

    begins: time
    ends: time
    zone: str

    def holds(self, at: datetime) -> bool:
        """Tell whether an instant lies in a night."""
        return self.has(local(at, self.zone).time())

    def has(self, clock: time) -> bool:
        """Tell whether a local time of day lies in the night."""
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends

    def over(self, at: datetime) -> datetime:
        """Return the end of the night that an instant lies in, or of the next one."""
        day = local(at, self.zone).date()
        ends = at_local(day, self.ends, self.zone)
        return ends if ends > at else at_local(day + timedelta(days=1), self.ends, self.zone)


def of(case: Case) -> Night:
    """Return the patient's night: their setting, else the protocol's."""
    begins, ends = (_clock(case.history.settings.get(name)) for name in (BEGINS, ENDS))
    rules = case.protocol.rules
    return Night(
        begins or as_clock(rules.night_begins), ends or as_clock(rules.night_ends), case.history.zone
    )


def as_clock(hours: Quantity) -> time:
    """Return a local time in hours, such as 22 or 6.5, as a time of day."""
    minutes = round(hours.value * 60) % (24 * 60)
    return time(minutes // 60, minutes % 60)


def checked(value: object) -> str:
    """Return a time of day such as "22:30" as it is stored.

    Raises:
        BadValue: it is not a time of day.
    """
    clock = _clock(value)
    if clock is None:
        raise BadValue(Fault.NOT_A_TIME_OF_DAY, value=str(value)[:20])
    return f"{clock:%H:%M}"


def _clock(value: object) -> time | None:
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    return time(int(match[1]), int(match[2])) if match else None
