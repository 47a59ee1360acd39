"""Function by occasion: its frame, its chart, its sentences and its table say what the domain worked out."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from coach.domain import measures
from coach.domain.case import Case
from coach.domain.facts import Activity, Change, ChangeRating, FunctionScore
from coach.domain.history import History
from coach.protocols.loader import default
from coach.review.patient import function, function_chart
from coach.review.patient.columns import FrameColumn
from tests.support.chart_parts import parts
from tests.support.review_samples import Record, on_day

PROTOCOL = default()
BED, SOCKS = "Getting out of bed", "Putting on socks"


def record(*scored: tuple[str, int, Sequence[int | None]], change: Change | None = None) -> History:
    """Return a history with two activities, scored at these occasions (on these days), and the change rated last."""
    made = Record().set_up()
    named = [made.add(Activity(text), on_day(1)) for text in (BED, SOCKS)]
    for occasion, day, able in scored:
        for activity, points in zip(named, able, strict=True):
            made.add(FunctionScore(occasion, activity, points), on_day(day))
    if change:
        made.add(ChangeRating(scored[-1][0], change), on_day(scored[-1][1]))
    return History(made.entries)


BEFORE = ("baseline", 1, [2, 4])
BETTER = record(BEFORE, ("week-2", 15, [5, 7]), change=Change.MUCH_BETTER)


def test_the_frame_has_every_occasion_and_a_gap_where_nothing_was_said():
    shown = function.scores(Case.of(PROTOCOL, BETTER))
    means = shown[shown["kind"] == "mean"]
    assert list(means["score"].isna()) == [False, False, True, True]
    assert list(means["score"][:2]) == [3, 6]
    assert list(dict.fromkeys(shown["series"])) == ["Mean of the activities", f"1. {BED}", f"2. {SOCKS}"]
    assert list(dict.fromkeys(shown["label"])) == [
        "Before\nthe\nprocedure", "2 weeks\nafter", "6 weeks\nafter", "12 weeks\nafter"
    ]  # fmt: skip


def test_the_frame_says_what_the_results_say():
    shown = function.scores(Case.of(PROTOCOL, BETTER))
    for place, result in enumerate(measures.results(Case.of(PROTOCOL, BETTER))):
        here = shown[shown["place"] == place]
        assert here[here["kind"] == "mean"]["score"].item() == result.mean
        assert list(here[here["kind"] == "activity"]["score"]) == [each.able for each in result.scores]


def test_without_answers_there_is_nothing_to_draw():
    assert len(function.scores(Case.of(PROTOCOL, History(Record().set_up().entries)))) == 0
    assert len(function.table(Case.of(PROTOCOL, History(Record().set_up().entries)))) == 0


def test_the_chart_compiles_without_data_and_names_only_what_its_frame_declares():
    spec = function_chart.function().to_dict(validate=True)
    assert "datasets" not in spec
    assert {each["name"] for each in parts(spec, "data")} == set(function_chart.DATA)
    assert set(parts(spec, "field")) <= set(function.FUNCTION)
    sizes = [*parts(spec, "fontSize"), *parts(spec, "labelFontSize")]
    assert min(sizes) >= 14
    domains = {json.dumps(each["scale"]["domain"]) for each in parts(spec, "y") if "scale" in each}
    assert domains == {"[0, 10]"}, "always the whole scale"


def test_every_declared_column_has_its_type():
    shown = function.scores(Case.of(PROTOCOL, BETTER))
    assert list(shown.columns) == list(function.FUNCTION)
    assert isinstance(function.FUNCTION["score"], FrameColumn)


@pytest.mark.parametrize(
    ("history", "patient", "clinic"),
    [
        (record(), "How your own activities go", "Own activities: no score yet"),
        (
            record(BEFORE),
            "Before the procedure: your activities go at 3 of 10.",
            "Before the procedure: own activities at 3 of 10; nothing to compare",
        ),
        (
            BETTER,
            "2 weeks after: your activities go 3 points better than before the procedure. That is a clear change.",
            "2 weeks after: own activities at 6 of 10, +3.0 from the baseline: clearly better (2 or more counts)",
        ),
        (
            record(BEFORE, ("week-2", 15, [3, 5])),
            "2 weeks after: you can do these things about as well as before the procedure.",
            "2 weeks after: own activities at 4 of 10, +1.0 from the baseline: no clear change (less than 2)",
        ),
        (
            record(("baseline", 1, [6, 6]), ("week-6", 43, [1, None])),
            "6 weeks after: your activities go 5 points less well than before the procedure. Tell your clinic.",
            "6 weeks after: own activities at 1 of 10, −5.0 from the baseline: clearly worse (3 or more counts)",
        ),
        (
            record(("week-6", 43, [1, None])),
            "6 weeks after: your activities go at 1 of 10.",
            "6 weeks after: own activities at 1 of 10; nothing to compare",
        ),
    ],
    ids=["nothing", "baseline", "better", "chance", "worse", "no baseline"],
)
def test_the_sentences(history: History, patient: str, clinic: str):
    assert function.finding(Case.of(PROTOCOL, history)) == patient
    assert function.clinic_finding(Case.of(PROTOCOL, history)) == clinic


def test_the_rating_is_told_in_words():
    assert function.ratings(Case.of(PROTOCOL, BETTER)) == [
        "The back compared with before the procedure, 2 weeks after: much better"
    ]


def test_the_table_has_the_newest_occasion_first_and_nobodys_own_words():
    rows = function.table(Case.of(PROTOCOL, BETTER))
    assert rows.to_dict("list") == {
        "When": ["2 weeks after", "Before the procedure"],
        "Answered": ["Tue 22\u00a0Sep", "Tue 8\u00a0Sep"],
        "Mean": ["6", "3"],
        "Change": ["+3.0", "–"],
        "Activity 1": ["5", "2"],
        "Activity 2": ["7", "4"],
        "The back": ["Much better", "–"],
    }
    assert BED not in str(rows)
