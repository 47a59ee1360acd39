"""Red flags: the list to answer, and the action card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.case import Case
from coach.domain.protocol import FlagLevel, RedFlag
from coach.i18n import _
from coach.text import protocol_texts
from coach.ui.parts import action_keys, components, navigation, time_zone
from coach.ui.parts.text_block import TextBlock

ASKED = "flag-asked"
CARDS_THEMSELVES = ("today", "warning")


def told(case: Case, flag: RedFlag) -> dict[str, object]:
    """Return a red flag with question and card, as the browser shows them without the server."""
    return {
        "id": flag.id,
        "text": _(flag.text),
        "confirm": _("You said: {text}").format(text=_(flag.text)),
        "card": protocol_texts.card(flag, case),
    }


def groups(case: Case) -> list[dict[str, object]]:
    """Return all red flags by urgency, as the browser lists them without the server."""
    return [
        {"level": level.value, "title": title, "flags": [told(case, flag) for flag in flags]}
        for level, title, flags in protocol_texts.signs(case)
    ]


def card(patient: PatientDesk, flag: RedFlag, block: TextBlock) -> None:
    """Add what to do now, with the phone numbers."""
    shown = protocol_texts.card(flag, patient.case)
    part = TextBlock()
    _call_first(shown, part)
    for line in shown["lines"]:
        part.text(line)
    _then_call(shown, part)
    block.add(part, f"card coach-card-{flag.level.value}")


def _call_first(shown: Mapping[str, Any], block: TextBlock) -> None:
    block.header_to_call(shown["title"])
    for phone in shown["phones"][:1]:
        block.call(phone["label"], phone["tel"])
    block.bold(shown["said"])


def _then_call(shown: Mapping[str, Any], block: TextBlock) -> None:
    for phone in shown["phones"][1:]:
        block.call(phone["label"], phone["tel"])


def on_top(patient: PatientDesk, *, here: str) -> None:
    """Show the open red flags at the top of a page: what to do, whom to call, a link to more.

    Not on pages that begin with their full cards.
    """
    opened = patient.open_flags()
    if not opened or here in CARDS_THEMSELVES:
        return
    flag = patient.protocol.red_flags.get(opened[0].fact.flag)
    level = flag.level if flag else FlagLevel.EMERGENCY
    block = TextBlock()
    with st.container(key=f"card-{level.value}-top"):
        if flag:
            shown = protocol_texts.card(flag, patient.case)
            _call_first(shown, block)
            _then_call(shown, block)
        block.text(_("Do not exercise now.")).show()
        if st.button(_("What to do now"), key="top-to-warning", width="stretch"):
            navigation.go("warning")


def confirm(patient: PatientDesk) -> bool:
    """Ask "Is that so?" after a tap on a red flag; return whether the question is shown."""
    flag = patient.protocol.red_flags.get(st.session_state.get(ASKED, ""))
    if flag is None:
        return False
    components.top(f"confirm-{flag.id}")
    said = _("You said: {text}").format(text=_(flag.text))
    TextBlock().title(_("Is that so?")).bold(said).show()
    with st.container(key="confirm"):
        yes = st.button(_("Yes, that is so"), key=f"flag-yes-{flag.id}", type="primary", width="stretch")
        no = st.button(_("No, go back"), key=f"flag-no-{flag.id}", width="stretch")
    if yes:
        try:
            patient.red_flags.report_flag(flag.id, key=action_keys.act("flag"))
        except time_zone.TROUBLE as trouble:
            # What to do matters more than whether it is saved.
            time_zone.refuse(trouble)
            block = TextBlock()
            card(patient, flag, block)
            block.show()
            return True
        action_keys.done("flag")
        st.query_params.pop(navigation.PART, None)  # of another sign: its card stands on the page itself
    if yes or no:
        st.session_state.pop(ASKED, None)
        st.rerun()
    return True


def choose(patient: PatientDesk, name: str) -> bool:
    """Show every red flag as a button, and "None of these"; return whether that was tapped."""
    for level, title, flags in protocol_texts.signs(patient.case):
        with st.container(key=f"answers-signs-{level}-{name}"):
            with (block := TextBlock()).group(f"signs coach-signs-{level}"):
                block.header_to_call(title)
            block.show()
            for flag in flags:
                if st.button(_(flag.text), key=f"{name}-{flag.id}", width="stretch"):
                    st.session_state[ASKED] = flag.id
                    st.rerun()
    return st.button(_("None of these"), key=f"{name}-none", type="primary", width="stretch")
