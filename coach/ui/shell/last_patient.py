"""The patient whom a physiotherapist had open in this tab, asked of the browser when the server was replaced."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from coach.i18n import _
from coach.ui.parts import assets

ASKED = "last-patient"
NOBODY = "nobody"

_asked = st.components.v2.component(
    "coach_last_patient", html="<div></div>", js=assets.stub("ui/last_patient.js")
)


def ask(account: UUID | None) -> UUID | None:
    """Return the patient whom this account had open in this tab, None for nobody; waits for the browser.

    What the browser says is only a wish: whoever asks checks the access as for any other patient.
    """
    answer = (st.session_state.get(ASKED) or {}).get("patient")
    if not answer:
        told = _asked(key=ASKED, data={"account": str(account)}, on_patient_change=lambda: None)
        answer = told.patient
    if not answer:
        st.text(_("One moment …"))
        st.stop()
    try:
        return UUID(str(answer))
    except ValueError:
        return None
