"""Charts: a frame in, an `alt.Chart` out; nothing is computed here.

The data are named and separate, so that a chart can be compiled once for everybody; the names are
those of `coach.review.patient.frames`. What depends on the day (the shown stretch, labels) is
passed as parameters.

Colours follow the theme in the browser by themselves: `primary` and `orange` are the theme's, TEXT
is the colour of the text around the chart and PAGE the page behind it. Nothing is said by colour
alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from textwrap import wrap
from typing import Any

import altair as alt

from coach.domain.facts import PainWhen
from coach.i18n import N_, _, formats
from coach.review.patient import frames
from coach.review.patient.columns import Columns
from coach.text import pain as pain_text

ACCENT = "primary"
MORE = "orange"
TEXT = "currentColor"
PAGE = "Canvas"
LINES = "#808080"
FONT = "Atkinson, sans-serif"
SMALL_PX, LABEL_PX = 15, 16
READ_PX = 18  # on the axes and in the legend of pain, which is read at arm's length
LEGEND_LETTERS = 18  # in a line of the legend of pain, which a narrow telephone has room for
PLOT_PX = 320
DAY_MS = 86_400_000
FAINT, QUIET = 0.07, 0.5

SERIES = {
    "average": pain_text.LABELS[PainWhen.AVERAGE_24H],
    "worst": pain_text.LABELS[PainWhen.WORST_24H],
    "before": pain_text.LABELS[PainWhen.BEFORE],
    "after": pain_text.LABELS[PainWhen.AFTER],
    "now": N_("At another time"),
}
SHAPES = ["circle", "triangle-up", "square", "diamond", "cross"]
COLOURS = [ACCENT, ACCENT, TEXT, TEXT, TEXT]
#: What the chart of pain tells apart: one's own average and worst of a day, and each score in passing.
DRAWN = {"average": SERIES["average"], "worst": SERIES["worst"], "each": N_("Each score")}
CHANGE = {
    -3: N_("Down 3 or more"),
    -2: N_("Down 2"),
    -1: N_("Down 1"),
    0: N_("No change"),
    1: N_("Up 1"),
    2: N_("Up 2"),
    3: N_("Up 3 or more"),
}
DATA: Mapping[str, Columns] = {
    "scores": frames.SCORES,
    "averages": frames.AVERAGES,
    "phases": frames.PHASES,
    "levels": frames.LEVELS,
    "curve": frames.CURVE,
    "change_counts": frames.CHANGE_COUNTS,
    "doing": frames.DOING,
}


def pain() -> alt.LayerChart:
    """Draw pain over time: `scores`, `averages`, `phases`, `levels`, and `curve`, perhaps empty.

    Takes the parameters `starts`, `ends` and `step` (local days).
    """
    x = day_axis()
    y = score_axis("score:Q")
    series: dict[str, Any] = {
        "shape": alt.Shape(
            "drawn:N", scale=alt.Scale(domain=list(DRAWN), range=SHAPES[:3]), legend=series_legend(DRAWN)
        ),
        "color": alt.Color(
            "drawn:N", scale=alt.Scale(domain=list(DRAWN), range=COLOURS[:3]), legend=series_legend(DRAWN)
        ),
        "tooltip": [
            alt.Tooltip("when:N", title=_("When")),
            alt.Tooltip("score:Q", title=_("Pain")),
        ],
    }
    some = alt.Chart()
    cloud = some.transform_filter("datum.series != 'worst'").mark_point(
        filled=True, clip=True, size=30, opacity=0.5
    )
    worst = some.transform_filter("datum.series == 'worst'").mark_point(
        filled=True, clip=True, size=56, opacity=0.9
    )
    dot = alt.ExprRef("ends - starts > 56 ? 45 : 80")
    averages = named("averages")
    line = averages.mark_line(strokeWidth=3, clip=True, invalid="break-paths-filter-domains")
    points = some.mark_point(filled=True, clip=True, size=dot, opacity=1, stroke=PAGE, strokeWidth=1)
    drawn = (
        _timed(cloud, worst, data="scores").encode(x=x, y=y, **series),
        line.encode(x=x, y=y, color=alt.value(ACCENT)),
        _timed(points, data="averages").encode(x=x, y=y, **series),
    )
    # A name that stood upright in a narrow band would be read by nobody
    bands = phase_bands(x)[:3]
    chart = alt.LayerChart(layer=[*bands, *study_curve(x), *level_lines(), *drawn])
    return finished(chart, PLOT_PX, "starts", "ends", "step", words_px=READ_PX)


def _timed(*layers: alt.Chart, data: str) -> alt.LayerChart:
    """Return layers of scores that say `when` each was, from `at`: the day, and of a moment its time."""
    minutes = "floor(datum.at * 1440 + 0.001) * 60000"
    *six, sunday = formats.short_weekdays()
    clock = formats.clock_for_charts()
    day = f"{json.dumps([sunday, *six])}[utcday({minutes})] + ' ' + {date_label('datum.at')}"
    time = f"(datum.series == 'worst' || datum.series == 'average' ? '' : ', ' + utcFormat({minutes}, '{clock}'))"
    own = json.dumps([name for name in DRAWN if name in SERIES])
    return alt.LayerChart(layer=list(layers), data=alt.NamedData(name=data)).transform_calculate(
        when=f"{day} + {time}", drawn=f"indexof({own}, datum.series) < 0 ? 'each' : datum.series"
    )


def day_axis() -> alt.X:
    """Return the axis of local days from `starts` to `ends`, with a date every `step`."""
    return alt.X(
        "at:Q",
        title=None,
        scale=alt.Scale(domain=[alt.ExprRef("starts"), alt.ExprRef("ends")], nice=False, zero=False),
        axis=alt.Axis(
            values=alt.ExprRef("sequence(starts, ends - 0.12 * (ends - starts), step)"),
            labelExpr=date_label("datum.value"),
            labelAlign="left",
            labelOffset=-4,
            grid=False,
            ticks=True,
        ),
    )


def phase_bands(x: alt.X, *, plot_px: float = PLOT_PX) -> Sequence[alt.Chart]:
    """Draw the phases behind a chart over time: bands with their names (`phases`)."""
    bands = named("phases")
    span: dict[str, Any] = {"x": x.copy(), "x2": alt.X2("ends:Q")}
    span["x"].shorthand = "starts:Q"
    band = bands.mark_rect(clip=True).encode(
        **span,
        color=alt.value(TEXT),
        opacity=alt.condition("datum.shaded", alt.value(FAINT), alt.value(0)),
        tooltip=alt.Tooltip("name:N", title=_("Phase")),
    )
    edge = bands.mark_rule(clip=True, strokeWidth=1).encode(
        x=span["x"], color=alt.value(TEXT), opacity=alt.value(0.2)
    )
    # A name is written over its band, or vertically if the band is narrow; slivers get none.
    wide = "(datum.ends - datum.starts) / (ends - starts) * width"
    over = f"{wide} > {SMALL_PX * 0.6} * datum.letters"
    along = f"!({over}) && {wide} > {SMALL_PX * 1.3}"
    look: dict[str, Any] = {"align": "left", "fontSize": SMALL_PX}
    name = bands.mark_text(**look, dx=2, y=-26, baseline="bottom", lineBreak="\n", lineHeight=18).encode(
        x=span["x"], text=where(over, "name:N"), color=alt.value(TEXT)
    )
    upright = (
        bands.transform_calculate(line="replace(datum.name, '\\n', ' ')")
        .mark_text(**look, angle=270, y=plot_px - 6, dy=3, baseline="top")
        .encode(x=span["x"], text=where(along, "line:N"), color=alt.value(TEXT))
    )
    return band, edge, name, upright


def where(test: str, field: str) -> object:
    """Return the text of a field if the test holds, else no text."""
    return alt.condition(test, field, alt.value(""))


def level_lines(score: Callable[[str], alt.Y] | None = None) -> Sequence[alt.Chart]:
    """Draw the pain before the procedure, and the limit of "clearly better" (`levels`)."""
    levels = named("levels")
    y = (score or score_axis)("score:Q")
    baseline = (
        levels.transform_filter("datum.kind == 'baseline'")
        .mark_rule(strokeWidth=1.5)
        .encode(y=y, color=alt.value(TEXT), opacity=alt.value(QUIET))
    )
    better = (
        levels.transform_filter("datum.kind == 'better'")
        .mark_rule(strokeWidth=2, strokeDash=[6, 4])
        .encode(y=y, color=alt.value(ACCENT))
    )
    words: dict[str, Any] = {"align": "right", "baseline": "bottom", "fontSize": SMALL_PX, "dx": -4, "dy": -4}
    behind = levels.mark_text(**words, stroke=PAGE, strokeWidth=6, strokeJoin="round", x="width").encode(
        y=y, text="label:N", color=alt.value(PAGE), opacity=alt.value(1)
    )
    label = levels.mark_text(**words, x="width").encode(y=y, text="label:N", color=alt.value(TEXT))
    return baseline, better, behind, label


def study_curve(x: alt.X, score: Callable[[str], alt.Y] | None = None) -> Sequence[alt.Chart]:
    """Draw one study's average with one SD each side (`curve`)."""
    score = score or score_axis
    curve = named("curve")
    band = curve.mark_area(clip=True).encode(
        x=x, y=score("low:Q"), y2=alt.Y2("high:Q"), color=alt.value(TEXT), opacity=alt.value(0.1)
    )
    line = curve.mark_line(clip=True, strokeWidth=2.5, strokeDash=[2, 4]).encode(
        x=x, y=score("mean:Q"), color=alt.value(TEXT), opacity=alt.value(0.75)
    )
    label = (
        curve.transform_aggregate(points="count()", groupby=["label"])
        .transform_calculate(line="'\u00b7\u00b7\u00b7\u00b7 ' + datum.label")
        .mark_text(align="left", baseline="bottom", x=0, y=-52, fontSize=SMALL_PX)
        .encode(text="line:N", color=alt.value(TEXT))
    )
    return band, line, label


def changes() -> alt.LayerChart:
    """Draw in how many sessions pain changed by how much (`change_counts`)."""
    counts = named("change_counts")
    y = alt.Y(
        "change:O",
        title=None,
        sort="ascending",
        axis=alt.Axis(labelExpr=lookup(CHANGE), labelLimit=200, domain=False, ticks=False, labelPadding=8),
        scale=alt.Scale(paddingInner=0.25, paddingOuter=0.1),
    )
    # Space for the number after the longest bar.
    scale = alt.Scale(domainMin=0, nice=False, range=[0, alt.ExprRef("width - 48")])
    x = alt.X("sessions:Q", title=None, axis=None, scale=scale)
    colours = alt.Scale(domain=list(CHANGE), range=[MORE if points > 0 else ACCENT for points in CHANGE])
    bar = counts.mark_bar(cornerRadiusEnd=4).encode(
        x=x, y=y, color=alt.Color("change:O", scale=colours, legend=None)
    )
    number = counts.mark_text(align="left", dx=6, fontSize=LABEL_PX).encode(
        x=x, y=y, text="sessions:Q", color=alt.value(TEXT)
    )
    return finished(alt.LayerChart(layer=[bar, number]), alt.Step(36))


def named(name: str) -> alt.Chart:
    """Return a chart of a data set that is passed under this name later."""
    return alt.Chart(alt.NamedData(name=name))


def score_axis(field: str) -> alt.Y:
    """Return the whole axis of pain scores."""
    worst = json.dumps(_("worst"))
    return alt.Y(
        field,
        title=None,
        scale=alt.Scale(domain=[0, 10], nice=False, zero=True),
        axis=alt.Axis(
            values=[0, 5, 10],
            domain=False,
            ticks=False,
            gridOpacity=0.6,
            labelExpr=f"datum.value == 10 ? [datum.label, {worst}] : datum.label",
            labelLineHeight=17,
        ),
    )


def series_legend(series: Mapping[str, str]) -> alt.Legend:
    """Return the legend of the series."""
    return alt.Legend(
        title=None, orient="bottom", direction="horizontal", columns=alt.ExprRef("width < 420 ? 1 : 3"),
        labelExpr=lookup(series, letters=LEGEND_LETTERS), labelLimit=0,
        symbolOpacity=0.75, symbolSize=70, offset=12,
    )  # fmt: skip


def lookup(words: Mapping[str, str] | Mapping[int, str], *, letters: int = 0) -> str:
    """Return the expression that replaces a label's value by words, in lines of so many letters at most."""
    told = {key: wrap(_(text), letters) if letters else _(text) for key, text in words.items()}
    return f"({json.dumps(told)})[datum.value]"


def date_label(days: str) -> str:
    """Return the expression that formats a count of local days as a date."""
    names, month_first, between = formats.short_date_for_charts()
    month, day = f"{json.dumps(names)}[utcmonth({days} * {DAY_MS})]", f"utcdate({days} * {DAY_MS})"
    return f"{month} + '{between}' + {day}" if month_first else f"{day} + '{between}' + {month}"


def finished(
    chart: alt.LayerChart, height: float | alt.Step, *parameters: str, words_px: int = SMALL_PX
) -> alt.LayerChart:
    """Return the chart with size, parameters and styles: large labels, few lines, no background."""
    words: dict[str, Any] = {"labelFont": FONT, "labelFontSize": words_px, "labelColor": TEXT}
    lines: dict[str, Any] = {"gridColor": LINES, "domainColor": LINES, "tickColor": LINES}
    return chart.add_params(*(alt.param(name=name, value=0) for name in parameters)).properties(
        height=height,
        width="container",
        padding={"left": 2, "right": 2, "top": 4, "bottom": 4},
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        # The colours above are CSS, which only works in SVG.
        usermeta={"embedOptions": {"renderer": "svg"}},
        config=alt.Config(
            # For screen readers the drawing is one image with a description; its figures are in the
            # table.
            aria=False,
            locale=formats.locale_for_charts(),
            background="transparent",
            font=FONT,
            mark=alt.MarkConfig(aria=False, tooltip=False),
            axis=alt.AxisConfig(**words, **lines),
            legend=alt.LegendConfig(**words, columnPadding=16, rowPadding=4),
            text=alt.MarkConfig(font=FONT),
            view=alt.ViewConfig(stroke=None),
        ),
    )
