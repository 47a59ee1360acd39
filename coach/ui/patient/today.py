"""The page Today: its cards in order of importance."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import streamlit as st

from coach.desk import PatientDesk
from coach.domain import decisions as gate_decisions
from coach.domain.coming_up import Opening
from coach.domain.course import Course
from coach.domain.facts import PainWhen
from coach.i18n import _
from coach.i18n.sentences import listed_names
from coach.text import doses as doses_text
from coach.text import pain as pain_text
from coach.text import protocol_texts
from coach.text import reasons as reasons_text
from coach.text import times as times_text
from coach.ui.parts import (
    action_keys,
    choices,
    components,
    course_scale,
    date_time,
    drafts,
    emergency_help,
    folding,
    messages,
    navigation,
    plan_change_card,
    time_zone,
)
from coach.ui.parts.text_block import TextBlock
from coach.ui.patient import (
    bone_questions,
    exercise_list,
    first_thing,
    open_signs,
    outcome_questions,
    said_later,
)
from coach.ui.patient.exercise_list import SCORING
from coach.ui.patient.first_thing import OnCard

NEXT = 3  # upcoming phases that are shown


def show(patient: PatientDesk) -> None:
    """Show the whole page."""
    if SCORING in st.session_state and not patient.open_flags():
        _score(patient)
        return
    known = patient.course()
    decisions = patient.decisions()
    flagged = bool(patient.open_flags())
    components.top("today-signs" if flagged else "today")
    components.outbox(patient)
    block = TextBlock()
    if known:
        name = str(patient.history().settings.get("first_name") or "")
        place = times_text.where_in_course(known, patient.zone, now=patient.now())
        block.text(" · ".join(filter(None, [name, place])))
    if flagged:
        open_signs.show(patient, block)
        messages.link(patient)
        plan_change_card.card(patient, block)
        return
    running = patient.sessions.running_session()
    told = OnCard()
    if running:
        first_thing.running(patient, block)
    else:
        told = first_thing.show(patient, known, decisions, block)
    reasons = [why for d in decisions.values() if isinstance(d, gate_decisions.Locked) for why in d.told]
    needed = next((why for why in reasons if isinstance(why, gate_decisions.NeedsClinic)), None)
    if needed:
        _clinic_word(patient, needed, block)
    _help(patient, block)
    if patient.is_followed():
        block.show()
        messages.link(patient)
    plan_change_card.card(patient, block)
    _notices(patient, known, block)
    asks = exercise_list.show(patient, decisions, block, told=told, startable=running is None)
    _pain(patient, block, asks=not asks)
    if not running and not outcome_questions.card(patient, block):
        bone_questions.card(patient, block)
    if (
        known
        and known.spans
        and not any(isinstance(w, gate_decisions.Contradictory | gate_decisions.FutureTime) for w in reasons)
    ):
        _where(patient, known, block, told=told)
    said_later.show(patient, block)
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


# the course, pain, help


def _where(patient: PatientDesk, known: Course, block: TextBlock, *, told: OnCard) -> None:
    """Show the course and what the present phase allows: at once while it is new, then on request."""
    span = known.span_at(patient.now())
    block.show()
    new = span is not None and any(each.id not in span.phase.doses for each in patient.case.routines)
    label = _("Where you are")
    line = folding.line(f"**{label}**", "where-you-are", unfolded=new)
    if not line.open:
        return
    openings = {each.phase.id: patient.openings(each) for each in known.spans}
    with line:
        course_scale.add(block, known, now=patient.now())
        if span is None:
            block.show()
            return
        until = times_text.clock_time(span.ends, patient.zone) if span.ends else ""
        rule = protocol_texts.filled(span.phase.rest_rule, patient.case, until=until)
        if rule not in told.lines:
            block.text(rule)
        if not told.phase:
            first_thing.do_and_do_not(patient, span.phase, block)
        _comes_next(patient, known, openings, block)
        block.show()


def _comes_next(
    patient: PatientDesk,
    known: Course,
    openings: Mapping[str, Mapping[str, Opening]],
    block: TextBlock,
) -> None:
    """Show the next phases with their times and what opens in each, by the gate's answers.

    Each can be unfolded to the doses that it brings.
    """
    case, zone, now = patient.case, patient.zone, patient.now()
    coming = TextBlock()
    shown = 0
    closed: dict[str, list[str]] = {}
    for before, after in pairwise(known.spans):
        if after.starts <= now or shown == NEXT:
            continue
        shown += 1
        opens = []
        for routine, found in openings[after.phase.id].items():
            name = _(case.protocol.routines[routine].name)
            if found.why:
                closed.setdefault(reasons_text.reason(found.why, case), []).append(name)
            elif routine not in before.phase.doses and found.at == after.starts:
                opens.append(name)
        lines = [_(after.phase.name)]
        if opens:
            lines.append(_("Opens: {names}").format(names=listed_names(opens)))
        shut = {routine for routine, found in openings[after.phase.id].items() if found.why}
        doses = doses_text.phase_doses(case.routines, after.phase, closed=shut)
        coming.folded(times_text.moment(after.starts, zone, now=now), lines, doses)
    if not shown:
        return
    block.bold(_("What comes next")).add(coming, "coming")
    for why, names in closed.items():
        block.text(
            _("Closed then too: {names}. {why}").format(
                names=listed_names(list(dict.fromkeys(names))), why=why
            )
        )


def _pain(patient: PatientDesk, block: TextBlock, *, asks: bool) -> None:
    """Show the latest score; `asks` offers to give another here."""
    protocol = patient.protocol
    block.header(_("Your pain"))
    latest = patient.latest_pain()
    if latest:
        when = times_text.moment(latest.at, patient.zone, now=patient.now())
        block.text(_("{score}, {when}").format(score=pain_text.score(latest.fact.score, protocol), when=when))
    else:
        block.text(_("No score yet."))
    block.show()
    if not asks:
        return
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
    numbers = protocol_texts.numbers(patient.case)
    clinic, emergency = (protocol_texts.tel(numbers[name]) for name in ("clinic", "emergency"))
    ways = TextBlock()
    emergency_help.wrong(ways)
    if clinic:
        ways.call(_("Call my clinic {number}").format(number=numbers["clinic"]), clinic)
    if emergency:
        ways.call(_("Emergency: {number}").format(number=numbers["emergency"]), emergency)
    block.add(ways, "help")
    if not emergency:
        emergency_help.emergency(patient, block)
