"""The page Warning signs: the list, the open ones, and how each ends."""

from __future__ import annotations

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.facts import RedFlagYes
from coach.domain.history import Entry
from coach.domain.protocol import FlagLevel, RedFlag
from coach.i18n import _
from coach.text import protocol_texts
from coach.text import times as times_text
from coach.ui.parts import (
    action_keys,
    choices,
    components,
    date_time,
    navigation,
    red_flag_card,
    time_zone,
)
from coach.ui.parts.text_block import TextBlock
from coach.ui.patient import settings


def show(patient: PatientDesk) -> None:
    """Show the open warning signs, or the list."""
    if red_flag_card.confirm(patient):
        return
    opened = patient.open_flags()
    components.top(f"warning-{len(opened)}", whole_list=True)
    block = TextBlock()
    if not opened:
        block.title(_("What is wrong?"))
        block.text(_("Tap what you have. You will see at once what to do.")).show()
        if red_flag_card.choose(patient, "warning"):
            navigation.go("today")
        return
    block.title(_("Do not exercise now"))
    for entry in opened:
        flag = patient.protocol.red_flags.get(entry.fact.flag)
        if flag:
            red_flag_card.card(patient, flag, block)
            block.caption(_("You told us {when}.").format(when=time_zone.said(entry.at, patient)))
            _mistake(patient, entry, block)
            _clear(patient, entry, flag, block)
    block.show()
    if st.button(_("I have something else as well"), key="warning-else", width="stretch"):
        st.session_state[red_flag_card.MORE] = True
    if st.session_state.get(red_flag_card.MORE) and red_flag_card.choose(patient, "more"):
        st.session_state.pop(red_flag_card.MORE)
        st.rerun()


def _mistake(patient: PatientDesk, entry: Entry[RedFlagYes], block: TextBlock) -> None:
    within = patient.protocol.rules.mistake_within.span
    if patient.now() - entry.recorded_at > within:
        return
    block.show()
    text = protocol_texts.protocol_text(patient.case, "flag_mistake")
    if st.button(text, key=f"mistake-{entry.id}", width="stretch"):
        with time_zone.refusals():
            patient.red_flags.take_back_flag(entry.id, key=action_keys.act(f"mistake-{entry.id}"))
            navigation.go("today")


def _clear(patient: PatientDesk, entry: Entry[RedFlagYes], flag: RedFlag, block: TextBlock) -> None:
    """Ask in this order: whether it is still there, who was spoken to and when, what they said."""
    case = patient.case
    name = f"clear-{entry.id}"
    if patient.is_followed():
        if flag.never_cleared:
            block.text(protocol_texts.protocol_text(case, "never_cleared"))
        block.text(_("Only your physiotherapist can let you start again. You cannot do that here."))
        block.text(protocol_texts.who_reads(case, followed=True))
        return
    if flag.never_cleared:
        block.text(protocol_texts.protocol_text(case, "never_cleared")).show()
        if st.button(_("My clinic let me start again"), key=f"{name}-restart", width="stretch"):
            navigation.go("settings", part=settings.NEW_COURSE)
        return
    opens = entry.at + case.protocol.rules.emergency_cleared_after.span
    if flag.level is FlagLevel.EMERGENCY and patient.now() < opens:
        block.text(
            _("Your clinic's word can be told here from {point} on.").format(
                point=times_text.point(opens, patient.zone, now=patient.now())
            )
        )
        return
    block.show()
    # Sent also while it is folded: what was answered stays when it is folded again.
    with st.expander(_("I have spoken to my clinic")):
        st.write(_("Do you still have this? {text}").format(text=_(flag.text)))
        still = choices.choice(
            f"{name}-still", [("no", _("No, it has gone")), ("yes", _("Yes, I still have it"))]
        )
        if still:
            st.session_state[name] = still
        if st.session_state.get(name) == "yes":
            st.text(_("Then the exercises stay closed. Do what your clinic told you."))
        if st.session_state.get(name) != "no":
            return
        st.write(protocol_texts.protocol_text(case, "clearing_question"))
        roles = [
            _("My surgeon or doctor"),
            _("My physiotherapist"),
            _("A nurse of my clinic"),
            _("An emergency doctor"),
        ]
        who = st.radio(_("Who did you speak to?"), roles, index=None, key=f"{name}-who")
        when = date_time.ask(name, patient)
        if st.button(_("They said I may exercise again"), key=f"{name}-yes", width="stretch"):
            with time_zone.refusals():
                patient.red_flags.clear_flag(
                    entry.id, who=who or "", spoke=when.needed(), key=action_keys.act(name)
                )
                navigation.go("today")
        if st.button(_("They did not say so"), key=f"{name}-no", width="stretch"):
            st.text(_("Then the exercises stay closed. Do what your clinic told you."))
