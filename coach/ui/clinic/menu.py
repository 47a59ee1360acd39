"""The menu of the staff."""

from __future__ import annotations

import streamlit as st

from coach import desk, i18n
from coach.desk.access.permissions import Action, Role, Scope, scope
from coach.desk.accounts import own_language
from coach.i18n import _, languages
from coach.ui.clinic import invitation
from coach.ui.parts import assets, browser, navigation

# The action that a user must be allowed for a page to be in their menu.
MENU = {
    "caseload": Action.CASELOAD_SEE,
    "patients": Action.TEAMS_SEE,
    "staff": Action.ACCOUNTS_CHANGE,
    "protocols": Action.PROTOCOLS_SEE,
    "audit": Action.AUDIT_SEE,
    "status": Action.AUDIT_SEE,
}

LANGUAGE = "clinic-language"  # key of the choice
PAGE = "clinic-page"  # the page of the previous run

_sign_out = st.components.v2.component("coach_sign_out", html="<div></div>", js=assets.stub("ui/sign_out.js"))


def menu(name: str, role: Role, *, here: str) -> None:
    """Show the menu of the staff, with who is signed in.

    Pages that the role may not see are left out.

    `here` is the present page; on another page the code of an invitation is forgotten.
    """
    if st.session_state.get(PAGE) != here:
        invitation.forget()
    st.session_state[PAGE] = here
    with st.container(key="clinic-menu", horizontal=True):
        for place, action in MENU.items():
            if scope(action, role) in (Scope.CARE_TEAM, Scope.ANY):
                st.page_link(navigation.page(place), label=_(navigation.TITLES[place]))
        with st.container(key="clinic-who"):
            st.text(name)
        with st.container(key="clinic-speaks", width="content"):
            _language()
        with st.container(key="clinic-leave", width="content"):
            _sign_out(key="clinic-out", data={"text": _("Sign out")})


def _language() -> None:
    """Offer the languages, each in its own name; the choice is kept with the account."""
    spoken, offered = i18n.current(), languages.offered()
    st.session_state[LANGUAGE] = spoken.tag if spoken.tag in offered else spoken.language
    st.selectbox(
        _("Language"),
        list(offered),
        format_func=lambda code: offered[code],
        key=LANGUAGE,
        label_visibility="collapsed",
        on_change=_chosen,
    )


def _chosen() -> None:
    own_language.choose(desk.open_installation(), browser.token(), str(st.session_state[LANGUAGE]))
