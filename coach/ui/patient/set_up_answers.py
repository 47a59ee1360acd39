"""Settings: the times and answers of set-up; what may open something earlier is asked twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import streamlit as st

from coach.desk import PatientDesk
from coach.domain import plan, set_up
from coach.domain.course import Course
from coach.domain.facts import AnchorTime, Pain, PainWhen, Reply
from coach.domain.protocol import Question
from coach.i18n import _
from coach.i18n.sentences import at_the_start
from coach.text import entries as entries_text
from coach.text import estimates, protocol_texts
from coach.text import pain as pain_text
from coach.ui.parts import action_keys, choices, date_time, drafts, navigation, time_zone
from coach.ui.parts.setting_rows import OPEN, SURE, close, row
from coach.ui.patient import unsure_answers

OVERNIGHT = "overnight"  # the meaning of the one question that is about times
TIMES = "times"  # this part of Settings


# times


def times(patient: PatientDesk) -> None:
    """Show when the procedure ended, when the patient got home, and the night in hospital."""
    known = patient.course()
    ended = _("not said yet")
    if known:
        ended = _not_exactly(known.procedure.at, known.procedure.fact.earliest, patient)
    row("procedure", _("Your procedure ended"), at_the_start(ended), lambda: _choose("procedure"))
    _waits(patient, AnchorTime.PROCEDURE_END)
    row("home", _("You got home"), at_the_start(_home(patient, known)), lambda: _choose("home"))
    _waits(patient, AnchorTime.HOME_ARRIVAL)
    for question in patient.protocol.questions:
        if question.meaning == OVERNIGHT:
            _question(patient, question)


def _waits(patient: PatientDesk, what: AnchorTime) -> None:
    """Show that a request for an earlier time waits for the physiotherapist."""
    requests = plan.waiting_requests(patient.case)
    waiting = [asked for asked in requests if asked.fact.what is what]
    if waiting:
        asked = waiting[-1].fact
        when = estimates.moment(asked.to, asked.earliest, patient.zone, now=patient.now())
        st.text(_("You asked to change this: {when}. Your physiotherapist decides.").format(when=when))


def _not_exactly(at: datetime, earliest: datetime | None, patient: PatientDesk) -> str:
    """Return a time, and where it is an estimate, what it is counted from."""
    when = estimates.moment(at, earliest, patient.zone, now=patient.now())
    counted = estimates.counted(at, earliest, patient.zone, now=patient.now())
    return f"{when}. {counted}" if counted else when


def _home(patient: PatientDesk, known: Course | None) -> str:
    if known is None or known.home is None:
        return _("not home yet")
    if known.home_assumed:
        return _("{when} (assumed)").format(when=time_zone.said(known.home, patient))
    return _not_exactly(known.home, known.home_earliest, patient)


def _choose(step: str) -> None:
    """Go to the question for a time, which leads back here."""
    st.session_state.pop(OPEN, None)
    st.session_state["set-up-step"] = step
    st.session_state[navigation.BACK_TO] = TIMES
    navigation.go("set_up")


# set-up answers


def answers(patient: PatientDesk) -> None:
    """Show the other answers of set-up, and the pain before the procedure."""
    unsure_answers.show(patient)
    for question in patient.protocol.questions:
        if question.meaning != OVERNIGHT:
            _question(patient, question)
    _baseline(patient)


def _question(patient: PatientDesk, question: Question) -> None:
    given = patient.history().answers.get(question.id)
    value = entries_text.reply(given.fact.reply) if given else _("not answered")
    row(question.id, _(question.text), value, lambda: _reply(patient, question))
    if given and set_up.needs_word(question, given.fact.reply):
        if words := set_up.words_after(patient.history(), given):
            agreed = words[-1]
            when = time_zone.said(agreed.fact.spoke_at, patient)
            st.text(_("Your clinic agreed: {who}, {when}").format(who=agreed.fact.who, when=when))
        elif patient.is_followed():
            st.text(_("Closed until your physiotherapist opens it. Send them a message or call your clinic."))
        else:
            row(
                f"agreed-{question.id}",
                _("Closed until your clinic agrees"),
                protocol_texts.protocol_text(patient.case, "set_up_closed"),
                lambda: _agreed(patient, question),
                change=_("My clinic said I may exercise"),
            )


def _reply(patient: PatientDesk, question: Question) -> None:
    """Ask again; an answer that may open something earlier is asked twice."""
    name = question.id
    given = patient.history().answers.get(name)
    old = given.fact.reply if given else None

    def save(reply: Reply, **_sure: bool) -> bool:
        if reply is not old:
            patient.set_up.reply(name, reply, key=action_keys.act(f"set-{name}"))
        return True

    picked = choices.reply(f"set-{name}")
    if picked:
        earlier = set_up.opens_earlier(question, old, picked)
        refused = (
            earlier and old is not None and patient.is_followed()
        )  # the answer closes the same as before: no second question
        if earlier and not refused:
            st.session_state[SURE] = (name, picked)
        else:
            with time_zone.refusals():
                save(picked)
                close(name, saved=True)
    for reply in Reply:
        if st.session_state.get(SURE) == (name, reply):
            st.text(_("Your new answer: {reply}").format(reply=entries_text.reply(reply)))
            _ask_sure(name, reply, partial(save, reply))


def _agreed(patient: PatientDesk, question: Question) -> None:
    name = f"agreed-{question.id}"
    st.text(_("Who did you speak to, and when? If they did not say so, it stays closed."))
    who = st.text_input(_("Who did you speak to?"), key=drafts.keep(f"{name}-who", name, patient.patient))
    when = date_time.ask(name, patient, draft_of=patient.patient)
    if st.button(_("They said I may exercise"), key=f"save-{name}", type="primary", width="stretch"):
        with time_zone.refusals():
            spoke = when.needed()
            patient.red_flags.clinic_agreed(
                question.id, who=who, spoke=spoke, key=action_keys.act(f"set-{name}")
            )
            close(name, saved=True)


def _baseline(patient: PatientDesk) -> None:
    found = [entry for entry in patient.history().of(Pain) if entry.fact.when is PainWhen.BASELINE]
    if not found:
        return
    old = found[-1]

    def form() -> None:
        score = choices.pain("set-baseline", patient)
        unknown = st.button(_("I do not remember"), key="set-baseline-unknown", width="stretch")
        if score is not None or unknown:
            with time_zone.refusals():
                patient.diary.correct(
                    old.id, Pain(score, PainWhen.BASELINE), key=action_keys.act("set-baseline")
                )
                close("baseline", saved=True)

    label = _("Back pain in the week before the procedure")
    row("baseline", label, at_the_start(pain_text.score(old.fact.score, patient.protocol)), form)


# what may open something earlier


def _ask_sure(name: str, what: object, save: Callable[..., bool]) -> None:
    """Ask to confirm an input that opens something earlier.

    A changed one needs a new confirmation.
    """
    if st.session_state.get(SURE) != (name, what):
        return
    st.warning(_("With this, something may open earlier than before. Is it right?"))
    if st.button(_("Yes, this is right"), key=f"sure-{name}", type="primary", width="stretch"):
        with time_zone.refusals():
            saved = save(earlier_is_right=True)
            close(name, saved=True, asked=not saved)
