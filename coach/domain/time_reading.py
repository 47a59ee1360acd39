"""Reads a time of day as people write it: one time, two possible ones, or refused."""

from __future__ import annotations

import re
import unicodedata
from datetime import time

from coach.domain.errors import BadValue, Fault

# Hours and minutes with a separator or in one piece; the minutes always have two digits,
# because "2:3" may have been meant as 2:03 or 2:30.
_PARTED = re.compile(r"(?P<hour>\d{1,2})(?:\s*[:.,h]\s*|\s+)(?P<minute>\d{2})\s*(?P<half>[ap]m?)?")
_JOINED = re.compile(r"(?P<hour>\d{1,2})(?P<minute>\d{2})\s*(?P<half>[ap]m?)?")
_HOUR_ALONE = re.compile(r"(?P<hour>\d{1,2})(?P<minute>)\s*(?P<half>[ap]m?)")
_NOON = {"noon", "12 noon", "midday"}
_SHOWN = 20


def read(text: str, *, twelve_hours: bool) -> tuple[time, ...]:
    """Return the times of day that a text may mean: one, or two, twelve hours apart.

    With `twelve_hours`, an hour from 1 to 12 without am or pm may be either half of the day.

    Raises:
        BadValue: the text is not a whole time of day; nothing is guessed.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    if plain in _NOON:
        return (time(12),)
    plain = re.sub(r"([ap])\s?\.\s?m\b\.?", r"\1m", plain)
    for form in (_PARTED, _JOINED, _HOUR_ALONE):
        found = form.fullmatch(plain)
        if found:
            times = _times(
                int(found["hour"]), int(found["minute"] or 0), found["half"], twelve_hours=twelve_hours
            )
            if times:
                return times
    raise BadValue(Fault.TIME_UNREADABLE, value=text.strip()[:_SHOWN])


def _times(hour: int, minute: int, half: str | None, *, twelve_hours: bool) -> tuple[time, ...]:
    """Return the possible times; none if the numbers are impossible."""
    if hour > 23 or minute > 59:
        return ()
    if half:
        afternoon = half.startswith("p")
        if 1 <= hour <= 12:
            return (time(hour % 12 + 12 * afternoon, minute),)
        return (time(hour, minute),) if (hour > 12) == afternoon else ()
    if twelve_hours and 1 <= hour <= 12:
        return (time(hour % 12, minute), time(hour % 12 + 12, minute))
    return (time(hour, minute),)


def write(clock: time, *, twelve_hours: bool) -> str:
    """Return the time of day in a notation that `read` understands unambiguously."""
    if not twelve_hours:
        return f"{clock.hour}:{clock.minute:02}"
    return f"{clock.hour % 12 or 12}:{clock.minute:02} {'pm' if clock.hour >= 12 else 'am'}"
