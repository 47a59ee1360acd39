"""The chart of function: the patient's own activities by occasion, the mean as a line."""

from __future__ import annotations

import json
from typing import Any

import altair as alt

from coach.i18n import _
from coach.review.patient.charts import ACCENT, LABEL_PX, PAGE, TEXT, finished, named
from coach.review.patient.columns import Columns
from coach.review.patient.function import FUNCTION

DATA: dict[str, Columns] = {"function": FUNCTION}
PLOT_PX = 260
SHAPES = ["circle", "square", "diamond", "triangle-up"]
COLOURS = [ACCENT, TEXT, TEXT, TEXT]


def function() -> alt.LayerChart:
    """Draw the mean and each activity's score at each occasion (`function`)."""
    x = alt.X(
        "label:N",
        title=None,
        sort=None,
        scale=alt.Scale(paddingOuter=0.25),
        axis=alt.Axis(labelExpr="split(datum.label, '\\n')", labelAngle=0, labelOverlap=False, labelLineHeight=18,
                      domain=False, ticks=False, labelPadding=8),
    )  # fmt: skip
    ends = {0: _("unable"), 10: _("as before")}
    y = alt.Y(
        "score:Q",
        title=None,
        scale=alt.Scale(domain=[0, 10], nice=False, zero=True),
        axis=alt.Axis(
            values=[0, 2, 4, 6, 8, 10], domain=False, ticks=False, gridOpacity=0.6, labelLineHeight=17,
            labelExpr=f"({json.dumps(ends)})[datum.value] ? [datum.label, ({json.dumps(ends)})[datum.value]] : datum.label",
        ),
    )  # fmt: skip
    legend = alt.Legend(
        title=None, orient="bottom", direction="vertical", columns=1, labelLimit=280, symbolSize=90, offset=12
    )
    series: dict[str, Any] = {
        "shape": alt.Shape("series:N", sort=None, scale=alt.Scale(range=SHAPES), legend=legend),
        "color": alt.Color("series:N", sort=None, scale=alt.Scale(range=COLOURS), legend=legend),
        "tooltip": [
            alt.Tooltip("series:N", title=_("What")),
            alt.Tooltip("value:N", title=_("Score")),
        ],
    }
    data = named("function")
    # An invisible layer with all data first, so that the scales order the series as the data, the
    # mean first.
    order = data.mark_point(opacity=0).encode(x=x, y=y, **series)
    means = data.transform_filter("datum.kind == 'mean'")
    line = means.mark_line(strokeWidth=3, invalid="break-paths-filter-domains").encode(
        x=x, y=y, color=alt.value(ACCENT)
    )
    each = data.transform_filter("datum.kind == 'activity'")
    points = each.mark_point(filled=True, size=80, opacity=0.7).encode(
        x=x, y=y, xOffset=alt.XOffset("series:N", sort=None), **series
    )
    dots = means.mark_point(filled=True, size=150, opacity=1, stroke=PAGE, strokeWidth=1).encode(
        x=x, y=y, **series
    )
    number = means.mark_text(dy=-16, fontSize=LABEL_PX, fontWeight="bold").encode(
        x=x, y=y, text=alt.condition("isValid(datum.score)", "value:N", alt.value("")), color=alt.value(TEXT)
    )
    behind = number.copy()
    behind.mark = alt.MarkDef(
        type="text",
        dy=-16,
        fontSize=LABEL_PX,
        fontWeight="bold",
        stroke=PAGE,
        strokeWidth=4,
        strokeJoin="round",
    )
    chart = alt.LayerChart(layer=[order, line, points, dots, behind, number])
    return finished(chart, PLOT_PX)
