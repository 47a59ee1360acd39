"""A preview says beforehand what the gate will answer afterwards."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain import decisions, gate
from coach.domain.case import Case
from coach.domain.facts import (
    Cause,
    ClinicianHold,
    FlagCleared,
    HoldLifted,
    HomeArrival,
    Override,
    OverrideEnded,
    PainLimit,
    Procedure,
    RedFlagYes,
)
from coach.domain.history import Entry, History
from coach.domain.preview import Preview, PreviewStretch, preview, same
from tests.domain.story import EVERY, GLUTES, PHYSIO, PROTOCOL, PUMPS, QUADS, SQUEEZES, TUMMY, Story
from tests.support import histories
from tests.support.any_story import WAITS, later, some

STORIES = histories.stories()
RECENT = histories.recent_stories()


def entries(story: Story, at: datetime, *facts: object) -> list[Entry[object]]:
    """Return entries that the story does not hold, as a physiotherapist would make them."""
    other = Story(zone=story.zone, procedure_end=story.procedure_end, entries=list(story.entries))
    for fact in facts:
        other.add(fact, at, author=PHYSIO)
    return other.entries[len(story.entries) :]


def shown(story: Story, at: float, *facts: object) -> Preview:
    now = story.instant(at)
    return preview(Case.of(PROTOCOL, story.history), entries(story, now, *facts), now=now)


def hours(story: Story, stretch: PreviewStretch) -> tuple[float, float]:
    one = timedelta(hours=1)
    return (stretch.begins - story.procedure_end) / one, (stretch.ends - story.procedure_end) / one


def dose(routine: str, begins: datetime, ends: datetime) -> Override:
    return Override(routine, 4, 3.0, 2, begins, ends, "strong before")


def test_opening_early_shows_from_when_to_when_and_what_comes_in_its_place():
    story = Story().begins()
    found = shown(story, 30, dose(TUMMY, story.instant(32), story.instant(40)))
    assert all(not each.stretches for name, each in found.routines.items() if name != TUMMY)
    (stretch,) = found.routines[TUMMY].stretches
    assert hours(story, stretch) == (32, 40)
    assert isinstance(stretch.before, decisions.Locked)
    assert isinstance(stretch.before.reason, decisions.TooEarly)
    assert isinstance(stretch.after, decisions.Open)
    assert stretch.after.dose.reps == 4
    assert not found.changes_nothing


def test_a_dose_over_a_phase_edge_shows_two_stretches():
    story = Story().begins()
    found = shown(story, 40, dose(TUMMY, story.instant(41), story.instant(50)))
    spans = [hours(story, each) for each in found.routines[TUMMY].stretches]
    assert spans == [(41, 48), (48, 50)]


def test_nothing_passes_an_open_red_flag_and_the_preview_says_so():
    story = Story().begins()
    flag = story.add(RedFlagYes("chest_pain"), 29)
    found = shown(story, 30, dose(TUMMY, story.instant(30), story.instant(40)))
    assert found.changes_nothing
    assert found.stays_closed == decisions.OpenRedFlag("chest_pain", flag, story.instant(29))


def test_a_hold_overrules_until_it_ends():
    story = Story().begins()
    story.add(ClinicianHold(TUMMY, "a scan", story.instant(35)), 20, author=PHYSIO)
    found = shown(story, 30, dose(TUMMY, story.instant(30), story.instant(40)))
    assert isinstance(found.routines[TUMMY].stays_closed, decisions.Held)
    assert found.stays_closed is None
    assert [hours(story, each) for each in found.routines[TUMMY].stretches] == [(35, 40)]


def test_a_new_hold_closes_and_is_not_what_stayed_closed():
    story = Story().begins()
    found = shown(story, 60, ClinicianHold(None, "a scan", story.instant(70)))
    assert {name: [hours(story, s) for s in each.stretches] for name, each in found.routines.items()} == {
        name: [(60, 70)] for name in EVERY
    }
    assert found.stays_closed is None


def test_clearing_a_flag_opens_at_once():
    story = Story().begins()
    flag = story.add(RedFlagYes("chest_pain"), 59)
    found = shown(story, 60, FlagCleared(flag, "Dana", story.instant(60)))
    assert all(hours(story, each.stretches[0])[0] == 60 for each in found.routines.values())
    still = shown(story, 60, dose(TUMMY, story.instant(60), story.instant(70)))
    assert still.changes_nothing


def test_restarting_closes_what_was_open():
    story = Story().begins()
    found = shown(story, 60, Procedure(Cause.NEW_FRACTURE), HomeArrival(home=True))
    for name in (PUMPS, *SQUEEZES):
        first = found.routines[name].stretches[0]
        assert isinstance(first.before, decisions.Open)
        assert isinstance(first.after, decisions.Locked)


def test_another_protocol_is_previewed_as_any_other_change():
    story = Story().begins()
    phases = tuple(
        dataclasses.replace(phase, doses={k: v for k, v in phase.doses.items() if k != QUADS})
        for phase in PROTOCOL.phases
    )
    other = dataclasses.replace(PROTOCOL, phases=phases, digest="other")
    found = preview(Case.of(PROTOCOL, story.history), [], now=story.instant(60), protocol_after=other)
    assert [name for name, each in found.routines.items() if each.stretches] == [QUADS]
    fewer = dataclasses.replace(
        PROTOCOL, digest="fewer", routines={k: v for k, v in PROTOCOL.routines.items() if k != GLUTES}
    )
    found = preview(Case.of(PROTOCOL, story.history), [], now=story.instant(60), protocol_after=fewer)
    assert found.routines[GLUTES].stretches[0].after is None
    assert not found.routines[QUADS].stretches


def test_entries_count_as_the_latest_whatever_number_they_carry():
    story = Story().begins()
    now = story.instant(30)
    (early,) = entries(story, now, dose(TUMMY, now, story.instant(40)))
    found = preview(Case.of(PROTOCOL, story.history), [dataclasses.replace(early, seq=1)], now=now)
    assert [hours(story, each) for each in found.routines[TUMMY].stretches] == [(30, 40)]


def test_what_a_new_hold_closes_did_not_stay_closed():
    story = Story().begins()
    found = shown(story, 30, ClinicianHold(TUMMY, "a scan", None))
    stretch, *_ = found.routines[TUMMY].stretches
    assert isinstance(stretch.before, decisions.Locked)
    assert found.routines[TUMMY].stays_closed is None


CHANGES = st.one_of(
    st.tuples(st.just("hold"), st.none() | st.sampled_from(EVERY), st.none() | st.integers(1, 9 * 24)),
    st.tuples(
        st.just("dose"), st.sampled_from(EVERY), st.tuples(st.integers(0, 100), st.integers(1, 200))
    ),
    st.builds(lambda limit, lasts: ("limit", limit, lasts), st.integers(1, 10), st.integers(1, 200)),
    st.builds(lambda pick: ("lift", pick, 0), st.integers(0, 5)),
    st.builds(lambda pick: ("clear", pick, 0), st.integers(0, 5)),
    st.builds(lambda pick: ("end", pick, 0), st.integers(0, 5)),
    st.just(("restart", 0, 0)),
)  # fmt: skip


def facts(story: Story, change: tuple, now: datetime) -> list[object]:
    kind, what, more = change
    hour = timedelta(hours=1)
    if kind == "hold":
        return [ClinicianHold(what, "a scan", None if more is None else now + more * hour)]
    if kind == "dose":
        return [dose(what, now + more[0] * hour, now + (more[0] + more[1]) * hour)]
    if kind == "limit":
        return [PainLimit(what, now + more * hour, "as before")]
    if kind == "restart":
        return [Procedure(Cause.NEW_FRACTURE), HomeArrival(home=True)]
    targets = {"lift": ClinicianHold, "clear": RedFlagYes, "end": Override}
    target = histories.earlier(story, targets[kind], what)
    if target is None:
        return []
    makes = {
        "lift": HoldLifted(target.id, "seen"),
        "clear": FlagCleared(target.id, "Dana", now),
        "end": OverrideEnded(target.id, "enough"),
    }
    return [makes[kind]]


@pytest.mark.slow
@some(150)
@given(STORIES | RECENT, WAITS, CHANGES, st.lists(st.integers(0, 7 * 24 * 60 - 1), min_size=8, max_size=8))
def test_the_gate_answers_afterwards_what_the_preview_said(
    story: Story, minutes: int, change: tuple, looks: list[int]
):
    now = later(story, minutes)
    added = entries(story, now, *facts(story, change, now))
    found = preview(Case.of(PROTOCOL, story.history), added, now=now)
    old, new = story.history, History([*story.entries, *added])
    edges = [s.begins for each in found.routines.values() for s in each.stretches]
    edges += [edge - timedelta(microseconds=1) for edge in edges if edge > now]
    for at in [now, *edges, *(now + timedelta(minutes=minute) for minute in looks)]:
        before, after = (
            gate.decide(Case.of(PROTOCOL, old), now=at),
            gate.decide(Case.of(PROTOCOL, new), now=at),
        )
        for name, each in found.routines.items():
            stretch = next((s for s in each.stretches if s.begins <= at < s.ends), None)
            assert same(before[name], after[name]) is (stretch is None)
            if stretch:
                assert same(stretch.before, before[name])
                assert same(stretch.after, after[name])


@pytest.mark.parametrize("days", [1, 3, 28])
def test_the_time_looked_at_is_as_long_as_asked(days: int):
    story = Story().begins()
    now = story.instant(60)
    hold = entries(story, now, ClinicianHold(None, "a scan"))
    found = preview(Case.of(PROTOCOL, story.history), hold, now=now, days=days)
    assert found.ends - found.begins == timedelta(days=days)
    assert all(each.stretches[-1].ends == found.ends for each in found.routines.values())
