"""Shows a chart: a finding, the drawing, and the same figures as a table.

A chart is defined in Altair and compiled once for the life of the server. Its data are derived from
the record and kept with it, in the form in which they are sent; a table is sent when it is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from itertools import groupby
from typing import Any, ParamSpec

import altair as alt
import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit import dataframe_util

from coach.domain.case import Case
from coach.domain.facts import Pain, PainWord
from coach.domain.history import History
from coach.i18n import _, ngettext
from coach.review.patient import charts, findings, frames, function, function_chart, tables
from coach.review.patient.columns import Columns, Tabled, frame
from coach.text.kept import cached_in_words, derived_in_words
from coach.ui.parts import calendar_table, folding
from coach.ui.parts.text_block import TextBlock

TABLE_ROWS = 28
ARROW = {"float64": pa.float64(), "int64": pa.int64(), "str": pa.large_string(), "bool": pa.bool_()}
FEW = pa.dictionary(pa.int8(), pa.large_string())  # of words that are few and often the same
P = ParamSpec("P")
SCORED = ["at", "score", "series"]  # what is drawn of a score; the chart says when it was


@cached_in_words
def specification(chart: Callable[[], alt.LayerChart]) -> Mapping[str, Any]:
    """Return a chart's specification without data, compiled at its first use."""
    compiled = chart().to_dict()
    return compiled | {"layer": list(_grouped(compiled["layer"]))}


def _grouped(layers: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the layers; those in a row that draw the same data say only once what they have in common."""
    for _same, row in groupby(layers, key=lambda layer: (layer.get("data"), "transform" in layer)):
        first, *more = row
        common = {
            channel: how
            for channel, how in first.get("encoding", {}).items()
            if all(layer.get("encoding", {}).get(channel) == how for layer in more)
        }
        if more and common and "data" in first:
            inner = [_without(layer, common) for layer in (first, *more)]
            yield {"data": first["data"], "encoding": common, "layer": inner}
        else:
            yield from (first, *more)


def _without(layer: Mapping[str, Any], common: Mapping[str, Any]) -> Mapping[str, Any]:
    own = {name: how for name, how in layer.get("encoding", {}).items() if name not in common}
    return {name: value for name, value in layer.items() if name != "data"} | {"encoding": own}


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


def packed_rows(
    columns: Columns,
    rows: Sequence[Sequence[object]],
    *,
    only: Sequence[str] = (),
    types: Mapping[str, pa.DataType] | None = None,
) -> bytes:
    """Return rows in the form in which they are sent, without a frame: it takes as long as all else.

    Args:
        columns: what the rows hold, in their order.
        rows: the rows.
        only: the columns that are sent; none for all.
        types: columns that are sent in another type than the declared one's.
    """
    by_column = dict(zip(columns, zip(*rows, strict=True) if rows else [()] * len(columns), strict=True))
    as_sent = {name: ARROW[kind.dtype] for name, kind in columns.items()} | dict(types or {})
    table = pa.table(
        {name: pa.array(by_column[name], as_sent[name], from_pandas=True) for name in only or columns}
    )
    return dataframe_util.convert_arrow_table_to_arrow_bytes(table)


def sent(table: Tabled[P], /, *args: P.args, **kwargs: P.kwargs) -> bytes:
    """Return a table of these arguments in the form in which it is sent."""
    return packed_rows(table.columns, table.rows(*args, **kwargs))


def pain(case: Case, *, today: date, study: bool, finding: str) -> None:
    """Show pain over time; with `study`, one study's average behind it."""
    window = frames.window(case, today=today)
    if window is None:
        return
    data, is_scored = _pain_data(case, today, study)
    if is_scored or study:
        draw(
            charts.pain,
            data,
            alt=_("Pain from 0 to 10, day by day. {finding}").format(finding=finding),
            **asdict(window),
        )
        if is_scored:
            with table("table-pain") as opened:
                if opened:
                    plain(
                        tables.pain(
                            frames.scores(case.history, window), frames.averages(case.history, window)
                        )
                    )
    if _has_words(case.history):
        plain(tables.words(frames.words(case)))


def has_pain(case: Case, *, today: date, study: bool) -> bool:
    """Tell whether `pain` has anything to show."""
    return study or _pain_data(case, today, study)[1] or _has_words(case.history)


def _has_words(history: History) -> bool:
    return any(isinstance(entry.fact.score, PainWord) for entry in history.of(Pain))


@derived_in_words
def _pain_data(case: Case, today: date, study: bool) -> tuple[Mapping[str, bytes], bool]:  # noqa: FBT001
    """Return the data sets of the chart of pain up to a day, packed, and whether anything was scored."""
    window = frames.window(case, today=today)
    if window is None:
        return {}, False
    scores = frames.scores.rows(case.history, window)
    averages = frames.averages.rows(case.history, window)
    data = {
        "scores": packed_rows(frames.SCORES, scores, only=SCORED, types={"score": pa.int8(), "series": FEW}),
        "averages": packed_rows(frames.AVERAGES, averages, only=SCORED, types={"series": FEW}),
        "phases": sent(frames.phases, case, window),
        "levels": sent(frames.levels, case, today=today),
        "curve": sent(frames.curve, case, shown=study),
    }
    return data, bool(scores or averages)


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
    cells = frames.cells(
        case,
        first=weeks.first,
        last=weeks.last,
        today=today,
        starts_on=weeks.starts_on,
        now=now,
    )
    calendar_table.show(cells, starts_on=weeks.starts_on)
    if weeks.earlier or back:
        with st.container(horizontal=True):
            if weeks.earlier:
                st.button(_("Earlier weeks"), on_click=turn, args=(1,), key="doing-earlier")
            if back:
                st.button(_("Later weeks"), on_click=turn, args=(-1,), key="doing-later")
    with table("table-doing") as opened:
        if opened:
            plain(tables.doing(frame(frames.DOING, cells)))


def changes(case: Case, *, finding: str) -> None:
    """Show in how many sessions pain changed by how much."""
    counts = _change_data(case.history)
    if not counts:
        return
    draw(
        charts.changes,
        {"change_counts": counts},
        alt=_("Sessions by change of pain. {finding}").format(finding=finding),
    )
    with table("table-changes") as opened:
        if opened:
            plain(tables.changes(frames.changes(case.history)))


def has_changes(history: History) -> bool:
    """Tell whether pain before and after can be compared in any session."""
    return bool(_change_data(history))


@derived_in_words
def changes_finding(history: History) -> str:
    """Return the sentence on pain before and after sessions."""
    return findings.changes(history)


@derived_in_words
def _change_data(history: History) -> bytes:
    """Return the sessions by change of pain, packed; empty without any."""
    counts = frames.change_counts.rows(history)
    return packed_rows(frames.CHANGE_COUNTS, counts) if any(sessions for _change, sessions in counts) else b""


def measured(case: Case, *, finding: str) -> None:
    """Show how the patient's own activities go by occasion, and how the back was rated."""
    scores = function_data(case)
    if scores:
        drawing(scores, finding=finding)
    told = TextBlock()
    for sentence in function.ratings(case):
        told.text(sentence)
    told.show()
    if function.answered(case):
        with table("table-function") as opened:
            if opened:
                numbered = TextBlock()
                for activity in function.activities(case):
                    numbered.text(activity)
                numbered.show()
                plain(function.table(case))


@derived_in_words
def function_data(case: Case) -> bytes:
    """Return the scores of the activities, packed; empty without any."""
    scores = function.scores(case)
    return packed(scores) if scores["score"].notna().any() else b""


def drawing(scores: bytes, *, finding: str) -> None:
    """Draw the scores of the patient's own activities by occasion."""
    draw(
        function_chart.function,
        {"function": scores},
        alt=_("How the activities go from 0, unable, to 10, as before. {finding}").format(finding=finding),
    )


@contextmanager
def table(key: str) -> Iterator[bool]:
    """Offer the figures of a chart as a table; yields whether it is open: only then it is sent."""
    line = folding.line(_("Show as table"), key)
    with line:
        yield bool(line.open)


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
