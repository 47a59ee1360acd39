"""Settings, at home: the one physiotherapist who may be invited to follow the patient."""

from __future__ import annotations

import streamlit as st

from coach.desk import PatientDesk
from coach.desk.accounts.accounts import AccountsDesk
from coach.i18n import _
from coach.ui.parts import drafts, markdown, time_zone

ASKED = "follower-asked"
CODE = "follower-code"


def show(patient: PatientDesk) -> None:
    """Offer the invitation, or show who follows the patient."""
    if patient.is_followed():
        _followed(patient)
    elif st.session_state.get(CODE):
        _code(*st.session_state[CODE])
    elif st.session_state.get(ASKED):
        _form(patient)
    else:
        st.markdown(
            _(
                "A physiotherapist can follow you here on this computer. They see how you are doing, write to "
                "you, and change your plan. From then on they decide what opens earlier, not you."
            )
        )
        if st.button(_("Invite my physiotherapist"), key="follower-invite", width="stretch"):
            st.session_state[ASKED] = True
            st.rerun()


def _followed(patient: PatientDesk) -> None:
    people = patient.installation.people
    team = people.team_of(patient.patient)
    names = people.names(people.members(team)) if team else {}
    for name in names.values():
        st.text(name)
    st.markdown(_("They follow you here, and they decide what opens earlier."))
    st.link_button(_("Sign in as the physiotherapist"), "/sign-in", width="stretch")


def _form(patient: PatientDesk) -> None:
    with st.form("follower-form", border=False):
        name = st.text_input(
            _("Name of the physiotherapist"), key=_kept("follower-name", patient), max_chars=80
        )
        login = st.text_input(_("Name to sign in with"), key=_kept("follower-login", patient), max_chars=80)
        asked = st.form_submit_button(
            _("Make the invitation"), key="follower-make", type="primary", width="stretch"
        )
    if asked:
        with time_zone.refusals():
            invited = AccountsDesk(patient.installation, patient.principal).invite_physiotherapist(
                name, login
            )
            st.session_state[CODE] = (invited.code, login)
            drafts.end("follower-")
            st.rerun()
    if st.button(_("Leave it as it is"), key="follower-leave", width="stretch"):
        del st.session_state[ASKED]
        drafts.end("follower-")
        st.rerun()


def _kept(key: str, patient: PatientDesk) -> str:
    return drafts.keep(key, key, patient.patient)


def _code(code: str, login: str) -> None:
    st.markdown(
        _("The physiotherapist types this code on this computer and chooses a password. It is shown once.")
    )
    st.code(code, language=None)
    st.caption(_("Name to sign in with:"))
    st.text(login)
    markdown.lines(
        (
            _("The code holds for seven days and opens once."),
            _("No one else should know the password, not even at home."),
        )
    )
    st.link_button(_("Open the page for the code"), "/join", type="primary", width="stretch")
