"""The outcome questions, one a screen: the patient's activities, and how the back has changed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from coach.desk import PatientDesk
from coach.domain import measures
from coach.domain.facts import PutOffWhat
from coach.domain.free_text import ACTIVITY_LIMIT
from coach.domain.measures import Due
from coach.domain.protocol import Measures
from coach.i18n import _
from coach.i18n.sentences import in_a_sentence
from coach.text import outcome_measures as measures_text
from coach.text import protocol_texts
from coach.ui.parts import (
    action_keys,
    browser_back,
    components,
    drafts,
    folding,
    navigation,
    time_zone,
)
from coach.ui.parts.text_block import TextBlock
from coach.ui.patient import outcome_answers

VISIT = "questions-visit"
NAMING, RATING, DONE = "naming", "rating", "done"


@dataclass(frozen=True, slots=True)
class Visit:
    """The state of the questions: occasion, whether activities are named at it, and step.

    A step is `NAMING`, the id of an activity's first entry, `RATING` or `DONE`.
    """

    occasion: str
    names: bool
    step: str


# the card on Today


def card(patient: PatientDesk, above: TextBlock) -> bool:
    """Offer the due questions on Today, unless they were put off for the day; return whether.

    What stands `above` is sent first, if they are offered.
    """
    due = patient.measures.questions()
    if due is None or not due.left or due.put_off:
        return False
    above.show()
    with st.container(key="panel-questions"):
        block = TextBlock().subheader(_("A few questions about your days"))
        block.text(_("Two minutes. They show how you get on.")).show()
        if st.button(_("Answer now"), key="questions-start", width="stretch"):
            begin()
        if st.button(_("Not now"), key="questions-later", width="stretch"):
            with time_zone.refusals():
                key = action_keys.act("questions-later")
                patient.measures.put_off(due.occasion.id, PutOffWhat.FOR_TODAY, key=key)
                action_keys.done("questions-later")
                st.rerun()
    return True


def begin() -> None:
    """Open the page at the first unanswered question."""
    st.session_state.pop(VISIT, None)
    browser_back.begin("questions")
    navigation.go("questions")


# the page


def show(patient: PatientDesk) -> None:
    """Show the present question; each answer is saved at once."""
    if patient.open_flags() or patient.sessions.running_session():
        navigation.go("today")
    due, asked = patient.measures.questions(), patient.protocol.measures
    visit = st.session_state.get(VISIT)
    if isinstance(visit, Visit) and visit.step == DONE:
        _thanks(patient)
        return
    if due is None or asked is None or (not due.left and not isinstance(visit, Visit)):
        components.top("questions-none")
        st.title(_("Nothing to answer now"))
        if isinstance(visit, Visit):
            st.text(_("These questions are over for now. What you answered before is kept."))
        _to_today()
        return
    if not isinstance(visit, Visit) or visit.occasion != due.occasion.id:
        visit = Visit(due.occasion.id, due.activities, "")
        visit = Visit(visit.occasion, visit.names, _first_open(patient, due))
        st.session_state[VISIT] = visit
        browser_back.settle()
    steps = _steps(patient, due, visit)
    step = visit.step if visit.step in steps else _first_open(patient, due)
    place = steps.index(step) if step in steps else 0
    components.top(f"questions-{place}")
    if step != NAMING:  # the number of steps depends on the named activities
        st.progress((place + 1) / (len(steps) + 1), _("{n} of {m}").format(n=place + 1, m=len(steps)))
    if step == NAMING:
        _name(patient, due, asked)
    elif step == RATING:
        _rate(patient, due, asked)
    else:
        _score(patient, due, UUID(step))
    if place and st.button(_("Back"), key=f"questions-back-{step}", width="stretch"):
        _turn(steps[place - 1])
    if st.button(_("Stop here"), key=f"questions-stop-{step}", width="stretch"):
        st.session_state.pop(VISIT, None)
        navigation.go("today")
    st.caption(_("Each answer is saved when you tap it. You can go on later."))


def _steps(patient: PatientDesk, due: Due, visit: Visit) -> list[str]:
    """Return the steps of the occasion in order."""
    history = patient.history()
    scored = [str(measures.root(history, each)) for each in patient.measures.activities()]
    rating = [RATING] if due.occasion.asks_change else []
    return [*([NAMING] if visit.names else []), *scored, *rating]


def _first_open(patient: PatientDesk, due: Due) -> str:
    if due.activities:
        return NAMING
    if due.scores:
        return str(measures.root(patient.history(), due.scores[0]))
    return RATING if due.change else DONE


def _turn(step: str) -> None:
    visit: Visit = st.session_state[VISIT]
    st.session_state[VISIT] = Visit(visit.occasion, visit.names, step)
    st.rerun()


def _go_on(patient: PatientDesk, step: str) -> None:
    """Go to the next step; after the last one, thank."""
    due = patient.measures.questions()
    steps = _steps(patient, due, st.session_state[VISIT]) if due else []
    later = steps[steps.index(step) + 1 :] if step in steps else []
    _turn(later[0] if later else DONE)


# naming activities


def _name(patient: PatientDesk, due: Due, asked: Measures) -> None:
    st.title(_(asked.choose))
    st.text(_("In your own words. One is enough."))
    known = patient.measures.activities()
    with st.form("questions-naming", border=False):
        texts = []
        for n in range(asked.activities_most.whole):
            example = _("Such as: {example}").format(
                example=in_a_sentence(_(asked.examples[n % len(asked.examples)]))
            )
            texts.append(
                st.text_input(
                    _("Activity {n}").format(n=n + 1),
                    value=known[n].fact.text if n < len(known) else "",
                    max_chars=ACTIVITY_LIMIT,
                    placeholder=example,
                    key=drafts.keep(
                        f"questions-activity-{n}",
                        f"activity-{n}",
                        patient.patient,
                        base=known[n].fact.text if n < len(known) else "",
                    ),
                )
            )
        saved = st.form_submit_button(
            _("Save and go on"), key="questions-named", type="primary", width="stretch"
        )
    if saved:
        with time_zone.refusals():
            named = [text for text in texts if text.strip()]
            key = action_keys.act("questions-naming")
            patient.measures.name_activities(named, instead_of=[each.id for each in known], key=key)
            action_keys.done("questions-naming")
            for n in range(len(texts)):
                drafts.sent(f"activity-{n}", patient.patient)
            _go_on(patient, NAMING)
    if not known and st.button(_("Leave this out"), key="questions-unnamed", width="stretch"):
        with time_zone.refusals():
            key = action_keys.act("questions-unnamed")
            patient.measures.put_off(due.occasion.id, PutOffWhat.ACTIVITIES, key=key)
            action_keys.done("questions-unnamed")
            _go_on(patient, NAMING)
    st.caption(_(asked.attribution))


# scoring and rating


def _score(patient: PatientDesk, due: Due, root: UUID) -> None:
    """Ask how well one activity goes; its name is user text, so it must not be a heading."""
    case = patient.case
    activity = next(
        each for each in patient.measures.activities() if measures.root(case.history, each) == root
    )
    st.title(_(due.occasion.function_question))
    with st.container(key="own-words"):
        st.text(activity.fact.text)
    old = measures.score_of(case, due.occasion.id, activity)
    if old:
        st.text(_("You answered: {value}").format(value=measures_text.able(old.fact.able, case.protocol)))
    if case.history.settings.get("plain_words") is True:
        st.text(_("This question needs a number. Your pain is still asked in words."))
    name = f"able-{due.occasion.id}-{root}"
    key = action_keys.act(name)
    told, able = outcome_answers.scale(name, patient)
    if not told:
        return
    with time_zone.refusals():
        patient.measures.score_activity(due.occasion.id, activity.id, able, key=key)
        action_keys.done(name)
        _go_on(patient, str(root))


def _rate(patient: PatientDesk, due: Due, asked: Measures) -> None:
    case = patient.case
    st.title(_(asked.change_question))
    old = measures.rating_of(case, due.occasion.id)
    if old:
        value = measures_text.changed(old.fact.change, case.protocol)
        st.text(_("You answered: {value}").format(value=value))
    name = f"change-{due.occasion.id}"
    key = action_keys.act(name)
    told, change = outcome_answers.rating(name, patient)
    if not told:
        return
    with time_zone.refusals():
        patient.measures.rate_change(due.occasion.id, change, key=key)
        action_keys.done(name)
        _go_on(patient, RATING)


# the end


def _thanks(patient: PatientDesk) -> None:
    components.top("questions-done")
    st.title(_("Thank you. Your answers are saved."))
    st.text(_("You find them under Diary, and how they change under Progress."))
    notice = "reads_clinic" if patient.is_followed() else "reads_home"
    st.text(protocol_texts.protocol_text(patient.case, notice))
    if st.button(_("See my progress"), key="questions-progress", width="stretch"):
        st.session_state.pop(VISIT, None)
        folding.unfold("progress-function")
        navigation.go("progress")
    _to_today()


def _to_today() -> None:
    if st.button(_("To Today"), key="questions-today", type="primary", width="stretch"):
        st.session_state.pop(VISIT, None)
        navigation.go("today")
