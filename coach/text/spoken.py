"""What the voice says in a session, so that it can be followed with eyes closed.

A cue has several sayings, the longest first: the player says the first that is over before the next
cue begins, at the speed that the patient chose. A saying is a row of whole sentences, because each
sentence is translated, and kept as a recording, on its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from coach.domain.facts import PlannedSet
from coach.domain.protocol import Protocol, Routine, RoutineKind
from coach.domain.session import Cue, CueKind, Schedule, schedule, waits
from coach.i18n import _, ngettext
from coach.i18n.sentences import at_the_start
from coach.text import session as session_text
from coach.text.session import count_word

Saying = tuple[str, ...]

HALF_TOLD_FROM = 4  # reps; of fewer everybody knows
#: A longer hold is counted by fives up to its end: a number such as "twenty-seven" lasts longer than its second.
EACH_SECOND_UP_TO_S, BY_S = 10, 5


def sayings(cue: Cue, plan: Schedule, protocol: Protocol) -> tuple[Saying, ...]:
    """Return what the voice may say at a cue, the longest first; none where it says nothing."""
    planned = plan.sets[cue.set] if plan.sets else None
    said = session_text.cue(cue, plan, protocol)[1] if planned else ""
    match cue.kind:
        case CueKind.READY if planned:
            found = _ready(cue, planned, protocol)
        case CueKind.CHANGE_ROUTINE if planned:
            found = _change_routine(cue, plan, protocol)
        case CueKind.CHANGE_LEGS if planned:
            own = protocol.routines[planned.routine].cues.change_said
            move, ready = _some(_(own) if own else ""), (_("Get ready."),)
            found = [(said, *move, *ready), (said, *move), (said, *ready), (said,), (_("Change legs."),)]
        case CueKind.RELAX if planned:
            half, after = _half(cue, planned), _coming(cue, planned)
            found = [(said, *half, *after), (said, *half), (said, *after), (said,)]
        case CueKind.PULL | CueKind.RETURN | CueKind.OUT if planned:
            half, last = _half(cue, planned), _last(cue, planned)
            found = [(said, *half, *last), (said, *last), (said, *half), (said,)]
            if cue.rep == 1:
                found.append((_again(cue, plan, protocol),))
        case CueKind.POINT | CueKind.GO if cue.rep > 1:
            found = [(_number(cue.rep), said), (said,)]
        case CueKind.POINT | CueKind.GO | CueKind.IN | CueKind.TIGHTEN:
            found = [(said,), (_again(cue, plan, protocol),)]
        case CueKind.MINUTE if planned:
            found = [_minute(cue, planned, protocol, said)]
        case CueKind.COUNT if planned and not _is_counted(cue.count or 0, planned.hold_s):
            found = []
        case CueKind.DONE:
            found = [(_("Done."), _("The screen has a question for you.")), (_("Done."),)]
        case _:
            found = [(said,)] if said else []
    return tuple(dict.fromkeys(each for each in found if each and all(each)))


def is_half(cue: Cue, plan: Schedule) -> bool:
    """Tell whether half of a set's reps, or of a leg's, are done with this cue."""
    ends = (CueKind.RELAX, CueKind.PULL, CueKind.RETURN, CueKind.OUT)
    return cue.kind in ends and bool(_half(cue, plan.sets[cue.set]))


def results(planned: PlannedSet, routine: Routine) -> dict[int, str]:
    """Return what the voice says of a test, by the whole seconds that it took; {} for no test."""
    if routine.kind is not RoutineKind.TEST:
        return {}
    one = {1: _("One second.")}  # a number that is counted is another word in some languages
    return one | {
        s: at_the_start(ngettext("{n} second.", "{n} seconds.", s).format(n=count_word(s)))
        for s in range(2, int(planned.hold_s) + 1)
    }


def at_controls() -> dict[str, str]:
    """Return what the voice says when the session is paused, goes on or is stopped."""
    return {
        "paused": _("Paused."),
        "resumed": _("Carry on."),
        "stop": _("Paused. Why are you stopping?"),
        "stopped": _("Stopped."),
        "slept": _("Paused because this device slept. Nothing is lost."),
    }


def every_sentence(protocol: Protocol) -> list[str]:
    """Return each sentence that may be said in a session of this protocol, at any of its doses."""
    found: dict[str, None] = dict.fromkeys(at_controls().values())
    for routine in protocol.routines.values():
        for sets in _possible(routine, protocol):
            plan = schedule(protocol, sets)
            for cue in plan.cues:
                for saying in sayings(cue, plan, protocol):
                    found.update(dict.fromkeys(saying))
            for planned in plan.sets:
                found.update(dict.fromkeys(results(planned, protocol.routines[planned.routine]).values()))
    return list(found)


def _possible(routine: Routine, protocol: Protocol) -> Iterator[Sequence[PlannedSet]]:
    """Yield a set of each number of reps with each hold, first in its session and after another."""
    most = routine.maximum.plain
    holds = {min(float(each), most.hold_s) for each in range(1, int(most.hold_s) + 1)}
    before = PlannedSet(next(iter(protocol.routines)), 1, 1.0, 1)
    for reps in range(1, most.reps + 1):
        yield [before, PlannedSet(routine.id, reps, max(holds), routine.sides)]
    for hold_s in sorted(holds):
        yield [PlannedSet(routine.id, 1, hold_s, routine.sides)]


def _ready(cue: Cue, planned: PlannedSet, protocol: Protocol) -> list[Saying]:
    routine = protocol.routines[planned.routine]
    side, end, times = _first_side(planned), (_begins(routine),), _times(planned, routine)
    if cue.set:  # the rest was told while one rested
        return [(*times, *side, *end), (*side, *end), end]
    side = (*_support(routine), *side)
    now, hold = _("Now: {name}.").format(name=_(routine.name)), _hold(planned, routine)
    position, how, breathing = _(routine.position), _(routine.instruction), _(routine.breathing)
    return [
        (now, *side, position, how, breathing, *times, *hold, *end),
        (now, *side, position, how, *times, *hold, *end),
        (now, *side, position, *end),
        (now, how, *end),
        (now, *side, *end),
        (*side, *end),
        end,
    ]


def _change_routine(cue: Cue, plan: Schedule, protocol: Protocol) -> list[Saying]:
    planned = plan.sets[cue.set]
    routine = protocol.routines[planned.routine]
    seconds = int(protocol.rules.between_routines.value)
    rest = at_the_start(
        ngettext("Rest for {n} second.", "Rest for {n} seconds.", seconds).format(n=count_word(seconds))
    )
    after, hold = _("Next: {name}.").format(name=_(routine.name)), _hold(planned, routine)
    side = () if routine.cues.position_said else _first_side(planned)
    position = (*_support(routine), *side, _(routine.cues.position_said or routine.position))
    how, breathing = _(routine.instruction), _(routine.breathing)
    ready = next(each for each in plan.cues if each.set == cue.set and each.kind is CueKind.READY)
    end = (_begins(routine, waits=True),) if waits(ready, plan, protocol) else ()
    return [
        (rest, after, *position, how, breathing, *hold, *end),
        (rest, after, *position, how, breathing, *end),
        (rest, after, *position, how, *end),
        (rest, after, *position, *end),
        (after, *position, *end),
        (rest, after, *end),
        (after, *end),
        end or (_("Rest."),),
    ]


def _support(routine: Routine) -> Saying:
    """Return what comes before everything else where one stands."""
    return (_("Hold on to something firm."),) if routine.kind is RoutineKind.STAND else ()


def _begins(routine: Routine, *, waits: bool = False) -> str:
    """Return the end of getting ready: a test, and what waits, begins when the patient says so."""
    if waits or routine.kind is RoutineKind.TEST:
        return _("Tap Start when you are ready.")
    return _("Get ready.")


def _minute(cue: Cue, planned: PlannedSet, protocol: Protocol, said: str) -> Saying:
    """Return what is said as a minute begins: little in a walk, and in a rest only the start and the half.

    After half of the minutes a walk and a rest say so; a walk also says that its last minute begins.
    """
    if cue.rep == 1:
        return (said,)
    half = _half(replace(cue, rep=cue.rep - 1), planned)
    if half or protocol.routines[planned.routine].kind is RoutineKind.REST:
        return half
    return (_("The last minute."),) if cue.rep == planned.reps else ()


def _first_side(planned: PlannedSet) -> Saying:
    return (_("Right leg first."),) if planned.sides > 1 else ()


def _times(planned: PlannedSet, routine: Routine) -> Saying:
    if routine.kind is RoutineKind.TEST:
        return ()
    if routine.kind.in_minutes and planned.reps == 1:
        return (_("One minute."),)
    if routine.kind.in_minutes:
        times = ngettext("{n} minute.", "{n} minutes.", planned.reps)
    elif planned.sides > 1:
        times = ngettext("{n} time with each leg.", "{n} times with each leg.", planned.reps)
    else:
        times = ngettext("{n} time.", "{n} times.", planned.reps)
    return (at_the_start(times.format(n=count_word(planned.reps))),)


def _hold(planned: PlannedSet, routine: Routine) -> Saying:
    seconds = int(planned.hold_s)
    if routine.kind not in (RoutineKind.SQUEEZE, RoutineKind.STAND) or seconds != planned.hold_s:
        return ()
    hold = ngettext("Hold for {n} second.", "Hold for {n} seconds.", seconds)
    return (at_the_start(hold.format(n=count_word(seconds))),)


def _is_counted(second: int, hold_s: float) -> bool:
    """Tell whether the voice says this second of a hold."""
    return hold_s <= EACH_SECOND_UP_TO_S or (second % BY_S == 0 and second < hold_s)


def _half(cue: Cue, planned: PlannedSet) -> Saying:
    """Return that half of the reps are done, after the rep that makes it so."""
    if planned.reps < HALF_TOLD_FROM or cue.rep != (planned.reps + 1) // 2:
        return ()
    return (_("Halfway."),) if planned.reps % 2 == 0 else (_("Past halfway."),)


def _last(cue: Cue, planned: PlannedSet) -> Saying:
    return (_("Last one."),) if cue.rep == planned.reps - 1 else ()


def _coming(cue: Cue, planned: PlannedSet) -> Saying:
    """Return which rep comes next in this set and leg."""
    if cue.rep >= planned.reps or _last(cue, planned):
        return _last(cue, planned)
    nth, total = _ordinal(cue.rep + 1), count_word(planned.reps)
    return (at_the_start(_("{nth} of {total}.").format(nth=nth, total=total)),) if nth else ()


def _again(cue: Cue, plan: Schedule, protocol: Protocol) -> str:
    """Return the short word of a cue that says more in the first rep."""
    routine = protocol.routines[plan.sets[cue.set].routine]
    ends = {CueKind.POINT: "point", CueKind.PULL: "pull", CueKind.RETURN: "let_go", CueKind.OUT: "let_go"}
    name = ends.get(cue.kind, "work")
    own = getattr(routine.cues, f"{name}_said")
    if own:
        return _(own)
    if routine.kind is RoutineKind.STAND:
        return _("Hold on.")
    common = {
        CueKind.POINT: _("Point."),
        CueKind.PULL: _("Pull up."),
        CueKind.TIGHTEN: _("Tighten."),
        CueKind.GO: _("Slowly up."),
        CueKind.RETURN: _("Slowly back."),
        CueKind.IN: _("Breathe in."),
        CueKind.OUT: _("And out."),
    }
    return common[cue.kind]


def _number(n: int) -> str:
    return at_the_start(_("{n}.").format(n=count_word(n)))


def _ordinal(n: int) -> str:
    """Return which rep it is, in words; "" above the most reps of a squeeze."""
    words = (
        _("first"), _("second"), _("third"), _("fourth"), _("fifth"), _("sixth"),
        _("seventh"), _("eighth"), _("ninth"), _("tenth"), _("eleventh"), _("twelfth"),
    )  # fmt: skip
    return words[n - 1] if 1 <= n <= len(words) else ""


def _some(text: str) -> Saying:
    return (text,) if text else ()
