"""How much of a set was done, in words and in figures: times, minutes, or what a test came to.

A planned number is told only where a dose asked for the set: one from memory outside the plan had
none.
"""

from __future__ import annotations

from coach.domain.facts import SetDone
from coach.domain.protocol import Protocol, RoutineKind
from coach.i18n import _, ngettext
from coach.text import function_tests, times
from coach.text.protocol_texts import routine_name


def in_words(done: SetDone, protocol: Protocol) -> str:
    """Return "8 times", "8 times, each leg", "3 of 10 times", "5 of 10 minutes", or a test's result."""
    routine = protocol.routines.get(done.routine)
    if routine and routine.kind is RoutineKind.TEST:
        return function_tests.result(done)
    whole = done.reps_done >= done.reps_planned or not done.was_asked_for
    if routine and routine.kind.in_minutes:
        if whole:
            return times.minutes(done.reps_done)
        text = ngettext("{n} of {m} minute", "{n} of {m} minutes", done.reps_planned)
        return text.format(n=done.reps_done, m=done.reps_planned)
    if not whole:
        return _("{n} of {m} times").format(n=done.reps_done, m=done.reps_planned)
    each_leg = bool(routine and routine.sides == 2 and done.reps_done % 2 == 0)
    count = done.reps_done // 2 if each_leg else done.reps_done
    text = ngettext("{n} time", "{n} times", count).format(n=count)
    return _("{set}, each leg").format(set=text) if each_leg else text


def in_figures(done: SetDone, protocol: Protocol) -> str:
    """Return a set for a table: "Ankle pumps 5/10", "Walking 5/10 min", or a test and its result."""
    routine, name = protocol.routines.get(done.routine), routine_name(protocol, done.routine)
    if routine and routine.kind is RoutineKind.TEST:
        return _("{name}: {value}").format(name=name, value=function_tests.result(done))
    if routine and routine.kind.in_minutes:
        text = _("{routine} {n}/{m} min") if done.was_asked_for else _("{routine} {n} min")
    else:
        text = _("{routine} {n}/{m}") if done.was_asked_for else _("{routine} {n}")
    return text.format(routine=name, n=done.reps_done, m=done.reps_planned)
