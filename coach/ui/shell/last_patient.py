"""The patient that was open in this tab, read from the browser after a restart of the server."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from coach.i18n import _
from coach.ui.parts import assets, empty_states

ASKED = "last-patient"
NOBODY = "nobody"

_asked = st.components.v2.component(
    "coach_last_patient", html="<div></div>", js=assets.stub("ui/last_patient.js")
)


def ask(account: UUID | None) -> UUID | None:
    """Return the patient that this account had open in this tab, or None; waits for the browser.

    The answer is not trusted: the caller checks the permission as for any patient.
    """
    answer = (st.session_state.get(ASKED) or {}).get("patient")
    if not answer:
        told = _asked(key=ASKED, data={"account": str(account)}, on_patient_change=lambda: None)
        answer = told.patient
    if not answer:
        empty_states.begin("wait", _("One moment …")).show()
        st.stop()
    try:
        return UUID(str(answer))
    except ValueError:
        return None
