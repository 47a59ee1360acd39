"""Doses in words: reps, sets a day, and the steps that shaped a dose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import assert_never

from coach.domain import decisions
from coach.domain.facts import Override
from coach.domain.protocol import Dose, Phase, Protocol, Routine, RoutineKind
from coach.i18n import _, formats, ngettext
from coach.text.times import minutes, moment, point


def dose(routine: Routine, amount: Dose) -> str:
    """Return a dose: "10 times" for ankle pumps, "8 × 5 seconds, each leg" for squeezes, "5 minutes"."""
    return dose_of(routine.kind, routine.sides, amount)


def dose_of(kind: RoutineKind, sides: int, amount: Dose) -> str:
    """Return a dose of an exercise of that kind, done on one side or with each leg in turn."""
    if kind in (RoutineKind.PUMP, RoutineKind.MOVE):
        text = ngettext("{n} time", "{n} times", amount.reps).format(n=amount.reps)
        return _("{dose}, each leg").format(dose=text) if sides == 2 else text
    if kind is RoutineKind.BREATHE:
        return ngettext("{n} slow breath", "{n} slow breaths", amount.reps).format(n=amount.reps)
    if kind.in_minutes:
        return minutes(amount.reps)
    if kind is RoutineKind.TEST:
        return _("against the clock")
    text = _("{n} × {s} seconds").format(n=amount.reps, s=formats.number(amount.hold_s))
    return _("{dose}, each leg").format(dose=text) if sides == 2 else text


def in_short(kind: RoutineKind | None, amount: Dose) -> str:
    """Return a dose's numbers for the staff: "8 × 5 s", "5 minutes"; `kind` is None where it is not known."""
    if kind and kind.in_minutes:
        return minutes(amount.reps)
    return _("{n} × {s} s").format(n=amount.reps, s=formats.number(amount.hold_s))


def often(amount: Dose) -> str:
    """Return how often a dose is due: "every hour you are awake" or "3 times a day"."""
    if amount.hourly:
        return _("every hour you are awake")
    day = ngettext("once a day", "{n} times a day", amount.per_day).format(n=amount.per_day)
    if not amount.weekly:
        return day
    days = ngettext("on {n} day a week", "on {n} days a week", amount.days_per_week)
    return _("{times}, {days}").format(times=day, days=days.format(n=amount.days_per_week))


def own_dose(fact: Override, protocol: Protocol) -> str:
    """Return the dose of an override: "5 × 3 seconds, 2 times a day"."""
    routine = protocol.routines.get(fact.routine)
    amount = Dose(fact.reps, fact.hold_s, fact.per_day, days_per_week=fact.days_per_week)
    much = dose(routine, amount) if routine else dose_of(RoutineKind.SQUEEZE, 1, amount)
    return f"{much}, {often(amount)}"


def phase_doses(routines: Iterable[Routine], phase: Phase, *, closed: Collection[str]) -> Iterator[str]:
    """Yield what a phase asks of each of a patient's routines, or that the routine stays closed."""
    for routine in routines:
        written = phase.doses.get(routine.id)
        if written is None:
            continue
        if routine.id in closed:
            yield _("{name}: closed for now").format(name=_(routine.name))
        else:
            amount = written.plain
            yield f"{_(routine.name)}: {dose(routine, amount)}, {often(amount)}"


def step(what: decisions.Step, zone: str, *, now: datetime) -> str:
    """Return why a dose differs from the phase's."""
    match what:
        case decisions.FirstDose(until):
            if until is None:
                return _("A small dose to begin with.")
            return _("A small dose until {moment}.").format(moment=point(until, zone, now=now))
        case decisions.Halved(exact):
            half = _("Half as many this time, because your pain went up.")
            return half if exact else _("Fewer this time, because your pain went up.")
        case decisions.Overridden(_why, until):
            return _("Your physiotherapist set this. It ends {moment}.").format(
                moment=moment(until, zone, now=now)
            )
        case _:
            assert_never(what)
