"""The page Warning signs: the list, the open ones, and how each ends."""

from __future__ import annotations

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.facts import RedFlagYes
from coach.domain.history import Entry
from coach.domain.protocol import RedFlag
from coach.i18n import _
from coach.text import protocol_texts
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
from coach.ui.patient import open_signs


def show(patient: PatientDesk) -> None:
    """Show the open warning signs, the list, or the questions before one is cleared."""
    if red_flag_card.confirm(patient):
        return
    opened = patient.open_flags()
    part = str(st.query_params.get(navigation.PART, ""))
    if not opened or part == navigation.ANOTHER_SIGN:
        _list(patient, another=bool(opened))
        return
    asked = open_signs.asked_about(patient, part)
    if asked:
        _spoken(patient, *asked)
        return
    components.top(f"warning-{len(opened)}")
    open_signs.show(patient, TextBlock())


def _list(patient: PatientDesk, *, another: bool) -> None:
    """Show all signs; what is left of it leads to Today, or to the signs that are open."""
    components.top(f"warning-list-{another}", whole_list=True)
    block = TextBlock().title(_("What is wrong?"))
    block.text(_("Tap what you have. You will see at once what to do.")).show()
    none = red_flag_card.choose(patient, "more" if another else "warning")
    if none:
        navigation.go("warning" if another else "today")


def _spoken(patient: PatientDesk, entry: Entry[RedFlagYes], flag: RedFlag) -> None:
    """Ask in this order: whether it is still there, who was spoken to and when, what they said.

    What happened cannot be gone: there the first question is left out.
    """
    name = f"clear-{entry.id}"
    said = _("You said: {text}").format(text=_(flag.text))
    still = "no" if flag.event else st.session_state.get(name)
    components.top(f"warning-spoken-{still}")
    if still == "no":
        TextBlock().title(_("What did your clinic say?")).bold(said).show()
        _clinic_said(patient, entry, name)
    else:
        TextBlock().title(_("Do you still have this?")).bold(said).show()
        answers = [("no", _("No, it has gone")), ("yes", _("Yes, I still have it"))]
        answer = choices.choice(f"{name}-still", answers)
        if answer:
            st.session_state[name] = answer
            if answer == "no":
                st.rerun()
        if st.session_state.get(name) == "yes":
            st.text(_("Then the exercises stay closed. Do what your clinic told you."))
    if st.button(_("Back"), key="spoken-back"):
        st.session_state.pop(name, None)
        navigation.go("warning")


def _clinic_said(patient: PatientDesk, entry: Entry[RedFlagYes], name: str) -> None:
    st.write(protocol_texts.protocol_text(patient.case, "clearing_question"))
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
