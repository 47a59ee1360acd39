"""What a page shows while the record cannot be used.

It reloads by itself when the record is back.
"""

from __future__ import annotations

import streamlit as st

from coach import desk
from coach.desk import EntryUnreadable, PatientDesk, RecordUnavailable
from coach.desk.installation import clock
from coach.i18n import _
from coach.text import errors as errors_text
from coach.text import protocol_texts
from coach.text.kept import keep_words
from coach.ui.parts import empty_states, navigation
from coach.ui.parts.text_block import TextBlock

LOOKS_EVERY_S = 5
SHOWN = "record-gone-since"
NUMBERS = "numbers-to-call"  # from when the record could be read


def remember(patient: PatientDesk) -> None:
    """Keep the phone numbers, for a page that cannot read the record."""
    case = patient.case
    st.session_state[NUMBERS] = keep_words(case, (remember,), protocol_texts.calls, case)


def show(unavailable: RecordUnavailable) -> None:
    """Show why nothing can be saved now, without a claim about what was saved before.

    Typed text stays in the page's fields, because the run ends here.
    """
    st.session_state[SHOWN] = clock.elapsed()
    if isinstance(unavailable, EntryUnreadable):
        _one_record(unavailable)
        return
    block = empty_states.begin("record", _("Your record cannot be opened"))
    block.text(errors_text.unavailable(unavailable.reason, unavailable.where))
    block.text(_("Nothing can be saved now. Call whoever runs this computer."))
    block.text(_("This page comes back by itself once the record is there.")).show()
    _help_meanwhile()
    _look_again()


def _one_record(unavailable: EntryUnreadable) -> None:
    """Show that this patient's record has an unreadable entry, which may be a warning sign."""
    block = empty_states.begin("record", _("This record cannot be read"))
    told = _(
        "Entry {n} of this record cannot be read. It may be a warning sign, so no exercise is open until "
        "somebody has looked at it. All other records are as they were."
    )
    block.text(told.format(n=unavailable.seq))
    block.text(
        _("Call whoever runs this computer. This tells them which entry it is: python -m coach verify")
    ).show()
    _help_meanwhile()


def _help_meanwhile() -> None:
    """Show a patient what to do if something is wrong, with the numbers that this session kept."""
    if st.session_state.get(navigation.START, "today") != "today":
        return
    block = TextBlock().subheader(_("Is something wrong with you?"))
    block.text(_("Do not wait for this page. Call for help: your emergency number, or your clinic."))
    for phone in st.session_state.get(NUMBERS, ()):
        block.call(phone["label"], phone["tel"])
    block.show()


@st.fragment(run_every=LOOKS_EVERY_S)
def _look_again() -> None:
    """Reload the page once the record answers.

    Not at once, otherwise a page with lasting trouble would reload in a loop.
    """
    waited = clock.elapsed() - float(st.session_state.get(SHOWN, 0.0)) >= LOOKS_EVERY_S - 1
    if waited and desk.answers():
        st.rerun()
