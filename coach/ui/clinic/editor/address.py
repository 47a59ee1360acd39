"""Where one is in the editor: the address carries the draft, the part, and what is open in it."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from coach.ui.parts import navigation

PAGE = "protocol_editor"
DRAFT, PART, ITEM, VIEW = "draft", navigation.PART, "item", "view"
FOCUS = "editor-focus"  # key in the session state: the field to which the next screen is scrolled


def draft() -> UUID | None:
    """Return the draft that the address names."""
    try:
        return UUID(str(st.query_params.get(DRAFT, "")))
    except ValueError:
        return None


def at(name: str) -> str:
    """Return the part, the open item or the view of it that the address names; "" for none."""
    return str(st.query_params.get(name, ""))


def to(part: str = "", item: str = "", view: str = "", *, focus: str = "") -> None:
    """Lead to another place of the same draft; for `on_click`."""
    for name, value in ((PART, part), (ITEM, item), (VIEW, view)):
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)
    st.session_state[FOCUS] = focus


def open_draft(which: UUID) -> None:
    """Go to the editor's page with a draft."""
    navigation.go(PAGE, **{DRAFT: str(which)})
