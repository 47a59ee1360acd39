"""The page Progress: one number and one sentence, the course to scale; all the rest in lines that are opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from coach.desk import PatientDesk
from coach.domain import function_tests
from coach.domain.case import Case
from coach.domain.protocol import Routine
from coach.domain.times import local_date
from coach.i18n import _
from coach.review.patient import findings, function
from coach.review.patient import function_tests as test_results
from coach.text import protocol_texts
from coach.text import times as times_text
from coach.ui.parts import (
    action_keys,
    charts,
    course_scale,
    empty_states,
    export_buttons,
    folding,
    navigation,
    time_zone,
)
from coach.ui.parts.text_block import TextBlock
from coach.ui.patient import outcome_questions, pain_figure

WEEKS_BACK = "progress-weeks-back"


def show(patient: PatientDesk) -> None:
    """Show the finding on pain, where in the course the patient is, and a line for each further part."""
    case, today = patient.case, patient.today()
    finding = findings.pain(case, today=today)
    with st.container(key="progress"):
        with st.container(key="progress-first"):
            _first(patient, finding)
        with st.container(key="progress-more"):
            if charts.has_pain(case, today=today, study=_study(case)):
                _line(_("Your pain, day by day"), "", "pain", lambda: _pain(patient, finding))
            past = findings.doing(case, today=today)
            done = past or findings.doing_today(case, today=today, now=patient.now())
            _line(_("What you did"), done, "doing", lambda: _doing(patient, past=bool(past)))
            changed = charts.changes_finding(case.history)
            if charts.has_changes(case.history):
                name = _("Pain before and after exercise")
                _line(name, changed, "changes", lambda: charts.changes(case, finding=changed))
            _activities(patient)
            _tests(patient)
            _line(
                _("Take it with you"),
                _("Your report, your exercise sheet, your figures"),
                "take",
                lambda: export_buttons.everything(patient),
            )


def _line(title: str, finding: str, name: str, fill: Callable[[], None]) -> None:
    """Show a part of the page as one line with its finding; its content is sent once it is opened."""
    opened = folding.line("  \n".join(filter(None, [f"**{title}**", finding])), f"progress-{name}")
    if opened.open:
        with opened:
            fill()


def _first(patient: PatientDesk, finding: str) -> None:
    """Show what is read at a glance; before there is a number, what will be here and when."""
    case = patient.case
    block = TextBlock().title(_("Your progress"))
    figure = findings.pain_figure(case, today=patient.today())
    if figure is None:
        empty_states.picture(block, "progress")
    else:
        pain_figure.add(block, figure)
    block.header(finding)
    if figure is None:
        block.show()
        if st.button(_("Go to the daily check-in"), key="progress-to-diary", width="stretch"):
            navigation.go("diary")
    _course(patient, block)
    if not charts.has_changes(case.history):
        block.text(findings.last_change(case) or charts.changes_finding(case.history))
    block.show()


def _course(patient: PatientDesk, block: TextBlock) -> None:
    known = patient.course()
    if known is None or not known.spans:  # not home yet: no phase has begun
        return
    now, zone = patient.now(), patient.zone
    block.subheader(times_text.where_in_course(known, zone, now=now))
    course_scale.add(block, known, now=now)
    coming = next((span for span in known.spans if span.starts > now), None)
    if coming:
        day = times_text.weekday_and_date(local_date(coming.starts, zone))
        block.text(_("Next: {phase}, from {day}").format(phase=_(coming.phase.name), day=day))


# the parts


def _study(case: Case) -> bool:
    """Tell whether one study's average is to be drawn too."""
    return case.history.settings.get("curve") is True


def _pain(patient: PatientDesk, finding: str) -> None:
    case, study = patient.case, _study(patient.case)
    charts.pain(case, today=patient.today(), study=study, finding=finding)
    # Two keys: a tap in a second tab, where it still looks as before, changes nothing back.
    text, key = (
        (_("Hide one study’s average"), "study-off") if study else (_("Show one study’s average"), "study-on")
    )
    if st.button(text, key=key):
        with time_zone.refusals():
            patient.settings.set("curve", value=not study, key=action_keys.act("study"))
            action_keys.done("study")
            st.rerun()


def _doing(patient: PatientDesk, *, past: bool) -> None:
    case, now, today = patient.case, patient.now(), patient.today()
    if past:  # else the line itself says it
        TextBlock().text(findings.doing_today(case, today=today, now=now)).show()
    charts.doing(case, now=now, today=today, back=st.session_state.get(WEEKS_BACK, 0), turn=_turn)
    TextBlock().text(findings.active_days(case.history)).text(
        protocol_texts.notice(case.protocol, "self_reported")
    ).show()


def _turn(pages: int) -> None:
    st.session_state[WEEKS_BACK] = max(0, st.session_state.get(WEEKS_BACK, 0) + pages)


def _activities(patient: PatientDesk) -> None:
    """Show how the patient's own activities go, and ask about them if that is due."""
    case = patient.case
    due = patient.measures.questions()
    if function.answered(case):
        found = function.finding(case)
        name = _("Your own activities")
        _line(name, found, "function", lambda: charts.measured(case, finding=found))
    if due and due.left:
        if not function.answered(case):
            TextBlock().subheader(function.finding(case)).show()
        if st.button(_("Answer a few questions"), key="questions-start", width="stretch"):
            outcome_questions.begin()


def _tests(patient: PatientDesk) -> None:
    """Show the results of each test that was tried, as they are: nothing is compared."""
    case = patient.case
    for routine in function_tests.routines(case):
        if function_tests.tries(case, routine):
            found = test_results.finding(case, routine)
            _line(_(routine.name), found, f"test-{routine.id}", partial(_test, patient, routine))


def _test(patient: PatientDesk, routine: Routine) -> None:
    TextBlock().text(_(routine.why)).show()
    charts.plain(test_results.table(patient.case, routine, now=patient.now()))
