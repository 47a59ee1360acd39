"""Shows a chart: a finding, the drawing, and the same figures as a table.

A chart is defined in Altair and compiled once for the life of the server; each run passes the
day's data to the compiled specification.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st
from streamlit import dataframe_util

from coach.domain.case import Case
from coach.i18n import _, ngettext
from coach.review.patient import calendar_chart, charts, findings, frames, function, function_chart, tables

TABLE_ROWS = 28


@cache
def specification(chart: Callable[[], alt.LayerChart]) -> Mapping[str, Any]:
    """Return a chart's specification without data, compiled at its first use."""
    return chart().to_dict()


def draw(
    chart: Callable[[], alt.LayerChart],
    datasets: Mapping[str, pd.DataFrame | bytes],
    *,
    alt: str,
    **parameters: float,
) -> None:
    """Draw data sets, each under its name in the chart; `alt` is the alternative text."""
    compiled = dict(specification(chart))
    if parameters:
        compiled["params"] = [{"name": name, "value": value} for name, value in parameters.items()]
    compiled["datasets"] = dict(datasets)
    st.vega_lite_chart(None, compiled, theme=None, width="stretch", alt=alt)


def packed(rows: pd.DataFrame) -> bytes:
    """Return a data set in the form in which it is sent."""
    return dataframe_util.convert_pandas_df_to_arrow_bytes(rows)


def pain(case: Case, *, today: date, study: bool) -> None:
    """Show pain over time; with `study`, one study's average behind it."""
    window = frames.window(case, today=today)
    if window is None:
        return
    scores = frames.scores(case.history, window)
    averages = frames.averages(case.history, window)
    words = frames.words(case)
    if len(scores) or len(averages) or study:
        curve = frames.curve(case) if study else frames.frame(frames.CURVE)
        draw(
            charts.pain,
            {
                "scores": scores,
                "averages": averages,
                "phases": frames.phases(case, window),
                "levels": frames.levels(case, today=today),
                "curve": curve,
            },
            alt=_("Pain from 0 to 10, day by day. {finding}").format(
                finding=findings.pain(case, today=today)
            ),
            **asdict(window),
        )
        if len(scores) or len(averages):
            table(tables.pain(scores, averages), key="table-pain")
    if len(words):
        plain(tables.words(words))


def doing(
    case: Case,
    *,
    now: datetime,
    today: date,
    back: int,
    turn: Callable[[int], None],
) -> None:
    """Show done and due, a calendar for each routine, of four weeks.

    `turn` leads to other weeks.
    """
    weeks = frames.weeks(case, today=today, back=back)
    if weeks is None:
        return
    shown = frames.doing(
        case,
        first=weeks.first,
        last=weeks.last,
        today=today,
        starts_on=weeks.starts_on,
        now=now,
    )
    draw(calendar_chart.key, {"doing": calendar_chart.key_frame()}, alt=_("What the cells mean."))
    for number, (name, days) in enumerate(shown.groupby("name", sort=False)):
        if number % 2 == 0:
            pair = st.columns(2)
        place = pair[number % 2]
        with place, st.container(gap=None):
            st.subheader(name)
            draw(
                calendar_chart.calendar,
                {"doing": days[calendar_chart.CELL_FIELDS]},
                alt=_("{routine}: {sentence}").format(routine=name, sentence=findings.routine(days)),
                starts_on=weeks.starts_on,
            )
    if weeks.earlier or back:
        with st.container(horizontal=True):
            if weeks.earlier:
                st.button(_("Earlier weeks"), on_click=turn, args=(1,), key="doing-earlier")
            if back:
                st.button(_("Later weeks"), on_click=turn, args=(-1,), key="doing-later")
    table(tables.doing(shown), key="table-doing")


def changes(changed: pd.DataFrame) -> None:
    """Show in how many sessions pain changed by how much."""
    if not len(changed):
        return
    draw(
        charts.changes,
        {"change_counts": frames.change_counts(changed)},
        alt=_("Sessions by change of pain. {finding}").format(finding=findings.changes(changed)),
    )
    table(tables.changes(changed), key="table-changes")


def measured(case: Case, *, finding: str) -> None:
    """Show how the patient's own activities go by occasion, and how the back was rated."""
    scores = function.scores(case)
    if scores["score"].notna().any():
        drawing(scores, finding=finding)
    for sentence in function.ratings(case):
        st.text(sentence)
    rows = function.table(case)
    if len(rows):
        with st.expander(_("Show as table"), key="table-function"):
            for activity in function.activities(case):
                st.text(activity)
            plain(rows)


def drawing(scores: pd.DataFrame, *, finding: str) -> None:
    """Draw the scores of the patient's own activities by occasion."""
    draw(
        function_chart.function,
        {"function": scores},
        alt=_("How the activities go from 0, unable, to 10, as before. {finding}").format(finding=finding),
    )


def table(rows: pd.DataFrame, *, key: str) -> None:
    """Offer the figures of a chart as a table."""
    with st.expander(_("Show as table"), key=key):
        plain(rows)


def plain(rows: pd.DataFrame) -> None:
    """Show the first rows as a plain HTML table, which screen readers can navigate."""
    st.table(rows.head(TABLE_ROWS), hide_index=True)
    if len(rows) > TABLE_ROWS:
        st.markdown(
            ngettext(
                "The newest {n} row. The diary has everything.",
                "The newest {n} rows. The diary has everything.",
                TABLE_ROWS,
            ).format(n=TABLE_ROWS)
        )
