"""Instants on the clinic's side: on the clock of the browser that shows them, with day, month and year."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from coach.domain.moments import local, zone_names
from coach.i18n import _
from coach.wording import MONTHS


def zone() -> str:
    """Return the zone of the browser; UTC where it names none."""
    proposed = st.context.timezone or "UTC"
    return proposed if proposed in zone_names() else "UTC"


def said(instant: datetime, zone_name: str) -> str:
    """Return an instant such as "5 March 2026, 10:07"."""
    there = local(instant, zone_name)
    return _("{day} {month} {year}, {time}").format(
        day=there.day, month=_(MONTHS[there.month - 1]), year=there.year, time=there.strftime("%H:%M")
    )
