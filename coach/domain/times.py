"""Instants, zones and local days; every difference is taken in UTC."""

from __future__ import annotations

import difflib
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from coach.domain.errors import BadValue, Fault

FIRST_YEAR, LAST_YEAR = (
    1900,
    2200,
)  # the years of instants that people enter, so that zone and day arithmetic cannot overflow
# Before and after every instant that is recorded: of what has no beginning or no end.
BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
LONGEST_INSTANT = 40  # characters
NOT_PLACES = {"localtime", "Factory"}


# : Clocks of two servers differ by seconds. An instant further in the future comes from a wrong
# clock.
CLOCK_SLACK = timedelta(minutes=5)


def is_ahead(instant: datetime, now: datetime) -> bool:
    """Tell whether a recorded instant lies in the future, so that the clock was set back since."""
    return instant - now > CLOCK_SLACK


def utc(instant: datetime) -> datetime:
    """Return the instant in UTC; naive or unrepresentable values are refused with `BadValue`."""
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise BadValue(Fault.TIME_WITHOUT_ZONE, value=instant.isoformat())
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise BadValue(Fault.YEAR_OUT_OF_RANGE, value=instant.year) from None


def within(instant: datetime) -> datetime:
    """Return the instant in UTC; a year outside the range is refused with `BadValue`."""
    found = utc(instant)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadValue(Fault.YEAR_OUT_OF_RANGE, value=found.year)
    return found


def read_instant(text: object) -> datetime:
    """Return the instant in UTC of an untrusted ISO 8601 text, checked by `within`.

    Raises:
        BadValue: it is not an instant, has no zone, or its year is outside the range.
    """
    if not isinstance(text, str) or len(text) > LONGEST_INSTANT:
        raise BadValue(Fault.TIME_MISSING, value=str(text)[:LONGEST_INSTANT])
    try:
        return within(datetime.fromisoformat(text))
    except BadValue:
        raise
    except ValueError:
        raise BadValue(Fault.TIME_MISSING, value=text) from None


@cache
def zone_names() -> frozenset[str]:
    """Return the IANA names a patient may live in."""
    return frozenset(available_timezones() - NOT_PLACES)


@cache
def zone(name: str) -> ZoneInfo:
    """Return the zone of that IANA name; an unknown one is refused with the nearest names."""
    if name not in zone_names():
        name = str(name)  # in an imported file it may be anything
        near = difflib.get_close_matches(name[:64], sorted(zone_names()), n=3, cutoff=0.6)
        raise BadValue(Fault.UNKNOWN_ZONE, value=name[:64], near=", ".join(near))
    return ZoneInfo(name)


def local(instant: datetime, zone_name: str) -> datetime:
    """Return the instant in the patient's local time."""
    return utc(instant).astimezone(zone(zone_name))


def local_date(instant: datetime, zone_name: str) -> date:
    """Return the local day the instant falls on."""
    return local(instant, zone_name).date()


def loose_instant(wall: datetime, zone_name: str) -> datetime:
    """Return the instant of a local time in UTC, the first of two.

    One that a clock change skipped is taken as well; use `from_wall_clock` where that matters.
    """
    return wall.replace(tzinfo=zone(zone_name)).astimezone(UTC)


def start_of_day(day: date, zone_name: str) -> datetime:
    """Return the first instant of a local day, in UTC, even if midnight does not exist."""
    return datetime(day.year, day.month, day.day, tzinfo=zone(zone_name)).astimezone(UTC)


def at_local(day: date, clock: time, zone_name: str) -> datetime:
    """Return the instant of a rule's local time of day; of a repeated hour the later one."""
    return datetime.combine(day, clock, tzinfo=zone(zone_name)).replace(fold=1).astimezone(UTC)


def from_wall_clock(wall: datetime, zone_name: str) -> datetime:
    """Return the instant that a person means by a naive local time.

    A time that a clock change skips is refused; of one that occurs twice the later is returned,
    so that a gate opens later, never earlier (clinical decision 10).
    """
    if wall.tzinfo is not None:
        raise BadValue(Fault.TIME_WITH_ZONE, value=wall.isoformat())
    if not FIRST_YEAR <= wall.year <= LAST_YEAR:
        raise BadValue(Fault.YEAR_OUT_OF_RANGE, value=wall.year)
    place = zone(zone_name)
    later = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    earlier = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
    if all(moment.astimezone(place).replace(tzinfo=None) != wall for moment in (earlier, later)):
        raise BadValue(Fault.TIME_SKIPPED, value=wall.isoformat(timespec="minutes"), zone=zone_name)
    return later


def midnight_after(instant: datetime, zone_name: str) -> datetime:
    """Return the next local midnight strictly after the instant."""
    day = local_date(instant, zone_name) + timedelta(days=1)
    start = start_of_day(day, zone_name)
    return start if start > instant else start_of_day(day + timedelta(days=1), zone_name)
