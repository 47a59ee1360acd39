"""The places of the app: every page with its title, address and file."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from coach.i18n import N_, _

FOLDER = Path(__file__).resolve().parents[2] / "pages"

TITLES = {
    "today": N_("Today"),
    "diary": N_("Diary"),
    "progress": N_("Progress"),
    "guide": N_("Guide"),
    "settings": N_("Settings"),
    "session": N_("Exercises"),
    "warning": N_("Warning signs"),
    "set_up": N_("Set-up"),
}
IN_MENU = ("today", "diary", "progress", "guide", "settings")


def page(name: str) -> StreamlitPage:
    """Return the patient's page of that name; today's is the start page."""
    return st.Page(
        FOLDER / "patient" / f"{name}.py",
        title=_(TITLES[name]),
        icon="",
        url_path=name.replace("_", "-"),
        default=name == "today",
    )


def go(name: str) -> None:
    """Leave for another page."""
    st.switch_page(page(name))
