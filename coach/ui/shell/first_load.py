"""What every page loads; the document names it, so that a browser needs not wait until the page runs."""

from __future__ import annotations

import streamlit as st

_LATIN = "U+0000-00FF"


def fonts() -> list[str]:
    """Return the addresses of the fonts of Latin letters."""
    faces = st.get_option("theme.fontFaces") or []
    return [face["url"] for face in faces if _LATIN in face.get("unicodeRange", "")]
