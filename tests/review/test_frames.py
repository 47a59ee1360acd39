"""Every figure in a frame is the domain's; zero is a score and missing is a gap."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain import outcome, pain_change
from coach.domain.case import Case
from coach.domain.facts import Pain, PainWhen, PainWord, Setting, Void
from coach.protocols.loader import default
from coach.review.patient import charts, frames, tables
from coach.review.patient.columns import Columns, frame
from tests.support.review_samples import (
    GLUTES,
    PROCEDURE,
    PUMPS,
    QUADS,
    TUMMY,
    Record,
    on_day,
    plausible,
)

PROTOCOL = default()
DAY_0 = date(2026, 9, 7)


def after(days: int) -> date:
    return DAY_0 + timedelta(days=days)


def window(record: Record, *, day: int) -> frames.Window:
    shown = frames.window(Case.of(PROTOCOL, record.history), today=after(day))
    assert shown is not None
    return shown


def averages(record: Record, *, day: int):
    return frames.averages(record.history, window(record, day=day))


# pain


def test_zero_and_six_average_to_three():
    record = Record().set_up()
    record.pain(1, 0, clock="08:00")
    record.pain(1, 6)
    assert averages(record, day=1)["score"].to_list() == [3.0]


def test_zero_is_a_score():
    record = Record().set_up()
    record.pain(1, 0)
    record.pain(2, 0, PainWhen.NOW)
    assert averages(record, day=2)["score"].to_list() == [0.0]
    assert frames.scores(record.history, window(record, day=2))["score"].to_list() == [0]


def test_a_day_without_a_score_is_a_gap_and_not_zero():
    record = Record().set_up()
    record.pain(1, 4)
    record.pain(4, 3)
    shown = averages(record, day=9)
    assert len(shown) == 4, "from the first day with an average to the last, no further"
    assert [math.isnan(score) for score in shown["score"]] == [False, True, True, False]
    assert shown["when"].to_list()[1] == "Wed 9\u00a0Sep"


def test_asked_and_not_known_is_no_score():
    record = Record().set_up()
    record.pain(1, None)
    record.pain(1, None, PainWhen.NOW)
    assert averages(record, day=1).empty
    assert frames.scores(record.history, window(record, day=1)).empty


@pytest.mark.parametrize("days", [3, 42, 84])
def test_averages_are_the_domains(days: int):
    record = plausible(days)
    shown = averages(record, day=days - 1).dropna()
    domain = pain_change.daily_averages(record.history)
    assert dict(zip(shown["at"], shown["score"], strict=True)) == {
        frames.day_number(on) + 0.5: mean for on, mean in domain.items()
    }


def test_words_are_never_on_the_axis_of_numbers():
    record = Record().set_up(baseline=PainWord.BAD)
    record.pain(1, PainWord.MILD)
    record.pain(1, PainWord.WORST, PainWhen.NOW)
    record.session(on_day(3, "09:00"), [PUMPS], before=PainWord.BAD, after=PainWord.MILD)
    shown = window(record, day=3)
    assert frames.scores(record.history, shown).empty
    assert frames.averages(record.history, shown).empty
    assert frames.levels(Case.of(PROTOCOL, record.history), today=after(3)).empty
    assert frames.changes(record.history).empty
    said = frames.words(Case.of(PROTOCOL, record.history))
    assert said["word"].to_list() == [
        "Mild pain", "Bad pain", "The worst pain you can imagine", "Mild pain", "Bad pain",
    ]  # fmt: skip
    assert said["question"].iloc[0] == "After exercise"


def test_a_score_stands_at_the_clock_of_the_place_where_it_was_given():
    record = Record().set_up()
    record.pain(1, 5, PainWhen.NOW, "18:00")
    shown = frames.scores(record.history, window(record, day=1)).iloc[0]
    assert shown["at"] == pytest.approx(frames.day_number(after(1)) + 0.75)
    assert shown["when"] == "Tue 8\u00a0Sep, 18:00"


def test_a_voided_score_is_gone_and_a_corrected_one_counts():
    record = Record().set_up()
    wrong = record.pain(1, 9, PainWhen.NOW)
    record.add(Void(wrong, "a slip"), on_day(1, "20:05"))
    old = record.pain(2, 9)
    record.add(Pain(2, PainWhen.AVERAGE_24H), on_day(2), supersedes=old)
    assert frames.scores(record.history, window(record, day=2)).empty
    assert averages(record, day=2)["score"].to_list() == [2.0]


@given(st.integers(1, 10), st.lists(st.integers(0, 10), min_size=1, max_size=7))
def test_the_line_of_clearly_better_is_where_the_domain_says_so(baseline: int, scores: list[int]):
    record = Record().set_up(baseline=baseline)
    for day, score in enumerate(scores, start=1):
        record.pain(day, score)
    change = pain_change.pain_change(Case.of(PROTOCOL, record.history), today=after(7))
    limit = frames.better_limit(PROTOCOL, baseline)
    assert change.mean is not None
    assert change.clearly_better == (limit is not None and change.mean <= limit + 1e-9)


def test_the_levels_are_the_pain_before_and_where_it_is_clearly_better():
    levels = frames.levels(Case.of(PROTOCOL, Record().set_up(baseline=8).history), today=after(1))
    assert dict(zip(levels["kind"], levels["score"], strict=True)) == {
        "baseline": 8,
        "better": pytest.approx(5.6),
    }
    only = frames.levels(Case.of(PROTOCOL, Record().set_up(baseline=1).history), today=after(1))
    assert only["kind"].to_list() == ["baseline"], "nothing is two points less than one"
    assert frames.levels(Case.of(PROTOCOL, Record().set_up(baseline=None).history), today=after(1)).empty


def test_the_curve_is_the_first_studys_with_one_sd_each_side():
    curve = frames.curve(Case.of(PROTOCOL, Record().set_up().history))
    points = PROTOCOL.curves[0].points
    assert curve["mean"].to_list() == [point.mean.value for point in points]
    assert [round((high - low) / 2, 6) for low, high in zip(curve["low"], curve["high"], strict=True)] == [
        point.sd.value for point in points if point.sd
    ]
    assert (curve["at"] - curve["at"].iloc[0]).to_list() == [0, 3, 30, 365]
    assert set(curve["label"]) == {"One study’s average, not your goal."}


# time


@pytest.mark.parametrize("days", [1, 7, 31, 32, 42, 84, 400])
def test_the_window_spans_every_day_also_beyond_a_month(days: int):
    shown = window(Record().set_up(), day=days)
    assert shown.ends - shown.starts == max(days + 1, 7)
    assert (shown.ends - shown.starts) / shown.step <= frames.LABELS_AT_MOST


def test_phases_meet_without_gaps_and_end_with_the_window():
    record = plausible(84)
    shown = window(record, day=83)
    phases = frames.phases(Case.of(PROTOCOL, record.history), shown)
    assert phases["ends"].to_list()[:-1] == phases["starts"].to_list()[1:]
    assert phases["ends"].iloc[-1] == shown.ends
    assert phases["name"].iloc[0] == "Flat\nhour"
    assert "Weeks\n7 to 12" in phases["name"].to_list()


def test_without_a_procedure_there_is_nothing_to_show():
    empty = Record().history
    assert frames.window(Case.of(PROTOCOL, empty), today=DAY_0) is None
    assert frames.weeks(Case.of(PROTOCOL, empty), today=DAY_0) is None
    assert frames.curve(Case.of(PROTOCOL, empty)).empty


def test_what_was_said_before_this_course_is_not_drawn():
    record = Record()
    record.pain(-3, 9)
    record.pain(-3, 9, PainWhen.NOW)
    record.set_up()
    assert averages(record, day=1).empty
    assert frames.scores(record.history, window(record, day=1)).empty


# done and due


@pytest.mark.parametrize("days", [3, 42, 84])
def test_done_and_due_are_the_domains(days: int):
    history = plausible(days).history
    today = after(days - 1)
    shown = frames.doing(Case.of(PROTOCOL, history), first=DAY_0, last=today, today=today)
    assert len(shown) == days * len(Case.of(PROTOCOL, history).routines)
    for row in shown.to_dict("records"):
        count = outcome.day(Case.of(PROTOCOL, history), frames.day_of(row["day"]))[row["routine"]]
        assert (row["done"], row["due"], row["over"]) == (count.done, count.due, count.over)
        assert row["share"] == count.share or (math.isnan(row["share"]) and count.share is None)


def states(record: Record, *, day: int) -> dict[str, tuple[str, str]]:
    shown = frames.doing(Case.of(PROTOCOL, record.history), first=after(day), last=after(day), today=after(9))
    return {row["routine"]: (row["state"], row["text"]) for row in shown.to_dict("records")}


def test_not_due_is_not_the_same_as_none():
    seen = states(Record().set_up(), day=1)
    assert seen[GLUTES] == ("none", "0/2")
    assert seen[TUMMY] == ("not due", ""), "it opens 48 hours after the procedure"


def test_part_and_done_say_so_in_the_cell():
    record = Record().set_up()
    record.session(on_day(3, "09:00"), [GLUTES, QUADS])
    record.session(on_day(3, "15:00"), [QUADS])
    seen = states(record, day=3)
    assert seen[GLUTES] == ("part", "1/2")
    assert seen[QUADS] == ("done", "2/2")


def test_what_was_done_though_not_due_is_counted_and_stays_not_due():
    record = Record().set_up()
    record.session(on_day(0, "21:00"), [TUMMY])
    assert states(record, day=0)[TUMMY] == ("not due", "1")


def test_more_than_the_plan_allows_for_is_marked():
    record = Record().set_up()
    for clock in ("07:00", "10:00", "13:00", "16:00"):
        record.session(on_day(3, clock), [QUADS])
    shown = frames.doing(Case.of(PROTOCOL, record.history), first=after(3), last=after(3), today=after(9))
    assert shown[shown["over"]]["routine"].to_list() == [QUADS]


def test_the_calendar_is_four_weeks_ends_today_and_begins_with_the_procedure():
    history = plausible(84).history
    now = frames.weeks(Case.of(PROTOCOL, history), today=after(83))
    first = frames.weeks(Case.of(PROTOCOL, history), today=after(83), back=2)
    assert now is not None
    assert first is not None
    assert (now.first, now.last, now.earlier) == (after(56), after(83), True)
    assert (first.first, first.last, first.earlier) == (DAY_0, after(27), False)


def test_where_weeks_begin_on_sunday_so_does_the_calendar():
    record = Record().set_up()
    record.add(Setting("country", "US"), PROCEDURE)
    weeks = frames.weeks(Case.of(PROTOCOL, record.history), today=after(9))
    assert weeks is not None
    shown = frames.doing(
        Case.of(PROTOCOL, record.history),
        first=weeks.first,
        last=weeks.last,
        today=after(9),
        starts_on=weeks.starts_on,
    )
    monday = shown[shown["day"] == frames.day_number(DAY_0)]
    assert set(monday["column"]) == {1}
    assert set(monday["week"]) == {frames.day_number(after(-1))}


def test_only_today_is_marked_as_today():
    record = plausible(10)
    shown = frames.doing(Case.of(PROTOCOL, record.history), first=DAY_0, last=after(9), today=after(9))
    assert set(shown[shown["today"]]["day"]) == {frames.day_number(after(9))}


# sessions


def test_changes_are_of_sessions_with_both_scores():
    record = Record().set_up()
    record.session(on_day(3, "09:00"), [PUMPS], before=3, after=0)
    record.session(on_day(3, "12:00"), [PUMPS], before=3)
    record.session(on_day(3, "15:00"), [PUMPS], before=0, after=5)
    changed = frames.changes(record.history)
    assert changed["change"].to_list() == [-3, 5]
    counts = frames.change_counts(record.history)
    assert counts["change"].to_list() == [-3, -2, -1, 0, 1, 2, 3]
    assert counts["sessions"].to_list() == [1, 0, 0, 0, 0, 0, 1]


# frames and tables


@pytest.mark.parametrize("columns", [*charts.DATA.values(), frames.CHANGES, frames.WORDS])
def test_an_empty_frame_has_its_columns_and_types(columns: Columns):
    empty = frame(columns)
    assert {name: str(kind) for name, kind in empty.dtypes.items()} == {
        name: column.dtype for name, column in columns.items()
    }
    assert all(column.unit for column in columns.values())


def test_a_table_says_what_the_chart_shows_and_a_dash_where_nothing_was_said():
    record = Record().set_up()
    record.pain(1, 4)
    record.pain(3, 0)
    record.pain(3, 2, PainWhen.WORST_24H)
    shown = window(record, day=3)
    table = tables.pain(frames.scores(record.history, shown), frames.averages(record.history, shown))
    assert table["Average"].to_list() == ["0", "–", "4"]
    assert table["Worst"].to_list() == ["2", "–", "–"]
    assert table["Right now"].to_list() == ["–", "–", "–"]


def test_the_table_of_days_says_not_due_in_words():
    record = Record().set_up()
    record.session(on_day(0, "21:00"), [TUMMY])
    shown = frames.doing(Case.of(PROTOCOL, record.history), first=DAY_0, last=after(1), today=after(1))
    table = tables.doing(shown)
    assert table["Day"].to_list() == ["Tue 8\u00a0Sep", "Mon 7\u00a0Sep"]
    assert table["Tummy"].to_list() == ["not due", "1, not due"]
    assert table["Bottom"].to_list() == ["0\u00a0of\u00a02", "not due"]


def test_the_table_of_sessions_has_a_sign_for_each_change():
    record = Record().set_up()
    for day, scores in enumerate(((3, 1), (2, 2), (2, 4)), start=3):
        record.session(on_day(day, "09:00"), [PUMPS], before=scores[0], after=scores[1])
    assert tables.changes(frames.changes(record.history))["Change"].to_list() == ["+2", "0", "−2"]
