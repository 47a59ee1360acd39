"""Reminders: at which of the patient's chosen times there is something to do, by time alone.

Proposals assume that only the exercises themselves are recorded: the gate is asked at each time,
and a day has as many sessions as the dose in force then. Hourly ankle pumps fill every chosen time,
but no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from coach.domain import decisions, dosing, facts, gate, languages, nights, standing
from coach.domain.case import Case
from coach.domain.derived import derived_from
from coach.domain.errors import BadValue, Fault
from coach.domain.history import History
from coach.domain.protocol import WEEK, Dose, Routine, RoutineKind
from coach.domain.session import lasts_s
from coach.domain.times import local, local_date, utc, zone

TIMES, NAMES, BEFORE = "reminder_times", "reminder_names", "reminder_before"  # settings
MOST_TIMES = 6
MINUTES_BEFORE = ("0", "5", "10", "15", "30")
AHEAD = timedelta(days=28)  # least length of the calendar, as the last phase never ends
DAY = timedelta(days=1)
LOGGED = (facts.SessionStarted, facts.SetDone, facts.Pain, facts.FlagCheck, facts.Drowsy, facts.RedFlagYes)

Place = tuple[int, datetime]  # the index of a chosen time, and its instant on a day

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Slot:
    """One proposed session: a local day and the index of the chosen time (0 is the day's first)."""

    day: date
    place: int
    clock: time
    at: datetime
    routines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """The input of one patient's calendar, at one instant.

    `before_min` is how many minutes before the time the alarm rings, `names` whether titles may
    name the exercises. `places` is the most times a day that were ever chosen. `number` grows
    whenever an entry is recorded, `horizon` is the instant after which nothing is proposed.
    `language` and `country` are those that the patient chose, or "".
    """

    now: datetime
    zone: str
    times: tuple[time, ...]
    before_min: int
    names: bool
    slots: tuple[Slot, ...]
    places: int
    number: int
    horizon: datetime
    titles: Mapping[str, str]
    language: str
    country: str
    asked: str = ""


def clock_times(text: object) -> tuple[time, ...]:
    """Return the times of day that a setting such as "08:00,12:30,18:00" names, the earliest first.

    Raises:
        BadValue: One is no time of day, or there are more than six.
    """
    if not isinstance(text, str):
        raise BadValue(Fault.NOT_A_TIME_OF_DAY, value=str(text)[:20])
    found = set()
    for each in filter(None, (part.strip() for part in text[:200].split(","))):
        match = _CLOCK.fullmatch(each)
        if match is None:
            raise BadValue(Fault.NOT_A_TIME_OF_DAY, value=each[:20])
        found.add(time(int(match[1]), int(match[2])))
    if len(found) > MOST_TIMES:
        raise BadValue(Fault.TOO_MANY_TIMES, most=MOST_TIMES)
    return tuple(sorted(found))


def as_setting(times: Sequence[time]) -> str:
    """Return times of day as the text of a setting."""
    return ",".join(f"{each:%H:%M}" for each in sorted(set(times)))


def chosen(history: History) -> tuple[time, ...]:
    """Return the times of day that the patient chose."""
    return clock_times(history.settings.get(TIMES, ""))


def agenda(case: Case, *, now: datetime) -> Agenda:
    """Return the agenda from `now` on."""
    now = utc(now)
    ever = [clock_times(e.fact.value) for e in case.history.of(facts.Setting) if e.fact.name == TIMES]
    return Agenda(
        now=now,
        zone=case.history.zone,
        times=chosen(case.history),
        before_min=int(case.history.settings.get(BEFORE, "0")),
        names=case.history.settings.get(NAMES, False) is True,
        slots=slots(case, now=now),
        places=max((len(times) for times in ever), default=0),
        number=len(case.history.entries),
        horizon=horizon(case, now=now),
        titles={routine.id: routine.name for routine in case.routines},
        language=languages.chosen(case.history.settings),
        country=languages.country(case.history.settings),
        asked=languages.asked(case.history.settings),
    )


def horizon(case: Case, *, now: datetime) -> datetime:
    """Return until when sessions are proposed: the end of the last phase with one, or four weeks."""
    known = case.course
    last = known.spans[-1] if known and known.spans else None
    return max(last.starts, now + AHEAD) if last else now + AHEAD


def slots(case: Case, *, now: datetime) -> tuple[Slot, ...]:
    """Return the sessions proposed after `now`, the earliest first; none while nothing is open."""
    now = utc(now)
    times = chosen(case.history)
    if not times or case.course is None:
        return ()
    ahead = _Proposals(case, now)
    end = horizon(case, now=now)
    day, last = local_date(now, case.history.zone), local_date(end, case.history.zone)
    found: list[Slot] = []
    while day <= last:
        found += (slot for slot in ahead.day(day, times) if now < slot.at < end)
        day += DAY
    return tuple(found)


def is_due(case: Case, *, now: datetime, hour: int) -> bool:
    """Tell whether an e-mail is due: from that local hour on, on a day without any entry.

    Never in the night, while nothing is open, while the patient is away, or after discharge.
    """
    now = utc(now)
    here = local(now, case.history.zone)
    if not hour <= here.hour < case.protocol.rules.day_ends.whole:
        return False
    if nights.of(case).holds(now):
        return False
    if (
        standing.is_discharged(case.history)
        or _is_away(case.history, now)
        or _is_logged(case.history, here.date())
    ):
        return False
    return bool(open_now(case, now=now))


def open_now(case: Case, *, now: datetime) -> tuple[str, ...]:
    """Return the routines that may be done now."""
    return tuple(r.id for r in case.routines if gate.reason(case, r, now) is None)


def _is_logged(history: History, day: date) -> bool:
    return any(entry.local_date == day for kind in LOGGED for entry in history.of(kind))


def _is_away(history: History, at: datetime) -> bool:
    return any(away.fact.begins <= at < away.fact.ends for away in history.of(facts.Away))


class _Proposals:
    """Proposals for the coming days, assuming that the patient does all of them."""

    def __init__(self, case: Case, now: datetime) -> None:
        self.case = case
        self.now = now
        self.history = case.history
        self.night = nights.of(case)
        self.first_dose = {r.id: self._first_dose_ends(r) for r in case.routines}

    def day(self, day: date, times: Sequence[time]) -> Iterator[Slot]:
        """Yield the sessions of a local day, past ones too."""
        instants = [
            (place, clock, _instant(day, clock, self.history.zone)) for place, clock in enumerate(times)
        ]
        there = [(place, at) for place, _clock, at in instants if at is not None and not self.night.holds(at)]
        fitting = [(*self._fitting(r, there), r) for r in self.case.routines]
        asked: dict[int, set[str]] = {}
        # The routine with the most sets sets the times; the others join them.
        for often, places, routine in sorted(fitting, key=lambda each: -each[0]):
            together = [each for each in places if each[0] in asked]
            for place, at in _spread(together if len(together) >= often else places, often):
                if gate.reason(self.case, routine, at) is None and not _is_away(self.history, at):
                    asked.setdefault(place, set()).add(routine.id)
        for place, clock, instant in instants:
            if instant is not None and place in asked:
                routines = tuple(each.id for each in self.case.routines if each.id in asked[place])
                yield Slot(day, place, clock, instant, routines)

    def _fitting(self, routine: Routine, there: Sequence[Place]) -> tuple[int, list[Place]]:
        """Return how many sets of a routine a day asks for, and the times that its gap allows."""
        fitting: list[Place] = []
        free, often = None, 0
        for place, at in there:
            dose = self._dose(routine, at)
            if (
                dose is None
                or (free is not None and at < free)
                or not _is_day_of(dose, at, self.history.zone)
            ):
                continue
            fitting.append((place, at))
            often = max(often, dosing.cap(routine, dose))
            free = at + _length(self.case, routine.id, dose.reps, dose.hold_s) + dosing.gap(routine, dose)
        return min(often, len(fitting)), fitting

    def _dose(self, routine: Routine, at: datetime) -> Dose | None:
        """Return the dose at an instant; None if it is not released, or neither phase nor override opens it."""
        if not self.case.is_released(routine, at):
            return None
        override = dosing.override_at(self.case, routine, at)
        if override:
            fact = override.fact
            days = fact.days_per_week
            dose: Dose | None = Dose(fact.reps, fact.hold_s, fact.per_day, days_per_week=days)
        else:
            dose = dosing.table_dose(self.case, routine, at)
            if dose and at < self.first_dose[routine.id]:
                dose = decisions.lower(dose, self.case.rules.first_dose.plain)
        return decisions.lower(dose, routine.maximum.plain) if dose else None

    def _first_dose_ends(self, routine: Routine) -> datetime:
        """Return until when the first dose holds, by the present run of sets or the earliest possible."""
        if routine.kind is not RoutineKind.SQUEEZE or self.case.course is None:
            return self.now
        opens = [span.starts for span in self.case.course.spans if routine.id in span.phase.doses]
        begins = dosing.run_of_sets(self.case, routine, self.now) or max(
            min(opens, default=self.now), self.now
        )
        ends = begins + self.case.rules.first_dose_for.span
        return max(ends, dosing.after_clearing(self.case, self.now) or ends)


def _is_day_of(dose: Dose, at: datetime, zone_name: str) -> bool:
    """Tell whether a dose is proposed on that weekday: of so many days a week, spread over the week."""
    return local_date(at, zone_name).weekday() * dose.days_per_week % WEEK < dose.days_per_week


@derived_from()
def _length(case: Case, routine: str, reps: int, hold_s: float) -> timedelta:
    """Return how long a set takes: the gap to the next runs from its end."""
    planned = facts.PlannedSet(routine, reps, hold_s, case.protocol.routines[routine].sides)
    return timedelta(seconds=lasts_s(case.protocol, [planned]))


def _spread(places: Sequence[Place], often: int) -> list[Place]:
    """Return that many of the places, spread evenly; with two or more, first and last included."""
    if often >= len(places):
        return list(places)
    step = (len(places) - 1) / (often - 1) if often > 1 else 0
    return [places[round(turn * step)] for turn in range(often)]


def _instant(day: date, clock: time, zone_name: str) -> datetime | None:
    """Return the instant of a local time as calendars read it: of two the first.

    None if skipped.
    """
    place = zone(zone_name)
    wall = datetime.combine(day, clock)
    instant = wall.replace(tzinfo=place).astimezone(UTC)
    return instant if instant.astimezone(place).replace(tzinfo=None) == wall else None
