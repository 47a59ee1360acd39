"""Answers to the outcome questions in Diary: what they are about, and correcting them."""

from __future__ import annotations

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.facts import Activity, Change, ChangeRating, FunctionScore
from coach.domain.free_text import ACTIVITY_LIMIT, one_line
from coach.i18n import _
from coach.text import outcome_measures as measures_text
from coach.ui.parts import choices, drafts, time_zone


def activity(patient: PatientDesk, score: FunctionScore) -> str:
    """Return the activity of a score in its present words, or ""."""
    history = patient.history()
    named = history.by_id.get(score.activity)
    while named and named.id in history.replaced:
        named = history.replaced[named.id]
    return named.fact.text if named and isinstance(named.fact, Activity) else ""


def scale(name: str, patient: PatientDesk) -> tuple[bool, int | None]:
    """Show the function scale; return whether it was answered in this run, and the score."""
    able = choices.scale(name, measures_text.choices(patient.protocol))
    unknown = st.button(_("I do not know"), key=f"{name}-unknown", width="stretch")
    return able is not None or unknown, able


def rating(name: str, patient: PatientDesk) -> tuple[bool, Change | None]:
    """Show the seven answers about the back.

    Return whether one was given in this run, and which.
    """
    words = [(change.value, measures_text.changed(change, patient.protocol)) for change in Change]
    picked = choices.choice(name, words)
    unknown = st.button(_("I do not know"), key=f"{name}-unknown", width="stretch")
    return picked is not None or unknown, Change(picked) if picked else None


def better(
    patient: PatientDesk, fact: Activity | FunctionScore | ChangeRating, name: str
) -> Activity | FunctionScore | ChangeRating | None:
    """Ask for a corrected answer; return it when it is given, else None."""
    if isinstance(fact, FunctionScore):
        st.text(activity(patient, fact))
        told, able = scale(name, patient)
        return FunctionScore(fact.occasion, fact.activity, able) if told else None
    if isinstance(fact, ChangeRating):
        told, change = rating(name, patient)
        return ChangeRating(fact.occasion, change) if told else None
    text = st.text_input(
        _("Activity"),
        value=fact.text,
        max_chars=ACTIVITY_LIMIT,
        key=drafts.keep(name, name, patient.patient, base=fact.text),
    )
    if st.button(_("Save"), key=f"{name}-save", width="stretch", type="primary"):
        with time_zone.refusals():
            return Activity(one_line(text, ACTIVITY_LIMIT))
    return None
