"""Criteria of a release: what is known of each, whether it holds, and that they open nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coach.domain import coming_up, decisions, facts, gate, outcome, reminders, triage
from coach.domain.case import Case
from coach.domain.need import Need, NeedReason
from coach.domain.protocol import Routine
from coach.domain.release_criteria import Criterion, CriterionFound, days_walked, found, is_ready
from coach.domain.times import local_date
from tests.domain.story import GLUTES, PHYSIO, Story
from tests.support.library import BREATHS, LIBRARY, MOVE, WALK, library

AVERAGE = facts.PainWhen.AVERAGE_24H
DAY = 24.0
LATER = 20 * DAY  # hours after the procedure: the fourteen days are over


def routine(name: str) -> Routine:
    return library().routines[name]


def story() -> Story:
    return Story(protocol=library()).begins()


def ready(*, walked: int = 15, score: int = 3, average: int = 2, days: int = 3) -> Story:
    """A story in which a move's criteria hold on day 20: walks on three days, low pain, no light."""
    told = story()
    told.add(facts.Released(WALK, "walks well"), 2 * DAY, author=PHYSIO)
    for day in range(20 - days, 20):
        told.trains([WALK], day * DAY + 2, reps=walked, of=15)
        told.feels(average, day * DAY + 3, AVERAGE)
    told.feels(score, 20 * DAY - 1)
    return told


def case(told: Story) -> Case:
    return Case.of(library(), told.history)


def by_name(told: Story, at: float = LATER, name: str = MOVE) -> dict[Criterion, CriterionFound]:
    return {each.criterion: each for each in found(case(told), routine(name), now=told.instant(at))}


def needs(told: Story) -> list[Need]:
    return [each for each in triage.needs(case(told)) if each.key == f"ready_to_release:{MOVE}"]


def test_all_criteria_are_told_with_what_is_known():
    told = by_name(ready())
    assert [(each.criterion, each.holds, each.known, each.days) for each in told.values()] == [
        (Criterion.EARLIEST, True, None, 0),
        (Criterion.PAIN_NOW, True, 3, 0),
        (Criterion.PAIN_AVERAGE, True, 2, 3),
        (Criterion.WITHOUT_RED, True, 20, 0),
        (Criterion.WALKED, True, None, 3),
    ]
    assert is_ready(case(ready()), routine(MOVE), now=ready().instant(LATER))


@pytest.mark.parametrize(
    ("told", "which"),
    [
        (ready(score=4), Criterion.PAIN_NOW),
        (ready(average=4), Criterion.PAIN_AVERAGE),
        (ready(days=2), Criterion.PAIN_AVERAGE),  # two averages say nothing of a week
        (ready(days=2), Criterion.WALKED),
        (ready(walked=14), Criterion.WALKED),  # counted, yet a minute short
    ],
)
def test_a_criterion_that_does_not_hold_keeps_it_from_being_ready(told: Story, which: Criterion):
    assert not by_name(told)[which].holds
    assert not is_ready(case(told), routine(MOVE), now=told.instant(LATER))


def test_a_score_in_words_and_one_of_last_week_are_not_known():
    told = ready()
    told.feels(facts.PainWord.MILD, 20 * DAY - 0.5)
    assert by_name(told)[Criterion.PAIN_NOW] == CriterionFound(Criterion.PAIN_NOW, holds=False)
    assert by_name(ready(), 27 * DAY)[Criterion.PAIN_NOW] == CriterionFound(Criterion.PAIN_NOW, holds=False)


def test_nothing_is_ready_before_its_time():
    told = story()
    assert not by_name(told, 335)[Criterion.EARLIEST].holds
    assert by_name(told, 336)[Criterion.EARLIEST].holds


def test_a_red_light_begins_the_days_without_one_anew():
    told = ready()
    told.trains([GLUTES], 18 * DAY, before=2, after=6)
    assert by_name(told)[Criterion.WITHOUT_RED].known == 2
    assert not by_name(told)[Criterion.WITHOUT_RED].holds
    assert by_name(told, 25 * DAY)[Criterion.WITHOUT_RED].holds


def test_days_walked_are_in_a_row_up_to_today_or_yesterday():
    told = ready(days=4)
    today = local_date(told.instant(LATER), told.zone)
    walked = [days_walked(case(told), routine(MOVE), 15, today + timedelta(days=n)) for n in (-1, 0, 1)]
    assert walked == [4, 4, 0]
    assert days_walked(case(told), routine(WALK), 15, today) == 0, "a walk does not speak for itself"


def test_criteria_open_nothing():
    told = ready()
    answers = gate.decide(case(told), now=told.instant(LATER))
    assert MOVE not in answers
    closed = gate.decide_routine(case(told), routine(MOVE), told.instant(LATER))
    assert isinstance(closed, decisions.Locked)
    assert isinstance(closed.reason, decisions.NeedsRelease)


def test_what_was_never_released_is_nowhere_in_a_patients_own_views():
    told = ready()
    now, known = told.instant(LATER), case(told)
    span = known.course.span_at(now) if known.course else None
    assert span is not None
    never = set(LIBRARY) - {WALK}
    views = (
        gate.decide(known, now=now),
        coming_up.proposed(known, now=now),
        coming_up.openings(known, span, now=now),
        outcome.day(known, local_date(now, told.zone)),
        outcome.adherence(known, [local_date(now, told.zone)]).by_routine,
        reminders.agenda(known, now=now).titles,
        dict.fromkeys(reminders.open_now(known, now=now)),
    )
    for view in views:
        assert never.isdisjoint(view)
        assert WALK in view


def test_the_caseload_tells_of_an_exercise_that_may_be_ready():
    told = ready()
    [need] = needs(told)
    assert (need.key, need.detail["routine"], need.quiet) == (f"ready_to_release:{MOVE}", MOVE, True)
    assert need.holds(told.instant(LATER))
    # The walks lapse: on the day after tomorrow the row is broken
    assert need.until_at < told.instant(LATER + 3 * DAY)


def test_it_is_told_from_the_first_day_in_a_row_on_which_it_held():
    told = ready(days=6)
    told.feels(3, 18 * DAY - 1)
    told.feels(3, 20 * DAY - 0.5)
    [need] = needs(told)
    assert local_date(need.from_at, told.zone) < local_date(told.instant(LATER), told.zone)


def test_a_release_ends_it():
    told = ready()
    told.add(facts.Released(MOVE, "ready"), LATER, author=PHYSIO)
    assert needs(told) == []


def test_seen_ends_it_until_a_red_light_came_and_passed():
    told = ready()
    told.add(facts.Seen((f"ready_to_release:{MOVE}",)), LATER - 0.5, author=PHYSIO)
    assert needs(told) == []
    told.trains([GLUTES], LATER, before=2, after=6)
    for day in range(25, 28):
        told.trains([WALK], day * DAY + 2, reps=15)
        told.feels(2, day * DAY + 3, AVERAGE)
    told.feels(3, 28 * DAY)
    assert [need.key for need in needs(told)] == [f"ready_to_release:{MOVE}"]


def test_what_was_taken_away_is_not_offered_again_at_once():
    told = ready()
    release = told.add(facts.Released(MOVE, "ready"), LATER, author=PHYSIO)
    told.add(facts.ReleaseEnded(release, "too early"), LATER + 1, author=PHYSIO)
    assert needs(told) == []


def test_an_open_red_flag_and_a_routine_without_criteria_are_never_ready():
    told = ready()
    assert not is_ready(case(told), routine(BREATHS), now=told.instant(LATER))
    told.add(facts.RedFlagYes(next(iter(library().red_flags))), LATER)
    assert not is_ready(case(told), routine(MOVE), now=told.instant(LATER))


def test_a_weekly_dose_passed_on_too_many_days_is_told_without_a_fault():
    """Sets from memory may pass the days of a week that the gate allows."""
    told = story()
    told.add(facts.Released(MOVE, "ready"), 15 * DAY, author=PHYSIO)
    monday = 19  # days after the procedure, which was on a Wednesday
    for day in range(monday, monday + 7):
        told.trains([MOVE], day * DAY + 1, reps=8, of=8)
    [over] = [each for each in triage.needs(case(told)) if each.reason is NeedReason.OVER_DOING]
    assert over.detail["routine"] == MOVE
    assert over.from_at == told.instant((monday + 3) * DAY + 1), "the fourth day is one too many of three"


def test_reminders_propose_a_weekly_dose_on_its_days_alone():
    told = story()
    told.add(facts.Setting(reminders.TIMES, "10:00"), 1)
    told.add(facts.Released(MOVE, "ready"), 15 * DAY, author=PHYSIO)
    slots = reminders.slots(case(told), now=told.instant(16 * DAY))
    week = [slot.day for slot in slots if MOVE in slot.routines][:7]
    assert sorted({day.weekday() for day in week}) == [0, 3, 5]
