"""A routine's state in a few words for a physiotherapist: open at which dose and why, or closed and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import assert_never

from coach.domain import decisions, dosing
from coach.domain.case import Case
from coach.i18n import _
from coach.i18n.sentences import in_a_row
from coach.text import doses as doses_text
from coach.text import times as times_text


def state(
    decision: decisions.Decision | None,
    zone: str,
    *,
    now: datetime,
    ends: datetime | None = None,
    whys: bool = False,
) -> str:
    """Return a routine's state for a physiotherapist: open at which dose, or closed and why.

    When it opens is left out if that is `ends`, which is shown beside it. With `whys` a dose that is
    smaller than the phase's has its reason.
    """
    match decision:
        case None:
            return _("not in this protocol")
        case decisions.Open(routine, amount, _easier, steps):
            said = _("open: {dose}, {often}").format(
                dose=doses_text.dose(routine, amount), often=doses_text.often(amount)
            )
            reasons = (
                [smaller(step) for step in steps if not isinstance(step, decisions.Overridden)]
                if whys
                else []
            )
            return _("{open}; {why}").format(open=said, why=in_a_row(reasons)) if reasons else said
        case decisions.Locked(opens_at=opens_at):
            said = _("closed: {why}").format(why=in_a_row(map(closed, decision.told)))
            if opens_at in (None, ends):
                return said
            return _("{closed}; opens {when}").format(
                closed=said, when=times_text.point(opens_at, zone, now=now)
            )
        case _:
            assert_never(decision)


def now_at(
    case: Case, found: Mapping[str, decisions.Decision], *, now: datetime
) -> tuple[tuple[str, str], ...]:
    """Return each routine's name with its state now: open or closed, its dose, what was done today."""
    return tuple((_(each.routine.name), in_a_row(_now_at(case, each, now))) for each in found.values())


def _now_at(case: Case, decision: decisions.Decision, now: datetime) -> Iterator[str]:
    match decision:
        case decisions.Locked(routine, decisions.DoseDone() | decisions.TooSoon()):
            # Closed for a while by what was done: the dose still holds
            shaped = dosing.dose(case, routine, now)
            if shaped:
                yield _("{dose}, {often}").format(
                    dose=doses_text.dose(routine, shaped[0]), often=doses_text.often(shaped[0])
                )
        case _:
            pass
    yield state(decision, case.history.zone, now=now, whys=True)
    if decision.done_today:
        yield _("{n} done today").format(n=decision.done_today)


def smaller(why: decisions.FirstDose | decisions.Halved) -> str:
    """Return why a dose is smaller than the phase's, in a few words for a physiotherapist."""
    match why:
        case decisions.FirstDose(None):
            return _("first dose, as no set was done before, or none for days")
        case decisions.FirstDose():
            return _("first dose, as at the beginning and after a red flag")
        case decisions.Halved():
            return _("fewer after an amber light")
        case _:
            assert_never(why)


def closed(why: decisions.Reason) -> str:
    """Return why a routine is closed, in a few words for a physiotherapist."""
    match why:
        case decisions.NoProcedure():
            return _("no procedure is recorded")
        case decisions.FutureTime():
            return _("a recorded time lies ahead")
        case decisions.Contradictory():
            return _("the recorded times contradict each other")
        case decisions.OpenRedFlag():
            return _("red flag not cleared")
        case decisions.Held():
            return _("hold")
        case decisions.NeedsClinic():
            return _("a set-up answer waits for the clinic")
        case decisions.Unanswered():
            return _("a set-up question has no answer")
        case decisions.NotHome():
            return _("not home yet")
        case decisions.Sleepy():
            return _("sleepy or dizzy")
        case decisions.AfterRed():
            return _("red light")
        case decisions.TooMuchPain():
            return _("pain at the limit or above")
        case decisions.NeedsRelease():
            return _("not released")
        case decisions.WeekDone():
            return _("the week’s days are done")
        case decisions.TooEarly(None, None):
            return _("no phase to come opens it")
        case decisions.TooEarly(phase):
            return _("before its phase") if phase else _("not its time yet")
        case decisions.DoseDone():
            return _("the day’s dose is done")
        case decisions.TooSoon():
            return _("rest between two sets")
        case _:
            assert_never(why)
