"""Pain lights and high pain, number by number."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.domain import pain
from coach.domain.case import Case
from coach.domain.facts import PainWhen, PainWord, SessionFinished, StopReason, Void
from coach.domain.pain import Light
from coach.domain.times import local_date
from tests.domain.story import GLUTES, PROTOCOL, PUMPS, QUADS, Story

SCORES = st.none() | st.integers(0, 10) | st.sampled_from(PainWord)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (0, 0, None), (4, 4, None), (5, 5, None), (4, 5, None), (3, 2, None), (10, 0, None),
        (0, 2, Light.AMBER), (3, 5, Light.AMBER), (6, 8, Light.AMBER), (8, 10, Light.AMBER),
        (0, 3, Light.RED), (2, 5, Light.RED), (5, 6, Light.RED), (4, 6, Light.RED), (6, 9, Light.RED), (0, 10, Light.RED),
        (6, 7, None), (7, 6, None), (10, 10, None),
        (None, 9, None), (0, None, None), (None, None, None),
        (PainWord.NONE, PainWord.MEDIUM, None), (PainWord.MILD, PainWord.BAD, Light.RED),
        (PainWord.MEDIUM, PainWord.WORST, Light.RED), (PainWord.BAD, PainWord.WORST, None),
        (3, PainWord.BAD, Light.RED), (PainWord.MILD, 6, Light.RED), (PainWord.MILD, 5, None), (7, PainWord.BAD, None),
    ],
)  # fmt: skip
def test_the_light_of_a_session(before, after, expected):
    assert pain.light(PROTOCOL, before, after, stopped_for_pain=False) is expected


@settings(max_examples=100, deadline=None, derandomize=True)
@given(SCORES, SCORES)
def test_stopping_for_pain_is_red_whatever_the_scores(before, after):
    assert pain.light(PROTOCOL, before, after, stopped_for_pain=True) is Light.RED


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 10), st.integers(0, 10))
def test_more_pain_after_never_gives_a_milder_light(before: int, after: int):
    order = [None, Light.AMBER, Light.RED]
    lights = [pain.light(PROTOCOL, before, score, stopped_for_pain=False) for score in range(after + 1)]
    assert [order.index(light) for light in lights] == sorted(order.index(light) for light in lights)


@pytest.mark.parametrize("score", [0, 5, PainWord.NONE, PainWord.MILD, PainWord.MEDIUM])
def test_a_score_under_the_limit_is_not_high(score):
    assert not pain.is_high(PROTOCOL, score)


@pytest.mark.parametrize("score", [6, 10, PainWord.BAD, PainWord.WORST])
def test_a_score_at_the_limit_is_high(score):
    assert pain.is_high(PROTOCOL, score)


def test_words_and_numbers_are_not_put_on_one_axis():
    assert pain.is_above(4, 3)
    assert not pain.is_above(3, 3)
    assert pain.is_above(PainWord.BAD, PainWord.MILD)
    assert not pain.is_above(PainWord.MILD, PainWord.MILD)
    assert not pain.is_above(PainWord.WORST, 0)
    assert not pain.is_above(10, PainWord.NONE)


def lights(story: Story) -> list[Light | None]:
    return [each.light for each in pain.lit_sessions(Case.of(PROTOCOL, story.history))]


def reds(story: Story) -> list[float]:
    """Hours after the procedure at which red lights came on."""
    found = pain.reds(Case.of(PROTOCOL, story.history))
    return [(red - story.procedure_end) / timedelta(hours=1) for red in found]


def test_ankle_pumps_alone_have_no_light_and_break_no_row():
    story = Story().begins()
    story.trains([GLUTES], 50, before=2, after=4)
    story.trains([PUMPS], 60, before=0, after=9)
    story.trains([GLUTES], 74, before=2, after=4)
    assert lights(story) == [Light.AMBER, Light.AMBER]
    assert reds(story) == [74]


def test_the_row_counts_seven_days_and_not_a_moment_more():
    for gap, expected in ((168, [50 + 168]), (168.01, [])):
        story = Story().begins()
        story.trains([GLUTES], 50, before=2, after=4)
        story.trains([GLUTES], 50 + gap, before=2, after=4)
        assert reds(story) == expected


def test_a_red_begins_the_row_anew():
    story = Story().begins()
    story.trains([GLUTES], 50, before=2, after=4)
    story.trains([GLUTES], 74, before=2, after=5)
    story.trains([GLUTES], 98, before=2, after=4)
    story.trains([GLUTES], 122, before=2, after=4)
    assert lights(story) == [Light.AMBER, Light.RED, Light.AMBER, Light.AMBER]
    assert reds(story) == [74, 122]


def test_stopping_for_pain_without_scores_begins_the_row_anew():
    story = Story().begins()
    story.trains([GLUTES], 50, before=2, after=4)
    story.trains([GLUTES], 74, stop=StopReason.PAIN)
    story.trains([GLUTES], 98, before=2, after=4)
    assert reds(story) == [74]


def test_an_amber_now_would_be_the_second_exactly_where_it_then_is_red():
    def would(story: Story, session: UUID) -> bool:
        opened = story.history.session(session)
        assert opened is not None
        return pain.is_second_amber(Case.of(PROTOCOL, story.history), opened)

    story = Story().begins()
    first = story.trains([GLUTES], 50, before=2, after=4)
    assert not would(story, first)
    second = story.trains([QUADS], 74, before=2)
    assert would(story, second)
    story.feels(4, 74, PainWhen.AFTER, second)
    assert would(story, second)
    assert reds(story) == [74]
    assert not would(story, story.trains([QUADS], 98, before=2))
    late = Story().begins()
    late.trains([GLUTES], 50, before=2, after=4)
    assert not would(late, late.trains([GLUTES], 50 + 169, before=2))


def test_after_a_session_that_pain_stopped_without_scores_an_amber_is_no_second():
    story = Story().begins()
    story.trains([GLUTES], 50, before=2, after=4)
    story.trains([GLUTES], 74, stop=StopReason.PAIN)
    session = story.trains([GLUTES], 98, before=2)
    third = story.history.session(session)
    assert third is not None
    assert pain.light_with(Case.of(PROTOCOL, story.history), third, 4, stopped_for_pain=False) is Light.AMBER


SCORED = [(2, 4), (2, 4), (2, 3), (2, 5), (4, 6), (2, None), (None, 4), (None, None)]
SESSIONS = st.lists(
    st.tuples(st.sampled_from([3, 20, 24, 47, 170]), st.sampled_from(SCORED), st.booleans()),
    min_size=2,
    max_size=5,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(SESSIONS)
def test_what_the_player_says_before_a_session_ends_is_the_light_that_it_then_has(told):
    story, at = Story().begins(), 50
    for hours, (before, after), stopped in told:
        at += hours
        session = story.trains([GLUTES], at, before=before, takes_s=60)
        running = story.history.session(session)
        assert running is not None
        said = pain.light_with(Case.of(PROTOCOL, story.history), running, after, stopped_for_pain=stopped)
        if stopped:
            story.add(SessionFinished(session, StopReason.PAIN), story.instant(at) + timedelta(minutes=1))
        if after is not None:
            story.feels(after, story.instant(at) + timedelta(minutes=1), PainWhen.AFTER, session)
        lit = pain.lit_sessions(Case.of(PROTOCOL, story.history))[-1]
        assert said is (Light.RED if lit.red_from else lit.light)


def test_that_a_session_was_stopped_for_pain_counts_whoever_ended_it_first():
    story = Story().begins()
    session = story.trains([GLUTES], 50, stop=StopReason.INTERRUPTED)
    assert lights(story) == [None]
    story.add(SessionFinished(session, StopReason.PAIN), 50.1)
    assert lights(story) == [Light.RED]


def test_three_ambers_are_one_red_and_a_fourth_is_the_second():
    story = Story().begins()
    for index in range(4):
        story.trains([GLUTES], 50 + 24 * index, before=2, after=4)
    assert reds(story) == [74, 122]


def test_an_unsettled_morning_begins_the_row_anew():
    story = Story().begins()
    story.trains([GLUTES], 52, before=2, after=4)  # Friday 16:00
    story.feels(3, 69)  # Saturday 09:00
    story.trains([GLUTES], 100, before=2, after=4)
    assert reds(story) == [69]


def test_a_morning_that_comes_after_the_second_amber_does_not_undo_their_row():
    story = Story().begins()
    story.trains([GLUTES], 49, before=2, after=4)  # Friday 13:00
    story.trains([QUADS], 52, before=3, after=5)
    assert reds(story) == [52]
    story.feels(3, 69)  # above the first session's before, not above the second's
    assert reds(story) == [52, 69]


def test_the_next_morning_ends_at_noon_and_counts_only_its_first_score():
    for hours, score, expected in ((71.99, 4, [71.99]), (72, 4, []), (69, 2, [])):
        story = Story().begins()
        story.trains([GLUTES], 52, before=2, after=4)
        story.feels(score, hours)
        story.feels(8, 72.5)
        assert reds(story) == pytest.approx(expected)


def test_a_morning_without_a_known_score_says_nothing():
    story = Story().begins()
    story.trains([GLUTES], 52, before=2, after=4)
    story.feels(None, 69)
    story.feels(9, 69.5, PainWhen.AVERAGE_24H)
    assert reds(story) == []
    story.feels(3, 70)
    assert reds(story) == [70]


def test_a_morning_two_days_later_says_nothing():
    story = Story().begins()
    story.trains([GLUTES], 52, before=2, after=4)
    story.feels(9, 93)
    assert reds(story) == []


def test_a_red_session_that_is_unsettled_is_red_from_the_morning_too():
    story = Story().begins()
    story.trains([GLUTES], 52, before=2, after=5)
    story.feels(3, 69)
    assert reds(story) == [52, 69]


def test_a_red_that_was_scored_late_counts_from_the_score():
    story = Story().begins()
    session = story.trains([GLUTES], 52, before=2)
    story.feels(6, 52.5, PainWhen.AFTER, session)
    assert reds(story) == [52.5]


def test_a_score_that_is_taken_back_takes_its_light_back():
    story = Story().begins()
    session = story.trains([GLUTES], 52, before=2)
    slip = story.feels(9, 52.5, PainWhen.AFTER, session)
    story.add(Void(slip, "a slip of the finger"), 52.6)
    assert lights(story) == [None]


def high(story: Story, today: date) -> bool:
    return pain.two_high_days(Case.of(PROTOCOL, story.history), since=story.procedure_end, today=today)


def test_two_high_days_follow_each_other_and_end_today_or_yesterday():
    friday = date(2025, 6, 6)
    story = Story().begins()
    story.feels(6, 50)
    story.feels(6, 98)
    assert not any(high(story, friday + timedelta(days=wait)) for wait in range(5))
    story.feels(PainWord.BAD, 74)
    assert [high(story, friday + timedelta(days=wait)) for wait in range(5)] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_the_first_48_hours_do_not_count_as_high_days():
    story = Story().begins()
    story.feels(9, 25)
    story.feels(9, 47.99)
    story.feels(9, 74)
    assert not high(story, date(2025, 6, 7))
    story.feels(9, 48)
    assert high(story, date(2025, 6, 7))


def test_two_high_scores_on_one_day_are_one_day():
    story = Story().begins()
    story.feels(9, 49)
    story.feels(9, 55)
    assert not high(story, date(2025, 6, 6))


def test_a_high_24_hour_average_counts_and_the_worst_moment_does_not():
    story = Story().begins()
    story.feels(7, 50, PainWhen.AVERAGE_24H)
    story.feels(10, 74, PainWhen.WORST_24H)
    assert not high(story, date(2025, 6, 7))
    story.feels(7, 75, PainWhen.AVERAGE_24H)
    assert high(story, date(2025, 6, 7))


def test_the_latest_right_now_score_is_a_known_one():
    story = Story().begins()
    assert pain.latest_right_now(story.history) is None
    story.feels(7, 50)
    story.feels(None, 51)
    story.feels(1, 52, PainWhen.AVERAGE_24H)
    latest = pain.latest_right_now(story.history)
    assert latest is not None
    assert latest.fact.score == 7
    assert local_date(latest.at, story.zone) == date(2025, 6, 6)
