"""Set-up's questions that one "None of these" answers; each can be answered alone too."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import streamlit as st

from coach.desk import PatientDesk
from coach.i18n import _
from coach.text import entries as entries_text
from coach.ui.parts import action_keys, choices
from coach.ui.parts.text_block import TextBlock
from coach.ui.parts.time_choices import BETWEEN

QUESTIONS = "questions"


def names(patient: PatientDesk) -> tuple[str, ...]:
    """Return the ids of the questions that stand together: all but the one that is about times."""
    return tuple(each.id for each in patient.protocol.questions if each.meaning != "overnight")


def show(
    patient: PatientDesk, step: str, *, go: Callable[[str], NoReturn], done: Callable[[], NoReturn]
) -> None:
    """Show all questions in one list; the one that was tapped has its answers under it."""
    group, missing = names(patient), patient.set_up.missing()
    tapped = step.partition(BETWEEN)[2]
    open_ones = [name for name in group if name in missing]
    TextBlock().title(_("Is any of these true for you?")).text(_("Tap each one that is, or may be.")).show()
    with st.container(key="answers-set-up-group"):
        for name in group:
            answer = patient.history().answers.get(name)
            question = patient.protocol.question(name)
            label = _(question.text) if question else name
            if answer and name not in missing:
                given = entries_text.reply(answer.fact.reply)
                told = _("Your answer: {reply}").format(reply=given)
                label = f"{label}  \n**✓ {told}**"
            if st.button(label, key=f"group-{name}", width="stretch"):
                go(QUESTIONS + BETWEEN + name)
            if name == tapped:
                _answers(patient, name, go)
    if tapped in group:
        return  # "None of these" would answer this one too, which was tapped because it may be true
    if not open_ones:
        if st.button(_("Next"), key="set-up-next-questions", type="primary", width="stretch"):
            done()
        return
    label = _("None of these") if len(open_ones) == len(group) else _("None of the others")
    if st.button(label, key="set-up-none", type="primary", width="stretch"):
        patient.set_up.none_of(open_ones, key=action_keys.act("set-up-none"))
        action_keys.done("set-up-none")
        done()


def _answers(patient: PatientDesk, name: str, go: Callable[[str], NoReturn]) -> None:
    reply = choices.reply(f"q-{name}")
    if reply:
        patient.set_up.reply(name, reply, key=action_keys.act(f"set-up-{name}"))
        action_keys.done(f"set-up-{name}")
        go(QUESTIONS)
