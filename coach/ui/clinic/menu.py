"""The clinic's side of the screen: its look, and the menu of the staff."""

from __future__ import annotations

import streamlit as st

from coach.desk.access.permissions import Action, Role, Scope, scope
from coach.i18n import _
from coach.ui.clinic import invitation
from coach.ui.parts import assets, navigation

# What somebody must be allowed to do for a page to stand in their menu.
MENU = {
    "caseload": Action.CASELOAD_SEE,
    "patients": Action.TEAMS_SEE,
    "staff": Action.ACCOUNTS_CHANGE,
    "protocols": Action.PROTOCOLS_SEE,
    "audit": Action.AUDIT_SEE,
}

PAGE = "clinic-page"  # on which page of the clinic the run before was

_sign_out = st.components.v2.component("coach_sign_out", html="<div></div>", js=assets.stub("ui/sign_out.js"))


def menu(name: str, role: Role, *, here: str) -> None:
    """Show the menu of the staff, with who is signed in; what their role may not see is not in it.

    `here` is the page that is shown below; the code of an invitation does not outlive the page that made it.
    """
    if st.session_state.get(PAGE) != here:
        invitation.forget()
    st.session_state[PAGE] = here
    st.html(assets.ASSETS / "ui" / "clinic.css")
    with st.container(key="clinic-menu", horizontal=True):
        for place, action in MENU.items():
            if scope(action, role) in (Scope.CARE_TEAM, Scope.ANY):
                st.page_link(navigation.page(place), label=_(navigation.TITLES[place]))
        with st.container(key="clinic-who"):
            st.text(name)
        with st.container(key="clinic-leave", width="content"):
            _sign_out(key="clinic-out", data={"text": _("Sign out")})
