"""Progress: what one patient's history says about recovery."""

import streamlit as st

from coach import wording
from coach.domain.faults import BadValue
from coach.i18n import _
from coach.review import findings, frames
from coach.ui import chart, door

WEEKS_BACK = "progress-weeks-back"

patient = door.enter_as_patient()
protocol, history, today = patient.protocol, patient.history(), patient.today()
study = history.settings.get("curve") is True


def turn(pages: int) -> None:
    st.session_state[WEEKS_BACK] = max(0, st.session_state.get(WEEKS_BACK, 0) + pages)


st.title(_("Your progress"))

st.header(findings.pain(protocol, history, today=today))
chart.pain(protocol, history, today=today, study=study)
wanted = st.toggle(_("Show one study's average"), value=study, key="progress-study")
if wanted != study:
    try:
        patient.set("curve", wanted)
    except BadValue as refused:
        st.error(wording.refusal(refused))
    else:
        st.rerun()

st.header(findings.doing(protocol, history, today=today))
st.markdown(findings.doing_today(protocol, history, today=today))
chart.doing(protocol, history, today=today, back=st.session_state.get(WEEKS_BACK, 0), turn=turn)

changed = frames.changes(history)
st.header(findings.changes(changed))
chart.changes(changed)

st.header(findings.active_days(history))
st.markdown(_(protocol.notices["self_reported"]))
