"""The session: every cue with its start second, computed once and played as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from coach.domain.facts import PlannedSet
from coach.domain.protocol import CueTexts, Protocol, RoutineKind


class CueKind(StrEnum):
    """What a cue asks for."""

    READY = "ready"
    TIGHTEN = "tighten"
    HOLD = "hold"
    RELAX = "relax"
    POINT = "point"
    PULL = "pull"
    GO = "go"
    RETURN = "return"
    IN = "in"
    OUT = "out"
    STAND = "stand"
    MINUTE = "minute"
    TRY = "try"
    COUNT = "count"
    CHANGE_LEGS = "change_legs"
    CHANGE_ROUTINE = "change_routine"
    DONE = "done"


class Side(StrEnum):
    """The leg that works."""

    RIGHT = "right"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Cue:
    """What screen and voice give over [at_s, until_s), in seconds from the start of the session.

    `set` counts from 0, `rep` from 1 within a side (0 outside reps). A cue that `credits` completes
    one rep when its end is reached. A count is spoken inside a hold. `show` and `say` are the
    routine's own words; "" means the common words of this kind of cue.
    """

    at_s: float
    until_s: float
    kind: CueKind
    set: int
    rep: int = 0
    side: Side | None = None
    count: int | None = None
    credits: bool = False
    show: str = ""
    say: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The sets of a session and all their cues in order; `ends_s` is its length in seconds."""

    sets: tuple[PlannedSet, ...]
    cues: tuple[Cue, ...]
    ends_s: float


#: The two halves of a rep that goes one way and back, with the words of each.
TWO_WAYS = {
    RoutineKind.PUMP: ((CueKind.POINT, "point"), (CueKind.PULL, "pull")),
    RoutineKind.MOVE: ((CueKind.GO, "work"), (CueKind.RETURN, "let_go")),
    RoutineKind.BREATHE: ((CueKind.IN, "work"), (CueKind.OUT, "let_go")),
}
#: A rep that is one thing: a minute, or a try against the clock.
ALONE = {
    RoutineKind.WALK: CueKind.MINUTE,
    RoutineKind.REST: CueKind.MINUTE,
    RoutineKind.TEST: CueKind.TRY,
}


def schedule(protocol: Protocol, sets: Sequence[PlannedSet], told_s: float = 0.0) -> Schedule:
    """Return the schedule of one session.

    `told_s` is how long the voice needs to tell position and exercise before the first set; the
    first get-ready lasts as long, between the protocol's two lengths.

    Example: five reps of 3 s with 2 s to tighten and 3 s of rest, after 5 s to get ready,
    last 5 + 5 x (2 + 3 + 3) = 45 s.
    """
    cues: list[Cue] = []
    clock = began = 0.0
    for index, planned in enumerate(sets):
        for kind, lasts, marks in _set_cues(protocol, index, planned, 0.0 if index else told_s):
            if kind is CueKind.COUNT:
                cues.append(_placed(marks, began + lasts, began + lasts))
            else:
                began = clock
                cues.append(_placed(marks, clock, clock + lasts))
                clock += lasts
    cues.append(Cue(clock, clock, CueKind.DONE, max(len(sets) - 1, 0)))
    cues.sort(key=lambda cue: cue.at_s)  # stable: a hold stays before its first count
    return Schedule(tuple(sets), tuple(cues), clock)


def lasts_s(protocol: Protocol, sets: Sequence[PlannedSet]) -> float:
    """Return the length of a session in seconds, as its schedule has it, without making its cues."""
    rules = protocol.rules
    ready_s = rules.get_ready.value
    total = (len(sets) - 1) * max(rules.between_routines.value - ready_s, 0.0) if sets else 0.0
    for planned in sets:
        routine, hold_s = protocol.routines[planned.routine], planned.hold_s
        if routine.kind in TWO_WAYS:
            rep_s = 2 * hold_s
        elif routine.kind in ALONE:
            rep_s = hold_s
        else:
            rep_s = routine.tighten.value + hold_s + max(hold_s, rules.rest_at_least.value)
        change_s = rules.change_legs.value if planned.sides == 2 else 0.0
        total += ready_s + change_s + planned_reps(planned) * rep_s
    return total


def may_be_skipped(cue: Cue) -> bool:
    """Tell whether a cue is there for nothing but getting ready, so that whoever is ready need not wait.

    Before another routine the patient gets ready in the last part of a rest that is due.
    """
    return cue.kind is CueKind.READY and cue.set == 0


def waits(cue: Cue, plan: Schedule, protocol: Protocol) -> bool:
    """Tell whether a cue begins only when the patient says so.

    A try against the clock does, and so does getting ready for another exercise where one of the two is
    done out of bed: nobody is to hurry up from the bed, to another place, or back.
    """
    if cue.kind is not CueKind.READY or not cue.set:
        return cue.kind is CueKind.TRY
    before, this = (protocol.routines[planned.routine] for planned in plan.sets[cue.set - 1 : cue.set + 1])
    if this is before or this.kind is RoutineKind.TEST:
        return False
    return this.out_of_bed or before.out_of_bed


def _placed(cue: Cue, at_s: float, until_s: float) -> Cue:
    return replace(cue, at_s=at_s, until_s=until_s)


def _set_cues(
    protocol: Protocol, index: int, planned: PlannedSet, told_s: float
) -> Iterator[tuple[CueKind, float, Cue]]:
    """Yield the cues of one set with their lengths; a count carries its offset in its hold."""
    rules = protocol.rules
    routine = protocol.routines[planned.routine]
    ready_s = rules.get_ready.value

    def cue(kind: CueKind, lasts: float, **marks: object) -> tuple[CueKind, float, Cue]:
        return kind, lasts, Cue(0.0, 0.0, kind, index, **marks)  # type: ignore[arg-type]

    if index:
        # The get-ready count is the last part of the break between routines, not an addition.
        yield cue(CueKind.CHANGE_ROUTINE, max(rules.between_routines.value - ready_s, 0.0))
    yield cue(CueKind.READY, max(ready_s, min(told_s, rules.get_ready_most.value)))
    sides = (Side.RIGHT, Side.LEFT) if planned.sides == 2 else (None,)
    hold_s = planned.hold_s
    for side in sides:
        if side is Side.LEFT:
            yield cue(CueKind.CHANGE_LEGS, rules.change_legs.value, side=side)
        for rep in range(1, planned.reps + 1):
            marks = {"rep": rep, "side": side}
            texts, first = routine.cues, rep == 1
            if two := TWO_WAYS.get(routine.kind):
                for kind, words in two:
                    said = _words(texts, words, first=first)
                    yield cue(kind, hold_s, credits=(kind, words) == two[1], **marks, **said)
                continue
            if alone := ALONE.get(routine.kind):
                yield cue(alone, hold_s, credits=True, **marks, **_words(texts, "work", first=first))
                continue
            yield cue(CueKind.TIGHTEN, routine.tighten.value, **marks, **_words(texts, "work", first=first))
            held = CueKind.STAND if routine.kind is RoutineKind.STAND else CueKind.HOLD
            yield cue(held, hold_s, credits=True, **marks, show=texts.hold)
            for second in range(int(hold_s)):
                spoken = Cue(0.0, 0.0, CueKind.COUNT, index, rep, side, second + 1)
                yield CueKind.COUNT, float(second), spoken
            rest_s = max(hold_s, rules.rest_at_least.value)
            yield cue(CueKind.RELAX, rest_s, **marks, **_words(texts, "let_go", first=False))


def _words(texts: CueTexts, name: str, *, first: bool) -> dict[str, str]:
    """Return the shown and the spoken words of a cue.

    The voice says the shown word if it has none.
    """
    show = getattr(texts, name)
    say = getattr(texts, f"{name}_said") or (show and f"{show}.")
    fuller: str = getattr(texts, f"{name}_first", "") if first else ""
    return {"show": show, "say": fuller or say}


def planned_reps(planned: PlannedSet) -> int:
    """Return the reps of a set over all its sides."""
    return planned.reps * planned.sides
