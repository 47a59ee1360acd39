"""The lists of one patient's review: who changed what, the sessions, and the red flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from coach.desk.clinic.review import ReviewDesk
from coach.i18n import _
from coach.review.clinic import tables
from coach.ui.clinic import review_data

# Column widths, so that the important columns are visible without scrolling.
PLAN_PX = (130, 110, 280, 250)
SESSIONS_PX = (165, 100, 60, 60, 60, 60, 130, 400, 70, 90)
FLAGS_PX = (220, 90, 130, 80, 150, 150, 150)
# Px for three lines of a cell; text only wraps in rows higher than four times the font size
ROW_PX = 74


def show(desk: ReviewDesk, authors: Mapping[str, str]) -> None:
    """Show the red flags, who changed what and why, and the sessions."""
    _flags(desk, authors)
    _plan(desk, authors)
    _sessions(desk)


def _plan(desk: ReviewDesk, authors: Mapping[str, str]) -> None:
    st.header(_("Who changed what, and why"), anchor="plan-changes")
    changes = review_data.plan(desk.case, tuple(sorted(authors.items())))
    if len(changes):
        if folded := _folded("plan"):
            with folded:
                data(changes, key="plan", widths=PLAN_PX, row_px=ROW_PX)
    else:
        st.text(_("Nobody has changed anything yet."))


def _sessions(desk: ReviewDesk) -> None:
    st.header(_("Sessions"), anchor="sessions")
    sessions = review_data.sessions(desk.case)
    if len(sessions):
        if folded := _folded("sessions"):
            with folded:
                data(sessions, key="sessions", widths=SESSIONS_PX, row_px=ROW_PX)
    else:
        st.text(_("No session yet."))


def _folded(name: str) -> DeltaGenerator | None:
    """Return where a list goes if it is open; what is closed is not sent."""
    place = st.expander(_("Show the list"), key=f"review-list-{name}", on_change="rerun")
    return place if place.open else None


def _flags(desk: ReviewDesk, authors: Mapping[str, str]) -> None:
    st.header(_("Red flags"), anchor="red-flags")
    flags = tables.flags(desk.case, authors, now=desk.now())
    if len(flags):
        data(flags, key="flags", widths=FLAGS_PX, row_px=ROW_PX)
    else:
        st.text(_("No red flag was ever reported."))


def data(
    rows: pd.DataFrame | pa.Table, *, key: str, widths: Sequence[int] = (), row_px: int | None = None
) -> None:
    """Show a table as data, so that text that people wrote stays plain text."""
    names = rows.columns if isinstance(rows, pd.DataFrame) else rows.column_names
    columns = {
        name: st.column_config.TextColumn(width=width) for name, width in zip(names, widths, strict=False)
    }
    st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        column_config=columns,
        row_height=row_px,
        key=f"review-data-{key}",
    )
