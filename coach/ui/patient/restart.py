"""Restarting the course after another procedure or a new fracture."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.facts import Cause
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

WAY = "anew-way"
PROCEDURE, FRACTURE, AGAIN = "procedure", "fracture", "again"


def offer(patient: PatientDesk) -> None:
    """Offer both ways of restarting; a followed patient restarts with their physiotherapist."""
    ways = [
        (PROCEDURE, _("I had another procedure")),
        (FRACTURE, _("I have, or may have, a new fracture")),
    ]
    if patient.is_followed():
        ways.pop(0)
        st.text(
            _(
                "Did you have another procedure? Then your physiotherapist begins your course again. Tell them: {how}"
            ).format(how=_("send a message or call your clinic."))
        )
    picked = choices.choice("anew", ways)
    if picked:
        _go(picked)


def show(patient: PatientDesk) -> bool:
    """Show the chosen way; return whether one was chosen."""
    ways = {PROCEDURE: _procedure, FRACTURE: _fracture, AGAIN: _again}
    if patient.is_followed():
        ways = {FRACTURE: _fracture}
    way = st.session_state.get(WAY)
    if way not in ways:
        return False
    components.top(f"anew-{way}")
    ways[way](patient)
    if st.button(_("Back to Settings"), key="anew-back", width="stretch"):
        _go(None)
    return True


def _go(way: str | None) -> None:
    st.session_state[WAY] = way
    st.rerun()


def _procedure(patient: PatientDesk) -> None:
    st.title(_("Another procedure"))
    st.text(_("Your course begins again from this procedure. What you did so far stays in the Diary."))
    st.header(_("When did it end?"))
    ended = date_time.ask("anew-end", patient)
    st.header(_("When did you get home?"))
    home = date_time.ask("anew-home", patient)
    if st.button(_("Begin again"), key="anew-save", type="primary", width="stretch"):
        with time_zone.refusals():
            _restart(patient, Cause.NEW_PROCEDURE, ended.needed(), home.needed())
    if st.button(_("Begin again. I am not home yet"), key="anew-not-home", width="stretch"):
        with time_zone.refusals():
            _restart(patient, Cause.NEW_PROCEDURE, ended.needed(), None)


def _fracture(patient: PatientDesk) -> None:
    flag = next(flag for flag in patient.protocol.red_flags.values() if flag.never_cleared)
    told = any(entry.fact.flag == flag.id for entry in patient.open_flags())
    if told:
        block = TextBlock().title(_("Do not exercise now"))
        red_flag_card.card(patient, flag, block)
        block.text(protocol_texts.protocol_text(patient.case, "never_cleared")).show()
    else:
        st.title(_("A new fracture"))
        st.text(_("Say so here, and all exercises close at once. You will see whom to call."))
        st.text(_("They stay closed until your clinic lets you start again."))
        if st.button(_("Close my exercises now"), key="anew-flag", type="primary", width="stretch"):
            with time_zone.refusals():
                patient.red_flags.report_flag(flag.id, key=action_keys.act("anew-flag"))
                action_keys.done("anew-flag")
                st.rerun()
    if patient.is_followed():
        st.text(_("Your physiotherapist starts your course again, when it is time to."))
    elif st.button(_("My clinic said I may start again"), key="anew-again", width="stretch"):
        _go(AGAIN)


def _again(patient: PatientDesk) -> None:
    st.title(_("Start again after a new fracture"))
    rest = times_text.first_rest(patient.protocol)
    st.text(_("Only if your clinic said so. You begin with the smallest doses."))
    if rest:
        st.text(_("Before them you lie flat for {length}.").format(length=rest))
    st.header(_("From when did they say you may start again?"))
    when = date_time.ask("anew-again", patient)
    if st.button(_("My clinic said so. Begin again"), key="anew-save", type="primary", width="stretch"):
        with time_zone.refusals():
            start = when.needed()
            _restart(patient, Cause.NEW_FRACTURE, start, start)


def _restart(patient: PatientDesk, cause: Cause, wall: datetime, home: datetime | None) -> None:
    patient.course_times.restart(cause, wall, home, key=action_keys.act("anew"))
    action_keys.done("anew")
    st.session_state.pop(WAY, None)
    navigation.go("today")
