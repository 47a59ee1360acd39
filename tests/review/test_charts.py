"""A chart is a drawing rule: it compiles without data, names its data, and computes no figure."""

from __future__ import annotations

import json

import altair as alt
import pytest

from coach import i18n
from coach.domain.day_counts import DayCount
from coach.review.patient import calendar_chart, charts, frames
from coach.text import day_counts as counts_text
from tests.support.chart_parts import layers, parts

ALL = [charts.pain, charts.changes, calendar_chart.calendar, calendar_chart.key]


@pytest.mark.parametrize("chart", ALL)
def test_it_is_valid_vega_lite_without_any_data(chart):
    spec = chart().to_dict(validate=True)
    assert "datasets" not in spec
    data = list(parts(spec, "data"))
    assert data
    assert all(set(each) == {"name"} for each in data)
    assert {each["name"] for each in data} <= set(charts.DATA)
    json.dumps(spec)


@pytest.mark.parametrize("chart", ALL)
def test_it_uses_only_fields_that_its_frames_declare(chart):
    made_here = {"line", "drawn"}
    for layer in layers(chart().to_dict()):
        declared = set(charts.DATA[layer["data"]["name"]])
        assert set(parts(layer.get("encoding", {}), "field")) <= declared | made_here


@pytest.mark.parametrize("chart", ALL)
def test_no_text_is_smaller_than_14_px(chart):
    spec = chart().to_dict()
    sizes = [*parts(spec, "fontSize"), *parts(spec, "labelFontSize"), *parts(spec, "titleFontSize")]
    assert sizes
    assert min(sizes) >= 14


def test_pain_is_always_drawn_on_the_whole_scale():
    axes = [each for each in parts(charts.pain().to_dict(), "y") if isinstance(each, dict)]
    domains = [axis["scale"]["domain"] for axis in axes if "scale" in axis]
    assert domains
    assert all(domain == [0, 10] for domain in domains)


def test_no_word_of_the_legend_of_pain_is_cut_in_a_longer_language():
    with i18n.speaking("de"):
        legends = [each for each in parts(charts.pain().to_dict(), "legend") if "labelExpr" in each]
    assert legends
    for each in legends:
        assert each["labelLimit"] == 0, "Vega cuts a label at 160 px by itself"
        assert '["Durchschnitt des", "Tages"]' in each["labelExpr"], (
            "in lines that a narrow phone has room for"
        )


def test_a_gap_breaks_the_line_of_averages():
    lines = [layer for layer in layers(charts.pain().to_dict()) if _mark(layer) == "line"]
    averages = [layer for layer in lines if layer["data"]["name"] == "averages"]
    assert [layer["mark"]["invalid"] for layer in averages] == ["break-paths-filter-domains"]


def test_every_series_has_a_shape_of_its_own():
    assert len(set(charts.SHAPES)) == len(charts.SERIES) == len(charts.COLOURS)


def test_every_kind_of_cell_is_in_the_key_and_differs_without_colour():
    samples = calendar_chart.key_frame()
    assert samples["when"].to_list() == ["done", "part", "none", "not due", "today", "extra"]
    looks = {tuple(row) for row in samples[["state", "text", "today", "over"]].to_numpy().tolist()}
    assert len(looks) == len(samples)


def test_the_key_shows_the_states_that_frames_give():
    counts = [
        DayCount("r", frames.EPOCH, done, due, over=False) for done, due in ((3, 3), (1, 3), (0, 3), (0, 0))
    ]
    samples = calendar_chart.key_frame().head(4)
    assert samples["state"].to_list() == [frames.state(count) for count in counts]
    assert samples["text"].to_list() == [counts_text.cell(count) for count in counts]


def test_a_chart_does_not_remember_the_one_before():
    assert charts.pain().to_dict() == charts.pain().to_dict()
    assert isinstance(charts.pain(), alt.LayerChart)


def _mark(layer: dict) -> object:
    mark = layer["mark"]
    return mark["type"] if isinstance(mark, dict) else mark
