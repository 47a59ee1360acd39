"""The clock changes of a zone as VTIMEZONE, from the zone's own data.

Programs that know the zone's name use their own data, others use this. Changes that follow one rule
are written as that rule, without an end. Otherwise (Morocco's follow the moon) each change is
written with its date, from a year before the calendar to a year after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from coach.domain.times import zone

YEAR = timedelta(days=366)
#: The years after which dates and weekdays repeat, leap years included.
CYCLE = 28
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEK = timedelta(days=7)


class OffsetKind(NamedTuple):
    """A kind of change: the offset before and after it, and the zone's abbreviation after it."""

    before: timedelta
    after: timedelta
    name: str


@dataclass(frozen=True, slots=True)
class OffsetChange:
    """One change, with its local time by the clock before it."""

    wall: datetime
    kind: OffsetKind


def vtimezone(name: str, first: date, last: date) -> Timezone:
    """Return the clock changes of a zone, correct for all days from `first` to `last`."""
    found = Timezone()
    found.add("tzid", name)
    for kind, walls, rule in _observances(name, first, last):
        part = TimezoneDaylight() if kind.after > kind.before else TimezoneStandard()
        part.add("dtstart", walls[0])
        part.add("tzoffsetfrom", kind.before)
        part.add("tzoffsetto", kind.after)
        part.add("tzname", kind.name)
        if rule:
            part.add("rrule", vRecur(rule))
        elif walls[1:]:
            part.add("rdate", list(walls[1:]))
        found.add_component(part)
    return found


def _observances(
    name: str, first: date, last: date
) -> Iterator[tuple[OffsetKind, Sequence[datetime], dict[str, object] | None]]:
    """Yield each kind of change with its local times, or with the first one and a rule."""
    starts = datetime(first.year - 1, 1, 1, tzinfo=UTC)
    by_rule = _by_kind(changes(name, starts, starts.replace(year=starts.year + CYCLE + 1)))
    rules = {kind: _rule(walls) for kind, walls in by_rule.items()}
    if rules and all(rules.values()):
        yield from ((kind, by_rule[kind][:1], rule) for kind, rule in rules.items())
        return
    since = datetime.combine(first, time(), UTC) - YEAR
    offset = since.astimezone(zone(name))
    yield _kind(offset, offset), [offset.replace(tzinfo=None)], None
    until = datetime.combine(last, time(), UTC) + YEAR
    yield from ((kind, walls, None) for kind, walls in _by_kind(changes(name, since, until)).items())


def _by_kind(found: Sequence[OffsetChange]) -> dict[OffsetKind, list[datetime]]:
    kinds: dict[OffsetKind, list[datetime]] = {}
    for change in found:
        kinds.setdefault(change.kind, []).append(change.wall)
    return kinds


@lru_cache(maxsize=64)
def changes(name: str, starts: datetime, ends: datetime) -> tuple[OffsetChange, ...]:
    """Return the changes of a zone's offset between two instants, in order.

    Two changes less than a week apart are not found: no zone has any.
    """
    found, place, at = [], zone(name), starts
    while at < ends:
        following = min(at + WEEK, ends)
        if at.astimezone(place).utcoffset() != following.astimezone(place).utcoffset():
            found.append(_change(name, at, following))
        at = following
    return tuple(found)


def _change(name: str, before: datetime, after: datetime) -> OffsetChange:
    """Return the change between two instants with different offsets."""
    place, second = zone(name), timedelta(seconds=1)
    old = before.astimezone(place)
    while after - before > second:
        middle = before + (after - before) // 2 // second * second
        if middle.astimezone(place).utcoffset() == old.utcoffset():
            before = middle
        else:
            after = middle
    kind = _kind(old, after.astimezone(place))
    return OffsetChange((after + kind.before).replace(tzinfo=None), kind)


def _kind(old: datetime, new: datetime) -> OffsetKind:
    before, after = old.utcoffset() or timedelta(), new.utcoffset() or timedelta()
    return OffsetKind(before, after, new.tzname() or str(after))


def _rule(walls: Sequence[datetime]) -> dict[str, object] | None:
    """Return the rule that gives these local times, one a year over a whole cycle, or None."""
    years = [wall.year for wall in walls]
    same = {(wall.month, wall.weekday(), wall.time()) for wall in walls}
    if len(same) != 1 or len(years) <= CYCLE or years != list(range(years[0], years[0] + len(years))):
        return None
    ((month, weekday, _clock),) = same
    rule: dict[str, object] = {"FREQ": "YEARLY", "BYMONTH": month}
    if all((wall + WEEK).month != month for wall in walls):
        return rule | {"BYDAY": f"-1{WEEKDAYS[weekday]}"}
    first, last = min(wall.day for wall in walls), max(wall.day for wall in walls)
    if last - first >= WEEK.days:
        return None
    if first % WEEK.days == 1:
        return rule | {"BYDAY": f"{first // WEEK.days + 1}{WEEKDAYS[weekday]}"}
    return rule | {"BYMONTHDAY": list(range(first, first + WEEK.days)), "BYDAY": WEEKDAYS[weekday]}
