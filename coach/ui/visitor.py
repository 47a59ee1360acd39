"""The visitor: what the browser tells of itself: its sign-in, its zone and where it stands."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from coach import mode
from coach.domain.moments import zone_names


def token() -> str:
    """Return the token of the server-side session that this browser carries, or ""."""
    try:
        return str(st.context.cookies.get(mode.session_cookie()) or "")
    except OSError:  # the data folder cannot be used: the record neither
        return ""


def zone() -> str:
    """Return the zone that the browser names; UTC where it names none."""
    proposed = st.context.timezone or "UTC"
    return proposed if proposed in zone_names() else "UTC"


def at(path: str) -> bool:
    """Tell whether the browser stands at that path of this server."""
    return urlsplit(st.context.url or "").path.rstrip("/") == path
