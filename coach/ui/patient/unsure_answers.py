"""Settings: all questions of set-up that were answered with "I am not sure", in one form."""

from __future__ import annotations

import streamlit as st

from coach.desk import PatientDesk
from coach.domain import set_up
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Reply
from coach.domain.protocol import Question
from coach.i18n import _
from coach.text import entries as entries_text
from coach.ui.parts import action_keys, time_zone
from coach.ui.parts.text_block import TextBlock

ASKED, SAVED = "unsure-sure", "unsure-saved"


def show(patient: PatientDesk) -> None:
    """Show the form; nothing where there is no such answer."""
    if st.session_state.pop(SAVED, False):
        st.success(_("Saved."))
    asked = patient.set_up.unsure()
    if not asked:
        return
    with st.container(key="panel-unsure"):
        TextBlock().header(_("You said you are not sure about these")).text(
            _("Do you know it now? Answer all you can.")
        ).show()
        replies = {question.id: _reply(patient, question) for question in asked}
        if any(len(_options(patient, question)) < len(Reply) for question in asked):
            st.text(_("What is closed, your physiotherapist opens. You can write or call."))
        waits = st.session_state.get(ASKED) == replies
        if waits:
            st.warning(_("With this, something may open earlier than before. Is it right?"))
        label = _("Yes, this is right") if waits else _("Save all")
        # Two keys: a late second tap meets another button and does nothing.
        key = "unsure-sure" if waits else "unsure-save"
        if st.button(label, key=f"save-{key}", type="primary", width="stretch"):
            with time_zone.refusals():
                _save(patient, replies, sure=waits)


def _options(patient: PatientDesk, question: Question) -> list[Reply]:
    """Return the answers that the patient may give; what opens something is the physiotherapist's."""
    mine = not patient.is_followed()
    return [reply for reply in Reply if mine or not set_up.opens_earlier(question, Reply.UNSURE, reply)]


def _reply(patient: PatientDesk, question: Question) -> Reply:
    picked = st.pills(
        _(question.text),
        _options(patient, question),
        default=Reply.UNSURE,
        required=True,
        format_func=entries_text.reply,
        key=f"unsure-{question.id}",
    )
    return Reply(picked) if picked else Reply.UNSURE


def _save(patient: PatientDesk, replies: dict[str, Reply], *, sure: bool) -> None:
    try:
        patient.set_up.reply_all(replies, key=action_keys.act("unsure"), earlier_is_right=sure)
    except BadValue as refused:
        if refused.fault is not Fault.OPENS_EARLIER:
            raise
        st.session_state[ASKED] = replies
        st.rerun()
    action_keys.done("unsure")
    st.session_state.pop(ASKED, None)
    st.session_state[SAVED] = True
    st.rerun()
