"""Progress: what one patient's history says about recovery."""

import streamlit as st

from coach.i18n import _
from coach.review.patient import findings, function
from coach.ui.parts import action_keys, charts, export_buttons, time_zone
from coach.ui.parts.text_block import TextBlock
from coach.ui.patient import outcome_questions
from coach.ui.shell import entrance

WEEKS_BACK = "progress-weeks-back"

patient = entrance.enter_as_patient()
case, today = patient.case, patient.today()
study = case.history.settings.get("curve") is True


def turn(pages: int) -> None:
    st.session_state[WEEKS_BACK] = max(0, st.session_state.get(WEEKS_BACK, 0) + pages)


finding = findings.pain(case, today=today)
TextBlock().title(_("Your progress")).header(finding).show()
charts.pain(case, today=today, study=study, finding=finding)
# Two keys: a tap in a second tab, where it still looks as before, changes nothing back.
text, key = (
    (_("Hide one study's average"), "study-off") if study else (_("Show one study's average"), "study-on")
)
if st.button(text, key=key):
    with time_zone.refusals():
        patient.settings.set("curve", value=not study, key=action_keys.act("study"))
        action_keys.done("study")
        st.rerun()

now = patient.now()
so_far = findings.doing_today(case, today=today, now=now)
TextBlock().header(findings.doing(case, today=today)).text(so_far).show()
charts.doing(case, now=now, today=today, back=st.session_state.get(WEEKS_BACK, 0), turn=turn)

finding = charts.changes_finding(case.history)
TextBlock().header(finding).show()
charts.changes(case, finding=finding)

due = patient.measures.questions()
if function.answered(case) or (due and due.left):
    found = function.finding(case)
    TextBlock().header(found).show()
    charts.measured(case, finding=found)
    if due and due.left and st.button(_("Answer a few questions"), key="questions-start", width="stretch"):
        outcome_questions.begin()

last = TextBlock().header(findings.active_days(case.history)).text(_(case.protocol.notices["self_reported"]))
last.header(_("Take it with you")).show()
export_buttons.everything(patient)
