"""The time zones that a patient has lived in, to read local times of past days."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from coach.domain.derived import derived_from
from coach.domain.errors import BadValue
from coach.domain.facts import Setting
from coach.domain.history import History
from coach.domain.times import from_wall_clock, local

_EVER, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Span(NamedTuple):
    """A zone and the half-open stretch of time [starts, ends) in which it held."""

    zone: str
    starts: datetime
    ends: datetime


class There(NamedTuple):
    """An instant, and the zone whose local time was entered."""

    at: datetime
    zone: str


@derived_from(Setting)
def spans(history: History) -> tuple[Span, ...]:
    """Return the zones in order; the first one has no begin, the last one no end."""
    told = [entry for entry in history.of(Setting) if entry.fact.name == "zone"]
    changes: list[tuple[str, datetime]] = []
    for entry in told:
        name = str(entry.fact.value)
        if not changes or changes[-1][0] != name:
            changes.append((name, entry.at if changes else _EVER))
    changes = changes or [(history.zone, _EVER)]
    ends = [at for _zone, at in changes[1:]] + [_NEVER]
    return tuple(Span(name, at, end) for (name, at), end in zip(changes, ends, strict=True))


def held(history: History, at: datetime) -> str:
    """Return the zone that held at an instant."""
    return next(span.zone for span in reversed(spans(history)) if span.starts <= at)


def meant(history: History, wall: datetime, *, now: datetime) -> There:
    """Return the instant that a person means by a naive past local time, in the zone of then.

    Of a time that occurs twice after a flight west the later is returned, as when clocks go back,
    unless it lies in the future. A time that a flight east skips is read in the zone of arrival:
    the clock showed it before the zone was changed here.

    Raises:
        BadValue: the time did not exist there, or its year is outside the range.
    """
    known, trouble, found = spans(history), None, list[There]()
    for span in known:
        try:
            at = from_wall_clock(wall, span.zone)
        except BadValue as refused:
            trouble = refused
            continue
        if span.starts <= at < span.ends:
            found.append(There(at, span.zone))
    past = [there for there in found if there.at <= now]
    if found:
        return (past or found)[-1]
    for before, after in pairwise(known):
        shown = local(after.starts, before.zone), local(after.starts, after.zone)
        if shown[0].replace(tzinfo=None) <= wall < shown[1].replace(tzinfo=None):
            return There(from_wall_clock(wall, after.zone), after.zone)
    raise trouble or AssertionError(wall)
