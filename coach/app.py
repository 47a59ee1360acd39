"""The router: page settings, the pages there are, and what every page carries."""

from __future__ import annotations

import os

import streamlit as st

from coach.i18n import _
from coach.ui import live, look, places


def main() -> None:
    """Run the page that the address names."""
    st.set_page_config(
        page_title="Coach", page_icon="🛏️", layout="centered", initial_sidebar_state="collapsed"
    )
    current = st.navigation([places.page(name) for name in places.TITLES], position="hidden")
    look.dress()
    live.calm()
    if os.environ.get("COACH_SAMPLE"):
        look.banner(_("Sample data. Nothing here is about you."))
    current.run()
    if current.url_path not in ("set-up", "session"):
        look.menu()


if __name__ == "__main__":
    main()
