from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from coach.domain import dosing, gate, outcome, pain, red_flags
from coach.domain.case import Case
from coach.domain.derived import Keeper, derived
from coach.domain.facts import PainWord
from coach.domain.history import History
from tests.domain.story import GLUTES, PROTOCOL, Story

OTHER = replace(PROTOCOL, digest="another")


def test_a_history_has_one_case_under_one_protocol():
    history = Story().begins().history
    case = Case.of(PROTOCOL, history)
    assert Case.of(PROTOCOL, history) is case
    assert Case.of(OTHER, history) is not case
    assert Case.of(OTHER, history).protocol is OTHER
    assert Case.of(PROTOCOL, History(history.entries)) is not case


def test_many_threads_get_one_case_and_one_of_each_that_follows_from_it():
    story = Story().begins()
    story.trains([GLUTES], 50, before=2, after=5)
    history, threads = story.history, 16
    together = threading.Barrier(threads)

    def ask(_number: int) -> tuple[object, ...]:
        together.wait()
        case = Case.of(PROTOCOL, history)
        return case, case.course, pain.lit_sessions(case), dosing.runs(case), red_flags.open_flags(case)

    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(ask, range(threads)))
    assert len({tuple(map(id, each)) for each in found}) == 1


def test_threads_that_make_the_same_thing_at_once_all_get_the_first():
    threads = 4
    inside = threading.Barrier(threads)

    @derived
    def made(_of: Keeper) -> tuple[int, ...]:
        inside.wait(timeout=10)
        return (threading.get_ident(),)

    one = Keeper()
    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(lambda _number: made(one), range(threads)))
    assert len({id(each) for each in found}) == 1


def test_what_is_kept_belongs_to_one_value_and_to_its_arguments():
    made: list[tuple[Keeper, int]] = []

    @derived
    def twice(of: Keeper, number: int) -> int:
        made.append((of, number))
        return 2 * number

    one, other = Keeper(), Keeper()
    assert [twice(one, 1), twice(one, 2), twice(one, 1), twice(other, 1)] == [2, 4, 2, 2]
    assert made == [(one, 1), (one, 2), (other, 1)]


def test_nothing_is_kept_as_well():
    made: list[str] = []

    @derived
    def missing(_of: Keeper) -> str | None:
        made.append("looked")
        return None

    one = Keeper()
    assert missing(one) is None
    assert missing(one) is None
    assert made == ["looked"]


def test_what_raises_is_not_kept():
    @derived
    def odd(_of: Keeper) -> int:
        raise ValueError("odd")

    one = Keeper()
    for _time in range(2):
        with pytest.raises(ValueError, match="odd"):
            odd(one)


def test_a_case_answers_for_every_instant_alike_whatever_it_was_asked_before():
    story = Story().begins()
    story.trains([GLUTES], 50, before=2, after=PainWord.BAD)
    instants = [story.instant(hour) for hour in (0, 30, 50, 51, 60, 75, 200, 900)]
    asked, history = Case.of(PROTOCOL, story.history), story.history
    for now in [*instants, *reversed(instants)]:
        gate.decide(asked, now=now)
        outcome.day(asked, now.date(), now=now)
    for now in instants:
        fresh = Case(PROTOCOL, History(history.entries))
        assert gate.decide(asked, now=now) == gate.decide(fresh, now=now)
        assert outcome.day(asked, now.date(), now=now) == outcome.day(fresh, now.date(), now=now)
