"""The visitor: what the browser shows of a sign-in."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from coach import mode


def token() -> str:
    """Return the token of the server-side session that this browser carries, or ""."""
    try:
        return str(st.context.cookies.get(mode.session_cookie()) or "")
    except OSError:  # the data folder cannot be used: the record neither
        return ""


def at(path: str) -> bool:
    """Tell whether the browser stands at that path of this server."""
    return urlsplit(st.context.url or "").path.rstrip("/") == path
