"""Done against due and better or not, against sums done by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.domain import decisions, facts, outcome, pain_change
from coach.domain.case import Case
from coach.domain.day_counts import DayCount
from tests.domain.story import EVERY, GLUTES, NOON, PHYSIO, PROTOCOL, PUMPS, QUADS, TUMMY, Story

WED, THU, FRI, SAT, SUN, MON = (date(2025, 6, day) for day in range(4, 10))


def due(story: Story, on: date) -> dict[str, int]:
    return {
        routine: count.due
        for routine, count in outcome.day(Case.of(PROTOCOL, story.history), on).items()
        if count.due
    }


def overall(story: Story, first: date, last: date) -> float | None:
    return outcome.adherence(Case.of(PROTOCOL, story.history), outcome.days_between(first, last)).overall


def test_what_each_day_of_the_first_days_asks_for():
    story = Story().begins(home=1)
    assert due(story, WED - timedelta(days=1)) == {}
    # Pumps from 14:00 to 22:00: eight hours hold more than six sets.
    assert due(story, WED) == {PUMPS: 6}
    # Squeezes from 12:00.
    assert due(story, THU) == {PUMPS: 6, GLUTES: 2, QUADS: 2}
    # Hourly until 12:00, then three; the larger counts.
    assert due(story, FRI) == {PUMPS: 6, GLUTES: 2, QUADS: 2, TUMMY: 2}
    assert due(story, SAT) == {PUMPS: 3, GLUTES: 2, QUADS: 2, TUMMY: 2}


@pytest.mark.parametrize(("procedure_at_hour", "sets"), [(15, 6), (18, 3), (19, 2), (20, 0)])
def test_a_late_opening_asks_for_what_fits_before_ten(procedure_at_hour: int, sets: int):
    # Home one hour later, open one hour after that; sets at 0, 50, 100 ... minutes.
    story = Story(procedure_end=NOON + timedelta(hours=procedure_at_hour - 12)).begins(home=1)
    assert due(story, WED).get(PUMPS, 0) == sets


def test_squeezes_that_open_late_ask_for_what_gaps_of_two_hours_allow():
    story = Story(procedure_end=NOON + timedelta(hours=9)).begins(home=1)
    assert due(story, THU)[GLUTES] == 1  # from 21:00 to 22:00
    story = Story(procedure_end=NOON + timedelta(hours=7, minutes=59)).begins(home=1)
    assert due(story, THU)[GLUTES] == 2  # from 19:59: at 19:59 and 21:59
    story = Story(procedure_end=NOON + timedelta(hours=10)).begins(home=1)
    assert GLUTES not in due(story, THU)  # from 22:00


def test_the_first_dose_limits_what_is_due():
    story = Story().begins()
    later = WED + timedelta(days=20)
    assert due(story, later) == {PUMPS: 3, GLUTES: 2, QUADS: 2, TUMMY: 2}
    story.does(GLUTES, 20 * 24 - 100)
    assert due(story, later) == {PUMPS: 3, GLUTES: 3, QUADS: 2, TUMMY: 2}


def test_the_day_on_which_the_first_dose_ends_asks_for_its_largest_dose():
    story = Story().begins()
    story.does(GLUTES, 20 * 24)
    assert due(story, WED + timedelta(days=20))[GLUTES] == 2
    assert due(story, WED + timedelta(days=21))[GLUTES] == 2
    assert due(story, WED + timedelta(days=22))[GLUTES] == 3


def test_a_clearing_does_not_change_what_earlier_days_asked_for():
    story = Story().begins()
    for day in range(14, 24):
        story.does(GLUTES, day * 24 + 1)
    before = [due(story, WED + timedelta(days=day)).get(GLUTES) for day in range(18, 23)]
    flag = story.add(facts.RedFlagYes("fall"), 24 * 24)
    story.add(facts.FlagCleared(flag, "Dr Lee", story.instant(24 * 24 + 1)), 24 * 24 + 2)
    assert before == [3] * 5
    assert [due(story, WED + timedelta(days=day)).get(GLUTES) for day in range(18, 23)] == before
    assert due(story, WED + timedelta(days=25))[GLUTES] == 2


def test_a_corrected_time_does_not_change_what_earlier_days_asked_for():
    story = Story().begins()
    for day in range(14, 24):
        story.does(GLUTES, day * 24 + 1)
    procedure = story.entries[1]
    story.add(procedure.fact, -2, told=24 * 24, corrects=procedure.id)
    assert due(story, WED + timedelta(days=20))[GLUTES] == 3
    assert due(story, WED + timedelta(days=25))[GLUTES] == 2


def test_pain_that_closed_for_an_hour_asks_for_no_less_when_there_was_time():
    story = Story().begins()
    story.feels(7, 24 * 3)  # Saturday 12:00 to 14:00
    assert due(story, SAT)[GLUTES] == 2


def test_a_hold_for_the_rest_of_the_day_asks_for_no_more_than_was_done():
    story = Story().begins()
    story.does(GLUTES, 68)
    story.add(facts.ClinicianHold(GLUTES, "scan"), 70)
    assert due(story, SAT) == {PUMPS: 3, GLUTES: 1, QUADS: 2, TUMMY: 2}
    assert due(story, SUN) == {PUMPS: 3, QUADS: 2, TUMMY: 2}


def test_what_an_answer_closed_stays_closed_in_what_was_due_when_it_is_answered_otherwise_later():
    story = Story().begins()
    story.answers("leg_clot_or_injury", "unsure", 60)  # Saturday 00:00
    assert isinstance(story.decides(80)[PUMPS], decisions.Locked)
    story.answers("leg_clot_or_injury", "no", 100)  # Sunday 16:00
    assert due(story, SAT) == {}
    assert due(story, MON) == {PUMPS: 3, GLUTES: 2, QUADS: 2, TUMMY: 2}
    assert overall(story, SAT, SAT) is None


def test_before_the_set_up_questions_are_answered_nothing_is_due():
    story = Story()
    story.add(facts.Procedure(), 0, told=100)
    story.add(facts.HomeArrival(home=True), 1, told=100)
    assert due(story, SUN) == {}
    story.nothing_closes(100)  # Sunday 16:00
    assert due(story, SAT) == {}
    assert due(story, SUN) == {PUMPS: 3, GLUTES: 2, QUADS: 2, TUMMY: 2}
    assert due(story, MON) == due(story, SUN)


def test_adherence_against_a_sum_done_by_hand():
    story = Story().begins()
    # Saturday: pumps 2 of 3, glutes 2 of 2, quadriceps 1 of 2, tummy 0 of 2
    for routine, hour in ((PUMPS, 68), (PUMPS, 71), (GLUTES, 68), (GLUTES, 71), (QUADS, 68)):
        story.does(routine, hour)
    # Sunday: pumps 3 of 3; glutes on hold; quadriceps 3 of 2 counts as all; tummy 1 of 2
    story.add(facts.ClinicianHold(GLUTES, "scan", story.instant(108)), 83.9)
    for routine, hour in (
        (PUMPS, 92),
        (PUMPS, 95),
        (PUMPS, 98),
        (QUADS, 92),
        (QUADS, 95),
        (QUADS, 98),
        (TUMMY, 92),
    ):
        story.does(routine, hour)
    saturday = (2 / 3 + 1 + 1 / 2 + 0) / 4
    sunday = (1 + 1 + 1 / 2) / 3
    assert overall(story, SAT, SAT) == pytest.approx(saturday)
    assert overall(story, SUN, SUN) == pytest.approx(sunday)
    both = outcome.adherence(Case.of(PROTOCOL, story.history), outcome.days_between(SAT, SUN))
    assert both.overall == pytest.approx((saturday + sunday) / 2)
    assert both.by_routine == pytest.approx(
        {PUMPS: (2 / 3 + 1) / 2, GLUTES: 1.0, QUADS: (1 / 2 + 1) / 2, TUMMY: (0 + 1 / 2) / 2}
    )
    counts = outcome.day(Case.of(PROTOCOL, story.history), SUN)
    assert counts[QUADS].over
    assert counts[QUADS].share == 1.0
    assert not counts[PUMPS].over


def test_adherence_tells_on_how_many_days_it_was_too_much_and_looks_at_each_day_once(monkeypatch):
    story = Story().begins()
    for hour in (68, 71, 74, 92, 95, 98):
        story.does(QUADS, hour)
    for hour in (92, 95, 98):
        story.does(GLUTES, hour)
    looked: list[date] = []
    whole = outcome.day

    def day(case, on, **rest):
        looked.append(on)
        return whole(case, on, **rest)

    monkeypatch.setattr(outcome, "day", day)
    found = outcome.adherence(Case.of(PROTOCOL, story.history), outcome.days_between(SAT, SUN))
    assert looked == [SAT, SUN]
    assert found.over == {PUMPS: 0, GLUTES: 1, QUADS: 2, TUMMY: 0}
    assert found.over_any == 2


def test_nothing_due_is_no_adherence_and_not_zero():
    story = Story().begins()
    assert overall(story, WED - timedelta(days=3), WED - timedelta(days=1)) is None
    assert outcome.adherence(Case.of(PROTOCOL, story.history), []).overall is None
    assert DayCount(GLUTES, SAT, 1, 0, over=False).share is None
    assert DayCount(GLUTES, SAT, 0, 2, over=False).share == 0.0
    # A day on which nothing was due does not pull the mean down.
    story.does(PUMPS, 3)
    assert overall(story, WED - timedelta(days=3), WED) == pytest.approx(1 / 6)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from(EVERY), st.integers(0, 6), min_size=1))
def test_adherence_of_a_day_is_the_mean_of_what_was_open(done: dict[str, int]):
    story = Story().begins()
    for routine, times in done.items():
        for index in range(times):
            story.does(routine, 62 + 2.5 * index)  # Saturday from 02:00
    wanted = {PUMPS: 3, GLUTES: 2, QUADS: 2, TUMMY: 2}
    by_hand = sum(min(1.0, done.get(routine, 0) / wanted[routine]) for routine in wanted) / 4
    assert overall(story, SAT, SAT) == pytest.approx(by_hand)
    for routine, count in outcome.day(Case.of(PROTOCOL, story.history), SAT).items():
        assert count.done == done.get(routine, 0)
        assert count.over == (count.done > 1.2 * wanted[routine])


def test_a_set_belongs_to_the_day_it_started():
    story = Story().begins()
    story.trains([GLUTES], 83.99, takes_s=120)  # Saturday 23:59
    assert outcome.day(Case.of(PROTOCOL, story.history), SAT)[GLUTES].done == 1
    assert outcome.day(Case.of(PROTOCOL, story.history), SUN)[GLUTES].done == 0


def test_active_days_count_days_and_never_reset():
    story = Story().begins()
    assert outcome.active_days(story.history) == 0
    story.does(GLUTES, 30)
    story.does(QUADS, 31)
    story.does(GLUTES, 500, reps=1, of=8)
    story.does(GLUTES, 530, reps=0, of=8)
    assert outcome.active_days(story.history) == 2


# ---------------------------------------------------------------- clearly better


def change(story: Story, today: date) -> pain_change.PainChange:
    return pain_change.pain_change(Case.of(PROTOCOL, story.history), today=today)


def averages(story: Story, *scores: int | None, first_hour: int = 54) -> Story:
    """Add 24-hour averages from Friday evening on, one a day; None is a day on which it was not known."""
    for index, score in enumerate(scores):
        story.feels(score, first_hour + 24 * index, facts.PainWhen.AVERAGE_24H)
    return story


def test_zero_is_a_score():
    story = averages(Story().begins(), 0, 6)
    assert dict(pain_change.daily_averages(story.history)) == {FRI: 0, SAT: 6}
    assert change(story, SAT).mean == 3


def test_a_missing_average_is_missing_and_not_zero():
    story = averages(Story().begins(), 0, None, 6)
    assert dict(pain_change.daily_averages(story.history)) == {FRI: 0, SUN: 6}
    assert (change(story, SUN).mean, change(story, SUN).days) == (3, 2)


def test_words_are_not_averaged_with_numbers():
    story = averages(Story().begins(), 4)
    story.feels(facts.PainWord.WORST, 55, facts.PainWhen.AVERAGE_24H)
    assert dict(pain_change.daily_averages(story.history)) == {FRI: 4}


def test_two_averages_on_one_day_count_as_one_day():
    story = averages(Story().begins(), 2, 8)
    story.feels(4, 55, facts.PainWhen.AVERAGE_24H)
    assert change(story, SAT).mean == (3 + 8) / 2


def test_the_mean_is_over_the_last_seven_days():
    story = averages(Story().begins(), 10, 7, 6, 5, 4, 3, 2, 1)
    eighth = FRI + timedelta(days=7)
    assert (change(story, eighth).mean, change(story, eighth).days) == (4, 7)
    assert change(story, eighth - timedelta(days=1)).mean == pytest.approx(37 / 7)
    assert change(story, eighth + timedelta(days=7)).mean is None


@pytest.mark.parametrize(
    ("baseline", "mean", "expected"),
    [
        (10, 7, True), (10, 8, False), (8, 6, False), (8, 5, True), (7, 5, False), (6, 4, True), (4, 2, True),
        (3, 1, True), (3, 2, False), (2, 0, True), (1, 0, False), (0, 0, False), (5, 5, False), (4, 9, False),
    ],
)  # fmt: skip
def test_clearly_better_needs_two_points_and_thirty_per_cent(baseline: int, mean: int, expected: bool):
    story = Story().begins()
    story.feels(baseline, 0, facts.PainWhen.BASELINE)
    found = change(averages(story, *[mean] * 7), FRI + timedelta(days=6))
    assert found.clearly_better is expected
    assert found.fall == baseline - mean


def test_thirty_per_cent_is_not_lost_in_the_arithmetic():
    story = Story().begins()
    story.feels(7, 0, facts.PainWhen.BASELINE)
    for score, hour in ((4, 54), (5, 55), (5, 78), (5, 102), (5, 126), (5, 150)):
        story.feels(score, hour, facts.PainWhen.AVERAGE_24H)
    found = change(story, FRI + timedelta(days=4))
    assert found.mean == pytest.approx(4.9)  # 2.1 points of 7
    assert found.clearly_better


def test_without_a_baseline_or_a_mean_nothing_is_said():
    story = averages(Story().begins(), 1, 1)
    found = change(story, SAT)
    assert (found.baseline, found.fall, found.clearly_better) == (None, None, False)
    story.feels(None, 0, facts.PainWhen.BASELINE)
    assert change(story, SAT).baseline is None
    other = Story().begins()
    other.feels(8, 0, facts.PainWhen.BASELINE)
    assert (change(other, SAT).mean, change(other, SAT).fall, change(other, SAT).clearly_better) == (
        None,
        None,
        False,
    )


def test_a_new_course_needs_a_baseline_of_its_own():
    story = Story().begins()
    story.feels(8, 0, facts.PainWhen.BASELINE)
    story.add(facts.Procedure(facts.Cause.NEW_FRACTURE), 40)
    averages(story, 1, 1)
    assert change(story, SAT).baseline is None
    story.feels(9, 79, facts.PainWhen.BASELINE)
    assert change(story, SAT).baseline == 9


def test_pain_from_before_the_procedure_makes_nobody_better_after_it():
    story = averages(Story().begins(), 1, 1, 1, 1)  # up to Monday evening, hour 126
    story.add(facts.Procedure(facts.Cause.NEW_FRACTURE), 130)
    story.feels(9, 131, facts.PainWhen.BASELINE)
    found = change(story, MON + timedelta(days=1))
    assert (found.baseline, found.mean, found.clearly_better) == (9, None, False)
    story.feels(8, 150, facts.PainWhen.AVERAGE_24H)
    assert change(story, MON + timedelta(days=1)).mean == 8


def test_a_corrected_baseline_counts_as_corrected():
    story = Story().begins()
    wrong = story.feels(8, 0, facts.PainWhen.BASELINE)
    story.add(facts.Void(wrong, "mixed up"), 1)
    story.feels(5, 0, facts.PainWhen.BASELINE)
    assert change(story, SAT).baseline == 5


def test_a_dose_ended_in_the_day_asks_for_no_more_than_was_done():
    story = Story().begins()
    begins, ends = story.instant(20), story.instant(90)
    override = story.add(facts.Override(TUMMY, 4, 3.0, 3, begins, ends, "strong before"), 20, author=PHYSIO)
    assert due(story, THU)[TUMMY] == 3
    story.add(facts.OverrideEnded(override, "too much"), 30, author=PHYSIO)
    assert TUMMY not in due(story, THU)
