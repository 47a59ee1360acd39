"""The calendar of a routine's days: a frame in, an `alt.Chart` out, as in `charts`."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd

from coach.i18n import N_, _, formats
from coach.review.patient import frames
from coach.review.patient.charts import (
    ACCENT,
    PAGE,
    QUIET,
    SMALL_PX,
    TEXT,
    date_label,
    finished,
    lookup,
    named,
)
from coach.review.patient.columns import frame

CELL_PX = 40
KEY = {
    "done": N_("done"),
    "part": N_("part"),
    "none": N_("none"),
    "not due": N_("not due"),
    "today": N_("today"),
    "extra": N_("extra"),
}
CELL_FIELDS = ["column", "week", "done", "due", "share", "over", "state", "text", "today", "when", "told"]
HATCH = "M-1,-.5L-.5,-1M-1,.25L.25,-1M-1,1L1,-1M-.25,1L1,-.25M.5,1L1,.5"


def calendar() -> alt.LayerChart:
    """Draw one routine's days as a calendar, one week a row (`doing`).

    Takes the parameter `starts_on`.
    """
    names = json.dumps(formats.short_weekdays())
    x = alt.X(
        "column:O",
        title=None,
        scale=alt.Scale(domain=list(range(frames.WEEK)), paddingInner=0.08, paddingOuter=0),
        axis=alt.Axis(
            orient="top", labelExpr=f"{names}[(datum.value + starts_on) % {frames.WEEK}]", labelAngle=0,
            domain=False, ticks=False, labelPadding=4, labelOverlap=False,
        ),
    )  # fmt: skip
    y = alt.Y(
        "week:O",
        title=None,
        sort="ascending",
        scale=alt.Scale(paddingInner=0.08, paddingOuter=0),
        axis=alt.Axis(labelExpr=date_label("datum.value"), domain=False, ticks=False, labelPadding=9),
    )
    return finished(cells(x, y), alt.Step(CELL_PX), "starts_on")


def key() -> alt.LayerChart:
    """Draw the legend of a calendar's cells: a row of samples (`doing`)."""
    x = alt.X(
        "column:O",
        title=None,
        scale=alt.Scale(domain=list(range(len(KEY))), paddingInner=0.35, paddingOuter=0.15),
        axis=alt.Axis(
            orient="bottom", labelExpr=lookup(dict(enumerate(KEY.values()))), labelAngle=0,
            domain=False, ticks=False, labelPadding=4, labelOverlap=False,
        ),
    )  # fmt: skip
    y = alt.Y("week:O", axis=None, scale=alt.Scale(paddingInner=0.08, paddingOuter=0))
    return finished(cells(x, y), alt.Step(CELL_PX))


def cells(x: alt.X, y: alt.Y, *, cell_px: float = CELL_PX, text_px: float = SMALL_PX) -> alt.LayerChart:
    """Draw one cell for each row of `doing`: state, figures, and marks for today and over-doing."""
    days = named("doing")
    place: dict[str, Any] = {"x": x, "y": y}
    tooltip = [
        alt.Tooltip("when:N", title=_("Day")),
        alt.Tooltip("told:N", title=_("Done")),
    ]
    hatch = (
        days.transform_filter("datum.state == 'not due'")
        .mark_point(shape=HATCH, size=(cell_px * 0.7) ** 2, strokeWidth=1.2, filled=False)
        .encode(**place, color=alt.value(TEXT), opacity=alt.value(QUIET), tooltip=tooltip)
    )
    done = (
        days.transform_filter("datum.state == 'done'")
        .mark_rect(cornerRadius=4)
        .encode(**place, color=alt.value(ACCENT))
    )
    inner_px = cell_px * 0.92
    part = (
        days.transform_filter("datum.state == 'part'")
        .mark_rect(
            cornerRadius=4,
            height=alt.ExprRef(f"{inner_px} * datum.share"),
            yOffset=alt.ExprRef(f"{inner_px} * (1 - datum.share) / 2"),
        )
        .encode(**place, color=alt.value(ACCENT), opacity=alt.value(0.35))
    )
    edge = (
        days.transform_filter("datum.state != 'not due'")
        .mark_rect(cornerRadius=4, fill="transparent", strokeWidth=1.5, stroke=TEXT, strokeOpacity=0.6)
        .encode(**place, tooltip=tooltip)
    )
    extra = (
        days.transform_filter("datum.over")
        .mark_point(
            shape="triangle-up",
            size=1.25 * cell_px,
            filled=True,
            xOffset=0.275 * cell_px,
            yOffset=-0.325 * cell_px,
        )
        .encode(**place, color=alt.value(PAGE))
    )
    today = (
        days.transform_filter("datum.today")
        .mark_rect(cornerRadius=6, fill="transparent", stroke=TEXT, strokeWidth=3.5)
        .encode(**place)
    )
    text = days.mark_text(fontSize=text_px).encode(
        **place,
        text="text:N",
        color=alt.condition("datum.state == 'done'", alt.value(PAGE), alt.value(TEXT)),
    )
    return alt.LayerChart(layer=[hatch, done, part, edge, extra, today, text])


def key_frame() -> pd.DataFrame:
    """Return one sample of each kind of cell, in the order of `KEY`."""
    samples = (
        (3, 3, 1.0, False, "done", "3/3", False),
        (1, 3, 1 / 3, False, "part", "1/3", False),
        (0, 3, 0.0, False, "none", "0/3", False),
        (0, 0, float("nan"), False, "not due", "", False),
        (1, 3, 1 / 3, False, "part", "1/3", True),
        (4, 3, 1.0, True, "done", "4/3", False),
    )
    return frame(
        frames.DOING,
        (
            (0, 0, place, "", "", done, due, share, over, state, text, today, _(word), 1, "")
            for place, ((done, due, share, over, state, text, today), word) in enumerate(
                zip(samples, KEY.values(), strict=True)
            )
        ),
    )
