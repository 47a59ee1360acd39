"""The words of a guided session: cues, sides, reasons for stopping."""

from __future__ import annotations

from typing import assert_never

from coach.domain.facts import StopReason
from coach.domain.protocol import Protocol, RoutineKind
from coach.domain.session import Cue, CueKind, Schedule, Side
from coach.i18n import _


def stop_reason(why: StopReason) -> str:
    """Return the label of a stop reason."""
    match why:
        case StopReason.ENOUGH:
            return _("I have done enough")
        case StopReason.PAIN:
            return _("Pain")
        case StopReason.TIRED:
            return _("Tired")
        case StopReason.UNWELL:
            return _("I feel unwell")
        case StopReason.INTERRUPTED:
            return _("I was interrupted")
        case StopReason.OTHER:
            return _("Something else")
        case _:
            assert_never(why)


def side(which: Side) -> str:
    """Return the leg in words."""
    return _("right leg") if which is Side.RIGHT else _("left leg")


def cue(what: Cue, plan: Schedule, protocol: Protocol) -> tuple[str, str]:
    """Return what a cue shows and what the voice says; "" says nothing.

    A routine's own words win: "Squeeze" would be wrong for drawing in the tummy.
    """
    if what.show:
        return _(what.show), _(what.say) if what.say else ""
    routine = protocol.routines[plan.sets[what.set].routine]
    name = _(routine.name)
    stands = routine.kind is RoutineKind.STAND
    match what.kind:
        case CueKind.READY:
            leg = f", {side(Side.RIGHT)}" if routine.sides == 2 else ""
            return _("Get ready"), _("{name}{leg}. Get ready.").format(name=name, leg=leg)
        case CueKind.TIGHTEN if stands:
            return _("Hold on"), _("Hold on, and stand ready.")
        case CueKind.TIGHTEN:
            first = what.rep == 1
            return _("Tighten"), _("Breathe out and tighten.") if first else _("Tighten.")
        case CueKind.HOLD:
            return _("Hold"), ""  # for a count the voice says the number
        case CueKind.RELAX if stands:
            return _("Rest"), _("Rest.")
        case CueKind.RELAX:
            return _("Let go"), _("Let go.")
        case CueKind.POINT:
            return _("Point away"), _("Point your feet away.") if what.rep == 1 else _("Point.")
        case CueKind.PULL:
            return _("Pull up"), _("Pull them up to you.") if what.rep == 1 else _("Pull up.")
        case CueKind.GO:
            return _("Up"), _("Slowly up.")
        case CueKind.RETURN:
            return _("Back"), _("Slowly back.")
        case CueKind.IN:
            return _("Breathe in"), _("Breathe in.")
        case CueKind.OUT:
            return _("Breathe out"), _("And out.")
        case CueKind.STAND:
            return _("Stand"), _("Stand. Keep breathing.")
        case CueKind.MINUTE if routine.kind is RoutineKind.REST:
            return _("Rest"), _("Rest. There is nothing to do.")
        case CueKind.MINUTE:
            return _("Walk"), _("Start walking.")
        case CueKind.TRY:
            return _("Go"), _("Go.")
        case CueKind.COUNT:
            return "", count_word(what.count or 0)
        case CueKind.CHANGE_LEGS:
            return _("Change legs"), _("Change legs. Now the left leg.")
        case CueKind.CHANGE_ROUTINE:
            return _("Rest"), _("Rest a little. Next: {name}.").format(name=name)
        case CueKind.DONE:
            return _("Done"), _("Done.")
        case _:
            assert_never(what.kind)


def count_word(number: int) -> str:
    """Return a number as it is counted aloud."""
    words = (
        _("one"), _("two"), _("three"), _("four"), _("five"),
        _("six"), _("seven"), _("eight"), _("nine"), _("ten"),
        _("eleven"), _("twelve"), _("thirteen"), _("fourteen"), _("fifteen"),
        _("sixteen"), _("seventeen"), _("eighteen"), _("nineteen"), _("twenty"),
        _("twenty-one"), _("twenty-two"), _("twenty-three"), _("twenty-four"), _("twenty-five"),
        _("twenty-six"), _("twenty-seven"), _("twenty-eight"), _("twenty-nine"), _("thirty"),
    )  # fmt: skip
    return words[number - 1] if 1 <= number <= len(words) else str(number)
