"""The lists of one patient's review: red flags, who changed what, and the sessions.

Each is one line that opens: what is closed is not sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from coach.desk.clinic.review import ReviewDesk
from coach.domain.facts import RedFlagYes
from coach.i18n import _, ngettext
from coach.review.clinic import tables
from coach.ui.clinic import review_data
from coach.ui.parts.text_block import TextBlock

# Column widths, so that the important columns are visible without scrolling.
PLAN_PX = (130, 110, 280, 250)
SESSIONS_PX = (165, 100, 60, 60, 60, 60, 130, 400, 70, 90)
FLAGS_PX = (220, 90, 130, 80, 150, 150, 150)
# Px for three lines of a cell; text only wraps in rows higher than four times the font size
ROW_PX = 74


def show(desk: ReviewDesk, authors: Mapping[str, str]) -> None:
    """Offer the red flags, who changed what and why, and the sessions."""
    _flags(desk, authors)
    _plan(desk, authors)
    _sessions(desk)


def fold(name: str, title: str, *, anchor: str = "", nothing: bool = False) -> DeltaGenerator | None:
    """Show a line that opens; return where its content goes while it is open.

    Args:
        name: the key of the line.
        title: what it says, never a user's text.
        anchor: the part of the address that leads to it.
        nothing: there is nothing to open, so that the title stands alone.
    """
    if anchor:
        TextBlock().anchor(anchor).show()
    if nothing:
        with st.container(key=f"review-nothing-{name}"):
            st.text(title)
        return None
    place = st.expander(title, key=f"review-{name}", on_change="rerun")
    return place if place.open else None


def _plan(desk: ReviewDesk, authors: Mapping[str, str]) -> None:
    some = desk.history().told(*tables.PLAN)
    title = _("Who changed what, and why") if some else _("Nobody has changed anything yet.")
    if opened := fold("list-plan", title, anchor="plan-changes", nothing=not some):
        with opened:
            changes = review_data.plan(desk.case, tuple(sorted(authors.items())))
            data(changes, key="plan", widths=PLAN_PX, row_px=ROW_PX)


def _sessions(desk: ReviewDesk) -> None:
    some = desk.history().sessions
    title = _("Sessions") if some else _("No session yet.")
    if opened := fold("list-sessions", title, nothing=not some):
        with opened:
            data(review_data.sessions(desk.case), key="sessions", widths=SESSIONS_PX, row_px=ROW_PX)


def _flags(desk: ReviewDesk, authors: Mapping[str, str]) -> None:
    n = len(desk.history().of(RedFlagYes))
    title = (
        ngettext("{n} red flag was reported", "{n} red flags were reported", n).format(n=n)
        if n
        else _("No red flag was ever reported.")
    )
    if opened := fold("list-flags", title, anchor="red-flags", nothing=not n):
        with opened:
            flags = tables.flags(desk.case, authors, now=desk.now())
            data(flags, key="flags", widths=FLAGS_PX, row_px=ROW_PX)


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
