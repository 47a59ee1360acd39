"""The events of a story: each table [[happens]] becomes an entry or a session of the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from coach.domain import facts
from coach.domain.errors import BadValue
from coach.domain.history import clinician_author
from coach.domain.times import zone as known_zone
from coach.protocols.reading import shown
from coach.scenarios import notation
from coach.scenarios.errors import ScenarioError, listed, of_domain
from coach.scenarios.fields import Fields
from coach.scenarios.story import Story

AUTHORS: Mapping[str, str] = {"patient": facts.PATIENT, "physiotherapist": clinician_author(UUID(int=7))}
SCORES = ("0 to 10", *facts.PainWord, "unknown")
REPS_MOST = 1000
TIMES_MOST = 500
TAKES_MOST = timedelta(hours=24)


@dataclass
class Told:
    """A scenario being played: its story so far and the names of its entries."""

    story: Story
    names: dict[str, UUID] = field(default_factory=dict)
    counts_from: datetime | None = None

    def instant(self, text: str) -> datetime:
        """Return the instant of "+30 h" (after the first procedure) or of a patient's local time."""
        return notation.instant(text, self.story.zone, self.counts_from)

    def at(self, fields: Fields, key: str) -> datetime:
        """Return the instant under a key of a table."""
        return fields.read(key, self.instant, notation.A_TIME)

    def happens(self, event: Fields) -> None:
        """Add one event, repeated as often as it says."""
        kinds = [kind for kind in EVENTS if kind in event.keys]
        if len(kinds) != 1:
            what = f"one thing happens at a time, not {' and '.join(kinds)}"
            raise ScenarioError(
                what if kinds else "nothing that may happen is named", listed(EVENTS), event.where
            )
        times = event.whole("times", 1, TIMES_MOST, 1)
        every = event.read("every", notation.span, notation.A_SPAN, "0 s")
        at = self.at(event, "at")
        name = event.text("name", "")
        for index in range(times):
            rest = event.copy()
            try:
                entry = EVENTS[kinds[0]](self, kinds[0], at + index * every, rest)
            except BadValue as refused:
                raise of_domain(refused, event.where) from None
            except OverflowError:
                raise ScenarioError(
                    "a time leads out of the calendar", notation.A_TIME, event.where
                ) from None
            rest.done()
            if name:
                self.names[name] = entry

    def add(self, fact: object, at: datetime, rest: Fields) -> UUID:
        """Add the entry of a fact, with the table's recording time, author and corrected entry."""
        told = self.at(rest, "told") if "told" in rest else None
        corrects = self.entry(rest, "corrects") if "corrects" in rest else None
        by = rest.name("by", AUTHORS, "author", "patient")
        return self.story.add(fact, at, told=told, corrects=corrects, author=AUTHORS[by])

    def entry(self, rest: Fields, key: str) -> UUID:
        """Return the entry of that name."""
        return self.names[rest.name(key, self.names, "name of an entry before it,")]

    def routine(self, rest: Fields, key: str) -> str:
        """Return an exercise of the protocol."""
        return rest.name(key, self.story.protocol.routines, "exercise")


def score(rest: Fields, key: str, default: object = "unknown") -> facts.Score | None:
    """Return a pain score, a number or a plain word; None for "unknown"."""
    raw = rest.take(key, listed(SCORES), default)
    if raw == "unknown":
        return None
    if isinstance(raw, str) and raw in tuple(facts.PainWord):
        return facts.PainWord(raw)
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= 10:
        return raw
    raise ScenarioError(f"{shown(raw)} is no pain score", listed(SCORES), rest.place(key))


def _zone(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    told.story.zone = rest.read(key, checked_zone, "a place such as Europe/London")
    return told.add(facts.Setting("zone", told.story.zone), at, rest)


def checked_zone(name: str) -> str:
    """Return the name of an existing time zone."""
    known_zone(name)
    return name


def _procedure(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    cause = rest.choice(key, facts.Cause, "cause")
    restarts = "corrects" not in rest
    answered = rest.flag("answered", default=True) if restarts else False
    entry = told.add(facts.Procedure(cause), at, rest)
    if answered:
        told.story.nothing_closes(told.story.entries[-1].recorded_at)
    return entry


def _home(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    return told.add(facts.HomeArrival(home=rest.flag(key)), at, rest)


def _question(told: Told, rest: Fields, key: str) -> str:
    questions = [question.id for question in told.story.protocol.questions]
    return rest.name(key, questions, "question")


def _answer(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    question = _question(told, rest, key)
    return told.add(facts.Answer(question, rest.choice("reply", facts.Reply, "reply")), at, rest)


def _agreed(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    question = _question(told, rest, key)
    return told.add(facts.ClinicAgreed(question, rest.text("who"), at), at, rest)


def _flag(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    flag = rest.name(key, told.story.protocol.red_flags, "red flag")
    return told.add(facts.RedFlagYes(flag), at, rest)


def _mistake(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    return told.add(facts.FlagMistake(told.entry(rest, key)), at, rest)


def _cleared(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    flag = told.entry(rest, key)
    spoke = told.at(rest, "spoke") if "spoke" in rest else at
    return told.add(facts.FlagCleared(flag, rest.text("who"), spoke), at, rest)


def _pain(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    asked = rest.choice("asked", facts.PainWhen, "question about pain", facts.PainWhen.NOW.value)
    return told.add(facts.Pain(score(rest, key), asked), at, rest)


def _drowsy(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    return told.add(facts.Drowsy(yes=rest.flag(key)), at, rest)


def _session(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    raw = rest.take(key, "exercises of the protocol")
    names = told.story.protocol.routines
    routines = [raw] if isinstance(raw, str) else raw
    if not isinstance(routines, list) or not routines:
        raise ScenarioError(f"{shown(raw)} is no list of exercises", listed(names), rest.place(key))
    for routine in routines:
        if not isinstance(routine, str) or routine not in names:
            raise ScenarioError(f"unknown exercise {shown(routine)}", listed(names), rest.place(key))
    return told.story.trains(
        routines,
        at,
        before=score(rest, "before"),
        after=score(rest, "after"),
        stop=rest.choice("stopped", facts.StopReason, "reason to stop") if "stopped" in rest else None,
        reps=rest.whole("reps", 0, REPS_MOST, 5),
        of=rest.whole("of", 1, REPS_MOST) if "of" in rest else None,
        takes_s=rest.read("each_takes", _takes, notation.A_SPAN, "0 s").total_seconds(),
    )


def _takes(text: str) -> timedelta:
    length = notation.span(text)
    if length > TAKES_MOST:
        raise ScenarioError(f"{shown(text)} is too long for a set", "at most 24 h")
    return length


def _hold(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    why = rest.text(key)
    routine = told.routine(rest, "routine") if "routine" in rest else None
    until = told.at(rest, "until") if "until" in rest else None
    return told.add(facts.ClinicianHold(routine, why, until), at, rest)


def _lifted(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    return told.add(facts.HoldLifted(told.entry(rest, key), "seen today"), at, rest)


def _override(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    routine = told.routine(rest, key)
    dose = rest.read("dose", notation.dose, notation.A_DOSE)
    override = facts.Override(
        routine=routine,
        reps=dose.reps,
        hold_s=dose.hold_s,
        per_day=dose.per_day,
        days_per_week=dose.days_per_week,
        begins=told.at(rest, "begins"),
        ends=told.at(rest, "ends"),
        why=rest.text("because"),
    )
    return told.add(override, at, rest)


def _override_ended(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    override = told.entry(rest, key)
    return told.add(facts.OverrideEnded(override, rest.text("because", "seen today")), at, rest)


def _release(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    return told.add(facts.Released(told.routine(rest, key), rest.text("because", "seen today")), at, rest)


def _release_ended(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    release = told.entry(rest, key)
    return told.add(facts.ReleaseEnded(release, rest.text("because", "seen today")), at, rest)


def _pain_limit(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    limit = rest.whole(key, 0, 10)
    ends = told.at(rest, "ends")
    return told.add(facts.PainLimit(limit, ends, rest.text("because")), at, rest)


def _time_asked(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    which = rest.choice(key, facts.AnchorTime, "time")
    return told.add(facts.TimeAsked(which, told.at(rest, "to")), at, rest)


def _time_decided(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    asked = told.entry(rest, key)
    accepted = rest.flag("accepted")
    return told.add(facts.TimeDecided(asked, accepted, rest.text("because")), at, rest)


def _void(told: Told, key: str, at: datetime, rest: Fields) -> UUID:
    return told.add(facts.Void(told.entry(rest, key), "entered by mistake"), at, rest)


#: The reader of each kind of event, by its key.
EVENTS: Mapping[str, Callable[[Told, str, datetime, Fields], UUID]] = {
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
    "release": _release,
    "release_ended": _release_ended,
    "pain_limit": _pain_limit,
    "time_asked": _time_asked,
    "time_decided": _time_decided,
    "void": _void,
}
