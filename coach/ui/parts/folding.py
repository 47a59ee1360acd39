"""Lines that open and close: what is in a closed one is not sent, and what was opened stays open."""

from __future__ import annotations

from typing import Any

import streamlit as st

UNFOLDED = "unfolded"


def line(label: str, key: str, *, unfolded: bool = False) -> Any:
    """Show a line that opens and closes; `.open` of what is returned tells whether to fill it.

    `unfolded`: whether it is open before it is tapped. What was tapped is kept here and not in the
    widget, which forgets it while a form of the page is shown, and when the line says something else.
    Before that the widget's own word counts: after a restart the first tap comes to a server that
    has nothing kept.
    """
    kept = st.session_state.get(UNFOLDED, {})
    if key in kept:
        st.session_state[key] = kept[key]
    return st.expander(label, unfolded, key=key, on_change=_tapped, args=(key,))


def unfold(key: str) -> None:
    """Let a line be open when it is shown next."""
    st.session_state.setdefault(UNFOLDED, {})[key] = True


def _tapped(key: str) -> None:
    st.session_state.setdefault(UNFOLDED, {})[key] = bool(st.session_state[key])
