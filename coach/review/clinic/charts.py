"""Charts for the physiotherapist: denser than the patient's, with a common axis of days.

The same rules hold as in `coach.review.patient.charts`: a frame in, a drawing out, nothing
computed, nothing said by colour alone. Every chart has the same left margin, so that days are
aligned.
"""

from __future__ import annotations

import json
from typing import Any

import altair as alt

from coach.i18n import ENGLISH, N_, _, current, formats
from coach.review.clinic import frames as clinic_frames
from coach.review.clinic.frames import CLOSED_LANE, OWN_LANE, SESSION_LANE
from coach.review.patient import calendar_chart, charts
from coach.review.patient.charts import ACCENT, MORE, PAGE, TEXT, named

LEFT_PX, LONGER_PX = 132, 172  # where the names of the exercises stand; those of other languages are longer
PAIN_PX = 370
ROW_PX, CELL_PX = 34, 30
HEAT_DAYS = 21
TEXT_PX, CELL_TEXT_PX = 14, 13
SIGNS = {"player": N_("Session, timed"), "diary": N_("Session, from memory")}
BAR = "M-.3,-1L.3,-1L.3,1L-.3,1Z"
SERIES = charts.SERIES | SIGNS
SHAPES = [*charts.SHAPES, BAR, "triangle-down"]
COLOURS = [*charts.COLOURS, TEXT, TEXT]
LANES = {SESSION_LANE: N_("Sessions"), CLOSED_LANE: N_("Closed"), OWN_LANE: N_("Own plan")}
SPANS = {7: N_("Last 7 days"), 28: N_("Last 28 days")}
DATA = dict(charts.DATA) | {
    "marks": clinic_frames.MARKS,
    "did": clinic_frames.DID,
    "by_routine": clinic_frames.BY_ROUTINE,
    "kept": clinic_frames.KEPT,
    "stretches": clinic_frames.STRETCHES,
}


def pain() -> alt.LayerChart:
    """Draw pain over time as the patient sees it, with sessions, holds, flags and own plans below.

    Takes `scores`, `averages`, `phases`, `levels`, `curve`, `marks` and `did`, and the parameters
    `starts`, `ends` and `step` (local days).
    """
    x, y = charts.day_axis(), _score("score:Q")
    series: dict[str, Any] = {
        "shape": alt.Shape(
            "series:N",
            scale=alt.Scale(domain=list(SERIES), range=SHAPES),
            legend=_legend(charts.lookup(SERIES)),
        ),
        "color": alt.Color(
            "series:N",
            scale=alt.Scale(domain=list(SERIES), range=COLOURS),
            legend=_legend(charts.lookup(SERIES)),
        ),
        "tooltip": [alt.Tooltip("when:N", title=_("When")), alt.Tooltip("score:Q", title=_("Pain"))],
    }
    scores, averages = named("scores"), named("averages")
    points = scores.mark_point(filled=True, clip=True, size=64, opacity=0.8).encode(x=x, y=y, **series)
    line = averages.mark_line(strokeWidth=2.5, clip=True, invalid="break-paths-filter-domains").encode(
        x=x, y=y, color=alt.value(ACCENT)
    )
    dots = averages.mark_point(filled=True, clip=True, size=60, opacity=1, stroke=PAGE, strokeWidth=1).encode(
        x=x, y=y, **series
    )
    layers = [
        *charts.phase_bands(x, plot_px=_px(0)),
        *charts.study_curve(x, _score),
        *charts.level_lines(_score),
        points,
        line,
        dots,
        *_lanes(x, series),
    ]
    return _finished(alt.LayerChart(layer=layers), PAIN_PX, "starts", "ends", "step")


LOWEST = OWN_LANE - 0.6


def _px(score: float) -> float:
    """Return the position of a score, in px from the top of the plot."""
    return PAIN_PX * (10 - score) / (10 - LOWEST)


def _score(field: str) -> alt.Y:
    """Return the whole axis of pain, with the lanes under it."""
    lanes = json.dumps({str(int(lane)): _(name) for lane, name in LANES.items()})
    worst = json.dumps(_("worst"))
    return alt.Y(
        field,
        title=None,
        scale=alt.Scale(domain=[LOWEST, 10], nice=False, zero=False),
        axis=alt.Axis(
            values=[*LANES, 0, 2, 4, 6, 8, 10],
            domain=False,
            ticks=False,
            gridOpacity=alt.condition("datum.value >= 0", alt.value(0.6), alt.value(0)),
            labelExpr=f"datum.value < 0 ? {lanes}[datum.label] || {lanes}[datum.value] : "
            f"datum.value == 10 ? '10 ' + {worst} : datum.label",
            minExtent=_left(),
            maxExtent=_left(),
        ),
    )


def _lanes(x: alt.X, series: dict[str, Any]) -> list[alt.Chart]:
    """Draw the lanes under the scale: sessions, what closed, and a physiotherapist's changes."""
    did, marks = named("did"), named("marks")
    session = did.mark_point(clip=True, filled=True, size=70, opacity=0.8).encode(
        x=x,
        y=_score("lane:Q"),
        shape=series["shape"],
        color=series["color"],
        tooltip=[alt.Tooltip("when:N", title=_("Session")), alt.Tooltip("sets:Q", title=_("Sets"))],
    )
    span: dict[str, Any] = {"x": x.copy(), "x2": alt.X2("ends:Q"), "y": _score("lane:Q")}
    span["x"].shorthand = "starts:Q"
    tooltip = [alt.Tooltip("label:N", title=_("What")), alt.Tooltip("when:N", title=_("When"))]
    looks = {"flag": (MORE, True), "hold": (TEXT, True), "own": (ACCENT, False)}
    bars = [
        marks.transform_filter(f"datum.kind == '{kind}'")
        .mark_bar(clip=True, height=14, cornerRadius=3, strokeWidth=2, filled=filled)
        .encode(**span, color=alt.value(look), tooltip=tooltip)
        for kind, (look, filled) in looks.items()
    ]
    room = "(datum.ends - datum.starts) / (ends - starts) * width > 7 * length(datum.label)"
    text: dict[str, Any] = {"align": "left", "dx": 6, "baseline": "middle", "fontSize": CELL_TEXT_PX}
    dark = marks.transform_filter("datum.kind != 'own'")
    own = marks.transform_filter("datum.kind == 'own'")
    place: dict[str, Any] = {"x": span["x"], "y": span["y"], "text": charts.where(room, "label:N")}
    narrow = marks.transform_filter("datum.kind == 'flag'").transform_calculate(line="'!'")
    sign = place | {"text": charts.where(f"!({room})", "line:N")}
    words = [
        dark.mark_text(**text, clip=True).encode(**place, color=alt.value(PAGE)),
        own.mark_text(**text, clip=True).encode(**place, color=alt.value(TEXT)),
        narrow.mark_text(**(text | {"dx": -4, "align": "right", "fontWeight": "bold"})).encode(
            **sign, color=alt.value(TEXT)
        ),
    ]
    return [*bars, *words, session]


def heat() -> alt.LayerChart:
    """Draw done of due, a row for each routine and a column for each day (`doing`).

    Takes the parameters `starts` and `last`, the first and the last day shown (local days).
    """
    months = json.dumps(formats.short_months())
    day = f"datum.value * {charts.DAY_MS}"
    named_month = f"utcdate({day}) == 1 || datum.value == starts"
    x = alt.X(
        "day:O",
        title=None,
        scale=alt.Scale(
            domain=alt.ExprRef(f"sequence(starts, starts + {HEAT_DAYS})"), paddingInner=0.08, paddingOuter=0
        ),
        axis=alt.Axis(
            orient="top", labelAngle=0, domain=False, ticks=False, labelPadding=20, labelOverlap=False,
            labelExpr=f"datum.value > last ? '' : ({named_month}) ? [{months}[utcmonth({day})], utcdate({day})]"
            f" : ['', utcdate({day})]",
            labelLineHeight=16,
        ),
    )  # fmt: skip
    cells = calendar_chart.cells(x, _rows(), cell_px=CELL_PX, text_px=CELL_TEXT_PX)
    cells.layer = [_order("doing"), *cells.layer]
    return _finished(cells, alt.Step(CELL_PX), "starts", "last")


def _left() -> int:
    """Return how wide the names of the rows may be (px)."""
    return LEFT_PX if current().language == ENGLISH else LONGER_PX


def _rows(*, outer: float = 0) -> alt.Y:
    """Return the axis of routines, in the protocol's order; `outer` is the padding, in rows."""
    return alt.Y(
        "name:N",
        title=None,
        sort=None,
        scale=alt.Scale(paddingInner=0.08, paddingOuter=outer),
        axis=alt.Axis(
            domain=False,
            ticks=False,
            labelPadding=8,
            labelLimit=_left(),
            minExtent=_left(),
            maxExtent=_left(),
        ),
    )


def key() -> alt.LayerChart:
    """Draw the legend of the cells: a row of samples (`doing`)."""
    words = charts.lookup(dict(enumerate(calendar_chart.KEY.values())))
    x = alt.X(
        "column:O",
        title=None,
        scale=alt.Scale(domain=list(range(len(calendar_chart.KEY))), paddingInner=0.55, paddingOuter=0.2),
        axis=alt.Axis(
            orient="bottom",
            labelExpr=f"split({words}, ' ')",
            labelAngle=0,
            domain=False,
            ticks=False,
            labelOverlap=False,
        ),
    )
    y = alt.Y("week:O", axis=None, scale=alt.Scale(paddingInner=0.08, paddingOuter=0))
    return _finished(calendar_chart.cells(x, y, cell_px=CELL_PX, text_px=CELL_TEXT_PX), alt.Step(CELL_PX))


def _order(data: str, y: alt.Y | None = None) -> alt.Chart:
    """Draw an invisible mark that fixes the order of the rows to the frame's."""
    rows: alt.Chart = named(data).mark_point(opacity=0).encode(y=y or _rows())
    return rows


def changes() -> alt.LayerChart:
    """Draw for each routine in how many sessions pain changed by how much (`by_routine`)."""
    counts = named("by_routine")
    x = alt.X(
        "change:O",
        title=None,
        scale=alt.Scale(domain=list(charts.CHANGE), padding=0.5),
        axis=alt.Axis(
            orient="top", labelAngle=0, domain=False, ticks=False, labelPadding=6, labelOverlap=False,
            labelExpr=charts.lookup({
                -3: "≤ −3", -2: "−2", -1: "−1", 0: "0", 1: "+1", 2: "+2", 3: "≥ +3"
            }),
        ),
    )  # fmt: skip
    colours = alt.Scale(domain=list(charts.CHANGE), range=[MORE if n > 0 else ACCENT for n in charts.CHANGE])
    tooltip = [alt.Tooltip("name:N", title=_("Exercise")), alt.Tooltip("sessions:Q", title=_("Sessions"))]
    there = counts.transform_filter("datum.sessions > 0")
    shape = alt.Shape(
        "change:O",
        scale=alt.Scale(
            domain=list(charts.CHANGE), range=["circle" if n <= 0 else "square" for n in charts.CHANGE]
        ),
        legend=None,
    )
    dot = there.mark_point(filled=True, opacity=0.28, strokeOpacity=1, strokeWidth=1.5).encode(
        x=x,
        y=_rows(),
        shape=shape,
        size=alt.Size("sessions:Q", scale=alt.Scale(domainMin=0, range=[140, 900]), legend=None),
        color=alt.Color("change:O", scale=colours, legend=None),
        tooltip=tooltip,
    )
    figure = counts.mark_text(fontSize=TEXT_PX).encode(
        x=x,
        y=_rows(),
        text=alt.Text("sessions:Q"),
        color=alt.value(TEXT),
        opacity=alt.condition("datum.sessions > 0", alt.value(1), alt.value(0.35)),
    )
    return _finished(alt.LayerChart(layer=[_order("by_routine"), dot, figure]), alt.Step(ROW_PX + 4))


def kept() -> alt.LayerChart:
    """Draw adherence over 7 and 28 days against the protocol's bands (`kept`).

    Takes the parameters `partly` and `on_track`, the shares from which the bands begin.
    """
    data = named("kept")
    scale = alt.Scale(domain=[0, 1], nice=False)
    x = alt.X(
        "share:Q",
        title=None,
        scale=scale,
        axis=alt.Axis(
            orient="top",
            values=alt.ExprRef("[0, partly, on_track]"),
            labelAlign="left",
            labelOffset=4,
            labelPadding=12,
            labelExpr=f"datum.value >= on_track ? {_quoted('on track')} : "
            f"datum.value >= partly ? {_quoted('partly')} : {_quoted('low')}",
            domain=False,
            ticks=False,
            gridOpacity=0.9,
        ),
    )
    shape = alt.Shape(
        "days:O",
        scale=alt.Scale(domain=list(SPANS), range=["circle", "diamond"]),
        legend=_legend(charts.lookup(SPANS)),
    )
    colour = alt.Color(
        "days:O",
        scale=alt.Scale(domain=list(SPANS), range=[ACCENT, TEXT]),
        legend=_legend(charts.lookup(SPANS)),
    )
    rail = (
        data.transform_aggregate(low="min(share)", high="max(share)", groupby=["name"])
        .mark_rule(strokeWidth=2, opacity=charts.QUIET)
        .encode(
            x=alt.X("low:Q", scale=scale),
            x2=alt.X2("high:Q"),
            y=_rows(),
            color=alt.value(TEXT),
        )
    )
    tooltip = [
        alt.Tooltip("name:N", title=_("Exercise")),
        alt.Tooltip("days:Q", title=_("Days")),
        alt.Tooltip("percent:N", title=_("Done of due")),
        alt.Tooltip("band:N", title=_("Band")),
    ]
    dot = data.mark_point(filled=True, size=150, opacity=1, stroke=PAGE, strokeWidth=1).encode(
        x=x, y=_rows(), shape=shape, color=colour, tooltip=tooltip
    )
    text = (
        data.transform_filter("datum.days == 7")
        .mark_text(fontSize=TEXT_PX, dy=-14)
        .encode(x=x, y=_rows(), text="percent:N", color=alt.value(TEXT))
    )
    return _finished(
        alt.LayerChart(layer=[_order("kept"), rail, dot, text]),
        alt.Step(ROW_PX + 4),
        "partly",
        "on_track",
        right_px=28,
    )


def _quoted(text: str) -> str:
    return json.dumps(_(text))


def gate() -> alt.LayerChart:
    """Draw when each routine was open, and what closed it (`stretches`, `phases`).

    Takes the parameters `starts`, `ends` and `step` (local days).
    """
    data = named("stretches")
    x, rows = charts.day_axis(), _rows(outer=0.25)
    span: dict[str, Any] = {"x": x.copy(), "x2": alt.X2("ends:Q"), "y": rows}
    span["x"].shorthand = "starts:Q"
    tooltip = [
        alt.Tooltip("name:N", title=_("Exercise")),
        alt.Tooltip("label:N", title=_("State")),
        alt.Tooltip("when:N", title=_("When")),
    ]
    # Height in px, colour and opacity: open is tall, closed is low.
    looks = {
        "waits": (3, TEXT, 0.45),
        "open": (20, ACCENT, 0.45),
        "own": (20, ACCENT, 1),
        "person": (9, TEXT, 0.9),
        "pain": (9, MORE, 1),
    }
    bars = [
        data.transform_filter(f"datum.look == '{look}'")
        .mark_bar(clip=True, height=height, opacity=opacity)
        .encode(**span, color=alt.value(colour), tooltip=tooltip)
        for look, (height, colour, opacity) in looks.items()
    ]
    room = "(datum.ends - datum.starts) / (ends - starts) * width > 8 * length(datum.short)"
    words = (
        data.transform_filter("datum.short != ''")
        .mark_text(align="left", dx=2, dy=-10, fontSize=CELL_TEXT_PX, baseline="bottom")
        .encode(
            x=span["x"],
            y=rows,
            text=charts.where(room, "short:N"),
            color=alt.value(TEXT),
        )
    )
    layers = [_order("stretches", rows), *charts.phase_bands(x)[:3], *bars, words]
    return _finished(alt.LayerChart(layer=layers), alt.Step(ROW_PX + 4), "starts", "ends", "step")


def _legend(words: str) -> alt.Legend:
    return alt.Legend(
        title=None, orient="bottom", direction="horizontal", columns=4, labelExpr=words,
        labelLimit=260, symbolOpacity=0.9, symbolSize=60, offset=8,
    )  # fmt: skip


def _finished(
    chart: alt.LayerChart, height: float | alt.Step, *parameters: str, right_px: int = 2
) -> alt.LayerChart:
    """Return the chart with the common styles, a size smaller than the patient's."""
    done = charts.finished(chart, height, *parameters)
    done.config.axis.labelFontSize = TEXT_PX
    done.config.legend.labelFontSize = TEXT_PX
    done.padding = {"left": 2, "right": right_px, "top": 4, "bottom": 4}
    return done
