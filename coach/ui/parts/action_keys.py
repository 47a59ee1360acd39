"""Keys of acts: made where a screen is built, so that a second tap on it is the same act."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from coach.desk.installation.recording import new_key

PREFIX = "act:"


def act(name: str) -> UUID:
    """Return the key of the act that this screen offers; the same until it is done."""
    key: UUID = st.session_state.setdefault(PREFIX + name, new_key())
    return key


def done(name: str) -> None:
    """Forget the key: the next act on this screen is another one."""
    st.session_state.pop(PREFIX + name, None)
