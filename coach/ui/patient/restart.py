"""Restarting the course after another procedure or a new fracture.

The times are chosen as in set-up, one question a screen; nothing is stored before the last one is
confirmed. What was chosen so far is kept in the browser, so that a reload loses nothing of it.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import NoReturn

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.facts import Cause
from coach.domain.time_windows import Bounds
from coach.domain.times import local, loose_instant
from coach.i18n import _
from coach.i18n.sentences import at_the_start
from coach.text import estimates, protocol_texts
from coach.text import times as times_text
from coach.ui.parts import (
    action_keys,
    browser_back,
    choices,
    components,
    drafts,
    navigation,
    red_flag_card,
    time_choices,
    time_zone,
)
from coach.ui.parts.date_time import YEARS_BACK, Clock
from coach.ui.parts.text_block import TextBlock
from coach.ui.parts.time_choices import BETWEEN, ChosenTime, TimeQuestion

WAY, STEP = "anew-way", "anew-step"
TIMES = "anew-times"  # the times that were chosen, by step, as `ChosenTime.written` writes them
NAME = "anew-at"  # under which the browser keeps all of these
PROCEDURE, FRACTURE, AGAIN = "procedure", "fracture", "again"
ENDED, HOME, SURE = "anew-ended", "anew-home", "anew-sure"
NOT_HOME = "not home"
#: The screens of each way that asks for times, in their order.
SCREENS = {PROCEDURE: (ENDED, HOME, SURE), AGAIN: (ENDED, SURE)}
RECENT_DAYS = 7


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
    if WAY not in st.session_state and browser_back.inside():  # who opens Settings anew gets Settings
        _come_back(drafts.held(NAME) or "")
    way = st.session_state.get(WAY)
    if way not in (FRACTURE, *SCREENS) or (patient.is_followed() and way != FRACTURE):
        drafts.hold(NAME, patient.patient, "")
        return False
    step = _step(patient, way) if way in SCREENS else ""
    kept = {"way": way, "step": step, "times": _times()}
    drafts.hold(NAME, patient.patient, json.dumps(kept))
    components.top(f"anew-{way}-{step}")
    with time_zone.refusals():
        if way == FRACTURE:
            _fracture(patient)
        else:
            _ask(patient, way, step)
    if step and step != ENDED and st.button(_("Back"), key=f"anew-back-{step}", width="stretch"):
        screens = SCREENS[way]
        _on(time_choices.before(step) or screens[screens.index(step) - 1])
    if st.button(_("Back to Settings"), key="anew-back", width="stretch"):
        _go(None)
    return True


def _come_back(text: str) -> None:
    """Go where the browser says that somebody was who has loaded the page again."""
    try:
        told = json.loads(text or "{}")
        way, step = str(told["way"]), str(told["step"])
        times = {str(name): str(time) for name, time in dict(told["times"]).items()}
    except (ValueError, KeyError, TypeError):
        return
    st.session_state.update({WAY: way, STEP: step, TIMES: times})


def _go(way: str | None) -> NoReturn:
    for name in (STEP, TIMES):
        st.session_state.pop(name, None)
    st.session_state[WAY] = way
    st.rerun()


def _on(step: str) -> NoReturn:
    st.session_state[STEP] = step
    st.rerun()


def _times() -> dict[str, str]:
    found: dict[str, str] = st.session_state.get(TIMES) or {}
    return found


def _chosen(name: str) -> ChosenTime | None:
    return ChosenTime.read(_times().get(name, ""))


def _step(patient: PatientDesk, way: str) -> str:
    """Return the screen that is shown: the first one if what stands before another is not known."""
    step = str(st.session_state.get(STEP) or ENDED)
    name = step.partition(BETWEEN)[0]
    known = name in SCREENS[way] and (name == ENDED or _chosen(ENDED) is not None)
    if name == SURE and way == PROCEDURE:
        known = known and (_chosen(HOME) is not None or _times().get(HOME) == NOT_HOME)
    return step if known and time_choices.is_step(step, today=patient.today()) else ENDED


def _ask(patient: PatientDesk, way: str, step: str) -> None:
    name = step.partition(BETWEEN)[0]
    if name == SURE:
        _sure(patient, way)
        return
    question = _home_question(patient) if name == HOME else _ended_question(patient, way)
    chosen = question.ask(step)
    if step == HOME and st.button(_("I am not home yet"), key="anew-not-home", width="stretch"):
        _take(way, name, NOT_HOME)
    if chosen:
        _take(way, name, chosen.written())


def _take(way: str, name: str, written: str) -> NoReturn:
    """Remember a time, and go on."""
    st.session_state[TIMES] = {**_times(), name: written}
    drafts.end(f"{name}-own")
    screens = SCREENS[way]
    _on(screens[screens.index(name) + 1])


def _wall(instant: datetime, patient: PatientDesk) -> datetime:
    return local(instant, patient.zone).replace(tzinfo=None, second=0, microsecond=0)


def _ended_question(patient: PatientDesk, way: str) -> TimeQuestion:
    now = _wall(patient.now(), patient)
    after = patient.case.begins_after(len(patient.history().entries) + 1)
    first = now - YEARS_BACK
    if after:
        first = max(first, _wall(after, patient) + timedelta(minutes=1))
    hint = _("Your course begins again from this procedure. What you did so far stays in the Diary.")
    title, on_day = _("When did your procedure end?"), _("The end of your procedure: {day}")
    if way == AGAIN:
        title, on_day = _("From when did they say you may start again?"), _("You may start again: {day}")
        hint = _("Only if your clinic said so. You begin with the smallest doses.")
        rest = times_text.first_rest(patient.protocol)
        if rest:
            hint += "\n" + _("Before them you lie flat for {length}.").format(length=rest)
    return _question(patient, ENDED, title, hint, on_day, Bounds(min(first, now), now))


def _home_question(patient: PatientDesk) -> TimeQuestion:
    ended = _chosen(ENDED)
    now = _wall(patient.now(), patient)
    begins = min(now, (ended.earliest or ended.wall) if ended else now)
    title, hint = _("When did you get home?"), _("The first hours of rest count from the moment you arrived.")
    return _question(patient, HOME, title, hint, _("Getting home: {day}"), Bounds(begins, now))


def _question(
    patient: PatientDesk, name: str, title: str, hint: str, on_day: str, bounds: Bounds
) -> TimeQuestion:
    back = (bounds.now.date() - bounds.first.date()).days
    days = [bounds.now.date() - timedelta(days=n) for n in range(min(RECENT_DAYS, back + 1))]
    clock = Clock.of(patient)
    just_now = name == HOME
    return TimeQuestion(
        name, title, hint, on_day, bounds, days, clock, _on, just_now=just_now, draft_of=patient.patient
    )


def _sure(patient: PatientDesk, way: str) -> None:
    """Read the times back, and begin again once they are confirmed."""
    ended, home = _chosen(ENDED), _chosen(HOME)
    if ended is None:
        _on(ENDED)
    if way == AGAIN:
        TextBlock().title(_("Start again after a new fracture")).text(
            _("You may start again: {when}").format(when=_said(ended, patient))
        ).show()
        if st.button(_("My clinic said so. Begin again"), key="anew-save", type="primary", width="stretch"):
            _restart(patient, Cause.NEW_FRACTURE, ended, ended)
        return
    block = TextBlock().title(_("Another procedure"))
    block.text(_("Your procedure ended: {when}").format(when=_said(ended, patient)))
    if home:
        block.text(_("You got home: {when}").format(when=_said(home, patient)))
    else:
        block.text(at_the_start(_("not home yet")))
    block.show()
    if st.button(_("Begin again"), key="anew-save", type="primary", width="stretch"):
        _restart(patient, Cause.NEW_PROCEDURE, ended, home)


def _said(time: ChosenTime, patient: PatientDesk) -> str:
    earliest = loose_instant(time.earliest, patient.zone) if time.earliest else None
    at = Clock.of(patient).instant(time.wall)
    return estimates.moment(at, earliest, patient.zone, now=patient.now())


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
            patient.red_flags.report_flag(flag.id, key=action_keys.act("anew-flag"))
            action_keys.done("anew-flag")
            st.rerun()
    if patient.is_followed():
        st.text(_("Your physiotherapist starts your course again, when it is time to."))
    elif st.button(_("My clinic said I may start again"), key="anew-again", width="stretch"):
        _go(AGAIN)


def _restart(patient: PatientDesk, cause: Cause, ended: ChosenTime, home: ChosenTime | None) -> None:
    patient.course_times.restart(
        cause,
        ended.wall,
        home.wall if home else None,
        key=action_keys.act("anew"),
        earliest=ended.earliest,
        home_earliest=home.earliest if home else None,
    )
    action_keys.done("anew")
    for name in (WAY, STEP, TIMES):
        st.session_state.pop(name, None)
    drafts.hold(NAME, patient.patient, "")
    navigation.go("today")
