"""The page of a session: the questions before it, one a screen, then the player."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from coach.desk import PatientDesk
from coach.domain import decisions as gate_decisions
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import PainWhen
from coach.domain.protocol import RoutineKind
from coach.i18n import _
from coach.i18n.sentences import listed_names
from coach.text import reasons as reasons_text
from coach.text import times as times_text
from coach.ui.parts import (
    action_keys,
    choices,
    components,
    navigation,
    red_flag_card,
    time_zone,
)
from coach.ui.parts.text_block import TextBlock
from coach.ui.patient import player
from coach.ui.patient.first_thing import BEFORE


def show(patient: PatientDesk) -> None:
    """Show the next question before the player, or the player."""
    if patient.open_flags():
        navigation.go("today")
    shown = patient.sessions.running_session()
    if shown:
        st.session_state.pop(BEFORE, None)
    elif BEFORE not in st.session_state:
        # After its end the player asks for pain, effort and a note; no run of the page may end that.
        shown = patient.sessions.ended_session()
    if shown:
        how = player.play(patient, shown)
        if how == "left":
            with time_zone.refusals():
                patient.sessions.leave(shown.id, key=action_keys.act("leave"))
                action_keys.done("leave")
        if how and patient.sessions.running_session() is None:
            _leave()
        return
    wanted = st.session_state.get(BEFORE)
    if not wanted:
        navigation.go("today")
        return
    with time_zone.refusals():
        try:
            _before(patient, wanted)
        except BadValue as refused:
            if refused.fault is Fault.CHECK_FIRST:  # it was answered too long ago, or yesterday
                wanted.pop("checked", None)
                st.rerun()
            raise
    if st.button(_("Back to Today"), key="back-to-today", on_click=_forget):
        _leave()


def _forget() -> None:
    """Want no session any more: this very run then goes to Today, before any of the page is sent."""
    st.session_state[BEFORE] = {}


def _leave() -> None:
    _forget()
    navigation.go("today")


def _before(patient: PatientDesk, wanted: dict[str, object]) -> None:
    session = action_keys.act("session")
    if red_flag_card.confirm(patient):
        return
    screen = f"before-{wanted.get('checked')}-{wanted.get('scored')}-{wanted.get('list')}"
    components.top(screen, whole_list=not wanted.get("checked"))
    if not wanted.get("checked"):
        _check(patient, wanted)
    elif not wanted.get("scored"):
        _pain(patient, wanted, session)
    else:
        _start(patient, wanted, session)


def _check(patient: PatientDesk, wanted: dict[str, object]) -> None:
    """Ask for red flags: the whole list first in a day, one line after that."""
    since = patient.sessions.last_check_today()
    drowsy = patient.sessions.asks_drowsy()
    if since is None or wanted.get("list"):
        block = TextBlock().title(_("Do you have any of these?"))
        block.text(_("Tap the one you have. If you have none, say so at the end.")).show()
        if drowsy and st.button(_("Sleepy or dizzy."), key="check-drowsy", width="stretch"):
            _sleepy(patient)
        none = red_flag_card.choose(patient, "check")
    else:
        time = times_text.clock_time(since, patient.zone)
        TextBlock().title(_("Anything new since {time}?").format(time=time)).show()
        label = _("Nothing new, and not sleepy or dizzy") if drowsy else _("Nothing new")
        none = st.button(label, key="nothing-new", type="primary", width="stretch")
        if drowsy and st.button(_("Sleepy or dizzy."), key="check-drowsy", width="stretch"):
            _sleepy(patient)
        if st.button(_("Yes, show me the list"), key="show-list", width="stretch"):
            wanted["list"] = True
            st.rerun()
    if none:
        # The list and the one line are two acts: after a broken connection the second may follow
        # the first.
        whole = since is None or bool(wanted.get("list"))
        act = "check" if whole else "nothing-new"
        patient.sessions.answer_none(whole=whole, key=action_keys.act(act))
        action_keys.done(act)
        wanted["checked"] = True
        st.rerun()


def _sleepy(patient: PatientDesk) -> None:
    patient.sessions.answer_drowsy(key=action_keys.act("drowsy"))
    action_keys.done("drowsy")
    _leave()


def _pain(patient: PatientDesk, wanted: dict[str, object], session: UUID) -> None:
    TextBlock().title(_("How bad is your back pain right now?")).show()
    score = choices.pain("before", patient)
    if score is not None:
        patient.sessions.give_pain(score, PainWhen.BEFORE, session=session, key=action_keys.act("before"))
        action_keys.done("before")
    elif not _only_pumps(patient, wanted) or not st.button(
        _("Skip this question"), key="before-skip", width="stretch"
    ):
        return
    wanted["scored"] = True
    st.rerun()


def _only_pumps(patient: PatientDesk, wanted: dict[str, object]) -> bool:
    routines = patient.protocol.routines
    chosen = wanted["routines"]
    return isinstance(chosen, list) and all(routines[r].kind is RoutineKind.PUMP for r in chosen)


def _start(patient: PatientDesk, wanted: dict[str, object], session: UUID) -> None:
    """Start the open routines; show first if the pain score has closed some."""
    decisions = patient.decisions()
    chosen = wanted["routines"]
    routines = [r for r in decisions if isinstance(chosen, list) and r in chosen]
    still = [r for r in routines if isinstance(decisions[r], gate_decisions.Open)]
    closed = [d for r in routines if isinstance(d := decisions[r], gate_decisions.Locked)]
    if closed and not wanted.get("fewer"):
        block = TextBlock().title(_("Not all of them just now") if still else _("Not just now"))
        for decision in closed:
            block.bold(_(decision.routine.name)).text(reasons_text.closed_by(decision, patient.case))
            for why in filter(None, map(reasons_text.given_why, decision.told)):
                block.text(why)
        block.show()
        names = listed_names(_(patient.protocol.routines[r].name) for r in still)
        label = _("Start: {names}").format(names=names)
        if still and st.button(label, key="start-fewer", type="primary", width="stretch"):
            wanted["fewer"] = True
            st.rerun()
        return
    if still:
        patient.sessions.start(still, easier=bool(wanted.get("easier")), session=session)
        st.session_state.pop(BEFORE, None)
        st.rerun()
