"""The page Today: its cards in order of importance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise

import streamlit as st

from coach.desk import PatientDesk
from coach.domain import decisions as gate_decisions
from coach.domain.coming_up import Opening
from coach.domain.course import Course
from coach.domain.facts import PainWhen
from coach.domain.protocol import FlagLevel
from coach.i18n import _
from coach.text import doses as doses_text
from coach.text import pain as pain_text
from coach.text import protocol_texts
from coach.text import reasons as reasons_text
from coach.text import times as times_text
from coach.ui.parts import (
    action_keys,
    choices,
    components,
    date_time,
    drafts,
    drawings,
    emergency_help,
    folding,
    messages,
    navigation,
    plan_change_card,
    red_flag_card,
    time_zone,
)
from coach.ui.parts.text_block import TextBlock
from coach.ui.patient import first_thing, outcome_questions, said_later

SCORING = "today-scoring"
NEXT = 3  # upcoming phases that are shown
SOON = timedelta(hours=48)


def show(patient: PatientDesk) -> None:
    """Show the whole page."""
    if SCORING in st.session_state and not patient.open_flags():
        _score(patient)
        return
    known = patient.course()
    decisions = patient.decisions()
    components.top("today")
    components.outbox(patient)
    block = TextBlock()
    if known:
        name = str(patient.history().settings.get("first_name") or "")
        place = times_text.where_in_course(known, patient.zone, now=patient.now())
        block.text(" · ".join(filter(None, [name, place])))
    if patient.open_flags():
        _warning(patient, block)
        messages.link(patient)
        plan_change_card.card(patient, block)
        return
    running = patient.sessions.running_session()
    told = False
    if running:
        first_thing.running(patient, block)
    else:
        told = first_thing.show(patient, known, decisions, block)
    _help(patient, block)
    if patient.is_followed():
        block.show()
        messages.link(patient)
    plan_change_card.card(patient, block)
    _notices(patient, known, block)
    _routines(patient, decisions, block, startable=running is None)
    reasons = [why for d in decisions.values() if isinstance(d, gate_decisions.Locked) for why in d.told]
    needed = next((why for why in reasons if isinstance(why, gate_decisions.NeedsClinic)), None)
    if needed:
        _clinic_word(patient, needed, block)
    if not running:
        outcome_questions.card(patient, block)
    if (
        known
        and known.spans
        and not any(isinstance(w, gate_decisions.Contradictory | gate_decisions.FutureTime) for w in reasons)
    ):
        _course(patient, known, block, told=told)
    _pain(patient, block)
    said_later.show(patient)
    components.countdowns(patient, block.countdowns)


def _clinic_word(patient: PatientDesk, reason: gate_decisions.NeedsClinic, block: TextBlock) -> None:
    """Offer to record that the clinic agreed to a set-up answer.

    For a followed patient the physiotherapist does that.
    """
    name = f"agreed-{reason.question.id}"
    block.text(_("You answered yes or unsure: {question}").format(question=_(reason.question.text)))
    if patient.is_followed():
        block.text(_("Your physiotherapist looks at this and decides. Until then it stays closed."))
        return
    block.show()
    # Sent also while it is folded: what was typed stays when it is folded again.
    with st.expander(_("My clinic said I may exercise")):
        who = st.text_input(_("Who did you speak to?"), key=drafts.keep(f"{name}-who", name, patient.patient))
        when = date_time.ask(name, patient)
        if st.button(_("Save"), key=f"{name}-save", width="stretch"):
            with time_zone.refusals():
                patient.red_flags.clinic_agreed(
                    reason.question.id, who=who, spoke=when.needed(), key=action_keys.act(name)
                )
                drafts.sent(name, patient.patient)
                st.rerun()


# a red flag


def _warning(patient: PatientDesk, block: TextBlock) -> None:
    block.title(_("Do not exercise now"))
    shown = False  # an emergency's card has the number already
    for entry in patient.open_flags():
        flag = patient.protocol.red_flags.get(entry.fact.flag)
        if flag:
            red_flag_card.card(patient, flag, block)
            shown |= flag.level is FlagLevel.EMERGENCY
    if not shown:
        emergency_help.emergency(patient, block)
    block.show()
    if st.button(_("More about this"), key="to-warning", width="stretch"):
        navigation.go("warning")


# notices


def _notices(patient: PatientDesk, known: Course | None, block: TextBlock) -> None:
    case = patient.case
    if known and known.home_assumed:
        block.notice(protocol_texts.protocol_text(case, "home_assumed"), "warning").show()
        if st.button(_("Say when I got home"), key="say-home"):
            st.session_state["set-up-step"] = "home"
            navigation.go("set_up")
    if patient.two_high_days():
        block.notice(protocol_texts.protocol_text(case, "two_high_days"), "error")
    span = known.span_at(patient.now()) if known else None
    if span and span.phase.review_due:
        block.notice(protocol_texts.protocol_text(case, "review_due"), "info")


# the routines


def _routines(
    patient: PatientDesk,
    decisions: Mapping[str, gate_decisions.Decision],
    block: TextBlock,
    *,
    startable: bool,
) -> None:
    block.header(_("Your exercises"))
    counts, proposed = patient.counts_today(), patient.proposed()
    again = True  # scoring pain again is offered once
    for routine_id, decision in decisions.items():
        count = counts[routine_id]
        today = _("{done} of {due} today").format(done=count.done, due=count.due) if count.due else ""
        match decision:
            case gate_decisions.Open():
                block.show()
                _open_row(patient, decision, today, startable=startable)
            case gate_decisions.Locked():
                _locked_row(patient, decision, proposed[routine_id], today, block, again=again)
                again = again and not isinstance(decision.told[0], gate_decisions.TooMuchPain)


def _open_row(patient: PatientDesk, decision: gate_decisions.Open, today: str, *, startable: bool) -> None:
    """Show a routine with its dose; what it has to say beside that is sent once it is unfolded."""
    routine, dose = decision.routine, decision.dose
    amount = doses_text.dose(routine, dose)
    label = "  \n".join([f"**{_(routine.name)}**", " · ".join(filter(None, [amount, today]))])
    row = folding.line(label, f"exercise-{routine.id}")
    if not row.open:
        return
    with row:
        block = TextBlock()
        for step in decision.steps:
            block.text(doses_text.step(step, patient.zone, now=patient.now()))
            first_thing.given_why(step, block)
        block.text(doses_text.often(dose).capitalize() + ".").show()
        if startable:
            with st.container(key=f"choices-{routine.id}"):
                if st.button(_("Start only this one"), key=f"only-{routine.id}", width="stretch"):
                    first_thing.begin([routine.id])
                easier = _("Easier today: {dose}").format(dose=doses_text.dose(routine, decision.easier))
                if decision.easier != dose and st.button(easier, key=f"easier-{routine.id}", width="stretch"):
                    first_thing.begin([routine.id], easier=True)
        drawings.routine(routine, block)
        block.show()


def _locked_row(
    patient: PatientDesk,
    decision: gate_decisions.Locked,
    proposed: datetime | None,
    today: str,
    block: TextBlock,
    *,
    again: bool,
) -> None:
    routine, now = decision.routine, patient.now()
    row = TextBlock().bold(_(routine.name))
    counted = proposed is not None and proposed - now < SOON
    first = decision.told[0]
    # The reason has the count already
    told = "" if isinstance(first, gate_decisions.DoseDone) else today
    line = _when(patient, decision, proposed, counted=counted)
    row.text(" · ".join(filter(None, [line, told])))
    if counted and proposed:
        row.countdown(proposed, routine.id)
    row.caption(reasons_text.closed_by(decision, patient.case))
    for why in decision.told:
        first_thing.given_why(why, row)
    if not again or not isinstance(first, gate_decisions.TooMuchPain):
        block.add(row, "panel")
        return
    block.show()
    block.countdowns |= row.countdowns
    with st.container(key=f"panel-{routine.id}"):
        row.show()
        if st.button(_("Score my pain again"), key=f"again-{routine.id}", width="stretch"):
            st.session_state[SCORING] = True
            st.rerun()


def _when(
    patient: PatientDesk, decision: gate_decisions.Locked, proposed: datetime | None, *, counted: bool
) -> str:
    """Return when a closed routine is proposed again.

    One that opens at night waits for the morning.
    """
    if proposed is None:
        return _("Not open.")
    if proposed != decision.opens_at:
        when = times_text.moment(proposed, patient.zone, now=patient.now())
        return _("Next one {when}").format(when=when)
    when = times_text.opens(proposed, patient.zone, now=patient.now(), counted=counted)
    waits = isinstance(decision.told[0], gate_decisions.DoseDone | gate_decisions.TooSoon)
    line = _("Next one {when}") if waits else _("Not yet: {when}")
    return line.format(when=when)


# the course, pain, help


def _course(patient: PatientDesk, known: Course, block: TextBlock, *, told: bool) -> None:
    now = patient.now()
    span = known.span_at(now)
    openings = {each.phase.id: patient.openings(each) for each in known.spans}
    block.header(_("Where you are")).show()
    components.course(patient, known, openings)
    if span is None:
        return
    case = patient.case
    until = times_text.clock_time(span.ends, patient.zone) if span.ends else ""
    block.text(protocol_texts.filled(span.phase.rest_rule, case, until=until))
    if not told:
        if span.ends and span.phase.rest_rule_until_next:
            block.countdown(span.ends, "rest")
        first_thing.do_and_do_not(patient, span.phase, block)
    _comes_next(patient, known, openings, block)


def _comes_next(
    patient: PatientDesk,
    known: Course,
    openings: Mapping[str, Mapping[str, Opening]],
    block: TextBlock,
) -> None:
    """Show the next phases with their times and what opens in each, by the gate's answers."""
    case, zone, now = patient.case, patient.zone, patient.now()
    coming: list[tuple[str, str]] = []
    closed: dict[str, list[str]] = {}
    for before, after in pairwise(known.spans):
        if after.starts <= now or len(coming) == NEXT:
            continue
        opens = []
        for routine, found in openings[after.phase.id].items():
            name = _(case.protocol.routines[routine].name)
            if found.why:
                closed.setdefault(reasons_text.reason(found.why, case), []).append(name)
            elif routine not in before.phase.doses and found.at == after.starts:
                opens.append(name)
        lines = [_(after.phase.name)]
        if opens:
            lines.append(_("Opens: {names}").format(names=first_thing.joined(opens)))
        coming.append((times_text.moment(after.starts, zone, now=now), "\n" + "\n".join(lines)))
    if not coming:
        return
    block.bold(_("What comes next")).items(coming)
    for why, names in closed.items():
        block.text(
            _("Closed then too: {names}. {why}").format(
                names=first_thing.joined(list(dict.fromkeys(names))), why=why
            )
        )


def _pain(patient: PatientDesk, block: TextBlock) -> None:
    protocol = patient.protocol
    block.header(_("Your pain"))
    latest = patient.latest_pain()
    if latest:
        when = times_text.moment(latest.at, patient.zone, now=patient.now())
        block.text(_("{score}, {when}").format(score=pain_text.score(latest.fact.score, protocol), when=when))
    else:
        block.text(_("No score yet."))
    block.show()
    if st.button(_("Score my pain now"), key="score-now", width="stretch", on_click=_ask_for_score):
        _ask_for_score()  # a server that was restarted knows the tap alone
        st.rerun()


def _ask_for_score() -> None:
    """Show the scale in this very run, before any of Today is sent."""
    st.session_state[SCORING] = True


def _score(patient: PatientDesk) -> None:
    components.top("score")
    TextBlock().title(_("How bad is your back pain right now?")).show()
    score = choices.pain("now", patient)
    if score is not None:
        with time_zone.refusals():
            patient.sessions.give_pain(score, PainWhen.NOW, key=action_keys.act("now"))
            action_keys.done("now")
            st.session_state.pop(SCORING)
            st.rerun()
    if st.button(_("Back"), key="score-back", on_click=_no_score):
        _no_score()
        st.rerun()


def _no_score() -> None:
    st.session_state.pop(SCORING, None)


def _help(patient: PatientDesk, block: TextBlock) -> None:
    number = protocol_texts.numbers(patient.case)["clinic"]
    ways = TextBlock()
    emergency_help.wrong(ways)
    if protocol_texts.tel(number):
        ways.call(_("Call my clinic {number}").format(number=number), protocol_texts.tel(number))
    block.add(ways, "help")
    emergency_help.emergency(patient, block)
