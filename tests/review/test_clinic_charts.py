"""The physiotherapist's charts keep the rules of the patient's: valid, no data inside, never colour alone."""

from __future__ import annotations

import json

import pytest

from coach.review.clinic import charts as clinic_charts
from coach.review.patient import charts
from tests.support.chart_parts import layers, parts

ALL = [clinic_charts.pain, clinic_charts.heat, clinic_charts.changes, clinic_charts.kept, clinic_charts.gate]
MADE_HERE = {"line", "low", "high"}


@pytest.mark.parametrize("chart", ALL)
def test_it_is_valid_and_uses_only_what_its_frames_declare(chart):
    spec = chart().to_dict(validate=True)
    assert "datasets" not in spec
    for layer in layers(spec):
        declared = set(clinic_charts.DATA[layer["data"]["name"]])
        assert set(parts(layer.get("encoding", {}), "field")) <= declared | MADE_HERE
    json.dumps(spec)


@pytest.mark.parametrize("chart", ALL)
def test_no_text_is_smaller_than_13_px(chart):
    spec = chart().to_dict()
    sizes = [*parts(spec, "fontSize"), *parts(spec, "labelFontSize")]
    assert min(sizes) >= 13


def test_pain_keeps_its_whole_scale_and_nothing_but_lanes_lies_under_zero():
    spec = clinic_charts.pain().to_dict()
    axes = [each for each in parts(spec, "y") if isinstance(each, dict) and "scale" in each]
    assert all(axis["scale"]["domain"] == [clinic_charts.LOWEST, 10] for axis in axes)
    assert {axis["field"] for axis in axes} == {"score", "lane", "low", "mean"}


def test_a_gap_breaks_the_line_of_averages():
    lines = [
        layer for layer in layers(clinic_charts.pain().to_dict())
        if layer["data"]["name"] == "averages" and layer["mark"]["type"] == "line"
    ]  # fmt: skip
    assert [line["mark"]["invalid"] for line in lines] == ["break-paths-filter-domains"]


def test_every_series_has_a_shape_of_its_own():
    assert len(set(clinic_charts.SHAPES)) == len(clinic_charts.SERIES) == len(clinic_charts.COLOURS)


def test_every_look_of_the_timeline_differs_without_colour():
    bars = [layer for layer in layers(clinic_charts.gate().to_dict()) if layer["mark"]["type"] == "bar"]
    looks = [(bar["mark"]["height"], bar["mark"]["opacity"]) for bar in bars]
    assert len(looks) == len(set(looks)) == 5


@pytest.mark.slow
def test_every_chart_leaves_the_same_room_on_its_left():
    for chart in ALL:
        extents = {*parts(chart().to_dict(), "minExtent"), *parts(chart().to_dict(), "maxExtent")}
        assert extents == {clinic_charts.LEFT_PX}
    assert charts.PLOT_PX
