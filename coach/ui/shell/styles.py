"""Styles beyond Streamlit's theme: large targets, and a menu within reach of the thumb."""

from __future__ import annotations

import streamlit as st

from coach.i18n import _
from coach.ui.parts import assets, navigation

_menu = st.components.v2.component("coach_menu", html="<div></div>", js=assets.stub("ui/menu.js"))


def menu(*, messages: bool, here: str) -> None:
    """Show the menu of the patient's pages at the foot of the screen, with messages if any."""
    with st.container(key="coach-menu", horizontal=True, gap=None):
        for name in navigation.IN_MENU_FOLLOWED if messages else navigation.IN_MENU:
            st.page_link(navigation.page(name), label=_(navigation.TITLES[name]), width="stretch")
    mark(here)


def mark(here: str) -> None:
    """Mark the present page in its menu; `here` is its address."""
    _menu(key="menu-mark", data={"here": here})
