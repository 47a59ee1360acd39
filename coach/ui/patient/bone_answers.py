"""Answers about bone health: giving one, naming a treatment, and correcting both in Diary."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.facts import BONE_STATES, BoneHealth, BoneState, BoneStep
from coach.domain.free_text import LINE_LIMIT, one_line
from coach.i18n import _
from coach.text import bone_health as bone_health_text
from coach.ui.parts import choices, drafts, time_zone


def state(name: str, step: BoneStep) -> tuple[bool, BoneState | None]:
    """Show the answers of a step; return whether one was given in this run, and which."""
    words = bone_health_text.ANSWERS[step]
    picked = choices.choice(name, [(each.value, _(words[each])) for each in BONE_STATES[step]])
    unknown = st.button(_(words[None]), key=f"{name}-unknown", width="stretch")
    return picked is not None or unknown, BoneState(picked) if picked else None


def treatment(name: str, patient: PatientDesk, told: str, *, label: str) -> str | None:
    """Ask for a treatment in the patient's own words; return it when it is saved, else None."""
    text = st.text_input(
        label,
        value=told,
        max_chars=LINE_LIMIT,
        key=drafts.keep(name, name, patient.patient, base=told),
    )
    if st.button(_("Save"), key=f"{name}-save", width="stretch", type="primary"):
        with time_zone.refusals():
            return one_line(text, LINE_LIMIT)
    return None


def better(patient: PatientDesk, fact: BoneHealth, name: str) -> BoneHealth | None:
    """Ask for a corrected answer; return it when it is given, else None."""
    asked = patient.protocol.bone_health
    if asked:
        st.text(_(asked.asked(fact.step)[0]))
    given, found = state(name, fact.step)
    if given:
        kept = fact.treatment if found is BoneState.YES else ""
        return replace(fact, state=found, treatment=kept)
    if fact.state is BoneState.YES:
        which = treatment(f"{name}-which", patient, fact.treatment, label=_("Which treatment?"))
        return None if which is None else replace(fact, treatment=which)
    return None
