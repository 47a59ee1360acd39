"""Set-up: one question a screen; each answer is recorded as it is given."""

from datetime import datetime

import streamlit as st

from coach.domain.errors import BadValue, Fault
from coach.i18n import _
from coach.text import protocol_texts
from coach.ui.parts import (
    action_keys,
    browser_back,
    choices,
    components,
    date_time,
    navigation,
    time_zone,
)
from coach.ui.patient import language_choice
from coach.ui.shell import entrance

ASKED = "set-up-asked"

patient = entrance.enter_as_patient(set_up=False)
case = patient.case
steps = patient.set_up.steps()
step = st.session_state.get("set-up-step") or next(iter(patient.set_up.missing()), None)
st.session_state["set-up-step"] = step
browser_back.settle()
if step is None:
    navigation.go("today")
    st.stop()


def next_step() -> None:
    """Go on to the first question that has no answer."""
    action_keys.done(f"set-up-{step}")
    st.session_state["set-up-step"] = next(iter(patient.set_up.missing()), None)
    st.session_state.pop("set-up-earlier", None)
    st.rerun()


def surely(wall: datetime | None) -> bool:
    """Ask once more where a corrected time may open something earlier; return whether it is right."""
    if wall is None or st.session_state.get("set-up-earlier") != (step, wall):
        return False
    st.warning(_("With this, something may open earlier than before. Is it right?"))
    return st.button(_("Yes, this is right"), key=f"set-up-sure-{step}", type="primary", width="stretch")


def forward(when: date_time.Entered) -> bool:
    """Offer to go on, unless a time that was read back waits for its own button."""
    return (
        not when.waits
        and not when.tapped
        and st.button(_("Next"), key=f"set-up-next-{step}", type="primary", width="stretch")
    )


def text(name: str) -> str:
    """Return one of the protocol's notices."""
    return protocol_texts.protocol_text(case, name)


components.top(f"set-up-{step}")
if st.session_state.pop(ASKED, False):
    st.info(_("Asked. Your physiotherapist decides; until then the time stays as it was."))
key = action_keys.act(f"set-up-{step}")
place = steps.index(step)
if place:
    st.caption(_("Question {n} of {m}").format(n=place, m=len(steps) - 1))
question = case.protocol.question(step)
known = patient.course()
wall: datetime | None = None

try:
    if step == "understood":
        language_choice.first(patient)
        st.title(_("Your exercises after balloon kyphoplasty"))
        for name in ("what_this_is", "what_this_is_not", "no_promise", "default_plan"):
            st.write(text(name))
        if st.button(_("I understand"), key="set-up-understood", type="primary", width="stretch"):
            time_zone.take_zone(patient)
            patient.set_up.understand(key=key)
            next_step()
    elif step == "procedure":
        st.title(_("When did your procedure end?"))
        st.write(_("About the time you were brought out of the treatment room. Your letter may say."))
        value = known.procedure.at if known else None
        when = date_time.ask("procedure", patient, value, go_on=_("Yes, that is right. Next"))
        time_zone.show_zone(patient)
        sure = surely(when.wall)
        if when.tapped or forward(when) or sure:
            wall = when.needed()
            st.session_state[ASKED] = not patient.course_times.procedure_ended(
                wall, key=key, earlier_is_right=sure
            )
            next_step()
    elif step == "home":
        st.title(_("When did you get home?"))
        st.write(_("The first hours of rest count from the moment you arrived."))
        arrived_at = known.home if known and not known.home_assumed else None
        when = date_time.ask("home", patient, arrived_at, go_on=_("Yes, that is right. Next"))
        sure = surely(when.wall)
        arrived = when.tapped or forward(when)
        if st.button(_("I am not home yet"), key="set-up-not-home", width="stretch"):
            patient.course_times.got_home(None, key=key)
            next_step()
        if arrived or sure:
            wall = when.needed()
            st.session_state[ASKED] = not patient.course_times.got_home(wall, key=key, earlier_is_right=sure)
            next_step()
    elif step == "baseline":
        st.title(_("How bad was your back pain in the week before the procedure?"))
        score = choices.pain("baseline", patient)
        unknown = st.button(_("I do not remember"), key="set-up-not-remembered", width="stretch")
        if score is not None or unknown:
            patient.set_up.baseline(score, key=key)
            next_step()
        plain = case.history.settings.get("plain_words") is True
        if not plain and st.button(
            _("Use plain words instead of numbers"), key="set-up-plain", width="stretch"
        ):
            patient.settings.set("plain_words", value=True)
            st.rerun()
    elif question:
        st.title(_(question.text))
        answer = choices.reply(f"q-{step}")
        if answer:
            patient.set_up.reply(step, answer, key=key)
            next_step()
    elif step == "country":
        st.title(_("Which country are you in?"))
        st.write(_("So that the right emergency number is shown."))
        countries = {code: _(each.name) for code, each in case.protocol.emergency_numbers.items()}
        picked = choices.choice("country", countries.items())
        if picked:
            patient.settings.set("country", picked)
            next_step()
    elif step == "clinic_phone":
        st.title(_("What is your clinic's phone number?"))
        st.write(_("It is on the letter you were given. It will be one tap away."))
        number = st.text_input(_("Phone number"), type="phone", autocomplete="off")
        entered = st.button(_("Next"), key=f"set-up-next-{step}", type="primary", width="stretch")
        if st.button(_("I do not have it now"), key="set-up-no-phone", width="stretch"):
            patient.settings.set("clinic_phone", "")
            next_step()
        if entered:
            if not number.strip():
                st.error(_("Enter the number, or tap “I do not have it now”."))
            else:
                patient.settings.set("clinic_phone", number)
                next_step()
    else:
        st.title(_("What shall we call you?"))
        st.write(_("A first name is enough. You can leave it out."))
        name = st.text_input(_("First name"), autocomplete="given-name")
        if st.button(_("Finish"), key="set-up-finish", type="primary", width="stretch"):
            patient.settings.set("first_name", name)
            next_step()
except time_zone.TROUBLE as trouble:
    if isinstance(trouble, BadValue) and trouble.fault is Fault.OPENS_EARLIER:
        st.session_state["set-up-earlier"] = (step, wall)
        st.rerun()
    time_zone.refuse(trouble)

if place and st.button(_("Back"), key=f"set-up-back-{step}"):
    st.session_state["set-up-step"] = steps[place - 1]
    st.rerun()
