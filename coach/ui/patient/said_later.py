"""Today's last lines: what set-up left out and can be said later, each on one quiet line."""

from __future__ import annotations

import streamlit as st

from coach.desk import PatientDesk
from coach.i18n import _
from coach.ui.parts import navigation
from coach.ui.parts.setting_rows import OPEN
from coach.ui.parts.text_block import TextBlock

CLINIC = "clinic_phone"


def show(patient: PatientDesk, block: TextBlock) -> None:
    """Show what is still to be said; nothing where all is known."""
    if not patient.history().settings.get(CLINIC):
        block.caption(_("Coach does not know your clinic’s number yet. It is on your letter.")).show()
        if st.button(_("Add your clinic’s number"), key="later-clinic"):
            st.session_state[OPEN] = CLINIC
            navigation.go("settings", part="you")
    if patient.set_up.unsure():
        block.caption(_("Some answers of set-up are still “not sure”.")).show()
        if st.button(_("Answer them now"), key="later-unsure"):
            navigation.go("settings", part="answers")
