"""The first thing on Today: one card with the most important thing now, its drawing and its button."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

import streamlit as st

from coach.desk import PatientDesk
from coach.domain import coming_up
from coach.domain import decisions as gate_decisions
from coach.domain.course import Course, PhaseSpan
from coach.domain.protocol import Phase
from coach.i18n import _
from coach.i18n.sentences import in_a_sentence, listed, listed_names
from coach.text import protocol_texts
from coach.text import reasons as reasons_text
from coach.text import times as times_text
from coach.ui.parts import action_keys, drawings, navigation, plan_change_card, time_zone
from coach.ui.parts.text_block import TextBlock
from coach.ui.patient import coming_next
from coach.ui.patient.coming_next import TOGETHER

BEFORE = "before-session"
HOLDING_BACK = gate_decisions.AfterRed | gate_decisions.TooMuchPain | gate_decisions.NeedsClinic


@dataclass(frozen=True, slots=True)
class OnCard:
    """What the card said, so that nothing below it says it again.

    `phase`: the phase's do and don't. `done`: that all that was due is done. `names`: what is open.
    `routines`: those whose next time it named. `until`: the instant to which it counts down.
    `lines`: reasons, and the phase's rest rule.
    """

    phase: bool = False
    done: bool = False
    names: bool = False
    routines: frozenset[str] = frozenset()
    until: datetime | None = None
    lines: frozenset[str] = frozenset()


@contextmanager
def _card(scene: str, above: TextBlock) -> Iterator[TextBlock]:
    """Lay out the card under its drawing; what is added to the block and not yet shown is sent at its end."""
    above.show()
    with st.container(key=f"hero-{scene}"):
        block = TextBlock()
        drawings.scene(scene, block)
        yield block
        block.show()
        above.countdowns |= block.countdowns


def show(
    patient: PatientDesk,
    known: Course | None,
    decisions: Mapping[str, gate_decisions.Decision],
    above: TextBlock,
) -> OnCard:
    """Show the most important thing now; return what was told with it. What stands `above` is sent first."""
    due = _due(patient, decisions)
    free = [d for d in decisions.values() if isinstance(d, gate_decisions.Open)]
    span = known.span_at(patient.now()) if known else None
    morning = _morning(patient)
    if morning:
        return _night(patient, span, morning, free, above)
    if due:
        return _open(patient, span, due, decisions, above)
    if free:
        if not any(d.done_today for d in decisions.values()):
            return _open(patient, span, free, decisions, above)
        return _more(patient, span, free, above)
    home = next((d for d in decisions.values() if isinstance(d, gate_decisions.Locked)), None)
    if home and isinstance(home.reason, gate_decisions.NotHome) and home.reason.assumed is None:
        return _not_home(patient, above)
    if home and isinstance(home.reason, gate_decisions.Contradictory | gate_decisions.FutureTime):
        return _locked(patient, decisions, above)
    if span and span.ends and span.phase.rest_rule_until_next:
        with _card("rest", above) as block:
            _rest_title(patient, span, block)
            do_and_do_not(patient, span.phase, block)
        return OnCard(phase=True, until=span.ends, lines=frozenset({_rest_rule(patient, span)}))
    return _locked(patient, decisions, above)


def _rest_title(patient: PatientDesk, span: PhaseSpan, block: TextBlock) -> None:
    """Add the present rest rule as the headline, with its countdown."""
    if span.ends is None:
        return
    block.title(_rest_rule(patient, span))
    block.countdown(span.ends, "rest")


def _rest_rule(patient: PatientDesk, span: PhaseSpan) -> str:
    until = times_text.clock_time(span.ends, patient.zone) if span.ends else ""
    return protocol_texts.filled(span.phase.rest_rule, patient.case, until=until)


def _morning(patient: PatientDesk) -> datetime | None:
    """Return the next proposal if it is night now; None by day or without one."""
    if not patient.night().holds(patient.now()):
        return None
    return min(filter(None, patient.proposed().values()), default=None)


def _night(
    patient: PatientDesk,
    span: PhaseSpan | None,
    morning: datetime,
    free: list[gate_decisions.Open],
    above: TextBlock,
) -> OnCard:
    """Suggest sleep until the morning; open routines may be started but are not proposed."""
    then = [routine for routine, when in patient.proposed().items() if when and when - morning <= TOGETHER]
    with _card("night", above) as block:
        block.title(_("It is night. Sleep if you can."))
        rule = ""
        if span and span.ends and span.phase.rest_rule_until_next:
            rule = _rest_rule(patient, span)
            block.text(rule)
        block.text(coming_next.words(patient, then, morning))
        if free:
            _helper(patient, block)
            block.show()
            awake = _("I am awake and want to exercise")
            start_button(awake, [each.routine.id for each in free], key="start-at-night")
    return OnCard(routines=frozenset(then), lines=frozenset({rule}))


def _helper(patient: PatientDesk, block: TextBlock) -> None:
    if patient.said_yes("helper"):
        block.notice(protocol_texts.protocol_text(patient.case, "helper_beside"), "info")


def _due(patient: PatientDesk, decisions: Mapping[str, gate_decisions.Decision]) -> list[gate_decisions.Open]:
    """Return the open routines with sets still due today."""
    return list(coming_up.still_due(decisions, patient.counts_today()))


def _where_done(chosen: Sequence[gate_decisions.Open], *, whole: bool) -> str:
    """Return the sentence for what is open: in bed, out of bed, or both."""
    out = [each.routine.out_of_bed for each in chosen]
    if not any(out):
        return _("All {n} exercises, lying on your back.") if whole else _("{names}, lying on your back.")
    if all(out):
        return _("All {n} exercises, out of bed.") if whole else _("{names}, out of bed.")
    return _("All {n} exercises, in bed and out of bed.") if whole else _("{names}, in bed and out of bed.")


def _open(
    patient: PatientDesk,
    span: PhaseSpan | None,
    chosen: list[gate_decisions.Open],
    decisions: Mapping[str, gate_decisions.Decision],
    above: TextBlock,
) -> OnCard:
    """Offer what is due, under the drawing of the first of it."""
    names = [_(each.routine.name) for each in chosen]
    routines = [each.routine.id for each in chosen]
    above.show()
    with st.container(key="hero-open"):
        block = TextBlock()
        drawings.decorative(chosen[0].routine, block)
        told = _open_title(patient, span, names, decisions, block)
        whole = len(chosen) == len(decisions)
        if whole or not told.names:
            block.text(_where_done(chosen, whole=whole).format(n=len(chosen), names=listed_names(names)))
        _helper(patient, block)
        block.show()
        above.countdowns |= block.countdowns
        minutes = times_text.minutes(patient.sessions.minutes(routines))
        label = _("Start, {minutes}").format(minutes=minutes)
        start_button(label, routines, key="start-all", kind="primary")
        if any(each.easier != each.dose for each in chosen):
            start_button(_("Easier today"), routines, easier=True, key="start-easier")
    return told


def _more(
    patient: PatientDesk, span: PhaseSpan | None, free: list[gate_decisions.Open], above: TextBlock
) -> OnCard:
    """Say that what was due is done, and what may be done beside that."""
    names = listed_names([_(each.routine.name) for each in free])
    with _card("done", above) as block:
        told = OnCard()
        if span and span.ends and span.phase.rest_rule_until_next:
            _rest_title(patient, span, block)
            told = OnCard(until=span.ends, lines=frozenset({_rest_rule(patient, span)}))
        else:
            block.title(_("Done for now"))
        block.text(_("What was due so far is done. You may do more of: {names}.").format(names=names))
        _helper(patient, block)
    return told


def _open_title(
    patient: PatientDesk,
    span: PhaseSpan | None,
    names: list[str],
    decisions: Mapping[str, gate_decisions.Decision],
    block: TextBlock,
) -> OnCard:
    """Add the headline: the present rest rule, what closes the others, or that all is open."""
    if span and span.ends and span.phase.rest_rule_until_next:
        _rest_title(patient, span, block)
        return OnCard(until=span.ends, lines=frozenset({_rest_rule(patient, span)}))
    held = [why for d in decisions.values() if isinstance(d, gate_decisions.Locked) for why in d.told]
    why = next((each for each in held if isinstance(each, HOLDING_BACK)), None)
    if why:
        block.title(_("Only {names} for now").format(names=listed(map(in_a_sentence, names))))
        return OnCard(names=True, lines=_reasons([why], patient, block))
    block.title(_("You can exercise now"))
    return OnCard()


def start_button(
    label: str,
    routines: list[str],
    *,
    key: str,
    easier: bool = False,
    kind: Literal["primary", "secondary"] = "secondary",
) -> None:
    """Show a button that leads to a session with these routines."""
    if st.button(label, key=key, type=kind, width="stretch", on_click=_begin, args=(routines, easier)):
        _begin(routines, easier)  # a server that was restarted knows the tap alone
        navigation.follow()


def _begin(routines: list[str], easier: bool) -> None:  # noqa: FBT001  Streamlit gives it by its place
    st.session_state[BEFORE] = {"routines": routines, "easier": easier}
    action_keys.done("session")
    navigation.going("session")


def running(patient: PatientDesk, above: TextBlock) -> None:
    """Show how to carry on with a session that is not finished, or leave it."""
    running = patient.sessions.running_session()
    with _card("wait", above) as block:
        block.title(_("Your exercises are not finished")).show()
        if st.button(_("Carry on"), key="carry-on", type="primary", width="stretch"):
            navigation.go("session")
        if running and st.button(_("Leave it at that"), key="leave", width="stretch"):
            with time_zone.refusals():
                patient.sessions.leave(running.id, key=action_keys.act("leave"))
                action_keys.done("leave")
                st.rerun()


def _not_home(patient: PatientDesk, above: TextBlock) -> OnCard:
    with _card("home", above) as block:
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
    return OnCard()


def _locked(
    patient: PatientDesk, decisions: Mapping[str, gate_decisions.Decision], above: TextBlock
) -> OnCard:
    """Say that nothing is open, why, and what comes next."""
    locked = [d for d in decisions.values() if isinstance(d, gate_decisions.Locked)]
    proposed = patient.proposed()
    coming = sorted((at, n) for n, d in enumerate(locked) if (at := proposed[d.routine.id]))
    if not coming:
        with _card(_scene(locked[0].told[0]) if locked else "wait", above) as block:
            block.title(_("Not yet"))
            lines = _reasons(locked[0].told, patient, block) if locked else frozenset[str]()
        return OnCard(lines=lines)
    # Routines that open within minutes are waited for: one session, not four.
    soon = [(at, n) for at, n in coming if at - coming[0][0] <= TOGETHER]
    ready = soon[-1][0]
    first = locked[coming[0][1]]
    waits = (
        gate_decisions.DoseDone | gate_decisions.WeekDone | gate_decisions.TooSoon | gate_decisions.TooEarly
    )
    lines = frozenset[str]()
    done = all_done(patient)
    only_waits = all(isinstance(locked[n].told[0], waits) for _at, n in coming)
    scene = "done" if done and only_waits else "wait" if only_waits else _scene(first.told[0])
    with _card(scene, above) as block:
        if only_waits:
            block.title(done or _("Nothing to do just now"))
        else:
            block.title(_("Not yet"))
            lines = _reasons(first.told, patient, block)
        then = [locked[n].routine.id for _at, n in soon]
        block.text(coming_next.words(patient, then, ready))
        block.countdown(ready, "next")
    return OnCard(done=bool(done) and only_waits, routines=frozenset(then), until=ready, lines=lines)


def all_done(patient: PatientDesk) -> str:
    """Return that all that the day asks for is done, as a fact; "" if it is not."""
    counts = [each for each in patient.counts_today().values() if each.due and not each.weekly]
    if not counts or any(each.done < each.due for each in counts):
        return ""
    if len({(each.done, each.due) for each in counts}) == 1:
        return _("{done} of {due} done today").format(done=counts[0].done, due=counts[0].due)
    return _("All done for today")


def _scene(why: gate_decisions.Reason) -> str:
    """Return the drawing for a reason that closes a routine."""
    match why:
        case gate_decisions.Held() | gate_decisions.OpenRedFlag():
            return "hold"
        case gate_decisions.NeedsClinic() | gate_decisions.Unanswered() | gate_decisions.NeedsRelease():
            return "clinic"
        case gate_decisions.FutureTime() | gate_decisions.Contradictory() | gate_decisions.NoProcedure():
            return "times"
        case gate_decisions.NotHome():
            return "home"
        case gate_decisions.Sleepy():
            return "sleepy"
        case gate_decisions.AfterRed() | gate_decisions.TooMuchPain():
            return "pain"
        case gate_decisions.TooEarly() | gate_decisions.WeekDone():
            return "wait"
        case gate_decisions.DoseDone() | gate_decisions.TooSoon():
            return "wait"
        case _:
            assert_never(why)


def _reasons(
    reasons: Iterable[gate_decisions.Reason], patient: PatientDesk, block: TextBlock
) -> frozenset[str]:
    """Add reasons, with what a clinician said about them; return the lines."""
    lines: list[str] = []
    for why in reasons:
        lines.append(reasons_text.reason(why, patient.case))
        given = reasons_text.given_why(why)
        if given:
            lines.append(_("Why: {why}").format(why=given))
    for line in lines:
        block.text(line)
    return frozenset(lines)


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
