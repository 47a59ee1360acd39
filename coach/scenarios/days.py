"""Compares whole days of a story, seen from its end, with the file's expectations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from coach.domain import outcome
from coach.domain.case import Case
from coach.domain.day_counts import DayCount
from coach.domain.times import FIRST_YEAR, LAST_YEAR
from coach.protocols.reading import shown
from coach.scenarios.errors import ScenarioError, listed
from coach.scenarios.events import Told
from coach.scenarios.expectations import Difference, compared
from coach.scenarios.fields import Fields

DAYS_MOST = 400
A_DAY = 'a day such as "2025-06-07"'
NOTHING_DUE = "nothing was due"
#: The expectations that a day may have.
DAYS = ("due", "done", "over", "adherence", "by_routine")


@dataclass(frozen=True, slots=True)
class Days:
    """One or several local days: the counts of the first, the share of all, and the differences."""

    first: date
    last: date
    counts: Mapping[str, DayCount]
    share: float | None
    differences: tuple[Difference, ...]


def days(told: Told, table: Fields) -> Days:
    """Return the result of one [[day]], with its differences from the expectations."""
    rest = table.copy()
    first = rest.read("on", _date, A_DAY)
    last = rest.read("to", _date, A_DAY, first.isoformat())
    if not 0 <= (last - first).days < DAYS_MOST:
        wrong = f"{shown(last.isoformat())} does not fit"
        raise ScenarioError(wrong, f"the day of on, or up to {DAYS_MOST} days later", rest.place("to"))
    case = Case.of(told.story.protocol, told.story.history)
    counts = outcome.day(case, first)
    adherence = outcome.adherence(case, outcome.days_between(first, last))
    found: Mapping[str, object] = {
        "due": {routine: count.due for routine, count in counts.items()},
        "done": {routine: count.done for routine, count in counts.items()},
        "over": [routine for routine, count in counts.items() if count.over],
        "adherence": NOTHING_DUE if adherence.overall is None else round(100 * adherence.overall),
        "by_routine": {
            routine: round(100 * share)
            for routine, share in adherence.by_routine.items()
            if share is not None
        },
    }
    differences: list[Difference] = []
    for key in rest.keys:
        wanted = rest.take(key, "a value")
        if key not in DAYS:
            raise ScenarioError(f"unknown expectation {shown(key)}", listed(DAYS), table.where)
        if key in ("due", "done"):
            wanted = dict.fromkeys(counts, 0) | _by_routine(wanted, rest.place(key), counts)
        differences += compared(key, wanted, found[key])
    return Days(first, last, counts, adherence.overall, tuple(differences))


def _date(text: str) -> date:
    """Return a day, of a year in the supported range."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ScenarioError(f"{shown(text)} is not a day", A_DAY) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ScenarioError(f"{shown(text)} is not a day", f"a year from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _by_routine(wanted: object, where: str, known: Mapping[str, object]) -> dict[str, object]:
    fields = Fields(wanted, where)
    for routine in fields.keys:
        if routine not in known:
            raise ScenarioError(f"unknown exercise {shown(routine)}", listed(known), where)
    return {routine: fields.take(routine, "a number") for routine in fields.keys}
