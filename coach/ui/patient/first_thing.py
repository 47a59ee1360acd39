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
from coach.ui.parts import action_keys, navigation, plan_change_card, time_zone
from coach.ui.parts.text_block import TextBlock

BEFORE = "before-session"
TOGETHER = timedelta(minutes=10)  # routines that open within this time are waited for together
HOLDING_BACK = gate_decisions.AfterRed | gate_decisions.TooMuchPain | gate_decisions.NeedsClinic


def show(
    patient: PatientDesk,
    known: Course | None,
    decisions: Mapping[str, gate_decisions.Decision],
    block: TextBlock,
) -> bool:
    """Show the most important thing now; return whether that included the phase's do and don't."""
    due = _due(patient, decisions)
    free = [d for d in decisions.values() if isinstance(d, gate_decisions.Open)]
    morning = _morning(patient)
    if morning:
        _night(patient, known, morning, free, block)
        return False
    if due or free:
        first_today = not any(d.done_today for d in decisions.values())
        _open(patient, known, due or free, decisions, block, offered=bool(due) or first_today)
        return False
    home = next((d for d in decisions.values() if isinstance(d, gate_decisions.Locked)), None)
    if home and isinstance(home.reason, gate_decisions.NotHome) and home.reason.assumed is None:
        _not_home(patient, block)
        return False
    if home and isinstance(home.reason, gate_decisions.Contradictory | gate_decisions.FutureTime):
        _locked_title(patient, decisions, block)
        return False
    span = known.span_at(patient.now()) if known else None
    if span and span.ends and span.phase.rest_rule_until_next:
        ends = times_text.clock_time(span.ends, patient.zone)
        block.title(protocol_texts.filled(span.phase.rest_rule, patient.case, until=ends))
        block.countdown(span.ends, "rest")
        do_and_do_not(patient, span.phase, block)
        return True
    _locked_title(patient, decisions, block)
    return False


def _morning(patient: PatientDesk) -> datetime | None:
    """Return the next proposal if it is night now; None by day or without one."""
    if not patient.night().holds(patient.now()):
        return None
    return min(filter(None, patient.proposed().values()), default=None)


def _night(
    patient: PatientDesk,
    known: Course | None,
    morning: datetime,
    free: list[gate_decisions.Open],
    block: TextBlock,
) -> None:
    """Suggest sleep until the morning; open routines may be started but are not proposed."""
    block.title(_("It is night. Sleep if you can."))
    span = known.span_at(patient.now()) if known else None
    if span and span.ends and span.phase.rest_rule_until_next:
        ends = times_text.clock_time(span.ends, patient.zone)
        block.text(protocol_texts.filled(span.phase.rest_rule, patient.case, until=ends))
    then = [routine for routine, when in patient.proposed().items() if when and when - morning <= TOGETHER]
    names = joined([_(patient.protocol.routines[routine].name) for routine in then])
    told = times_text.moment(morning, patient.zone, now=patient.now())
    block.text(_("Next: {name}, {moment}").format(name=names, moment=told))
    if not free:
        return
    if patient.said_yes("helper"):
        block.notice(protocol_texts.protocol_text(patient.case, "helper_beside"), "info")
    block.show()
    if st.button(_("I am awake and want to exercise"), key="start-at-night", width="stretch"):
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
    block: TextBlock,
    *,
    offered: bool,
) -> None:
    names = [_(each.routine.name) for each in chosen]
    _open_title(patient, known, names, decisions, block, offered=offered)
    if offered:
        minutes = patient.sessions.minutes([each.routine.id for each in chosen])
        line = _("{names}. About {minutes}, lying on your back.").format(
            names=joined(names), minutes=times_text.minutes(minutes)
        )
    else:
        line = _("What was due so far is done. You may do more of: {names}.").format(names=joined(names))
    block.text(line)
    if patient.said_yes("helper"):
        block.notice(protocol_texts.protocol_text(patient.case, "helper_beside"), "info")
    if not offered:
        return
    block.show()
    label = ngettext("Start ({n} exercise)", "Start ({n} exercises)", len(chosen)).format(n=len(chosen))
    if st.button(label, key="start-all", type="primary", width="stretch"):
        begin([each.routine.id for each in chosen])
    easier = any(each.easier != each.dose for each in chosen)
    if easier and st.button(_("Easier today"), key="start-easier", width="stretch"):
        begin([each.routine.id for each in chosen], easier=True)


def _open_title(
    patient: PatientDesk,
    known: Course | None,
    names: list[str],
    decisions: Mapping[str, gate_decisions.Decision],
    block: TextBlock,
    *,
    offered: bool,
) -> None:
    """Show the headline: the present rest rule, what closes the others, or that all is open."""
    span = known.span_at(patient.now()) if known else None
    if span and span.ends and span.phase.rest_rule_until_next:
        ends = times_text.clock_time(span.ends, patient.zone)
        block.title(protocol_texts.filled(span.phase.rest_rule, patient.case, until=ends))
        block.countdown(span.ends, "rest-now")
        return
    held = [why for d in decisions.values() if isinstance(d, gate_decisions.Locked) for why in d.told]
    why = next((each for each in held if isinstance(each, HOLDING_BACK)), None)
    if why and offered:
        block.title(_("Only {names} for now").format(names=joined([name.lower() for name in names])))
        _reason(patient, why, block)
        return
    block.title(_("You can exercise now") if offered else _("Done for now"))


def joined(names: list[str]) -> str:
    """Return names as one list in a sentence."""
    first, *others = names
    return ", ".join([first, *(name.lower() for name in others)])


def begin(routines: list[str], *, easier: bool = False) -> None:
    """Go to a session with these routines."""
    st.session_state[BEFORE] = {"routines": routines, "easier": easier}
    action_keys.done("session")
    navigation.go("session")


def running(patient: PatientDesk, block: TextBlock) -> None:
    """Show how to carry on with a session that is not finished, or leave it."""
    block.title(_("Your exercises are not finished")).show()
    if st.button(_("Carry on"), key="carry-on", type="primary", width="stretch"):
        navigation.go("session")
    running = patient.sessions.running_session()
    if running and st.button(_("Leave it at that"), key="leave"):
        with time_zone.refusals():
            patient.sessions.leave(running.id, key=action_keys.act("leave"))
            action_keys.done("leave")
            st.rerun()


def _not_home(patient: PatientDesk, block: TextBlock) -> None:
    block.title(_("Are you home now?"))
    rest = times_text.first_rest(patient.protocol)
    if rest:
        text = _("Everything starts with {length} flat on your back, from the moment you arrive.")
        block.text(text.format(length=rest))
    block.show()
    if st.button(_("Yes, I am home"), key="am-home", type="primary", width="stretch"):
        st.session_state["set-up-step"] = "home"
        navigation.go("set_up")
    block.text(_("Not yet? Then rest. Nothing to do before that."))


def _locked_title(
    patient: PatientDesk, decisions: Mapping[str, gate_decisions.Decision], block: TextBlock
) -> None:
    locked = [d for d in decisions.values() if isinstance(d, gate_decisions.Locked)]
    proposed = patient.proposed()
    coming = sorted((at, n) for n, d in enumerate(locked) if (at := proposed[d.routine.id]))
    if not coming:
        block.title(_("Not yet"))
        if locked:
            _reasons(patient, locked[0], block)
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
        block.title(_("Nothing to do just now"))
    else:
        block.title(_("Not yet"))
        _reasons(patient, first, block)
    names = joined([_(locked[n].routine.name) for _at, n in sorted(soon, key=lambda each: each[1])])
    when = times_text.moment(ready, patient.zone, now=patient.now())
    block.text(_("Next: {name}, {moment}").format(name=names, moment=when))
    block.countdown(ready, "next")


def _reasons(patient: PatientDesk, locked: gate_decisions.Locked, block: TextBlock) -> None:
    for why in locked.told:
        _reason(patient, why, block)


def _reason(patient: PatientDesk, why: gate_decisions.Reason, block: TextBlock) -> None:
    block.text(reasons_text.reason(why, patient.case))
    given_why(why, block)


def given_why(what: gate_decisions.Reason | gate_decisions.Step, block: TextBlock) -> None:
    """Add a clinician's reason."""
    why = reasons_text.given_why(what)
    if why:
        block.text(_("Why: {why}").format(why=why))


def do_and_do_not(patient: PatientDesk, phase: Phase, block: TextBlock) -> None:
    """Add what a phase allows and forbids, and the clinic's own words."""
    case = patient.case
    for title, lines in ((_("Do"), phase.do), (_("Do not"), phase.dont)):
        if lines:
            block.bold(title).items(protocol_texts.filled(line, case) for line in lines)
    plan_change_card.own_texts(patient, block)
