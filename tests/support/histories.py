"""Arbitrary histories for property tests: anything that the front desk might ever let in, and some more."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from coach.domain import facts
from coach.domain.history import Entry
from tests.domain.story import EVERY, PHYSIO, PROTOCOL, SQUEEZES, Story

#: Clock changes by an hour and by half an hour, at midnight, and none at all.
ZONES = (
    "Europe/London", "America/New_York", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe", "Asia/Kolkata",
    "Pacific/Kiritimati", "America/Havana", "UTC",
)  # fmt: skip
DAY = 24 * 60

#: Around the clock changes of spring and autumn, and a summer day.
STARTS = tuple(
    datetime(2025, month, day, tzinfo=UTC)
    for month, day in ((3, 7), (3, 28), (4, 23), (6, 4), (10, 24), (11, 1))
)


@dataclasses.dataclass(frozen=True)
class Event:
    """Something that happens so many minutes after the start, told after a delay."""

    at: int
    delay: int
    tell: Callable[[Story, datetime, datetime], None]


def scores() -> st.SearchStrategy:
    return st.none() | st.integers(0, 10) | st.integers(0, 10) | st.sampled_from(list(facts.PainWord))


def minutes_after(limit: int = 40 * DAY) -> st.SearchStrategy[int]:
    """Mostly in the first days, where the rules are densest; in minutes."""
    return st.integers(0, 4 * DAY) | st.integers(0, limit)


def earlier(story: Story, kind: type, pick: int) -> Entry[object] | None:
    """Return one of the entries of that kind so far, or None."""
    found = [entry for entry in story.entries if isinstance(entry.fact, kind)]
    return found[pick % len(found)] if found else None


def fact(value: object) -> Callable[[Story, datetime, datetime], None]:
    def tell(story: Story, at: datetime, told: datetime) -> None:
        story.add(value, at, told=told)

    return tell


def _about(
    kind: type, pick: int, make: Callable[[UUID, datetime], object], author: str = facts.PATIENT
) -> Callable:
    def tell(story: Story, at: datetime, told: datetime) -> None:
        target = earlier(story, kind, pick)
        if target:
            story.add(make(target.id, at), told, told=told, author=author)

    return tell


def _correction(kind: type, pick: int) -> Callable[[Story, datetime, datetime], None]:
    def tell(story: Story, at: datetime, told: datetime) -> None:
        target = earlier(story, kind, pick)
        if target:
            story.add(target.fact, at, told=told, corrects=target.id)

    return tell


def _session(
    routines: list[str], before: object, after: object, stop: object, reps: int, takes: int
) -> Callable:
    def tell(story: Story, at: datetime, told: datetime) -> None:
        story.trains(
            routines,
            at,
            before=before,  # type: ignore[arg-type]
            after=after,  # type: ignore[arg-type]
            stop=stop,  # type: ignore[arg-type]
            reps=reps,
            of=10,
            takes_s=takes,
            phase="any",
        )

    return tell


def sessions() -> st.SearchStrategy:
    routines = st.lists(st.sampled_from(EVERY), min_size=1, max_size=4, unique=True)
    stops = st.sampled_from([None, None, None, *facts.StopReason])
    reps = st.integers(0, 10) | st.just(10)
    return st.builds(_session, routines, scores(), scores(), stops, reps, st.integers(0, 400))


def overrides() -> st.SearchStrategy:
    def tell(routine: str, reps: int, hold_s: int, per_day: int, wait: int, lasts: int) -> Callable:
        def add(story: Story, at: datetime, told: datetime) -> None:
            begins = told + timedelta(minutes=wait)
            ends = begins + timedelta(minutes=lasts)
            fact = facts.Override(routine, reps, float(hold_s), per_day, begins, ends, "as seen today")
            story.add(fact, told, told=told)

        return add

    return st.builds(
        tell,
        st.sampled_from(EVERY),
        st.integers(1, 60),
        st.integers(0, 30),
        st.integers(1, 20),
        st.integers(0, 2 * DAY),
        st.integers(0, 10 * DAY),
    )


def holds() -> st.SearchStrategy:
    def tell(routine: str | None, lasts: int | None) -> Callable:
        def add(story: Story, at: datetime, told: datetime) -> None:
            until = None if lasts is None else told + timedelta(minutes=lasts)
            story.add(facts.ClinicianHold(routine, "a scan first", until), told, told=told)

        return add

    return st.builds(tell, st.none() | st.sampled_from(EVERY), st.none() | st.integers(0, 5 * DAY))


def pain_limits() -> st.SearchStrategy:
    def tell(limit: int, lasts: int) -> Callable:
        def add(story: Story, at: datetime, told: datetime) -> None:
            fact = facts.PainLimit(limit, told + timedelta(minutes=lasts), "as before the fracture")
            story.add(fact, told, told=told, author=PHYSIO)

        return add

    return st.builds(tell, st.integers(1, 10), st.integers(0, 10 * DAY))


def calm_tellings() -> st.SearchStrategy:
    """What does not need a person to open again."""
    questions = st.sampled_from([question.id for question in PROTOCOL.questions])
    return st.one_of(
        sessions(),
        sessions(),
        st.builds(
            lambda score, when: fact(facts.Pain(score, when)), scores(), st.sampled_from(facts.PainWhen)
        ),
        st.builds(lambda yes: fact(facts.Drowsy(yes)), st.booleans()),
        overrides(),
        pain_limits(),
        st.builds(
            lambda pick: _about(
                facts.Override, pick, lambda entry, at: facts.OverrideEnded(entry, "enough"), PHYSIO
            ),
            st.integers(0),
        ),
        st.builds(lambda question: fact(facts.Answer(question, facts.Reply.NO)), questions),
        st.builds(
            lambda pick: _about(facts.SetDone, pick, lambda entry, at: facts.Void(entry, "not done")),
            st.integers(0),
        ),
        st.builds(lambda pick: _correction(facts.SetDone, pick), st.integers(0)),
        st.builds(lambda pick: _correction(facts.Pain, pick), st.integers(0)),
    )


def tellings() -> st.SearchStrategy:
    questions = st.sampled_from([question.id for question in PROTOCOL.questions])
    pick = st.integers(0, 50)
    return st.one_of(
        calm_tellings(),
        calm_tellings(),
        calm_tellings(),
        st.builds(lambda flag: fact(facts.RedFlagYes(flag)), st.sampled_from(list(PROTOCOL.red_flags))),
        st.builds(lambda p: _about(facts.RedFlagYes, p, lambda entry, at: facts.FlagMistake(entry)), pick),
        st.builds(lambda p: _about(facts.RedFlagYes, p, lambda entry, at: facts.FlagCleared(entry, "a nurse", at)), pick),
        st.builds(
            lambda p: _about(facts.RedFlagYes, p, lambda entry, at: facts.FlagCleared(entry, "Dana", at), PHYSIO), pick
        ),
        holds(),
        st.builds(lambda p: _about(facts.ClinicianHold, p, lambda entry, at: facts.HoldLifted(entry, "seen")), pick),
        st.builds(lambda question, reply: fact(facts.Answer(question, reply)), questions, st.sampled_from(facts.Reply)),
        st.builds(
            lambda question: lambda story, at, told: story.add(facts.ClinicAgreed(question, "a nurse", at), told),
            questions,
        ),
        st.builds(lambda cause: fact(facts.Procedure(cause)), st.sampled_from(facts.Cause)),
        st.builds(lambda p: _correction(facts.Procedure, p), pick),
        st.builds(lambda home: fact(facts.HomeArrival(home)), st.booleans()),
        st.builds(lambda p: _correction(facts.HomeArrival, p), pick),
        st.builds(lambda name: fact(facts.Setting("zone", name)), st.sampled_from(ZONES)),
        st.builds(lambda kind, p: _about(kind, p, lambda entry, at: facts.Void(entry, "wrong")), st.sampled_from(
            [facts.Procedure, facts.HomeArrival, facts.Pain, facts.SetDone, facts.Override,
            facts.ClinicianHold, facts.RedFlagYes, facts.Setting]), pick),
    )  # fmt: skip


def events(what: st.SearchStrategy) -> st.SearchStrategy[list[Event]]:
    delays = st.just(0) | st.integers(0, 3 * DAY)
    return st.lists(st.builds(Event, minutes_after(), delays, what), max_size=14)


#: Built once: hypothesis takes longer to build a strategy than to draw from it.
ANYTHING = events(tellings())
CALM = events(calm_tellings())
START = st.tuples(st.sampled_from(STARTS), st.integers(0, 3 * DAY))
HOME = st.none() | st.integers(0, 300) | st.integers(-100, 4 * DAY)
ONE_IN_TWENTY = st.integers(0, 19).map(lambda number: number == 0)


@st.composite
def stories(draw, what: st.SearchStrategy = ANYTHING, *, zones: tuple[str, ...] = ZONES):
    """Return a story, its entries told in the order of the telling."""
    day, minute = draw(START)
    story = Story(zone=draw(st.sampled_from(zones)), procedure_end=day + timedelta(minutes=minute))
    story.add(facts.Setting("zone", story.zone), story.procedure_end)
    calm = what is not ANYTHING
    home = draw(HOME)
    if calm or not draw(ONE_IN_TWENTY):
        story.add(facts.Procedure(), story.procedure_end)
        if calm or home is not None:
            story.add(facts.HomeArrival(home=True), story.instant((abs(home or 60) if calm else home) / 60))
    if calm or not draw(ONE_IN_TWENTY):
        story.nothing_closes()
    for event in sorted(draw(what), key=lambda each: each.at + each.delay):
        at = story.procedure_end + timedelta(minutes=event.at)
        event.tell(story, at, at + timedelta(minutes=event.delay))
    return story


#: What went on in the last hours: how many minutes ago, and what.
LATELY = st.lists(
    st.tuples(
        st.integers(0, 12 * 60) | st.integers(0, 150),
        st.one_of(
            sessions(),
            st.builds(lambda routine: _session([routine], None, None, None, 10, 60), st.sampled_from(EVERY)),
            st.builds(lambda score: fact(facts.Pain(score, facts.PainWhen.NOW)), scores()),
            st.builds(lambda yes: fact(facts.Drowsy(yes)), st.booleans()),
            overrides(),
            pain_limits(),
        ),
    ),
    min_size=1,
    max_size=10,
)
AGE = st.integers(1, 60 * DAY) | st.integers(1, 5 * DAY)


@st.composite
def recent_stories(draw):
    """Return a story whose end is dense, for somebody at home whom no person holds back."""
    day, minute = draw(START)
    story = Story(zone=draw(st.sampled_from(ZONES)), procedure_end=day + timedelta(minutes=minute))
    story.begins(home=draw(st.integers(0, 240)) / 60)
    age = draw(AGE)
    if draw(st.booleans()):
        for hours in range(48, age // 60 - 12, 24):
            story.trains(SQUEEZES, hours, reps=10, phase="any")
    now = story.procedure_end + timedelta(minutes=age)
    for minutes, tell in sorted(draw(LATELY), key=lambda each: -each[0]):
        at = now - timedelta(minutes=minutes)
        tell(story, at, at)
    return story


def last_told(story: Story) -> datetime:
    """Return the instant of the last entry, the earliest that a patient may look at it all."""
    return max(max(entry.at, entry.recorded_at) for entry in story.entries)


def shifted(value: object, by: timedelta) -> object:
    """Return the value with every instant in it moved."""
    if isinstance(value, datetime):
        return value + by
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(
            value, **{f.name: shifted(getattr(value, f.name), by) for f in dataclasses.fields(value)}
        )
    return value


def moved(story: Story, days: int) -> Story:
    """Return the same story so many days later."""
    by = timedelta(days=days)
    entries = [
        dataclasses.replace(
            entry,
            at=entry.at + by,
            recorded_at=entry.recorded_at + by,
            local_date=entry.local_date + by,
            fact=shifted(entry.fact, by),
        )
        for entry in story.entries
    ]
    return Story(zone=story.zone, procedure_end=story.procedure_end + by, entries=entries)
