"""At which question of set-up somebody is: kept in the browser, so that a reload leads back to it."""

from __future__ import annotations

import json

import streamlit as st

from coach.desk import PatientDesk
from coach.i18n import _
from coach.ui.parts import drafts, empty_states, navigation, time_choices
from coach.ui.parts.time_choices import BETWEEN
from coach.ui.patient import set_up_group

NAME = "set-up-at"
TIMED = ("procedure", "home")  # the questions for a time
TIMES = "times"  # the part of Settings from which a time is changed


def text(step: str) -> str:
    """Return what is kept: the step, and where it leads back to."""
    return json.dumps({"step": step, "back": st.session_state.get(navigation.BACK_TO, "")})


def step(patient: PatientDesk, text: str, *, missing: str | None) -> str | None:
    """Return the step that the browser kept, if it is one to which Back could have led.

    `missing` is the first step that has no answer. Where the step leads back to is known again too.
    """
    try:
        told = json.loads(text or "{}")
        found, back = str(told["step"]), str(told["back"])
    except (ValueError, KeyError, TypeError):
        return None
    name, _between, inside = found.partition(BETWEEN)
    group = set_up_group.names(patient)
    order = [set_up_group.QUESTIONS if each in group else each for each in patient.set_up.steps()]
    reached = order if missing is None else order[: order.index(missing) + 1]
    if name in TIMED:
        known = time_choices.is_step(found, today=patient.today())
    else:
        known = not inside or (name == set_up_group.QUESTIONS and inside in group)
    if name not in reached or not known:
        return None
    if back == TIMES:
        st.session_state[navigation.BACK_TO] = back
    return found


def wait(patient: PatientDesk) -> None:
    """Wait until the browser says at which question somebody was who has just loaded the page again."""
    drafts.hold(NAME, patient.patient, "", wait=True)
    empty_states.begin("wait", _("One moment …")).show()
    if st.button(_("Go to Today"), key="set-up-to-today", width="stretch"):
        navigation.go("today")
