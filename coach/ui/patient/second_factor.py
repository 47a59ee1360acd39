"""The second factor in Settings: whether it is on, and a link to the page that switches it."""

from __future__ import annotations

import streamlit as st

from coach import desk
from coach.desk.accounts.sign_in import SignIns
from coach.i18n import _
from coach.ui.parts import browser
from coach.ui.shell import sign_out

PATH = "/second-factor"


def show() -> None:
    """Show whether sign-in asks for a code, with the link; nothing if the patient cannot choose."""
    known = SignIns(desk.open_installation()).has_second_factor(browser.token())
    if known is None:
        return
    st.header(_("Signing in"))
    if known:
        st.text(_("You sign in with your password and a code of your phone."))
    else:
        st.text(
            _(
                "You sign in with your password. With a code of your phone as well, the password alone lets nobody in."
            )
        )
    if st.button(_("Change this") if known else _("Set up codes"), key="second-factor", width="stretch"):
        sign_out.to(PATH)
