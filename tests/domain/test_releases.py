"""All beyond the four exercises of the order is closed until a physiotherapist releases it.

`HYPOTHESIS_PROFILE=thorough` looks at many more histories.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain import decisions, dosing, facts, gate, outcome
from coach.domain.case import Case
from coach.domain.decisions import Locked, NeedsRelease, Open
from coach.domain.protocol import Protocol, RoutineKind
from coach.domain.times import local_date
from tests.domain.story import EVERY, PHYSIO, PROTOCOL, Story, h
from tests.support import histories
from tests.support.any_story import WAITS, later, some

pytestmark = pytest.mark.slow

NEW = tuple(each.id for each in PROTOCOL.routines.values() if each.release)
STORIES = histories.stories()
#: Why a routine may be closed before anybody asks for its release.
EARLIER = (
    decisions.NoProcedure | decisions.FutureTime | decisions.Contradictory | decisions.OpenRedFlag
    | decisions.Held | decisions.NeedsClinic | decisions.Unanswered | decisions.NotHome | decisions.Sleepy
    | decisions.AfterRed | decisions.TooMuchPain
)  # fmt: skip


def without_releases() -> Protocol:
    """Return the protocol as it was before it had exercises that need a release."""
    routines = {name: each for name, each in PROTOCOL.routines.items() if name in EVERY}
    phases = tuple(
        dataclasses.replace(
            phase, doses={name: dose for name, dose in phase.doses.items() if name in routines}
        )
        for phase in PROTOCOL.phases
    )
    return dataclasses.replace(PROTOCOL, digest="0" * 64, routines=routines, phases=phases)


OLD = without_releases()


def test_the_four_exercises_of_the_order_need_no_release_and_all_others_do():
    assert tuple(PROTOCOL.routines) == (*EVERY, *NEW)
    assert {PROTOCOL.routines[name].kind for name in NEW} == {*RoutineKind} - {RoutineKind.PUMP}


@some(500)
@given(STORIES, WAITS, st.lists(st.sampled_from(NEW)), st.sampled_from(NEW))
def test_nothing_new_is_open_without_a_release_by_a_clinician(
    story: Story, minutes: int, wished: list[str], dosed: str
):
    now = later(story, minutes)
    for name in wished:  # whoever writes it as a patient opens nothing
        story.add(facts.Released(name, "I feel well"), now, told=now)
    story.add(facts.Override(dosed, 3, 3.0, 1, now, now + h(48), "meant well"), now, told=now, author=PHYSIO)
    case = Case.of(PROTOCOL, story.history)
    for name in NEW:
        routine = PROTOCOL.routines[name]
        answer = gate.decide_routine(case, routine, now)
        assert isinstance(answer, Locked)
        assert isinstance(answer.reason, EARLIER | NeedsRelease)
        assert answer.opens_at is None
        assert dosing.dose(case, routine, now) is None


@some(500)
@given(STORIES, WAITS)
def test_a_file_without_these_exercises_gives_the_same_decisions(story: Story, minutes: int):
    now = later(story, minutes)
    new, old = Case.of(PROTOCOL, story.history), Case.of(OLD, story.history)
    for name in EVERY:
        answers = [gate.decide_routine(case, case.protocol.routines[name], now) for case in (new, old)]
        assert _plain(answers[0]) == _plain(answers[1])
    on = local_date(now, story.history.zone)
    assert outcome.day(new, on) == outcome.day(old, on)
    assert [each.id for each in new.routines] == list(EVERY)


def _plain(answer: decisions.Decision) -> object:
    """Return a decision without its phase, whose other doses differ between the two files."""
    if isinstance(answer, Open):
        return answer.dose, answer.easier, answer.steps, answer.phase.id, answer.done_today
    reasons = [
        (type(why), [getattr(why, f.name) for f in dataclasses.fields(why) if f.name != "opens_in"])
        for why in answer.told
    ]
    return reasons, answer.opens_at, answer.done_today


@some(150)
@given(STORIES, WAITS, st.lists(st.sampled_from(NEW), min_size=1, unique=True), st.integers(0, 30))
def test_opens_at_is_the_first_instant_that_is_open(
    story: Story, minutes: int, released: list[str], days: int
):
    now = later(story, minutes)
    for name in released:
        story.add(facts.Released(name, "ready"), now, told=now, author=PHYSIO)
    now += timedelta(days=days)
    case = Case.of(PROTOCOL, story.history)
    for name in released:
        answer = gate.decide_routine(case, PROTOCOL.routines[name], now)
        if isinstance(answer, Open):
            continue
        opens = answer.opens_at
        assert opens is None or _is_open(case, name, opens)
        ends = opens or now + timedelta(days=120)
        for part in range(1, 40):
            assert not _is_open(case, name, now + (ends - now) * part / 40)


def _is_open(case: Case, name: str, at: datetime) -> bool:
    return isinstance(gate.decide_routine(case, PROTOCOL.routines[name], at), Open)


@some(100)
@given(STORIES, WAITS, st.sampled_from(NEW))
def test_a_release_that_is_taken_back_leaves_everything_as_it_was(story: Story, minutes: int, name: str):
    now = later(story, minutes)
    routine = PROTOCOL.routines[name]
    before = gate.decide_routine(Case.of(PROTOCOL, story.history), routine, now)
    release = story.add(facts.Released(name, "ready"), now, told=now, author=PHYSIO)
    story.add(facts.ReleaseEnded(release, "dizzy"), now, told=now, author=PHYSIO)
    assert gate.decide_routine(Case.of(PROTOCOL, story.history), routine, now) == before
