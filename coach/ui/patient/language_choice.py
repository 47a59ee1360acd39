"""The choice of a language, each in its own name: on the first page of set-up, and in Settings."""

from __future__ import annotations

import streamlit as st

from coach import i18n
from coach.desk import PatientDesk
from coach.domain.languages import LANGUAGE
from coach.i18n import _, languages
from coach.text import translation
from coach.ui.parts import action_keys, time_zone
from coach.ui.parts.text_block import TextBlock


def own_name() -> str:
    """Return the name of the language that is spoken, in that language."""
    spoken = i18n.current()
    return languages.offered().get(spoken.tag) or languages.NAMES.get(spoken.language, "")


def show(patient: PatientDesk) -> None:
    """Show every language as a large button; a tap chooses it."""
    TextBlock().text(_("Everything is then shown in this language.")).show()
    with st.container(key="answers-language"):
        _buttons(patient, "set-language")
    if translation.draft():
        TextBlock().caption(translation.draft()).show()


def first(patient: PatientDesk) -> None:
    """Show the languages in a row, for who opens Coach the first time."""
    with st.container(key="languages", horizontal=True):
        _buttons(patient, "first-language")


def _buttons(patient: PatientDesk, key: str) -> None:
    here = own_name()
    for code, name in languages.offered().items():
        label = f"✓ {name}" if name == here else name
        if st.button(label, key=f"{key}-{code}", width="stretch") and name != here:
            with time_zone.refusals():
                time_zone.take_zone(patient)
                patient.settings.set(LANGUAGE, code, key=action_keys.act(LANGUAGE))
                action_keys.done(LANGUAGE)
                st.rerun()
