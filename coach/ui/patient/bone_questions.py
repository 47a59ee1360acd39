"""The questions about bone health, one a screen: treatment, scan and appointment."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.bone_health import BoneHealthDue
from coach.domain.bone_questions import BoneQuestions
from coach.domain.facts import BoneHealth, BoneState, BoneStep
from coach.i18n import _
from coach.text import bone_health as bone_health_text
from coach.text import protocol_texts
from coach.ui.parts import (
    action_keys,
    browser_back,
    components,
    drafts,
    navigation,
    time_zone,
)
from coach.ui.parts.text_block import TextBlock
from coach.ui.patient import bone_answers

VISIT = "bones-visit"
WHICH, DONE = "which", "done"


@dataclass(frozen=True, slots=True)
class BoneVisit:
    """The state of the questions: occasion, and the step: a `BoneStep`, `WHICH` or `DONE`."""

    occasion: str
    step: str


# the card on Today


def card(patient: PatientDesk, above: TextBlock) -> None:
    """Offer the due questions on Today, unless they were put off for the day.

    What stands `above` is sent first, if they are offered.
    """
    due = patient.bone_health.questions()
    if due is None or not due.left or due.put_off:
        return
    above.show()
    with st.container(key="panel-bones"):
        block = TextBlock().subheader(_("A few questions about your bones"))
        block.text(_("They are short, and they change none of your exercises.")).show()
        if st.button(_("Answer now"), key="bones-start", width="stretch"):
            st.session_state.pop(VISIT, None)
            browser_back.begin("bones")
            navigation.go("bones")
        if st.button(_("Not now"), key="bones-later", width="stretch"):
            with time_zone.refusals():
                key = action_keys.act("bones-later")
                patient.bone_health.put_off(due.occasion.id, key=key)
                action_keys.done("bones-later")
                st.rerun()


# the page


def show(patient: PatientDesk) -> None:
    """Show the present question; each answer is saved at once."""
    if patient.open_flags() or patient.sessions.running_session():
        navigation.go("today")
    due, asked = patient.bone_health.questions(), patient.protocol.bone_health
    visit = st.session_state.get(VISIT)
    if isinstance(visit, BoneVisit) and visit.step == DONE and asked:
        _thanks(patient, asked)
        return
    if due is None or asked is None or (not due.left and not isinstance(visit, BoneVisit)):
        components.top("bones-none")
        st.title(_("Nothing to answer now"))
        if isinstance(visit, BoneVisit):
            st.text(_("These questions are over for now. What you answered before is kept."))
        _to_today()
        return
    if not isinstance(visit, BoneVisit) or visit.occasion != due.occasion.id:
        visit = BoneVisit(due.occasion.id, _first_open(due))
        st.session_state[VISIT] = visit
        browser_back.settle()
    steps = _steps(patient, due)
    step = visit.step if visit.step in steps else _first_open(due)
    place = steps.index(step) if step in steps else 0
    components.top(f"bones-{step}")
    # Which treatment it is belongs to the question before it: the number of questions stays.
    number, many = [each for each in steps[: place + 1] if each != WHICH], len(due.steps)
    st.progress(len(number) / (many + 1), _("{n} of {m}").format(n=len(number), m=many))
    if step == WHICH:
        _which(patient, due, asked)
    else:
        _step(patient, due, asked, BoneStep(step))
    if place and st.button(_("Back"), key=f"bones-back-{step}", width="stretch"):
        _turn(steps[place - 1])
    if st.button(_("Stop here"), key=f"bones-stop-{step}", width="stretch"):
        st.session_state.pop(VISIT, None)
        navigation.go("today")
    st.caption(_("Each answer is saved when you tap it. You can go on later."))


def _told(patient: PatientDesk, due: BoneHealthDue, step: BoneStep) -> BoneHealth | None:
    found = patient.bone_health.answers().get((due.occasion.id, step))
    return found.fact if found else None


def _steps(patient: PatientDesk, due: BoneHealthDue) -> list[str]:
    """Return the screens of the occasion in order; `WHICH` follows a treatment that there is."""
    steps: list[str] = []
    for step in due.steps:
        steps.append(step.value)
        told = _told(patient, due, step)
        if told and told.state is BoneState.YES:
            steps.append(WHICH)
    return steps


def _first_open(due: BoneHealthDue) -> str:
    return due.left[0].value if due.left else due.steps[0].value


def _turn(step: str) -> None:
    visit: BoneVisit = st.session_state[VISIT]
    st.session_state[VISIT] = BoneVisit(visit.occasion, step)
    st.rerun()


def _go_on(patient: PatientDesk, step: str) -> None:
    """Go to the next step; after the last one, thank."""
    due = patient.bone_health.questions()
    steps = _steps(patient, due) if due else []
    later = steps[steps.index(step) + 1 :] if step in steps else []
    _turn(later[0] if later else DONE)


def _step(patient: PatientDesk, due: BoneHealthDue, asked: BoneQuestions, step: BoneStep) -> None:
    question, hint = asked.asked(step)
    st.title(_(question))
    st.text(_(hint))
    old = _told(patient, due, step)
    if old:
        st.text(_("You answered: {value}").format(value=bone_health_text.answer(old)))
    name = f"bones-{due.occasion.id}-{step.value}"
    key = action_keys.act(name)
    given, state = bone_answers.state(name, step)
    if not given:
        return
    kept = old.treatment if old and state is BoneState.YES else ""
    with time_zone.refusals():
        patient.bone_health.answer(due.occasion.id, step, state, treatment=kept, key=key)
        action_keys.done(name)
        _go_on(patient, step.value)


def _which(patient: PatientDesk, due: BoneHealthDue, asked: BoneQuestions) -> None:
    """Ask for the treatment's name; without one the answer before it stays as it is."""
    st.title(_(asked.which_question))
    old = _told(patient, due, BoneStep.TREATMENT)
    told = old.treatment if old else ""
    name = f"bones-{due.occasion.id}-which"
    key = action_keys.act(name)
    named = bone_answers.treatment(name, patient, told, label=_("In your own words. You can leave this out."))
    if named is not None:
        with time_zone.refusals():
            if named != told:
                patient.bone_health.answer(
                    due.occasion.id, BoneStep.TREATMENT, BoneState.YES, treatment=named, key=key
                )
            action_keys.done(name)
            drafts.sent(name, patient.patient)
            _go_on(patient, WHICH)
    if not told and st.button(_("Leave this out"), key=f"{name}-unnamed", width="stretch"):
        _go_on(patient, WHICH)


# the end


def _thanks(patient: PatientDesk, asked: BoneQuestions) -> None:
    components.top("bones-done")
    st.title(_("Thank you. Your answers are saved."))
    st.text(_(asked.next_step))
    st.text(_("You find your answers under Diary. You can change them there."))
    notice = "reads_clinic" if patient.is_followed() else "reads_home"
    st.text(protocol_texts.protocol_text(patient.case, notice))
    _to_today()


def _to_today() -> None:
    if st.button(_("To Today"), key="bones-today", type="primary", width="stretch"):
        st.session_state.pop(VISIT, None)
        navigation.go("today")
