"""The plan in words: a physiotherapist's changes, and the preview of a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import assert_never

from coach.domain import decisions, dosing, facts
from coach.domain.case import Case
from coach.domain.history import Entry, History
from coach.domain.preview import Preview, PreviewStretch, Standing
from coach.domain.protocol import Protocol
from coach.i18n import N_, _
from coach.i18n.sentences import at_the_start, in_a_sentence, listed_names
from coach.text import doses as doses_text
from coach.text import estimates
from coach.text import times as times_text
from coach.text.plan_states import state

PlanFact = (
    facts.ClinicianHold | facts.HoldLifted | facts.Override | facts.OverrideEnded | facts.PainLimit | facts.PlanText | facts.FlagCleared | facts.Procedure
    | facts.Released | facts.ReleaseEnded
    | facts.ClinicAgreed | facts.TimeDecided | facts.ProtocolChosen | facts.Discharged | facts.Readmitted
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A change as the patient reads it: who did what until when, the clinician's text, and why.

    Each may contain text that people wrote: show it as plain text, never as Markdown.
    """

    did: str
    text: str
    why: str


# times, doses, topics


def until(ends: datetime | None, zone: str, *, now: datetime) -> str:
    """Return until when something holds."""
    if ends is None:
        return _("until it is taken back")
    return _("until {when}").format(when=times_text.point(ends, zone, now=now))


def exercise(routine: str | None, protocol: Protocol) -> str:
    """Return the name of a routine in a sentence; None means all of them."""
    if routine is None:
        return _("all exercises")
    known = protocol.routines.get(routine)
    return in_a_sentence(_(known.name)) if known else routine


def topic(which: facts.PlanTopic) -> str:
    """Return the heading of a clinician's own words."""
    return {
        facts.PlanTopic.BRACE: _("Brace"),
        facts.PlanTopic.LIFTING: _("Lifting"),
        facts.PlanTopic.DRIVING: _("Driving"),
        facts.PlanTopic.BATHING: _("Bathing"),
    }[which]


def _about(which: facts.PlanTopic) -> str:
    return {
        facts.PlanTopic.BRACE: _("your brace"),
        facts.PlanTopic.LIFTING: _("lifting"),
        facts.PlanTopic.DRIVING: _("driving"),
        facts.PlanTopic.BATHING: _("bathing"),
    }[which]


def anchor(which: facts.AnchorTime) -> str:
    """Return the name of an anchor in a sentence."""
    return {
        facts.AnchorTime.PROCEDURE_END: _("when your procedure ended"),
        facts.AnchorTime.HOME_ARRIVAL: _("when you got home"),
    }[which]


# what was changed


def told(entry: Entry[object], case: Case, *, who: str, zone: str, now: datetime) -> PlanChange:
    """Return a clinician's change as the patient reads it; `who` is a name, or "" if unknown."""
    fact = entry.fact
    if not isinstance(fact, PlanFact):
        raise TypeError(f"no change of a plan: {type(fact).__name__}")
    name = who or _("Your physiotherapist")
    text = fact.text if isinstance(fact, facts.PlanText) else ""
    return PlanChange(_did(fact, name, entry, case, zone=zone, now=now), text, fact.why)


def _did(
    fact: PlanFact,
    who: str,
    entry: Entry[object],
    case: Case,
    *,
    zone: str,
    now: datetime,
) -> str:
    match fact:
        case facts.ClinicianHold(routine, _why, ends):
            said = _("{who} closed {what}, {until}.")
            return said.format(
                who=who, what=exercise(routine, case.protocol), until=until(ends, zone, now=now)
            )
        case facts.HoldLifted(held):
            hold = case.history.by_id.get(held)
            routine = hold.fact.routine if hold and isinstance(hold.fact, facts.ClinicianHold) else None
            return _("{who} no longer holds {what} closed.").format(
                who=who, what=exercise(routine, case.protocol)
            )
        case facts.Override():
            return _overridden(fact, who, case, zone=zone, now=now)
        case facts.OverrideEnded(ended):
            old = case.history.by_id.get(ended)
            routine = old.fact.routine if old and isinstance(old.fact, facts.Override) else None
            return _("{who} set {what} back to the usual plan.").format(
                who=who, what=exercise(routine, case.protocol)
            )
        case facts.Released(routine):
            return _("{who} opened {what} for you.").format(who=who, what=exercise(routine, case.protocol))
        case facts.ReleaseEnded(ended):
            old = case.history.by_id.get(ended)
            routine = old.fact.routine if old and isinstance(old.fact, facts.Released) else None
            return _("{who} closed {what} again.").format(who=who, what=exercise(routine, case.protocol))
        case facts.PainLimit(limit, ends):
            if ends <= entry.recorded_at:
                return _("{who} ended the pain limit: the usual one holds again.").format(who=who)
            said = _("{who} set a pain limit: from {n} on the tightening exercises wait, {until}.")
            return said.format(who=who, n=limit, until=until(ends, zone, now=now))
        case facts.PlanText(which, words):
            said = (
                _("{who} wrote about {topic}.")
                if words
                else _("{who} took back what was written about {topic}.")
            )
            return said.format(who=who, topic=_about(which))
        case facts.FlagCleared(flag):
            return _cleared(flag, who, case)
        case facts.Procedure(cause):
            return {
                facts.Cause.FIRST: _("{who} set when your procedure ended."),
                facts.Cause.NEW_PROCEDURE: _("{who} began your course again after another procedure."),
                facts.Cause.NEW_FRACTURE: _("{who} began your course again after a new fracture."),
            }[cause].format(who=who)
        case facts.ClinicAgreed(asked):
            question = case.protocol.question(asked)
            about = _(question.text) if question else asked
            return _("{who} released your answer, so that it closes nothing: {question}").format(
                who=who, question=about
            )
        case facts.TimeDecided(asked_by, accepted):
            return _decided(asked_by, who, case.history, accepted=accepted, zone=zone, now=now)
        case facts.ProtocolChosen():
            return _("{who} put you on another plan of the clinic: version {version}.").format(
                who=who, version=fact.version
            )
        case facts.Discharged():
            return _("{who} ended your care here. Nobody reads what you enter from now on.").format(who=who)
        case facts.Readmitted():
            return _("{who} took up your care again.").format(who=who)
        case _:
            assert_never(fact)


def _overridden(fact: facts.Override, who: str, case: Case, *, zone: str, now: datetime) -> str:
    routine = case.protocol.routines.get(fact.routine)
    early = routine is not None and dosing.table_dose(case, routine, fact.begins) is None
    said = (
        _("{who} opened {what} early: {dose}, {until}.") if early else _("{who} set {what}: {dose}, {until}.")
    )
    if fact.begins > now:
        said = _("{who} set {what} from {begins} on: {dose}, {until}.")
    return said.format(
        who=who,
        what=exercise(fact.routine, case.protocol),
        dose=doses_text.own_dose(fact, case.protocol),
        begins=times_text.point(fact.begins, zone, now=now),
        until=until(fact.ends, zone, now=now),
    )


def _cleared(flag: object, who: str, case: Case) -> str:
    entry = next((each for each in case.history.of(facts.RedFlagYes) if each.id == flag), None)
    known = case.protocol.red_flags.get(entry.fact.flag) if entry else None
    if known is None:
        return _("{who} said that you may exercise again.").format(who=who)
    return _("{who} said that you may exercise again after: {flag}").format(who=who, flag=_(known.text))


def _decided(asked: object, who: str, history: History, *, accepted: bool, zone: str, now: datetime) -> str:
    request = next((each for each in history.of(facts.TimeAsked) if each.id == asked), None)
    if request is None:
        return _("{who} answered your request.").format(who=who)
    said = _("{who} did not accept {when} as the time {what}.")
    if accepted:
        said = _("{who} accepted {when} as the time {what}.")
    return said.format(who=who, what=anchor(request.fact.what), when=_asked_time(request.fact, zone, now=now))


# what a change will do


def rows(what: Preview, protocol: Protocol, zone: str, *, now: datetime) -> list[tuple[str, ...]]:
    """Return the changes by exercise: name, from, until, planned now, planned then.

    A row covers the time in which the new plan is the same, and lists what was planned before in
    it.
    """
    found: list[tuple[str, ...]] = []
    for routine, each in what.routines.items():
        for row in _rows(each.stretches, zone, now=now):
            begins, ends = row[0].begins, row[-1].ends
            found.append(
                (
                    _name(routine, row[0], protocol),
                    _("now") if begins <= now else times_text.point(begins, zone, now=now),
                    _("and on") if ends >= what.ends else times_text.point(ends, zone, now=now),
                    _planned(row, zone, now=now),
                    state(row[-1].after, zone, now=now, ends=ends, whys=True),
                )
            )
    return found


def _rows(stretches: Sequence[PreviewStretch], zone: str, *, now: datetime) -> list[list[PreviewStretch]]:
    """Return the stretches as rows; successive ones that are equal after the change are joined."""
    found: list[list[PreviewStretch]] = []
    for stretch in stretches:
        last = found[-1][-1] if found else None
        after = state(stretch.after, zone, now=now)
        if last and last.ends == stretch.begins and state(last.after, zone, now=now) == after:
            found[-1].append(stretch)
        else:
            found.append([stretch])
    return found


def _planned(row: Sequence[PreviewStretch], zone: str, *, now: datetime) -> str:
    """Return what was planned over a row: one state, or several with their starts."""
    said = last = ""
    for stretch, later in zip_longest(row, row[1:]):
        before = state(stretch.before, zone, now=now, ends=later.begins if later else None)
        if said and before != last:  # stretches may differ in details that are not shown
            when = times_text.point(stretch.begins, zone, now=now)
            said = _("{before}. From {when} {after}").format(before=said, when=when, after=before)
        said, last = said or before, before
    return said


def together(found: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the rows of `rows`, joined if they are the same for several exercises."""
    names: dict[tuple[str, ...], list[str]] = {}
    for name, *rest in found:
        names.setdefault(tuple(rest), []).append(name)
    return [(listed_names(those), *rest) for rest, those in names.items()]


def _name(routine: str, stretch: PreviewStretch, protocol: Protocol) -> str:
    known = protocol.routines.get(routine)
    for decision in (stretch.before, stretch.after):
        known = known or (decision.routine if decision else None)
    return _(known.name) if known else routine


STAYS_CLOSED: Mapping[type, str] = {
    decisions.OpenRedFlag: N_("{what} stays closed while the red flag is open."),
    decisions.Held: N_("{what} stays closed while a hold stands."),
    decisions.NeedsClinic: N_("{what} stays closed while a set-up answer waits for the clinic."),
    decisions.Unanswered: N_("{what} stays closed until the patient answers every set-up question."),
}
NOTHING_CHANGES: Mapping[type, str] = {
    decisions.OpenRedFlag: N_("Nothing changes while the red flag is open."),
    decisions.Held: N_("Nothing changes while everything is held."),
    decisions.NeedsClinic: N_("Nothing changes while a set-up answer waits for the clinic."),
    decisions.Unanswered: N_("Nothing changes until the patient answers every set-up question."),
}


def stays_closed(what: Preview, protocol: Protocol, *, only: str | None = None) -> tuple[str, ...]:
    """Return what a change cannot open because of a red flag, a hold or a set-up answer.

    If a change concerns one routine (`only`), the others are left out.
    """
    if what.stays_closed:
        return (_whole(what.stays_closed),)
    said = []
    for routine, each in what.routines.items():
        if each.stays_closed and only in (None, routine):
            text = _(STAYS_CLOSED[type(each.stays_closed)])
            name = exercise(routine, protocol)
            said.append(text.format(what=at_the_start(name)))
    return tuple(said)


def _whole(why: Standing) -> str:
    return _(NOTHING_CHANGES[type(why)])


# what waits for a physiotherapist


def open_flag(entry: Entry[facts.RedFlagYes], protocol: Protocol, zone: str, *, now: datetime) -> str:
    """Return an open red flag: since when, and what it is."""
    known = protocol.red_flags.get(entry.fact.flag)
    return _("Red flag since {when}: {text}").format(
        when=times_text.point(entry.at, zone, now=now), text=_(known.text) if known else entry.fact.flag
    )


def _asked_time(asked: facts.TimeAsked, zone: str, *, now: datetime) -> str:
    if asked.earliest:
        return estimates.short(asked.to, asked.earliest, zone)
    return times_text.point(asked.to, zone, now=now)


def request(entry: Entry[facts.TimeAsked], zone: str, *, now: datetime) -> str:
    """Return which earlier time the patient asks for, and when they asked."""
    what = {
        facts.AnchorTime.PROCEDURE_END: _("the procedure’s end"),
        facts.AnchorTime.HOME_ARRIVAL: _("the arrival at home"),
    }[entry.fact.what]
    return _("Asked {asked}: {when} as {what}").format(
        asked=times_text.point(entry.recorded_at, zone, now=now),
        when=_asked_time(entry.fact, zone, now=now),
        what=what,
    )
