"""A patient's course data, which can be changed here, and the set-up answers."""

from __future__ import annotations

from uuid import uuid5

import streamlit as st

from coach.desk.clinic.review import ReviewDesk
from coach.domain.facts import Answer
from coach.domain.free_text import LINE_LIMIT
from coach.domain.history import Entry
from coach.domain.protocol import Closes, Question
from coach.i18n import N_, _
from coach.review.clinic import findings
from coach.text import entries as entries_text
from coach.ui.clinic import plan
from coach.ui.clinic.review_lists import fold
from coach.ui.parts import action_keys, drafts, time_zone
from coach.ui.parts.text_block import TextBlock

ACT, SHOWN = "review-details", "review-details-shown"
CLOSES = {
    Closes.ALL: N_("closes everything"),
    Closes.SQUEEZES: N_("closes the tightening exercises"),
    Closes.NOTHING: "",
}


def closing(desk: ReviewDesk) -> None:
    """Show the set-up answers that close something, each with the way to agree to it."""
    for question, reply, closes in desk.answers():
        if closes:
            _closing(question, reply)


def details(desk: ReviewDesk) -> None:
    """Offer to change the course data, and the set-up answers that close nothing."""
    if opened := fold("details", _("Change course data"), anchor="course"):
        with opened:
            _details(desk)
    if others := fold("answers", _("Set-up answers")):
        said = TextBlock()
        for question, reply, closes in desk.answers():
            if not closes:
                said.text(_(question.text)).bold(_said(reply))
        with others, st.container(key="review-answers-said"):
            said.show()


def _details(desk: ReviewDesk) -> None:
    known = findings.details(desk.history())
    key = action_keys.act(ACT)
    shown, before = st.session_state.get(SHOWN, (None, {}))
    if shown != key:
        before = known
        st.session_state[SHOWN] = (key, before)
    with st.form("review-details-form", border=False):
        texts = {
            detail: st.text_input(
                _(name),
                value=known[detail],
                max_chars=LINE_LIMIT,
                key=drafts.keep(
                    f"review-detail-{detail.value}", detail.value, desk.patient, base=known[detail]
                ),
            )
            for detail, name in findings.DETAILS.items()
        }
        saved = st.form_submit_button(_("Save"), key="review-details-save")
    if saved:
        # The present values were shown: the next save compares with them
        st.session_state.pop(SHOWN, None)
        with time_zone.refusals():
            for detail, text in texts.items():
                desk.set_detail(detail, text or "", key=uuid5(key, detail.value), instead_of=before[detail])
                drafts.sent(detail.value, desk.patient)
            action_keys.done(ACT)
            st.rerun()


def _closing(question: Question, reply: Entry[Answer] | None) -> None:
    """Show an answer that closes something: one that was given can be agreed to."""
    with st.container(key=f"review-answer-{question.id}", gap=None):
        said = _("{reply}: {closes}").format(reply=_said(reply), closes=_(CLOSES[question.closes]))
        TextBlock().text(_(question.text)).bold(said).show()
        if reply and st.button(_("Release"), key=f"review-release-{question.id}"):
            plan.lead("release", question.id)


def _said(reply: Entry[Answer] | None) -> str:
    return entries_text.reply(reply.fact.reply) if reply else _("no answer")
