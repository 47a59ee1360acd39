"""Rows of Settings: a setting with its value, and its form after "Change" was tapped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NoReturn

import streamlit as st

from coach.desk import PatientDesk
from coach.i18n import _
from coach.ui.parts import action_keys, drafts, markdown, time_zone
from coach.ui.parts.text_block import TextBlock

OPEN, SAID, SURE, ASKED = "settings-open", "settings-said", "settings-sure", "settings-asked"

Form = Callable[[], None]


def row(name: str, label: str, value: str, form: Form, *, change: str = "") -> None:
    """Show a setting with its value, and its form after "Change" was tapped."""
    asked = st.session_state.get(OPEN) == name
    with st.container(key=f"panel-set-{name}"):
        with st.container(key=f"line-{name}", horizontal=not change, vertical_alignment="center"):
            TextBlock().header(label).text(value).show()
            width: Literal["stretch", "content"] = "stretch" if change else "content"
            # The name of what is changed is heard, and seen in the line: coach.css hides it in the button
            told = change or _("Change *{setting}*").format(setting=markdown.escaped(label))
            if not asked and st.button(told, key=f"change-{name}", width=width):
                open_row(name)
        if st.session_state.get(SAID) == name:
            st.session_state.pop(SAID)
            st.success(_("Saved."))
        if st.session_state.get(ASKED) == name:
            st.session_state.pop(ASKED)
            st.info(_("Asked. Your physiotherapist decides; until then the time stays as it was."))
        if asked:
            form()
            if st.button(_("Leave it as it is"), key=f"leave-{name}", width="stretch"):
                close(name)


def open_row(name: str) -> NoReturn:
    """Open the form of a setting from the next run on, and close any other."""
    st.session_state[OPEN] = name
    st.session_state.pop(SURE, None)
    st.rerun()


def close(name: str, *, saved: bool = False, asked: bool = False) -> None:
    """Close the form; `asked` if the input waits for the physiotherapist."""
    drafts.end("set-", "agreed-")
    st.session_state.pop(OPEN, None)
    st.session_state.pop(SURE, None)
    if saved:
        action_keys.done(f"set-{name}")
        st.session_state[ASKED if asked else SAID] = name
    st.rerun()


def switch(patient: PatientDesk, name: str, label: str, *, default: bool, more: str = "") -> None:
    """Show whether something is on, with one button that changes it."""
    is_on = patient.history().settings.get(name, default) is True
    with (
        st.container(key=f"panel-set-{name}"),
        st.container(key=f"line-{name}", horizontal=True, vertical_alignment="center"),
    ):
        value = " ".join(filter(None, [_("On.") if is_on else _("Off."), more]))
        TextBlock().header(label).text(value).show()
        # Two keys: a late second tap meets another button and does nothing.
        text, key = (
            (_("Switch off *{setting}*").format(setting=markdown.escaped(label)), f"off-{name}")
            if is_on
            else (_("Switch on *{setting}*").format(setting=markdown.escaped(label)), f"on-{name}")
        )
        if st.button(text, key=key, width="content"):
            with time_zone.refusals():
                patient.settings.set(name, value=not is_on, key=action_keys.act(f"set-{name}"))
                action_keys.done(f"set-{name}")
                st.rerun()


def save(patient: PatientDesk, name: str, value: str) -> None:
    """Offer to save a setting."""
    if st.button(_("Save"), key=f"save-{name}", type="primary", width="stretch"):
        with time_zone.refusals():
            patient.settings.set(name, value, key=action_keys.act(f"set-{name}"))
            close(name, saved=True)
