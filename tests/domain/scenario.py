"""Read a scenario file: a title, what happens, and what then holds. The format is in tests/scenarios/README.md."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from coach.domain import ahead, decisions, gate, outcome, pain, red_flags
from coach.domain.case import Case
from coach.domain.course import Course, course
from coach.domain.facts import (
    PATIENT,
    AnchorTime,
    Answer,
    ClinicAgreed,
    ClinicianHold,
    Drowsy,
    FlagCleared,
    FlagMistake,
    HoldLifted,
    HomeArrival,
    Override,
    OverrideEnded,
    Pain,
    PainLimit,
    PainWhen,
    PainWord,
    Procedure,
    RedFlagYes,
    Reply,
    Score,
    Setting,
    StopReason,
    TimeAsked,
    TimeDecided,
    Void,
)
from coach.domain.facts import Cause as CourseCause
from coach.domain.history import History
from coach.domain.protocol import Dose
from coach.domain.times import from_wall_clock, local, local_date, start_of_day
from tests.domain.story import EVERY, PHYSIO, PROTOCOL, SQUEEZES, Story

FOLDER = Path(__file__).parents[1] / "scenarios"
SPAN = re.compile(r"(\d+(?:\.\d+)?) ?(d|h|min|s)\b")
UNITS = {"d": "days", "h": "hours", "min": "minutes", "s": "seconds"}
WALL = re.compile(r"(?:([A-Z][a-z]{2}) )?(\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DOSE = re.compile(r"(\d+) x (\d+(?:\.\d+)?) s, (?:(\d+) a day|(hourly))")

#: What a scenario says for each reason.
REASONS: Mapping[str, type] = {
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
    "too early": decisions.TooEarly,
    "dose done": decisions.DoseDone,
    "gap": decisions.TooSoon,
}
STEPS: Mapping[type, str] = {
    decisions.FirstDose: "first dose",
    decisions.Halved: "halved",
    decisions.Overridden: "clinic's dose",
}
AUTHORS: Mapping[str, str] = {"patient": PATIENT, "physiotherapist": PHYSIO}
SETTINGS = {"title", "zone", "procedure", "told", "home", "overnight", "answered", "happens", "then", "day"}


class Mistake(AssertionError):
    """The scenario file itself is wrong."""


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.toml"))


def span(text: str) -> timedelta:
    """Read "30 h", "2 d 3 h 20 min"."""
    parts = SPAN.findall(text)
    if not parts or SPAN.sub("", text).strip(" +"):
        raise Mistake(f"not a span of time: {text!r}")
    return sum((timedelta(**{UNITS[unit]: float(number)}) for number, unit in parts), timedelta(0))


def dose_text(dose: Dose) -> str:
    often = "hourly" if dose.hourly else f"{dose.per_day} a day"
    return f"{dose.reps} x {dose.hold_s:g} s, {often}"


@dataclass
class Told:
    """A scenario being told: its story so far and the names of its entries."""

    story: Story
    names: dict[str, UUID] = field(default_factory=dict)

    def instant(self, text: str) -> datetime:
        """Read "+30 h" (after the first procedure) or "Fri 2025-06-06 14:30" on the patient's clock."""
        if text.startswith("+"):
            return self.story.procedure_end + span(text)
        if text.startswith("-"):
            return self.story.procedure_end - span(text[1:])
        return wall(text, self.story.zone)

    def happens(self, event: dict[str, Any]) -> None:
        """Add one event, as often as it says."""
        event = dict(event)
        kinds = [kind for kind in EVENTS if kind in event]
        if len(kinds) != 1:
            raise Mistake(f"one thing happens at a time, not {kinds or event}")
        kind = kinds[0]
        times = event.pop("times", 1)
        every = span(event.pop("every")) if "every" in event else timedelta(0)
        at = self.instant(event.pop("at"))
        name = event.pop("name", None)
        for index in range(times):
            rest = dict(event)
            value = rest.pop(kind)
            entry = EVENTS[kind](self, value, at + index * every, rest)
            if rest:
                raise Mistake(f"{kind!r} knows no {sorted(rest)}")
            if name:
                self.names[name] = entry

    def add(self, fact: object, at: datetime, rest: dict[str, Any]) -> UUID:
        told = rest.pop("told", None)
        corrects = rest.pop("corrects", None)
        by = rest.pop("by", "patient")
        if by not in AUTHORS:
            raise Mistake(f"nobody is called {by!r}: {', '.join(AUTHORS)}")
        return self.story.add(
            fact,
            at,
            told=self.instant(told) if told else None,
            corrects=self.names[corrects] if corrects else None,
            author=AUTHORS[by],
        )


def wall(text: str, zone: str) -> datetime:
    """Read a time on the wall clock; a weekday, where given, has to be right."""
    found = WALL.fullmatch(text)
    if not found:
        raise Mistake(f"not a time: {text!r}")
    naive = datetime.fromisoformat(found[2])
    if found[1] and WEEKDAYS[naive.weekday()] != found[1]:
        raise Mistake(f"{text!r} is a {WEEKDAYS[naive.weekday()]}")
    return from_wall_clock(naive, zone)


def score(value: object) -> Score | None:
    if value == "unknown":
        return None
    return PainWord(value) if isinstance(value, str) else value  # type: ignore[return-value]


def _zone(told: Told, value: str, at: datetime, rest: dict[str, Any]) -> UUID:
    told.story.zone = value
    return told.add(Setting("zone", value), at, rest)


def _procedure(told: Told, value: str, at: datetime, rest: dict[str, Any]) -> UUID:
    entered = told.instant(rest["told"]) if "told" in rest else at
    restarts = "corrects" not in rest
    entry = told.add(Procedure(CourseCause(value)), at, rest)
    if restarts and rest.pop("answered", True):
        told.story.nothing_closes(entered)
    return entry


def _home(told: Told, value: object, at: datetime, rest: dict[str, Any]) -> UUID:
    return told.add(HomeArrival(home=value is True), at, rest)


def _answer(told: Told, value: str, at: datetime, rest: dict[str, Any]) -> UUID:
    if PROTOCOL.question(value) is None:
        raise Mistake(f"unknown question {value!r}")
    return told.add(Answer(value, Reply(rest.pop("reply"))), at, rest)


def _agreed(told: Told, value: str, at: datetime, rest: dict[str, Any]) -> UUID:
    return told.add(ClinicAgreed(value, rest.pop("who"), at), at, rest)


def _flag(told: Told, value: str, at: datetime, rest: dict[str, Any]) -> UUID:
    if value not in PROTOCOL.red_flags:
        raise Mistake(f"unknown red flag {value!r}")
    return told.add(RedFlagYes(value), at, rest)


def _mistake(told: Told, value: str, at: datetime, rest: dict[str, Any]) -> UUID:
    return told.add(FlagMistake(told.names[value]), at, rest)


def _cleared(told: Told, value: str, at: datetime, rest: dict[str, Any]) -> UUID:
    spoke = told.instant(rest.pop("spoke")) if "spoke" in rest else at
    return told.add(FlagCleared(told.names[value], rest.pop("who"), spoke), at, rest)


def _pain(told: Told, value: object, at: datetime, rest: dict[str, Any]) -> UUID:
    return told.add(Pain(score(value), PainWhen(rest.pop("asked", "now"))), at, rest)


def _drowsy(told: Told, value: object, at: datetime, rest: dict[str, Any]) -> UUID:
    return told.add(Drowsy(yes=value is True), at, rest)


def _session(told: Told, value: object, at: datetime, rest: dict[str, Any]) -> UUID:
    routines = [value] if isinstance(value, str) else value
    stopped = rest.pop("stopped", None)
    return told.story.trains(
        routines,  # type: ignore[arg-type]
        at,
        before=score(rest.pop("before", "unknown")),
        after=score(rest.pop("after", "unknown")),
        stop=StopReason(stopped) if stopped else None,
        reps=rest.pop("reps", 5),
        of=rest.pop("of", None),
        takes_s=span(rest.pop("each_takes", "0 s")).total_seconds(),
    )


def _hold(told: Told, value: str, at: datetime, rest: dict[str, Any]) -> UUID:
    until = rest.pop("until", None)
    return told.add(
        ClinicianHold(rest.pop("routine", None), value, told.instant(until) if until else None), at, rest
    )


def _lifted(told: Told, value: str, at: datetime, rest: dict[str, Any]) -> UUID:
    return told.add(HoldLifted(told.names[value], "seen today"), at, rest)


def _override(told: Told, value: str, at: datetime, rest: dict[str, Any]) -> UUID:
    found = DOSE.fullmatch(rest.pop("dose"))
    if not found or not found[3]:
        raise Mistake("an override's dose reads like '5 x 3 s, 2 a day'")
    return told.add(
        Override(
            routine=value,
            reps=int(found[1]),
            hold_s=float(found[2]),
            per_day=int(found[3]),
            begins=told.instant(rest.pop("begins")),
            ends=told.instant(rest.pop("ends")),
            why=rest.pop("because"),
        ),
        at,
        rest,
    )


def _override_ended(told: Told, value: str, at: datetime, rest: dict[str, Any]) -> UUID:
    return told.add(OverrideEnded(told.names[value], rest.pop("because", "seen today")), at, rest)


def _pain_limit(told: Told, value: int, at: datetime, rest: dict[str, Any]) -> UUID:
    ends = told.instant(rest.pop("ends"))
    return told.add(PainLimit(value, ends, rest.pop("because")), at, rest)


def _time_asked(told: Told, value: str, at: datetime, rest: dict[str, Any]) -> UUID:
    return told.add(TimeAsked(AnchorTime(value), told.instant(rest.pop("to"))), at, rest)


def _time_decided(told: Told, value: str, at: datetime, rest: dict[str, Any]) -> UUID:
    accepted = rest.pop("accepted")
    return told.add(TimeDecided(told.names[value], accepted, rest.pop("because")), at, rest)


def _void(told: Told, value: str, at: datetime, rest: dict[str, Any]) -> UUID:
    return told.add(Void(told.names[value], "entered by mistake"), at, rest)


EVENTS: Mapping[str, Callable[[Told, Any, datetime, dict[str, Any]], UUID]] = {
    "zone": _zone,
    "procedure": _procedure,
    "home": _home,
    "answer": _answer,
    "agreed": _agreed,
    "red_flag": _flag,
    "mistake": _mistake,
    "cleared": _cleared,
    "pain": _pain,
    "drowsy": _drowsy,
    "session": _session,
    "hold": _hold,
    "lifted": _lifted,
    "override": _override,
    "override_ended": _override_ended,
    "pain_limit": _pain_limit,
    "time_asked": _time_asked,
    "time_decided": _time_decided,
    "void": _void,
}


def tell(scenario: Mapping[str, Any]) -> Told:
    """Return the scenario's story, told to its end."""
    unknown = set(scenario) - SETTINGS
    if unknown:
        raise Mistake(f"unknown: {sorted(unknown)}")
    story = Story(zone=scenario["zone"])
    told = Told(story)
    start = scenario.get("procedure")
    if start:
        story.procedure_end = wall(start, story.zone)
    first_told = told.instant(scenario["told"]) if "told" in scenario else story.procedure_end
    story.add(Setting("zone", story.zone), story.procedure_end - timedelta(days=30))
    if start:
        told.names["procedure"] = story.add(Procedure(), 0, told=first_told)
    home = scenario.get("home")
    if home == "not yet":
        told.names["home"] = story.add(HomeArrival(home=False), 1)
    elif home:
        told.names["home"] = story.add(HomeArrival(home=True), told.instant(home))
    if "overnight" in scenario:
        story.answers("overnight", "yes" if scenario["overnight"] else "no")
    if start and scenario.get("answered", True):
        story.nothing_closes(first_told)
    for event in scenario.get("happens", ()):
        told.happens(event)
    return told


# ---------------------------------------------------------------- what then holds


def check_then(told: Told, then: dict[str, Any]) -> None:
    """Check what holds at one instant."""
    rest = dict(then)
    at = told.instant(rest.pop("at"))
    known = told.story.known_by(at)
    answers = gate.decide(Case.of(PROTOCOL, known), now=at)
    for group, routines in (("all", EVERY), ("squeezes", SQUEEZES)):
        if group in rest:
            expected = rest.pop(group)
            for routine in routines:
                check_answer(told, routine, answers[routine], dict(expected))
    for routine in EVERY:
        if routine in rest:
            check_answer(told, routine, answers[routine], dict(rest.pop(routine)))
    for key, expected in rest.items():
        found = LOOKS[key](known, at) if key in LOOKS else unknown(key)
        assert found == expected, f"{key} at {then['at']}: {found!r}, not {expected!r}"


def unknown(key: str) -> object:
    raise Mistake(f"unknown expectation {key!r}")


def check_answer(told: Told, routine: str, answer: decisions.Decision, expected: dict[str, Any]) -> None:
    for key, wanted in expected.items():
        found = ANSWERS[key](told, answer) if key in ANSWERS else unknown(key)
        if isinstance(found, datetime):
            clock = local(found, told.story.zone)
            assert found == told.instant(wanted), (
                f"{routine} {key}: {clock:%a %Y-%m-%d %H:%M:%S}, not {wanted}"
            )
        else:
            assert found == wanted, f"{routine} {key}: {found!r}, not {wanted!r}"


def _open(told: Told, answer: decisions.Decision) -> object:
    return dose_text(answer.dose) if isinstance(answer, decisions.Open) else f"locked: {answer.reason}"


def _locked(told: Told, answer: decisions.Decision) -> object:
    if isinstance(answer, decisions.Open):
        return "open"
    return next(word for word, reason in REASONS.items() if type(answer.reason) is reason)


def _opens(told: Told, answer: decisions.Decision) -> object:
    if isinstance(answer, decisions.Open):
        return "open"
    return answer.opens_at or "when somebody acts"


def _told(told: Told, answer: decisions.Decision) -> object:
    if isinstance(answer, decisions.Open):
        return "open"
    return [next(word for word, reason in REASONS.items() if type(why) is reason) for why in answer.told]


def _easier(told: Told, answer: decisions.Decision) -> object:
    return dose_text(answer.easier) if isinstance(answer, decisions.Open) else "locked"


def _steps(told: Told, answer: decisions.Decision) -> object:
    return [STEPS[type(step)] for step in answer.steps] if isinstance(answer, decisions.Open) else "locked"


def _first_dose_until(told: Told, answer: decisions.Decision) -> object:
    steps = answer.steps if isinstance(answer, decisions.Open) else ()
    until = [step.until for step in steps if isinstance(step, decisions.FirstDose)]
    return (until[0] or "the first set") if until else "no first dose"


#: What may be expected of one routine.
ANSWERS: Mapping[str, Callable[[Told, decisions.Decision], object]] = {
    "open": _open,
    "locked": _locked,
    "opens": _opens,
    "told": _told,
    "easier": _easier,
    "because": _steps,
    "first_dose_until": _first_dose_until,
    "done": lambda told, answer: answer.done_today,
}


def _phase(known: History, at: datetime) -> object:
    now = _course(known).span_at(at)
    return now.phase.id if now else "none"


def _review(known: History, at: datetime) -> object:
    now = _course(known).span_at(at)
    return bool(now and now.phase.review_due)


def _lights(known: History, at: datetime) -> object:
    lit = pain.lit_sessions(Case.of(PROTOCOL, known))
    return [each.light.value if each.light else "none" for each in lit]


def _two_high_days(known: History, at: datetime) -> object:
    since = _course(known).procedure.at
    return pain.two_high_days(Case.of(PROTOCOL, known), since=since, today=local_date(at, known.zone))


def _proposed(known: History, at: datetime) -> object:
    found = ahead.proposed(Case.of(PROTOCOL, known), now=at)
    return {
        routine: f"{local(when, known.zone):%a %Y-%m-%d %H:%M}" if when else "when somebody acts"
        for routine, when in found.items()
    }


def _due_now(known: History, at: datetime) -> object:
    counts = outcome.day(Case.of(PROTOCOL, known), local_date(at, known.zone), now=at)
    return {routine: count.due for routine, count in counts.items()}


def _change(known: History, at: datetime) -> outcome.PainChange:
    return outcome.pain_change(Case.of(PROTOCOL, known), today=local_date(at, known.zone))


def _course(known: History) -> Course:
    found = course(PROTOCOL, known)
    assert found is not None
    return found


#: What may be expected of the whole patient at one instant, as far as it is known then.
LOOKS: Mapping[str, Callable[[History, datetime], object]] = {
    "phase": _phase,
    "review_due": _review,
    "home_assumed": lambda known, at: _course(known).home_assumed,
    "lights": _lights,
    "two_high_days": _two_high_days,
    "proposed": _proposed,
    "due_now": _due_now,
    "clearly_better": lambda known, at: _change(known, at).clearly_better,
    "mean_pain": lambda known, at: _change(known, at).mean,
    "open_flags": lambda known, at: [
        flag.fact.flag for flag in red_flags.open_flags(Case.of(PROTOCOL, known))
    ],
}


def check_day(told: Told, day: dict[str, Any]) -> None:
    """Check what one local day, or the days up to another, come to."""
    rest = dict(day)
    first = date.fromisoformat(rest.pop("on"))
    last = date.fromisoformat(rest.pop("to", first.isoformat()))
    assert start_of_day(last, told.story.zone) >= start_of_day(first, told.story.zone)
    counts = outcome.day(Case.of(PROTOCOL, told.story.history), first)
    adherence = outcome.adherence(Case.of(PROTOCOL, told.story.history), outcome.days_between(first, last))
    looks: Mapping[str, object] = {
        "due": {routine: counts[routine].due for routine in EVERY},
        "done": {routine: counts[routine].done for routine in EVERY},
        "over": [routine for routine in EVERY if counts[routine].over],
        "adherence": None if adherence.overall is None else round(100 * adherence.overall),
        "by_routine": {
            routine: round(100 * share)
            for routine, share in adherence.by_routine.items()
            if share is not None
        },
    }
    for key, expected in rest.items():
        found = looks[key] if key in DAYS else unknown(key)
        found = "nothing was due" if found is None else found
        if key in ("due", "done"):
            expected = dict.fromkeys(EVERY, 0) | expected
        assert found == expected, f"{key} on {first}: {found!r}, not {expected!r}"


#: What may be expected of a day.
DAYS = ("due", "done", "over", "adherence", "by_routine")


def load(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def check(path: Path) -> None:
    """Tell the scenario and check everything that it expects."""
    scenario = load(path)
    told = tell(scenario)
    thens, days = scenario.get("then", []), scenario.get("day", [])
    if not thens and not days:
        raise Mistake("nothing is expected")
    for then in thens:
        check_then(told, then)
    for day in days:
        check_day(told, day)
