"""Progress: what one patient's history says about recovery."""

import streamlit as st

from coach.i18n import _
from coach.review.patient import findings, frames, function
from coach.ui.parts import action_keys, charts, export_buttons, time_zone
from coach.ui.patient import outcome_questions
from coach.ui.shell import entrance

WEEKS_BACK = "progress-weeks-back"

patient = entrance.enter_as_patient()
case, today = patient.case, patient.today()
study = case.history.settings.get("curve") is True


def turn(pages: int) -> None:
    st.session_state[WEEKS_BACK] = max(0, st.session_state.get(WEEKS_BACK, 0) + pages)


st.title(_("Your progress"))

st.header(findings.pain(case, today=today))
charts.pain(case, today=today, study=study)
# Two keys: a tap in a second tab, where it still looks as before, changes nothing back.
text, key = (
    (_("Hide one study's average"), "study-off") if study else (_("Show one study's average"), "study-on")
)
if st.button(text, key=key):
    with time_zone.refusals():
        patient.settings.set("curve", value=not study, key=action_keys.act("study"))
        action_keys.done("study")
        st.rerun()

st.header(findings.doing(case, today=today))
st.markdown(findings.doing_today(case, today=today, now=patient.now()))
back = st.session_state.get(WEEKS_BACK, 0)
charts.doing(case, now=patient.now(), today=today, back=back, turn=turn)

changed = frames.changes(case.history)
st.header(findings.changes(changed))
charts.changes(changed)

due = patient.measures.questions()
if function.answered(case) or (due and due.left):
    found = function.finding(case)
    st.header(found)
    charts.measured(case, finding=found)
    if due and due.left and st.button(_("Answer a few questions"), key="questions-start", width="stretch"):
        outcome_questions.begin()

st.header(findings.active_days(case.history))
st.markdown(_(case.protocol.notices["self_reported"]))

st.header(_("Take it with you"))
export_buttons.everything(patient)
