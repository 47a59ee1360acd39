"""The visitor: what the browser shows of a sign-in."""

from __future__ import annotations

import streamlit as st


def token() -> str:
    """Return the token of the server-side session that this browser carries, or ""."""
    for name, value in st.context.cookies.items():
        if name in ("__Host-coach", "coach-session"):
            return str(value)
    return ""
