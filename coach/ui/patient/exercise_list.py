"""The list of exercises on Today: what can be started, and below it what cannot yet, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import streamlit as st

from coach.desk import PatientDesk
from coach.domain import decisions as gate_decisions
from coach.domain import dosing
from coach.domain.day_counts import DayCount
from coach.domain.protocol import WEEK, Routine
from coach.i18n import _
from coach.i18n.sentences import at_the_start
from coach.text import doses as doses_text
from coach.text import reasons as reasons_text
from coach.text import times as times_text
from coach.ui.parts import drawings, folding, text_block
from coach.ui.parts.text_block import TextBlock
from coach.ui.patient import first_thing, guide
from coach.ui.patient.coming_next import TOGETHER
from coach.ui.patient.first_thing import OnCard

SCORING = "today-scoring"
SOON = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class _Row:
    """One closed routine: its name, what is done of it, and its drawing."""

    routine: str
    name: str
    told: str
    share: float | None
    picture: str


@dataclass(slots=True)
class _Group:
    """Closed routines about which the same is to be said: when they open, and why they are closed."""

    when: str
    why: tuple[str, ...]
    until: datetime | None
    scores: bool = False  # a new pain score may open them
    rows: list[_Row] = field(default_factory=list)


def show(
    patient: PatientDesk,
    decisions: Mapping[str, gate_decisions.Decision],
    block: TextBlock,
    *,
    told: OnCard,
    startable: bool,
) -> bool:
    """Show the list; what was told above it is not said again. Return whether it offers to score the pain."""
    block.header(_("Your exercises"))
    counts = patient.counts_today()
    free = [each for each in decisions.values() if isinstance(each, gate_decisions.Open)]
    if free:
        so_far = {each.routine.id: _so_far(patient, each.routine, counts[each.routine.id]) for each in free}
        block.style(
            {
                f"exercise-{each.routine.id}": f"--drawing:url({drawings.thumbnail(each.routine)});"
                + text_block.ring_style(so_far[each.routine.id][1] or 0)
                for each in free
            }
        ).show()
        with st.container(key="exercises"):
            for each in free:
                _open_row(patient, each, so_far[each.routine.id][0], startable=startable)
    groups = _groups(patient, decisions, counts, told)
    for group in groups:
        _closed(group, block)
    return any(group.scores for group in groups)


def _so_far(patient: PatientDesk, routine: Routine, count: DayCount) -> tuple[str, float | None]:
    """Return what is done of today's dose, in words and as a share.

    Of a dose for some days of the week: on how many of the last days.
    """
    week = dosing.week_so_far(patient.case, routine, patient.now())
    if week:
        done, due = week
        text = _("{done} of {due} days, of the last {n}").format(done=done, due=due, n=WEEK)
        return text, done / due
    if not count.due or count.weekly:
        return "", None
    text = _("{done} of {due} today").format(done=count.done, due=count.due)
    return text, count.done / count.due


def _open_row(patient: PatientDesk, decision: gate_decisions.Open, today: str, *, startable: bool) -> None:
    """Show a routine with its dose; what it has to say beside that is sent once it is unfolded."""
    routine, dose = decision.routine, decision.dose
    label = "  \n".join(filter(None, [f"**{_(routine.name)}**", today or doses_text.dose(routine, dose)]))
    row = folding.line(label, f"exercise-{routine.id}")
    if not row.open:
        return
    with row:
        block = TextBlock().bold(doses_text.dose(routine, dose))
        for step in decision.steps:
            block.text(doses_text.step(step, patient.zone, now=patient.now()))
            first_thing.given_why(step, block)
        block.text(at_the_start(doses_text.often(dose)) + ".").show()
        if startable:
            with st.container(key=f"choices-{routine.id}"):
                first_thing.start_button(_("Start only this one"), [routine.id], key=f"only-{routine.id}")
                if decision.easier != dose:
                    easier = _("Easier today: {dose}").format(dose=doses_text.dose(routine, decision.easier))
                    first_thing.start_button(easier, [routine.id], easier=True, key=f"easier-{routine.id}")
        drawings.routine(routine, block)
        block.show()


def _groups(
    patient: PatientDesk,
    decisions: Mapping[str, gate_decisions.Decision],
    counts: Mapping[str, DayCount],
    told: OnCard,
) -> list[_Group]:
    """Return the closed routines, those together about which the same is to be said."""
    groups: dict[tuple[str, tuple[str, ...]], _Group] = {}
    waited_for, now = _waited_for(patient, decisions), patient.now()
    for routine_id, decision in decisions.items():
        if not isinstance(decision, gate_decisions.Locked):
            continue
        opens = waited_for[routine_id]
        counted = opens is not None and opens - now < SOON
        said = routine_id in told.routines
        later = patient.proposed()[routine_id] != decision.opens_at
        when = "" if said else _when(patient, decision, opens, counted=counted, later=later)
        done = isinstance(decision.told[0], gate_decisions.DoseDone)
        reasons = [] if done else [reasons_text.reason(each, patient.case) for each in decision.told]
        reasons += [
            _("Why: {why}").format(why=why) for why in map(reasons_text.given_why, decision.told) if why
        ]
        why = tuple(each for each in reasons if each not in told.lines)
        until = opens if counted and not said and opens != told.until else None
        group = groups.setdefault((when, why), _Group(when, why, until))
        group.scores |= isinstance(decision.told[0], gate_decisions.TooMuchPain)
        # How often it was done today is a part of that reason
        only_count = not done or told.done
        so_far, share = _so_far(patient, decision.routine, counts[routine_id])
        count = so_far if only_count else reasons_text.reason(decision.told[0], patient.case)
        picture = drawings.thumbnail(decision.routine)
        group.rows.append(_Row(routine_id, _(decision.routine.name), count, share, picture))
    return list(groups.values())


def _waited_for(
    patient: PatientDesk, decisions: Mapping[str, gate_decisions.Decision]
) -> dict[str, datetime | None]:
    """Return when each closed routine is proposed; those of one session together, once the last of them opens."""
    proposed = patient.proposed()
    closed = {name: d for name, d in decisions.items() if isinstance(d, gate_decisions.Locked)}
    waited_for = {name: proposed[name] for name in closed}
    resting = {
        name: at
        for name, at in waited_for.items()
        if at and isinstance(closed[name].told[0], gate_decisions.TooSoon)
    }
    return waited_for | {
        name: max(other for other in resting.values() if at <= other <= at + TOGETHER)
        for name, at in resting.items()
    }


def _closed(group: _Group, block: TextBlock) -> None:
    """Show closed routines, with what is true of all of them said once above them."""
    part = TextBlock()
    if group.when:
        part.subheader(group.when)
    if group.until:
        part.countdown(group.until, group.rows[0].routine)
    for why in group.why:
        part.caption(why)
    for row in group.rows:
        # How it is done can be read at any time
        part.row(row.picture, row.name, row.told, share=row.share, address=guide.address(row.routine))
    if not group.scores:
        block.add(part, "closed")
        return
    block.show()
    block.countdowns |= part.countdowns
    first = group.rows[0].routine
    with st.container(key=f"closed-{first}"):
        part.show()
        if st.button(_("Score my pain again"), key=f"again-{first}", width="stretch"):
            st.session_state[SCORING] = True
            st.rerun()


def _when(
    patient: PatientDesk,
    decision: gate_decisions.Locked,
    proposed: datetime | None,
    *,
    counted: bool,
    later: bool,
) -> str:
    """Return when a closed routine is proposed again.

    `later`: it opens before, such as at night, and waits for the morning.
    """
    if proposed is None:
        return _("Not open.")
    if later:
        when = times_text.moment(proposed, patient.zone, now=patient.now())
        return _("Next one {when}").format(when=when)
    when = times_text.opens(proposed, patient.zone, now=patient.now(), counted=counted)
    waits = isinstance(decision.told[0], gate_decisions.DoseDone | gate_decisions.TooSoon)
    line = _("Next one {when}") if waits else _("Not yet: {when}")
    return line.format(when=when)
