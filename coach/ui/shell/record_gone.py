"""What a page says while the record cannot be used: what is true and what to do; it comes back by itself."""

from __future__ import annotations

import streamlit as st

from coach import desk
from coach.desk import EntryUnreadable, PatientDesk, RecordUnavailable
from coach.desk.installation import clock
from coach.i18n import _
from coach.text import errors as errors_text
from coach.text import protocol_texts
from coach.ui.parts import navigation

LOOKS_EVERY_S = 5
SHOWN = "record-gone-since"
NUMBERS = "numbers-to-call"  # as they were when the record could be read


def remember(patient: PatientDesk) -> None:
    """Keep the numbers to call for a page that can look up nothing."""
    st.session_state[NUMBERS] = protocol_texts.calls(patient.case)


def show(unavailable: RecordUnavailable) -> None:
    """Say why nothing can be saved now; nothing is claimed about what was, for nobody can look.

    What was typed stays in the page's fields, for the run ends here.
    """
    st.session_state[SHOWN] = clock.elapsed()
    if isinstance(unavailable, EntryUnreadable):
        _one_record(unavailable)
        return
    st.title(_("Your record cannot be opened"))
    st.text(errors_text.unavailable(unavailable.reason, unavailable.where))
    st.text(_("Nothing can be saved now. Call whoever runs this computer."))
    st.text(_("This page comes back by itself once the record is there."))
    _help_meanwhile()
    _look_again()


def _one_record(unavailable: EntryUnreadable) -> None:
    """Say that this patient's record holds an entry of which nothing can be made; it may be a warning sign."""
    st.title(_("This record cannot be read"))
    told = _(
        "Entry {n} of this record cannot be read. It may be a warning sign, so no exercise is open until "
        "somebody has looked at it. All other records are as they were."
    )
    st.text(told.format(n=unavailable.seq))
    st.text(_("Call whoever runs this computer: python -m coach verify names the entry."))
    _help_meanwhile()


def _help_meanwhile() -> None:
    """Tell a patient what to do when something is wrong, with the numbers where this browser session knows them."""
    if st.session_state.get(navigation.START, "today") != "today":
        return
    st.subheader(_("Is something wrong with you?"))
    st.text(_("Do not wait for this page. Call for help: your emergency number, or your clinic."))
    for phone in st.session_state.get(NUMBERS, ()):
        st.link_button(phone["label"], f"tel:{phone['tel']}", width="stretch")


@st.fragment(run_every=LOOKS_EVERY_S)
def _look_again() -> None:
    """Come back once the record answers; not at once, else a page that goes on having trouble runs in a circle."""
    waited = clock.elapsed() - float(st.session_state.get(SHOWN, 0.0)) >= LOOKS_EVERY_S - 1
    if waited and desk.answers():
        st.rerun()
