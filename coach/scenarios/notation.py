"""The notation of times, lengths of time and doses in a scenario file."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from coach.domain.protocol import WEEK, Dose
from coach.domain.times import from_wall_clock, local
from coach.protocols.reading import shown
from coach.scenarios.errors import ScenarioError

SPAN = re.compile(r"(\d{1,6}(?:\.\d{1,6})?) ?(d|h|min|s)\b", re.ASCII)
UNITS = {"d": "days", "h": "hours", "min": "minutes", "s": "seconds"}
WALL = re.compile(r"(?:([A-Z][a-z]{2}) )?(\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)", re.ASCII)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DOSE = re.compile(
    r"(\d{1,4}) x (\d{1,4}(?:\.\d{1,3})?) s, (?:(\d{1,3}) a day(?:, ([1-7]) days a week)?|hourly)", re.ASCII
)

A_SPAN = 'a span of time such as "30 h" or "2 d 3 h 20 min"'
A_TIME = '"+30 h" after the procedure, or a time such as "Fri 2025-06-06 14:30"'
A_WALL_TIME = 'a time such as "Fri 2025-06-06 14:30"'
A_DOSE = 'a dose such as "5 x 3 s, 2 a day"'


def span(text: str) -> timedelta:
    """Return the length of "30 h" or "2 d 3 h 20 min"."""
    parts = SPAN.findall(text)
    if not parts or SPAN.sub("", text).strip(" +"):
        raise ScenarioError(f"{shown(text)} is not a span of time", A_SPAN)
    return sum((timedelta(**{UNITS[unit]: float(number)}) for number, unit in parts), timedelta(0))


def wall(text: str, zone: str, allowed: str = A_WALL_TIME) -> datetime:
    """Return the instant of a local time in a zone; a weekday, if given, must be right."""
    found = WALL.fullmatch(text)
    try:
        naive = datetime.fromisoformat(found[2]) if found else None
    except ValueError:
        naive = None
    if found is None or naive is None:
        raise ScenarioError(f"{shown(text)} is not a time", allowed)
    weekday = WEEKDAYS[naive.weekday()]
    if found[1] and found[1] != weekday:
        raise ScenarioError(f"{shown(text)} is a {weekday}", "the right weekday, or none")
    return from_wall_clock(naive, zone)


def instant(text: str, zone: str, procedure_end: datetime | None) -> datetime:
    """Return the instant of "+30 h", counted from the procedure's end, or of a local time."""
    if not text.startswith(("+", "-")):
        return wall(text, zone, A_TIME)
    if procedure_end is None:
        raise ScenarioError(f"{shown(text)} counts from a procedure, and the file names none", A_WALL_TIME)
    length = span(text[1:])
    try:
        return procedure_end - length if text.startswith("-") else procedure_end + length
    except OverflowError:
        raise ScenarioError(f"{shown(text)} leads out of the calendar", A_TIME) from None


def written(at: datetime, zone: str) -> str:
    """Return an instant in the file's notation: "Fri 2025-06-06 14:30"."""
    there = local(at, zone)
    clock = f"{there:%Y-%m-%d %H:%M}" + (f":{there:%S}" if there.second else "")
    return f"{WEEKDAYS[there.weekday()]} {clock}"


def dose(text: str) -> Dose:
    """Return the dose of "5 x 3 s, 2 a day"; clinicians cannot set an hourly dose."""
    found = DOSE.fullmatch(text)
    if not found or not found[3]:
        raise ScenarioError(f"{shown(text)} is not a dose", A_DOSE)
    days = int(found[4]) if found[4] else WEEK
    return Dose(int(found[1]), float(found[2]), int(found[3]), days_per_week=days)


def dose_written(amount: Dose) -> str:
    """Return a dose in the file's notation: "5 x 3 s, 2 a day" or "10 x 2 s, hourly"."""
    often = "hourly" if amount.hourly else f"{amount.per_day} a day"
    days = f", {amount.days_per_week} days a week" if amount.weekly else ""
    return f"{amount.reps} x {amount.hold_s:g} s, {often}{days}"
