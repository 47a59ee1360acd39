"""Compares a file's expectations with the gate's answers; differences are returned, not raised."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from coach.domain import coming_up, decisions, gate, outcome, pain, pain_change, red_flags
from coach.domain.case import Case
from coach.domain.protocol import Protocol, RoutineKind
from coach.domain.times import local_date
from coach.protocols.reading import SHOWN, shown
from coach.scenarios import notation
from coach.scenarios.errors import ScenarioError, listed
from coach.scenarios.events import Told
from coach.scenarios.fields import Fields

#: The word of a file for each reason.
REASONS: Mapping[str, type[decisions.Reason]] = {
    "no procedure": decisions.NoProcedure,
    "future": decisions.FutureTime,
    "contradictory": decisions.Contradictory,
    "red flag": decisions.OpenRedFlag,
    "hold": decisions.Held,
    "clinic's word": decisions.NeedsClinic,
    "unanswered": decisions.Unanswered,
    "not home": decisions.NotHome,
    "drowsy": decisions.Sleepy,
    "red light": decisions.AfterRed,
    "pain": decisions.TooMuchPain,
    "not released": decisions.NeedsRelease,
    "too early": decisions.TooEarly,
    "week done": decisions.WeekDone,
    "dose done": decisions.DoseDone,
    "gap": decisions.TooSoon,
}
STEPS: Mapping[type[decisions.Step], str] = {
    decisions.FirstDose: "first dose",
    decisions.Halved: "halved",
    decisions.Overridden: "clinic's dose",
}
SOMEBODY = "when somebody acts"


@dataclass(frozen=True, slots=True)
class Difference:
    """An expectation that does not hold, in the notation of the file."""

    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant of a file: the gate's answers, and the differences from the expectations.

    `case` is as far as it is known then. `expects` tells whether the file has any expectation for
    it.
    """

    at: datetime
    case: Case
    answers: Mapping[str, decisions.Decision]
    expects: bool
    differences: tuple[Difference, ...]


def moment(told: Told, at: datetime) -> Moment:
    """Return the gate's answers at an instant by what is known then, without expectations."""
    case = Case.of(told.story.protocol, told.story.known_by(at))
    return Moment(at, case, gate.decide(case, now=at), expects=False, differences=())


def then(told: Told, table: Fields) -> Moment:
    """Return the gate's answers at the moment of one [[then]], and the differences."""
    rest = table.copy()
    found = moment(told, told.at(rest, "at"))
    protocol = told.story.protocol
    groups = {"all": tuple(found.answers), "squeezes": squeezes(protocol)}
    differences: list[Difference] = []
    expects = bool(rest.keys)
    for key in rest.keys:
        place, wanted = rest.place(key), rest.take(key, "a value")
        if key in LOOKS:
            differences += compared(key, wanted, LOOKS[key](found.case, found.at))
        elif key in groups or key in protocol.routines:
            for routine in groups.get(key, (key,)):
                answer = gate.decide_routine(found.case, protocol.routines[routine], found.at)
                differences += _of_routine(told, routine, answer, Fields(wanted, place))
        else:
            known = listed((*protocol.routines, *groups, *LOOKS))
            raise ScenarioError(f"unknown expectation {shown(key)}", known, table.where)
    return Moment(found.at, found.case, found.answers, expects, tuple(differences))


def squeezes(protocol: Protocol) -> tuple[str, ...]:
    """Return the exercises that tighten a muscle and need no release."""
    every = protocol.routines.values()
    return tuple(each.id for each in every if each.kind is RoutineKind.SQUEEZE and each.release is None)


def _of_routine(told: Told, routine: str, answer: decisions.Decision, wanted: Fields) -> Iterator[Difference]:
    for key in wanted.keys:
        if key not in ANSWERS:
            raise ScenarioError(f"unknown expectation {shown(key)}", listed(ANSWERS), wanted.where)
        found, what = ANSWERS[key](answer), f"{routine}, {key}"
        if not isinstance(found, datetime):
            yield from compared(what, wanted.take(key, "a value"), found)
        else:
            expected = wanted.take(key, notation.A_TIME)
            if expected != SOMEBODY:
                expected = Fields({key: expected}, wanted.where).read(key, told.instant, notation.A_TIME)
            if expected != found:
                yield Difference(what, _said(expected, told.story.zone), _said(found, told.story.zone))


def compared(what: str, expected: object, found: object) -> Iterator[Difference]:
    """Yield the difference where there is one."""
    if expected != found:
        yield Difference(what, _said(expected), _said(found))


def _said(value: object, zone: str = "") -> str:
    """Return a value in the notation of a file."""
    match value:
        case bool():
            return "true" if value else "false"
        case datetime() if zone:
            return notation.written(value, zone)
        case list():
            return ", ".join(map(_said, value)) or "none"
        case dict():
            return ", ".join(f"{key} = {_said(each)}" for key, each in value.items()) or "nothing"
        case float():
            return f"{value:g}"
        case str() if not value.isprintable() or len(value) > SHOWN:
            return shown(value)
        case _:
            return str(value)


# what may be expected of one routine


def _reason(why: decisions.Reason) -> str:
    return next(word for word, reason in REASONS.items() if type(why) is reason)


def _open(answer: decisions.Decision) -> object:
    if isinstance(answer, decisions.Open):
        return notation.dose_written(answer.dose)
    return f"locked: {_reason(answer.reason)}"


def _locked(answer: decisions.Decision) -> object:
    return "open" if isinstance(answer, decisions.Open) else _reason(answer.reason)


def _opens(answer: decisions.Decision) -> object:
    return "open" if isinstance(answer, decisions.Open) else answer.opens_at or SOMEBODY


def _told(answer: decisions.Decision) -> object:
    return "open" if isinstance(answer, decisions.Open) else [_reason(why) for why in answer.told]


def _easier(answer: decisions.Decision) -> object:
    return notation.dose_written(answer.easier) if isinstance(answer, decisions.Open) else "locked"


def _steps(answer: decisions.Decision) -> object:
    return [STEPS[type(step)] for step in answer.steps] if isinstance(answer, decisions.Open) else "locked"


def _first_dose_until(answer: decisions.Decision) -> object:
    steps = answer.steps if isinstance(answer, decisions.Open) else ()
    until = [step.until for step in steps if isinstance(step, decisions.FirstDose)]
    return (until[0] or "the first set") if until else "no first dose"


#: What may be expected of one routine.
ANSWERS: Mapping[str, Callable[[decisions.Decision], object]] = {
    "open": _open,
    "locked": _locked,
    "opens": _opens,
    "told": _told,
    "easier": _easier,
    "because": _steps,
    "first_dose_until": _first_dose_until,
    "done": lambda answer: answer.done_today,
}


# what may be expected of the whole patient


def _phase(case: Case, at: datetime) -> object:
    found = case.course
    now = found.span_at(at) if found else None
    return now.phase.id if now else "none"


def _review(case: Case, at: datetime) -> object:
    found = case.course
    now = found.span_at(at) if found else None
    return bool(now and now.phase.review_due)


def _home_assumed(case: Case, _at: datetime) -> object:
    found = case.course
    return bool(found and found.home_assumed)


def _lights(case: Case, _at: datetime) -> object:
    lit = pain.lit_sessions(case)
    return [each.light.value if each.light else "none" for each in lit]


def _two_high_days(case: Case, at: datetime) -> object:
    found, today = case.course, local_date(at, case.history.zone)
    return found is not None and pain.two_high_days(case, since=found.procedure.at, today=today)


def _proposed(case: Case, at: datetime) -> object:
    found = coming_up.proposed(case, now=at)
    return {
        routine: notation.written(when, case.history.zone) if when else SOMEBODY
        for routine, when in found.items()
    }


def _due_now(case: Case, at: datetime) -> object:
    counts = outcome.day(case, local_date(at, case.history.zone), now=at)
    return {routine: count.due for routine, count in counts.items()}


def _change(case: Case, at: datetime) -> pain_change.PainChange:
    return pain_change.pain_change(case, today=local_date(at, case.history.zone))


def _open_flags(case: Case, _at: datetime) -> object:
    return [flag.fact.flag for flag in red_flags.open_flags(case)]


#: What may be expected of the whole patient at one instant, as far as it is known then.
LOOKS: Mapping[str, Callable[[Case, datetime], object]] = {
    "phase": _phase,
    "review_due": _review,
    "home_assumed": _home_assumed,
    "lights": _lights,
    "two_high_days": _two_high_days,
    "proposed": _proposed,
    "due_now": _due_now,
    "clearly_better": lambda case, at: _change(case, at).clearly_better,
    "mean_pain": lambda case, at: _change(case, at).mean,
    "open_flags": _open_flags,
    "exercises": lambda case, _at: [each.id for each in case.routines],
}
