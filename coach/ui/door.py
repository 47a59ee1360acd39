"""The door: every page admits its viewer here, first."""

from __future__ import annotations

import streamlit as st

from coach import desk, wording
from coach.desk import PatientDesk, RecordUnavailable
from coach.i18n import _
from coach.ui import places


def enter_as_patient(*, set_up: bool = True) -> PatientDesk:
    """Return the desk of the patient who is looking; without one, say why and stop the page.

    With `set_up`, a patient who has not answered the first questions is led there.
    """
    try:
        patient = desk.home().for_one_run()
        missing = patient.missing()
    except RecordUnavailable as unavailable:
        st.title(_("Your record cannot be opened"))
        st.text(wording.unavailable(unavailable.reason, unavailable.where))
        st.stop()
    if set_up and missing:
        places.go("set_up")
    return patient
