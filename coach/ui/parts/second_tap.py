"""A button that says what it does first, and does it at a second tap."""

from __future__ import annotations

import streamlit as st

from coach.i18n import _

ASKED = "second-tap-asked"  # the button that was tapped, and what it is about: one at a time


def is_sure(key: str, what: object, *, label: str, question: str, yes: str = "") -> bool:
    """Show a button, and once it is tapped a question; return whether somebody just answered yes.

    Args:
        key: of the button; it begins with the page's name.
        what: what it is about; of something else it is asked again.
        label: of the button.
        question: what the act does.
        yes: the label of the button that does it; that of the first button if empty.
    """
    asked = (key, str(what))
    if st.session_state.get(ASKED) != asked:
        if st.button(label, key=key):
            st.session_state[ASKED] = asked
            st.rerun()
        return False
    with st.container(key=f"second-tap-{key}", border=True):
        st.text(question)
        with st.container(horizontal=True):
            sure = st.button(yes or label, key=f"{key}-sure", type="primary")
            left = st.button(_("Leave it as it is"), key=f"{key}-not")
    if sure or left:
        forget()
    if left:
        st.rerun()
    return sure


def forget() -> None:
    """Ask nothing any more: the screen is left, or what is asked about has changed."""
    st.session_state.pop(ASKED, None)
