"""The days of a routine as a calendar, one week a row: a small table, sent with the others as one element."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

import streamlit as st

from coach.i18n import _, formats
from coach.i18n.sentences import in_a_row
from coach.review.patient import calendar_chart, findings, frames
from coach.review.patient.frames import Cell
from coach.text import short_dates

NAMES = {"done": "done", "part": "part", "none": "none", "not due": "not-due"}


def show(cells: Iterable[Cell], *, starts_on: int) -> None:
    """Show what the cells mean, and below it a calendar for each routine with its name."""
    by_routine: dict[str, list[Cell]] = {}
    for each in cells:
        by_routine.setdefault(each.name, []).append(each)
    calendars = (_calendar(name, days, starts_on) for name, days in by_routine.items())
    st.html("".join(['<div class="coach-calendars">', _key(), *calendars, "</div>"]))


def _key() -> str:
    """Return a sample of each kind of cell with its word."""
    samples = calendar_chart.key_frame().itertuples(index=False)
    return "".join(['<ul class="coach-key">', *(_sample(Cell(*each)) for each in samples), "</ul>"])


def _sample(cell: Cell) -> str:
    mark = "".join([f"<span {_look(cell)}>", escape(cell.text), "</span>"])
    return f"<li>{mark}<span>{escape(cell.when)}</span></li>"


def _calendar(name: str, days: Sequence[Cell], starts_on: int) -> str:
    sentence = findings.routine_counts(days)
    names = formats.short_weekdays()
    weekdays = (names[(column + starts_on) % frames.WEEK] for column in range(frames.WEEK))
    head = "".join(f'<th scope="col">{escape(weekday)}</th>' for weekday in weekdays)
    rows = "".join(_week(week, list(of)) for week, of in groupby(days, key=lambda day: day.week))
    return (
        f"<section><h3>{escape(name)}</h3><table><caption>{escape(sentence)}</caption>"
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></section>"
    )


def _week(week: int, days: Sequence[Cell]) -> str:
    by_column = {day.column: day for day in days}
    cells = "".join(
        _cell(by_column[column]) if column in by_column else "<td></td>" for column in range(frames.WEEK)
    )
    starts = escape(short_dates.date_words(frames.day_of(week)))
    return f'<tr><th scope="row">{starts}</th>{cells}</tr>'


def _cell(day: Cell) -> str:
    """Return one day; what colour and pattern say, a screen reader is told in words."""
    words = [day.told] if day.days > 1 else []
    words.append(_(calendar_chart.KEY[day.state]))
    words += [
        _(calendar_chart.KEY[name]) for name, is_so in (("extra", day.over), ("today", day.today)) if is_so
    ]
    told = escape(in_a_row(words))
    # Large letters: a figure goes on below its stroke rather than into the next cell.
    figure = escape(day.text).replace("/", "/\u200b")
    return f"<td><span {_look(day)}>{figure}<i> {told}</i></span></td>"


def _look(day: Cell) -> str:
    """Return the attributes that give a cell its look."""
    names = ["coach-cell", f"coach-{NAMES[day.state]}"]
    names += [f"coach-{name}" for name, is_so in (("over", day.over), ("today", day.today)) if is_so]
    share = f' style="--share: {100 * day.share:.0f}%"' if day.state == "part" else ""
    return f'class="{" ".join(names)}"{share}'
