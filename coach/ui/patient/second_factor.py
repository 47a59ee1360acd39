"""The second factor in Settings: whether it is on, and a link to the page that switches it."""

from __future__ import annotations

import streamlit as st

from coach import desk
from coach.desk import PatientDesk
from coach.desk.accounts.sign_in import SignIns
from coach.i18n import _
from coach.ui.parts import browser
from coach.ui.shell import sign_out

PATH = "/second-factor"


def is_offered() -> bool:
    """Tell whether the patient can choose that sign-in asks for a code."""
    return _is_on() is not None


def show(_patient: PatientDesk) -> None:
    """Show whether sign-in asks for a code, with the link."""
    on = _is_on()
    if on:
        st.text(_("You sign in with your password and a code of your phone."))
    else:
        st.text(
            _(
                "You sign in with your password. With a code of your phone as well, the password alone lets nobody in."
            )
        )
    if st.button(_("Change this") if on else _("Set up codes"), key="second-factor", width="stretch"):
        sign_out.to(PATH)


def _is_on() -> bool | None:
    """Tell whether a code is asked for; None if the patient cannot choose."""
    return SignIns(desk.open_installation()).has_second_factor(browser.token())
