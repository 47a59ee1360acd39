"""The first thing on Today: the most important thing now, with its button."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import streamlit as st

from coach.desk import PatientDesk
from coach.domain import decisions as gate_decisions
from coach.domain.course import Course
from coach.domain.protocol import Phase
from coach.i18n import _, ngettext
from coach.text import protocol_texts
from coach.text import reasons as reasons_text
from coach.text import times as times_text
from coach.ui.parts import action_keys, components, navigation, plan_change_card, time_zone

BEFORE = "before-session"
TOGETHER = timedelta(minutes=10)  # routines that open within this time are waited for together
HOLDING_BACK = gate_decisions.AfterRed | gate_decisions.TooMuchPain | gate_decisions.NeedsClinic


def show(
    patient: PatientDesk, known: Course | None, decisions: Mapping[str, gate_decisions.Decision]
) -> bool:
    """Show the most important thing now; return whether that included the phase's do and don't."""
    due = _due(patient, decisions)
    free = [d for d in decisions.values() if isinstance(d, gate_decisions.Open)]
    morning = _morning(patient)
    if morning:
        _night(patient, known, morning, free)
        return False
    if due or free:
        first_today = not any(d.done_today for d in decisions.values())
        _open(patient, known, due or free, decisions, offered=bool(due) or first_today)
        return False
    home = next((d for d in decisions.values() if isinstance(d, gate_decisions.Locked)), None)
    if home and isinstance(home.reason, gate_decisions.NotHome) and home.reason.assumed is None:
        _not_home(patient)
        return False
    if home and isinstance(home.reason, gate_decisions.Contradictory | gate_decisions.FutureTime):
        _locked_title(patient, decisions)
        return False
    span = known.span_at(patient.now()) if known else None
    if span and span.ends and span.phase.rest_rule_until_next:
        ends = times_text.clock_time(span.ends, patient.zone)
        st.title(protocol_texts.filled(span.phase.rest_rule, patient.case, until=ends))
        components.countdown(patient, span.ends, name="rest")
        do_and_do_not(patient, span.phase)
        return True
    _locked_title(patient, decisions)
    return False


def _morning(patient: PatientDesk) -> datetime | None:
    """Return the next proposal if it is night now; None by day or without one."""
    if not patient.night().holds(patient.now()):
        return None
    return min(filter(None, patient.proposed().values()), default=None)


def _night(
    patient: PatientDesk, known: Course | None, morning: datetime, free: list[gate_decisions.Open]
) -> None:
    """Suggest sleep until the morning; open routines may be started but are not proposed."""
    st.title(_("It is night. Sleep if you can."))
    span = known.span_at(patient.now()) if known else None
    if span and span.ends and span.phase.rest_rule_until_next:
        ends = times_text.clock_time(span.ends, patient.zone)
        st.write(protocol_texts.filled(span.phase.rest_rule, patient.case, until=ends))
    then = [routine for routine, when in patient.proposed().items() if when and when - morning <= TOGETHER]
    names = joined([_(patient.protocol.routines[routine].name) for routine in then])
    told = times_text.moment(morning, patient.zone, now=patient.now())
    st.write(_("Next: {name}, {moment}").format(name=names, moment=told))
    if free and patient.said_yes("helper"):
        st.info(protocol_texts.protocol_text(patient.case, "helper_beside"))
    if free and st.button(_("I am awake and want to exercise"), key="start-at-night", width="stretch"):
        begin([each.routine.id for each in free])


def _due(patient: PatientDesk, decisions: Mapping[str, gate_decisions.Decision]) -> list[gate_decisions.Open]:
    """Return the open routines with sets still due today."""
    counts = patient.counts_today()
    return [
        decision
        for routine, decision in decisions.items()
        if isinstance(decision, gate_decisions.Open) and counts[routine].done < counts[routine].due
    ]


def _open(
    patient: PatientDesk,
    known: Course | None,
    chosen: list[gate_decisions.Open],
    decisions: Mapping[str, gate_decisions.Decision],
    *,
    offered: bool,
) -> None:
    names = [_(each.routine.name) for each in chosen]
    _open_title(patient, known, names, decisions, offered=offered)
    minutes = patient.sessions.minutes([each.routine.id for each in chosen])
    line = _("{names}. About {minutes}, lying on your back.").format(
        names=joined(names), minutes=times_text.minutes(minutes)
    )
    if not offered:
        line = _("What was due so far is done. You may do more of: {names}.").format(names=joined(names))
    st.write(line)
    if patient.said_yes("helper"):
        st.info(protocol_texts.protocol_text(patient.case, "helper_beside"))
    label = ngettext("Start ({n} exercise)", "Start ({n} exercises)", len(chosen)).format(n=len(chosen))
    if offered and st.button(label, key="start-all", type="primary", width="stretch"):
        begin([each.routine.id for each in chosen])
    easier = any(each.easier != each.dose for each in chosen)
    if offered and easier and st.button(_("Easier today"), key="start-easier", width="stretch"):
        begin([each.routine.id for each in chosen], easier=True)


def _open_title(
    patient: PatientDesk,
    known: Course | None,
    names: list[str],
    decisions: Mapping[str, gate_decisions.Decision],
    *,
    offered: bool,
) -> None:
    """Show the headline: the present rest rule, what closes the others, or that all is open."""
    span = known.span_at(patient.now()) if known else None
    if span and span.ends and span.phase.rest_rule_until_next:
        ends = times_text.clock_time(span.ends, patient.zone)
        st.title(protocol_texts.filled(span.phase.rest_rule, patient.case, until=ends))
        components.countdown(patient, span.ends, name="rest-now")
        return
    held = [why for d in decisions.values() if isinstance(d, gate_decisions.Locked) for why in d.told]
    why = next((each for each in held if isinstance(each, HOLDING_BACK)), None)
    if why and offered:
        st.title(_("Only {names} for now").format(names=joined([name.lower() for name in names])))
        _reason(patient, why)
        return
    st.title(_("You can exercise now") if offered else _("Done for now"))


def joined(names: list[str]) -> str:
    """Return names as one list in a sentence."""
    first, *others = names
    return ", ".join([first, *(name.lower() for name in others)])


def begin(routines: list[str], *, easier: bool = False) -> None:
    """Go to a session with these routines."""
    st.session_state[BEFORE] = {"routines": routines, "easier": easier}
    action_keys.done("session")
    navigation.go("session")


def running(patient: PatientDesk) -> None:
    """Show how to carry on with a session that is not finished, or leave it."""
    st.title(_("Your exercises are not finished"))
    if st.button(_("Carry on"), key="carry-on", type="primary", width="stretch"):
        navigation.go("session")
    running = patient.sessions.running_session()
    if running and st.button(_("Leave it at that"), key="leave"):
        with time_zone.refusals():
            patient.sessions.leave(running.id, key=action_keys.act("leave"))
            action_keys.done("leave")
            st.rerun()


def _not_home(patient: PatientDesk) -> None:
    st.title(_("Are you home now?"))
    rest = times_text.first_rest(patient.protocol)
    if rest:
        text = _("Everything starts with {length} flat on your back, from the moment you arrive.")
        st.write(text.format(length=rest))
    if st.button(_("Yes, I am home"), key="am-home", type="primary", width="stretch"):
        st.session_state["set-up-step"] = "home"
        navigation.go("set_up")
    st.write(_("Not yet? Then rest. Nothing to do before that."))


def _locked_title(patient: PatientDesk, decisions: Mapping[str, gate_decisions.Decision]) -> None:
    locked = [d for d in decisions.values() if isinstance(d, gate_decisions.Locked)]
    proposed = patient.proposed()
    coming = sorted((at, n) for n, d in enumerate(locked) if (at := proposed[d.routine.id]))
    if not coming:
        st.title(_("Not yet"))
        if locked:
            _reasons(patient, locked[0])
        return
    # Routines that open within minutes are waited for: one session, not four.
    soon = [(at, n) for at, n in coming if at - coming[0][0] <= TOGETHER]
    ready = soon[-1][0]
    first = locked[coming[0][1]]
    if all(
        isinstance(
            locked[n].told[0], gate_decisions.DoseDone | gate_decisions.TooSoon | gate_decisions.TooEarly
        )
        for _at, n in coming
    ):
        st.title(_("Nothing to do just now"))
    else:
        st.title(_("Not yet"))
        _reasons(patient, first)
    names = joined([_(locked[n].routine.name) for _at, n in sorted(soon, key=lambda each: each[1])])
    when = times_text.moment(ready, patient.zone, now=patient.now())
    st.write(_("Next: {name}, {moment}").format(name=names, moment=when))
    components.countdown(patient, ready, name="next")


def _reasons(patient: PatientDesk, locked: gate_decisions.Locked) -> None:
    for why in locked.told:
        _reason(patient, why)


def _reason(patient: PatientDesk, why: gate_decisions.Reason) -> None:
    st.write(reasons_text.reason(why, patient.case))
    given_why(why)


def given_why(what: gate_decisions.Reason | gate_decisions.Step) -> None:
    """Show a clinician's reason as plain text."""
    why = reasons_text.given_why(what)
    if why:
        st.text(_("Why: {why}").format(why=why))


def do_and_do_not(patient: PatientDesk, phase: Phase) -> None:
    """Show what a phase allows and forbids, and the clinic's own words."""
    case = patient.case
    for title, lines in ((_("Do"), phase.do), (_("Do not"), phase.dont)):
        if lines:
            st.markdown(f"**{title}**\n" + "\n".join(f"- {protocol_texts.filled(x, case)}" for x in lines))
    plan_change_card.own_texts(patient)
