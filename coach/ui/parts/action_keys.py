"""Keys of acts, made when a screen is built, so that a double tap is one act."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from coach.desk.installation.recording import new_key

PREFIX = "act:"


def act(name: str) -> UUID:
    """Return the key of this screen's act; the same until the act is done."""
    key: UUID = st.session_state.setdefault(PREFIX + name, new_key())
    return key


def done(name: str) -> None:
    """Forget the key: the next act on this screen gets a new one."""
    st.session_state.pop(PREFIX + name, None)
