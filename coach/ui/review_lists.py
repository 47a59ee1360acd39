"""The lists of one patient's review: who changed what, the sessions, and the red flags."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from coach.desk.review import ReviewDesk
from coach.i18n import _
from coach.review import clinic_tables

# Widths of columns, so that what decides stands without scrolling.
PLAN_PX = (140, 140, 480, 430)
SESSIONS_PX = (140, 120, 60, 60, 60, 60, 70, 90, 180, 350)
FLAGS_PX = (290, 90, 140, 80, 230, 190, 170)


def show(desk: ReviewDesk) -> None:
    """Show the red flags, who changed what and why, and the sessions."""
    _flags(desk)
    _plan(desk)
    _sessions(desk)


def _plan(desk: ReviewDesk) -> None:
    st.header(_("Who changed what, and why"), anchor="plan-changes")
    data(clinic_tables.plan(desk.protocol, desk.history(), desk.authors()), key="plan", widths=PLAN_PX)


def _sessions(desk: ReviewDesk) -> None:
    st.header(_("Sessions"), anchor="sessions")
    sessions = clinic_tables.sessions(desk.protocol, desk.history())
    if len(sessions):
        data(sessions, key="sessions", widths=SESSIONS_PX)
    else:
        st.text(_("No session yet."))


def _flags(desk: ReviewDesk) -> None:
    st.header(_("Red flags"), anchor="red-flags")
    flags = clinic_tables.flags(desk.protocol, desk.history(), desk.authors(), now=desk.now())
    if len(flags):
        data(flags, key="flags", widths=FLAGS_PX)
    else:
        st.text(_("No red flag was ever reported."))


def data(rows: pd.DataFrame, *, key: str, widths: Sequence[int] = ()) -> None:
    """Show a table as data: what people wrote in it stays what they wrote."""
    columns = {
        name: st.column_config.TextColumn(width=width)
        for name, width in zip(rows.columns, widths, strict=False)
    }
    st.dataframe(rows, hide_index=True, width="stretch", column_config=columns, key=f"review-data-{key}")
