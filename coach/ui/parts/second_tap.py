"""A button that says what it does first, and does it at a second tap."""

from __future__ import annotations

import streamlit as st

from coach.i18n import _


def is_sure(key: str, what: str, *, label: str, question: str, yes: str) -> bool:
    """Show a button, and once it is tapped a question; return whether somebody just answered yes.

    Args:
        key: of the button.
        what: what it is about; of something else it is asked anew.
        label: of the button.
        question: what the act does.
        yes: the label of the button that does it.
    """
    asked = f"{key}-asked"
    with st.container(key="editor-remove", horizontal=True, vertical_alignment="center"):
        if st.session_state.get(asked) != what:
            if st.button(label, key=key):
                st.session_state[asked] = what
                st.rerun()
            return False
        st.text(question)
        sure = st.button(yes, key=f"{key}-sure", type="primary")
        left = st.button(_("Leave it as it is"), key=f"{key}-not")
    if sure or left:
        st.session_state.pop(asked)
    if left:
        st.rerun()
    return sure
