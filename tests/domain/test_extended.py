"""A history that is extended answers as one that is read anew, and derives only what is new."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import coach.domain
import coach.review
from coach.domain import (
    coming_up,
    facts,
    gate,
    measures,
    outcome,
    pain,
    pain_change,
    plan,
    rising_pain,
    times,
)
from coach.domain.case import Case
from coach.domain.derived import Keeper, continued, derived, derived_from
from coach.domain.history import Entry, History
from coach.scenarios.scenario import tell
from tests.domain.story import GLUTES, PHYSIO, PROTOCOL, TUMMY, Story
from tests.support import histories
from tests.support.any_story import some
from tests.support.scenarios import files, loaded

Entries = Sequence[Entry[object]]
DAY = timedelta(days=1)

# ---------------------------------------------------------------- every derived value


def _holders(package: Any) -> Iterator[Any]:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        found = importlib.import_module(module.name)
        yield from vars(found).values()
    for kind in (History, Case):
        yield from (each.fget for each in vars(kind).values() if isinstance(each, property))
        yield from vars(kind).values()


#: Every function that keeps what it derives, by its name.
DERIVED = {
    f"{each.__module__.removeprefix('coach.')}.{each.__qualname__}": each
    for package in (coach.domain, coach.review)
    for each in _holders(package)
    if hasattr(each, "rule")
}


def days_of(history: History) -> list[date]:
    told = sorted({entry.local_date for entry in history.entries})
    return sorted({day + n * DAY for day in (told[0], told[len(told) // 2], told[-1]) for n in (-1, 0, 1)})


def arguments(name: str, case: Case) -> list[tuple[object, ...]]:
    """Return what a derived value is asked for."""
    known: dict[str, Callable[[], list[tuple[object, ...]]]] = {
        "domain.outcome._whole_day": lambda: [(case, day) for day in days_of(case.history)],
        "domain.outcome._asks": lambda: [(case, day) for day in days_of(case.history)],
        "domain.pain_change._pain_change": lambda: [(case, day) for day in days_of(case.history)],
        "domain.outcome.day_share": lambda: [(case, day) for day in days_of(case.history)],
        "domain.closures._all_closed": lambda: [
            (case, each.id, each.kind) for each in case.protocol.routines.values()
        ],
        "domain.pain_change._daily_averages": lambda: [
            (case.history, since) for since in (None, case.history.entries[0].at + DAY)
        ],
        "review.clinic.news._told": lambda: [(case, case.history.last_seq // 2, "")],
        "domain.reminders._length": lambda: [(case, GLUTES, 5, 3.0)],
        "domain.course._before": lambda: [(case.history, 3, case.history.entries[-1].at)],
    }
    if name in known:
        return known[name]()
    return [(case.history if name in OF_HISTORY else case,)]


OF_HISTORY = {
    "domain.history.History.settings",
    "domain.history.History.answers",
    "domain.history.History._parts",
    "domain.history.History.sessions",
    "domain.messages.waiting",
    "domain.outcome._active_days",
    "domain.pain.by_day",
    "domain.rising_pain.daily_pain",
    "domain.zones.spans",
    "review.patient.diary.days",
}


def plain(name: str, value: Any) -> object:
    """Return a value as it can be compared."""
    if isinstance(value, History):
        return value.entries
    if name == "domain.history.History._parts":  # in a session each kind has its own order
        return {key: sorted(parts, key=lambda entry: entry.seq) for key, parts in value.items()}
    return list(value.items()) if name == "domain.rising_pain.daily_pain" else value


def everything(case: Case, *, without: str = "") -> dict[object, object]:
    """Return every derived value of a case and its history."""
    return {
        (name, args[1:]): plain(name, derive(*args))
        for name, derive in DERIVED.items()
        if name != without
        for args in arguments(name, case)
    }


def answers(case: Case, now: datetime) -> dict[str, object]:
    """Return what the gate and the reviews answer at an instant."""
    history, today = case.history, times.local_date(now, case.history.zone)
    known = case.course
    return {
        "decisions": gate.decide(case, now=now),
        "proposed": coming_up.proposed(case, now=now),
        "today": outcome.day(case, today, now=now),
        "change": pain_change.pain_change(case, today=today),
        "high": known and pain.two_high_days(case, since=known.procedure.at, today=today),
        "runs": known and tuple(rising_pain.high_runs(case, since=known.procedure.at)),
        "rises": rising_pain.rises(case, since=today - DAY),
        "latest": (pain.latest_right_now(history), rising_pain.latest(history)),
        "due": measures.due(case, now=now),
        "plan": plan.in_force(case, now=now),
        "course": (history.by_id, history.voided, history.replaced, history.counted, history.set_aside),
        "kinds": {kind: (history.of(kind), history.told(kind)) for kind in facts.Fact.__args__},
        "index": (history.index.last_recorded, history.index.clinicians),
    }


def fresh(history: History) -> Case:
    return Case.of(PROTOCOL, History(history.entries))


def compare(extended: Case, now: datetime) -> None:
    """Hold a case that was extended against one that is made anew."""
    anew = fresh(extended.history)
    mine, theirs = everything(extended), everything(anew)
    assert mine.keys() == theirs.keys()
    assert [name for name in theirs if mine[name] != theirs[name]] == []
    told, said = answers(extended, now), answers(anew, now)
    assert [name for name in said if told[name] != said[name]] == []


# ---------------------------------------------------------------- any history, read in any pieces


def _other(kind: type, *values: st.SearchStrategy) -> st.SearchStrategy:
    return st.builds(lambda *drawn: kind(*drawn), *values)


TEXT = st.just("a word")
IDS = st.integers(1, 40).map(lambda number: UUID(int=number))
INSTANTS = st.integers(0, 30).map(lambda days: histories.STARTS[0] + days * DAY)
#: What the stories do not tell: mostly what changes no dose, and what speaks of other entries.
OTHERS = st.lists(
    st.tuples(
        st.one_of(
            _other(facts.Message, TEXT),
            _other(facts.MessageRead, IDS),
            _other(facts.NoAnswerNeeded, IDS),
            _other(facts.Seen, st.just(("silent:x",))),
            _other(facts.FlagCheck, st.booleans()),
            _other(facts.Activity, TEXT),
            _other(facts.FunctionScore, st.sampled_from(["baseline", "week-2"]), IDS, st.integers(0, 10)),
            _other(
                facts.BoneHealth,
                st.sampled_from(["week-2", "week-6"]),
                st.just(facts.BoneStep.TREATMENT),
                st.sampled_from([facts.BoneState.YES, facts.BoneState.NO, None]),
            ),
            _other(facts.Void, IDS, TEXT),
            _other(facts.Void, IDS, TEXT),
            _other(facts.SetAside, IDS, TEXT),
            _other(facts.PainLimit, st.integers(1, 10), INSTANTS, TEXT),
            _other(facts.Note, IDS, TEXT),
            _other(facts.Effort, IDS, st.integers(0, 10)),
            _other(facts.Discharged, TEXT),
            _other(facts.Readmitted, TEXT),
        ),
        st.integers(0, 40),
        st.booleans(),
    ),
    max_size=4,
)


@st.composite
def records(draw):
    """Return the entries of a record in the order of recording, which need not be that of events."""
    story = draw(histories.stories() | histories.recent_stories())
    for fact, corrects, by_physio in draw(OTHERS):
        pick = story.entries[corrects % len(story.entries)]
        corrected = pick.id if type(pick.fact) is type(fact) else None
        author = PHYSIO if by_physio else facts.PATIENT
        story.add(fact, pick.at + DAY, author=author, corrects=corrected)
    order = list(story.entries)
    for place, other in draw(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=3)):
        place, other = place % len(order), other % len(order)
        order[place], order[other] = order[other], order[place]
    return [dataclasses.replace(entry, seq=seq) for seq, entry in enumerate(order, 1)]


@some(60)
@given(records(), st.lists(st.integers(1, 99), min_size=1, max_size=3), st.booleans(), st.integers(0, 4000))
def test_an_extended_history_answers_as_one_that_is_read_anew(
    entries: Entries, cuts: list[int], one_by_one: bool, minutes: int
):
    now = max(max(entry.at, entry.recorded_at) for entry in entries) + timedelta(minutes=minutes)
    places = [*sorted({cut * len(entries) // 100 or 1 for cut in cuts}), len(entries)]
    history = History(entries[: places[0]])
    compare(Case.of(PROTOCOL, history), now)
    for start, end in pairwise(places):
        if one_by_one:
            for entry in entries[start:end]:
                history = history.extended([entry])
        else:
            history = history.extended(entries[start:end])
        compare(Case.of(PROTOCOL, history), now)


@pytest.mark.parametrize("path", files(), ids=[path.stem for path in files()])
def test_a_scenario_that_is_told_entry_by_entry_comes_to_the_same(path: Path):
    entries = tell(loaded(path), PROTOCOL).told.story.history.entries
    history = History()
    for number, entry in enumerate(entries, 1):
        history = history.extended([entry])
        if number in (len(entries) // 2, len(entries) - 1, len(entries)):
            compare(Case.of(PROTOCOL, history), max(entry.at, entry.recorded_at) + timedelta(minutes=1))


@pytest.mark.parametrize("end", [facts.Void, facts.SetAside])
@pytest.mark.parametrize("first", ["end", "entry"])
def test_an_entry_counts_no_more_whichever_of_the_two_is_recorded_first(end: Any, first: str):
    story = Story().begins()
    story.trains([GLUTES], 50, before=2, after=3)
    scored = story.feels(8, 55)
    story.add(end(scored, "a mistake"), 56)
    *others, entry, ended = story.entries
    history, pair = History(others), [ended, entry] if first == "end" else [entry, ended]
    for number, each in enumerate(pair, history.last_seq + 1):
        compare(Case.of(PROTOCOL, history), story.instant(57))
        history = history.extended([dataclasses.replace(each, seq=number)])
    assert scored not in {each.id for each in history.of(facts.Pain)}
    compare(Case.of(PROTOCOL, history), story.instant(57))


# ---------------------------------------------------------------- what each of them reads


class Noting(History):
    """A history that notes of which kinds somebody asks."""

    def __init__(self, entries: Entries) -> None:
        super().__init__(entries)
        self.index  # noqa: B018  made before anything is noted
        self.asked: set[object] = set()

    def of(self, kind):
        self.asked.add(kind)
        return super().of(kind)

    def told(self, *kinds):
        self.asked |= set(kinds)
        return super().told(*kinds)

    @cached_property
    def counted(self):
        self.asked.add("counted")
        return super().counted

    @property
    def voided(self):
        self.asked.add("voided")
        return super().voided

    @property
    def replaced(self):
        self.asked.add("replaced")
        return super().replaced


def asked(derive: Any, name: str, entries: Entries) -> set[object]:
    """Return of what a value reads that is derived from these entries, nothing being kept yet."""
    found: set[object] = set()
    history = Noting(entries)
    for args in arguments(name, Case(PROTOCOL, history)):
        history = Noting(entries)
        of = history if isinstance(args[0], History) else Case(PROTOCOL, history)
        derive(of, *args[1:])
        found |= history.asked
    return found


NAMED = [name for name, each in DERIVED.items() if each.rule.reads is not None]


@some(30)
@given(records())
def test_nothing_is_derived_from_a_kind_that_is_not_named(entries: Entries):
    for name in NAMED:
        assert asked(DERIVED[name], name, entries) <= DERIVED[name].rule.reads, name


@given(records())
def test_the_share_of_a_day_is_the_same_the_short_way(entries: Entries):
    case = Case.of(PROTOCOL, History(entries))
    last = max(days_of(case.history))
    for day in (*days_of(case.history), *(last + n * DAY for n in range(1, 8))):
        assert outcome.day_share(case, day) == outcome.adherence(case, [day]).overall


def test_what_is_derived_is_known_by_name():
    assert len(DERIVED) >= 30
    assert "domain.pain.lit_sessions" in NAMED
    assert {name for name in DERIVED if name not in NAMED} == {
        "domain.course._before", "domain.caseload_card.card", "domain.triage.needs",
        "review.patient.diary.days",
    }  # fmt: skip


# ---------------------------------------------------------------- how much is derived again


def told_for(days: int) -> Story:
    """Return a story of two scored sessions a day, and a person's wishes."""
    story = Story().begins()
    for day in range(3, 3 + days):
        story.trains([GLUTES, TUMMY], 24 * day, before=2, after=3, reps=10, phase="any")
        story.feels(3, 24 * day + 2)
    story.add(facts.Message("when may I walk"), 24 * (3 + days))
    return story


class Counting:
    """Counts what is made anew, and the entries that are looked at for what is continued."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[str] = []
        self.looked_at = 0
        derive, new_of = Keeper.derive, History.new_of

        def counted(keeper: Keeper, key: Any) -> Any:
            self.made.append(f"{key[0].make.__module__.removeprefix('coach.')}.{key[0].make.__qualname__}")
            return derive(keeper, key)

        def looked(history: History, kind: type, sizes: Any) -> Any:
            found: tuple[Entry[object], ...] = new_of(history, kind, sizes)
            self.looked_at += len(found)
            return found

        monkeypatch.setattr(Keeper, "derive", counted)
        monkeypatch.setattr(History, "new_of", looked)


def test_what_follows_from_no_new_kind_is_not_derived_again(monkeypatch: pytest.MonkeyPatch):
    news = "review.clinic.news._told"  # it compares with a history of its own
    story = told_for(10)
    history = History(story.entries)
    everything(Case.of(PROTOCOL, history), without=news)
    counting = Counting(monkeypatch)
    everything(Case.of(PROTOCOL, history.extended([])), without=news)
    assert counting.made == []
    story.add(facts.Message("and drive"), 24 * 20)
    everything(Case.of(PROTOCOL, history.extended(story.entries[-1:])), without=news)
    # The one in the middle is another
    days = {"domain.outcome._whole_day", "domain.outcome._asks", "domain.outcome.day_share"}
    days.add("domain.pain_change._pain_change")
    assert set(counting.made) - days == {
        "domain.caseload_card.card", "domain.course._before", "domain.messages.waiting", "domain.triage.needs",
        "review.patient.diary.days",
    }  # fmt: skip


@pytest.mark.parametrize("fact", [facts.Pain(4, facts.PainWhen.NOW), facts.Drowsy(yes=True)], ids=repr)
def test_a_new_entry_costs_as_much_after_many_as_after_few(fact: object, monkeypatch: pytest.MonkeyPatch):
    counts = []
    for days in (5, 50):
        story = told_for(days)
        history = History(story.entries)
        now = story.instant(24 * (days + 4))
        answers(Case.of(PROTOCOL, history), now)
        story.add(fact, 24 * (days + 4))
        with monkeypatch.context() as patch:
            counting = Counting(patch)
            answers(Case.of(PROTOCOL, history.extended(story.entries[-1:])), now + timedelta(minutes=1))
        counts.append((counting.looked_at, sorted(counting.made)))
    assert counts[0] == counts[1]
    assert counts[0][0] < 40


def test_the_cases_of_the_latest_protocols_alone_are_extended():
    story = told_for(2)
    history = History(story.entries)
    cases = [Case.of(dataclasses.replace(PROTOCOL, digest=str(n)), history) for n in range(5)]
    pain.lit_sessions(cases[-1])
    story.feels(3, 24 * 9)
    longer = history.extended(story.entries[-1:])
    assert [value.protocol.digest for value in vars(longer)["_kept"].values() if isinstance(value, Case)] == [
        "3",
        "4",
    ]
    assert Case.of(cases[-1].protocol, longer).history is longer


def test_what_a_thread_read_stays_as_it_was():
    story = told_for(4)
    history = History(story.entries)
    case = Case.of(PROTOCOL, history)
    before = (everything(case), dict(history.by_id), history.entries, history.of(facts.Pain))
    story.feels(9, 24 * 12)
    story.add(facts.Void(history.of(facts.Pain)[0].id, "a mistake"), 24 * 12)
    everything(Case.of(PROTOCOL, history.extended(story.entries[-2:])))
    assert (everything(case), dict(history.by_id), history.entries, history.of(facts.Pain)) == before


def test_a_continued_value_gets_the_new_entries_and_what_was_known():
    seen: list[tuple[int, int]] = []

    @continued(by=(facts.Pain,), start=0)
    def scores(history: History, known: int, sizes: Any) -> int:
        new = history.new_of(facts.Pain, sizes)
        seen.append((known, len(new)))
        return known + len(new)

    story = told_for(3)
    history = History(story.entries)
    assert scores(history) == scores(history) == 9
    story.feels(2, 24 * 9)
    history = history.extended(story.entries[-1:])
    story.add(facts.Message("a word"), 24 * 9)
    history = history.extended(story.entries[-1:])
    story.feels(2, 24 * 10)
    assert scores(history.extended(story.entries[-1:])) == 11
    story.add(facts.Void(history.of(facts.Pain)[0].id, "a mistake"), 24 * 12)
    assert scores(history.extended(story.entries[-2:])) == 10  # one is gone: counted anew
    assert seen == [(0, 9), (9, 2), (0, 10)]


def test_a_value_of_named_kinds_stays_and_one_of_any_kind_is_made_again():
    made: list[str] = []

    @derived_from(facts.Setting)
    def zone(history: History) -> str:
        made.append("zone")
        return history.zone

    @derived
    def length(history: History) -> int:
        made.append("length")
        return len(history.entries)

    story = told_for(1)
    history = History(story.entries)
    assert zone(history)
    assert length(history)
    story.feels(2, 24 * 9)
    longer = history.extended(story.entries[-1:])
    assert (zone(longer), length(longer)) == ("Europe/London", len(story.entries))
    assert made == ["zone", "length", "length"]
