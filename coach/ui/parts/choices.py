"""Questions with large targets; each returns what was tapped in this run, or None."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.facts import Reply, Score
from coach.i18n import _
from coach.text import pain as pain_text

V = TypeVar("V")


def choice(name: str, options: Iterable[tuple[str, str]]) -> str | None:
    """Show large buttons in a column and return the id of the tapped one."""
    picked = None
    with st.container(key=f"answers-{name}"):
        for option, label in options:
            if st.button(label, key=f"{name}-{option}", width="stretch"):
                picked = option
    return picked


def pain(name: str, patient: PatientDesk) -> Score | None:
    """Show the pain scale, eleven numbers or five words, with none preselected."""
    plain = patient.history().settings.get("plain_words") is True
    return scale(name, pain_text.pain_choices(patient.protocol, plain_words=plain))


def scale(name: str, choices: Iterable[tuple[V, str, str]]) -> V | None:
    """Show a scale of values, each with label and words, with none preselected."""
    picked: V | None = None
    with st.container(key=f"scale-{name}"):
        for value, label, words in choices:
            text = f"{label}   {words}" if words else label
            if st.button(text, key=f"{name}-{value}", width="stretch"):
                picked = value
    return picked


def reply(name: str) -> Reply | None:
    """Show yes, no and unsure."""
    words = [(Reply.NO.value, _("No")), (Reply.YES.value, _("Yes")), (Reply.UNSURE.value, _("I am not sure"))]
    picked = choice(name, words)
    return Reply(picked) if picked else None
