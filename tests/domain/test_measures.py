"""The outcome questions are due exactly in their windows, once, and their answers are compared like with like."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.domain import facts, measures
from coach.domain.case import Case
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import ACTIVITY_LIMIT
from coach.domain.history import History
from coach.domain.measures import Due, Result
from tests.domain.story import PROTOCOL, Story
from tests.support.histories import last_told, moved, stories

assert PROTOCOL.measures
OCCASIONS = {each.id: each for each in PROTOCOL.measures.occasions}
BASELINE, WEEK_2, WEEK_6, WEEK_12 = OCCASIONS
WEEK = 7 * 24.0
SECOND = timedelta(seconds=1)


def recovering() -> Story:
    return Story().begins()


def due(story: Story, at: datetime | float) -> Due | None:
    return measures.due(Case.of(PROTOCOL, story.history), now=story.instant(at))


def due_id(story: Story, at: datetime | float) -> str | None:
    found = due(story, at)
    return found.occasion.id if found else None


def names(story: Story, *texts: str, at: float = 3.0) -> list[UUID]:
    return [story.add(facts.Activity(text), at) for text in texts]


def scores(story: Story, occasion: str, activities: list[UUID], able: list[int | None], at: float) -> None:
    for activity, points in zip(activities, able, strict=True):
        story.add(facts.FunctionScore(occasion, activity, points), at)


def by_occasion(story: Story) -> dict[str, Result]:
    return {each.occasion.id: each for each in measures.results(Case.of(PROTOCOL, story.history))}


# ---------------------------------------------------------------- what is due


@pytest.mark.parametrize("occasion", OCCASIONS)
def test_an_occasion_is_due_from_the_first_to_the_last_second_of_its_window(occasion: str):
    story = recovering()
    opens = story.procedure_end + OCCASIONS[occasion].opens_after.span
    closes = opens + OCCASIONS[occasion].offered_for.span
    assert due_id(story, opens - SECOND) is None
    assert due_id(story, opens) == occasion
    assert due_id(story, closes - SECOND) == occasion
    assert due_id(story, closes) is None


def test_nothing_is_due_before_a_procedure_is_recorded_or_under_a_protocol_without_measures():
    assert measures.due(Case.of(PROTOCOL, History()), now=recovering().instant(1)) is None
    without = dataclasses.replace(PROTOCOL, measures=None, digest="without")
    story = recovering()
    assert measures.due(Case.of(without, story.history), now=story.instant(3)) is None
    assert measures.results(Case.of(without, story.history)) == ()


def test_first_activities_are_named_then_each_is_scored_and_the_change_is_not_asked_at_the_baseline():
    story = recovering()
    first = due(story, 3)
    assert first
    assert (first.activities, first.scores, first.change) == (True, (), False)
    bed, socks = names(story, "getting out of bed", "putting on socks")
    second = due(story, 4)
    assert second
    assert (second.activities, [each.id for each in second.scores]) == (False, [bed, socks])
    scores(story, BASELINE, [bed, socks], [3, None], 4)
    assert due(story, 5) is None, "asked and not known is an answer"


def test_an_occasion_that_was_answered_never_comes_again():
    story = recovering()
    named = names(story, "getting out of bed")
    scores(story, BASELINE, named, [3], 4)
    scores(story, WEEK_2, named, [6], 2 * WEEK + 1)
    assert due_id(story, 2 * WEEK + 2) == WEEK_2, "the change is not rated yet"
    story.add(facts.ChangeRating(WEEK_2, None), 2 * WEEK + 2)
    assert [due_id(story, hour) for hour in range(0, int(5.9 * WEEK), 5)].count(WEEK_2) == 0


def test_somebody_who_was_not_there_at_the_baseline_names_activities_later():
    late = due(recovering(), 6 * WEEK + 1)
    assert late
    assert (late.occasion.id, late.activities, late.change) == (WEEK_6, True, True)


def test_not_now_holds_for_the_local_day_alone():
    story = recovering()  # 12:00 in London
    story.add(facts.PutOff(BASELINE, facts.PutOffWhat.FOR_TODAY), 3)
    found = [due(story, hour) for hour in (4, 11.9, 12.0)]
    assert [each and each.put_off for each in found] == [True, True, False]


def test_who_names_no_activities_is_not_asked_for_them_at_that_occasion_again():
    story = recovering()
    story.add(facts.PutOff(BASELINE, facts.PutOffWhat.ACTIVITIES), 3)
    assert due(story, 4) is None
    later = due(story, 2 * WEEK)
    assert later
    assert later.activities


def test_a_new_procedure_begins_anew():
    story = recovering()
    named = names(story, "getting out of bed")
    scores(story, BASELINE, named, [3], 4)
    story.add(facts.Procedure(facts.Cause.NEW_PROCEDURE), 5 * WEEK, told=5 * WEEK + 1)
    anew = due(story, 5 * WEEK + 2)
    assert anew
    assert (anew.occasion.id, anew.activities) == (BASELINE, True)
    assert measures.results(Case.of(PROTOCOL, story.history)) == ()
    story.add(facts.FunctionScore(BASELINE, named[0], 9), 5 * WEEK + 3)
    assert measures.results(Case.of(PROTOCOL, story.history)) == (), "an activity of the earlier course"


def test_other_words_for_an_activity_keep_its_scores_and_its_place():
    story = recovering()
    bed, socks = names(story, "geting out of bed", "putting on socks")
    scores(story, BASELINE, [bed, socks], [3, 4], 4)
    right = story.add(facts.Activity("getting out of bed"), 3, told=5, corrects=bed)
    assert due(story, 6) is None
    assert [s.activity.id for s in by_occasion(story)[BASELINE].scores] == [right, socks]
    story.add(facts.FunctionScore(WEEK_2, right, 7), 2 * WEEK)
    assert by_occasion(story)[WEEK_2].change == 4


def test_an_activity_that_is_taken_back_takes_its_scores_with_it():
    story = recovering()
    bed, socks = names(story, "getting out of bed", "putting on socks")
    scores(story, BASELINE, [bed, socks], [3, 5], 4)
    story.add(facts.Void(bed, "a slip"), 5)
    assert by_occasion(story)[BASELINE].mean == 5


# ---------------------------------------------------------------- what the answers come to


def test_the_mean_is_of_the_scores_given_and_the_change_of_those_that_both_occasions_have():
    story = recovering()
    named = names(story, "getting out of bed", "putting on socks", "carrying the shopping")
    scores(story, BASELINE, named, [2, 4, None], 4)
    scores(story, WEEK_2, named, [5, None, 9], 2 * WEEK)
    story.add(facts.ChangeRating(WEEK_2, facts.Change.MUCH_BETTER), 2 * WEEK)
    found = by_occasion(story)
    assert (found[BASELINE].mean, found[BASELINE].change, found[BASELINE].detectable) == (3, None, None)
    second = found[WEEK_2]
    assert (second.mean, second.change, second.compared, second.rated) == (7, 3, 1, facts.Change.MUCH_BETTER)
    assert [s.change for s in second.scores] == [3, None, None]
    assert [s.able for s in second.scores] == [5, None, 9]


@pytest.mark.parametrize(
    ("before", "after", "detectable"),
    [
        ([2, 2, 2], [4, 4, 4], True),
        ([2, 2, 2], [4, 4, 3], False),
        ([4, 4, 4], [2, 2, 2], True),
        ([2], [4], False),
        ([2], [5], True),
        ([2, 2, None], [4, None, 9], False),
        ([2, 2, None], [5, None, 9], True),
        ([None], [5], None),
    ],
    ids=str,
)
def test_a_change_counts_from_two_points_of_a_mean_and_three_of_one_activity(
    before: list[int | None], after: list[int | None], detectable: bool | None
):
    story = recovering()
    named = names(story, *(f"thing {n}" for n in range(len(before))))
    scores(story, BASELINE, named, before, 4)
    scores(story, WEEK_2, named, after, 2 * WEEK)
    assert by_occasion(story)[WEEK_2].detectable is detectable


def test_zero_is_a_score_and_a_missing_one_is_not():
    story = recovering()
    named = names(story, "getting out of bed", "putting on socks")
    scores(story, BASELINE, named, [0, None], 4)
    assert by_occasion(story)[BASELINE].mean == 0
    story = recovering()
    scores(story, BASELINE, names(story, "getting out of bed"), [None], 4)
    assert by_occasion(story)[BASELINE].mean is None


def test_without_a_baseline_nothing_is_compared():
    story = recovering()
    named = names(story, "getting out of bed", at=2 * WEEK)
    scores(story, WEEK_2, named, [7], 2 * WEEK)
    found = by_occasion(story)
    assert list(found) == [WEEK_2]
    assert (found[WEEK_2].mean, found[WEEK_2].change, found[WEEK_2].detectable) == (7, None, None)


def test_of_two_answers_the_later_counts():
    story = recovering()
    (bed,) = names(story, "getting out of bed")
    old = story.add(facts.FunctionScore(BASELINE, bed, 3), 4)
    story.add(facts.FunctionScore(BASELINE, bed, 5), 4, told=5, corrects=old)
    assert by_occasion(story)[BASELINE].mean == 5
    story.add(facts.FunctionScore(BASELINE, bed, 1), 4.5, told=6)
    assert by_occasion(story)[BASELINE].mean == 1


def test_a_rating_of_change_at_the_baseline_is_not_listened_to():
    story = recovering()
    story.add(facts.ChangeRating(BASELINE, facts.Change.MUCH_BETTER), 3)
    assert by_occasion(story) == {}


# ---------------------------------------------------------------- always


ANSWERS = st.lists(
    st.tuples(
        st.floats(0, 16 * WEEK),
        st.sampled_from([*OCCASIONS, "unknown"]),
        st.sampled_from(["name", "score", "rate", "put off", "leave", "restart"]),
        st.none() | st.integers(0, 10),
        st.integers(0, 5),
    ),
    max_size=14,
)


def answered(story: Story, answers: list[tuple[float, str, str, int | None, int]]) -> Story:
    """Tell answers in the order of their hours, also such as no page offers."""
    named: list[UUID] = []
    start = story.procedure_end
    for hour, occasion, what, able, pick in sorted(answers, key=lambda each: each[0]):
        at = start + timedelta(hours=hour)
        match what:
            case "name":
                named.append(story.add(facts.Activity(f"thing {pick}"), at))
            case "score":
                target = named[pick % len(named)] if named else UUID(int=999)
                story.add(facts.FunctionScore(occasion, target, able), at)
            case "rate":
                story.add(
                    facts.ChangeRating(occasion, None if able is None else list(facts.Change)[able % 7]), at
                )
            case "restart":
                story.add(facts.Procedure(facts.Cause.NEW_PROCEDURE), at)
            case "leave":
                story.add(facts.PutOff(occasion, facts.PutOffWhat.ACTIVITIES), at)
            case _:
                story.add(facts.PutOff(occasion, facts.PutOffWhat.FOR_TODAY), at)
    return story


@settings(max_examples=150, deadline=None, derandomize=True)
@given(ANSWERS, st.floats(0, 17 * WEEK))
def test_whatever_was_told_there_is_an_answer_within_the_window_and_nothing_that_is_not_left(answers, hour):
    story = answered(recovering(), answers)
    now = story.instant(hour)
    found = measures.due(Case.of(PROTOCOL, story.history), now=now)
    for result in measures.results(Case.of(PROTOCOL, story.history)):
        assert result.mean is None or 0 <= result.mean <= 10
        assert (result.change is None) == (result.compared == 0) == (result.detectable is None)
        assert not (result.rating and not result.occasion.asks_change)
    if found is None:
        return
    assert found.opens <= now < found.closes
    assert found.activities or found.scores or found.change
    for each in found.scores:
        story.add(facts.FunctionScore(found.occasion.id, each.id, 5), now)
    if found.change:
        story.add(facts.ChangeRating(found.occasion.id, facts.Change.ABOUT_THE_SAME), now)
    if found.activities:
        story.add(facts.PutOff(found.occasion.id, facts.PutOffWhat.ACTIVITIES), now)
    assert measures.due(Case.of(PROTOCOL, story.history), now=now) is None, "answered once, never due again"


@settings(max_examples=60, deadline=None, derandomize=True)
@given(stories(zones=("UTC",)), ANSWERS, st.integers(1, 200))
def test_the_same_story_on_other_days_has_the_same_occasions(story, answers, days):
    story = answered(story, answers)
    other = moved(story, days)
    now = last_told(story)
    one = measures.due(Case.of(PROTOCOL, story.history), now=now)
    two = measures.due(Case.of(PROTOCOL, other.history), now=now + timedelta(days=days))
    assert (one is None) == (two is None)
    if one and two:
        assert (one.occasion, one.put_off, one.activities) == (two.occasion, two.put_off, two.activities)
        assert [each.id for each in one.scores] == [each.id for each in two.scores]
        assert two.opens - one.opens == timedelta(days=days)
    mine, theirs = (measures.results(Case.of(PROTOCOL, each.history)) for each in (story, other))
    assert [(r.occasion, r.mean, r.change, r.rated) for r in mine] == [
        (r.occasion, r.mean, r.change, r.rated) for r in theirs
    ]


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize("able", [-1, 11, 3.5, True, "7"], ids=repr)
def test_a_function_score_is_a_whole_number_from_0_to_10(able):
    with pytest.raises(BadValue) as caught:
        facts.FunctionScore(WEEK_2, UUID(int=1), able)
    assert caught.value.fault is Fault.FUNCTION_NOT_A_SCORE


@pytest.mark.parametrize(
    ("text", "fault"),
    [("", Fault.TEXT_MISSING), ("  ", Fault.TEXT_MISSING), ("x" * (ACTIVITY_LIMIT + 1), Fault.TEXT_TOO_LONG)],
)
def test_an_activity_needs_words_and_not_too_many(text: str, fault: Fault):
    with pytest.raises(BadValue) as caught:
        facts.Activity(text)
    assert caught.value.fault is fault


def test_an_answer_belongs_to_an_occasion():
    for make in (
        lambda: facts.FunctionScore("", UUID(int=1), 3),
        lambda: facts.ChangeRating(" ", None),
        lambda: facts.PutOff("", facts.PutOffWhat.FOR_TODAY),
    ):
        with pytest.raises(BadValue):
            make()
