"""Entries in the physiotherapist's words: who did what, when and why. `entries` has the patient's.

It contains text that people wrote: show it as plain text, never as Markdown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never, cast

from coach.domain import facts
from coach.domain.case import Case
from coach.domain.history import Entry
from coach.domain.protocol import Protocol
from coach.i18n import N_, _
from coach.i18n.sentences import at_the_start, in_a_sentence
from coach.text import bone_health, doses, estimates, sets, short_dates
from coach.text import pain as pain_text
from coach.text.outcome_measures import changed, occasion_in_a_sentence
from coach.text.protocol_texts import routine_name

TOPICS = {
    facts.PlanTopic.BRACE: N_("brace"),
    facts.PlanTopic.LIFTING: N_("lifting"),
    facts.PlanTopic.DRIVING: N_("driving"),
    facts.PlanTopic.BATHING: N_("bathing"),
}
ANCHORS = {
    facts.AnchorTime.PROCEDURE_END: N_("the procedure's end"),
    facts.AnchorTime.HOME_ARRIVAL: N_("getting home"),
}
#: The question of a score, inside a sentence for a physiotherapist.
QUESTIONS = {
    facts.PainWhen.NOW: N_("pain right now"),
    facts.PainWhen.BEFORE: N_("pain before a session"),
    facts.PainWhen.AFTER: N_("pain after a session"),
    facts.PainWhen.AVERAGE_24H: N_("average pain over 24 hours"),
    facts.PainWhen.WORST_24H: N_("worst pain over 24 hours"),
    facts.PainWhen.BASELINE: N_("pain before the procedure"),
}
REPLIES = {facts.Reply.YES: N_("yes"), facts.Reply.NO: N_("no"), facts.Reply.UNSURE: N_("not sure")}
DETAILS = {
    facts.Detail.LEVELS: N_("levels treated"),
    facts.Detail.CAUSE: N_("cause"),
    facts.Detail.COMPLICATIONS: N_("complications"),
    facts.Detail.BONE_TREATMENT: N_("bone treatment"),
    facts.Detail.FALLS: N_("falls"),
    facts.Detail.OPIOID: N_("opioid"),
    facts.Detail.BLOOD_THINNER: N_("blood thinner"),
    facts.Detail.STEROID: N_("steroid"),
}


@dataclass(frozen=True, slots=True)
class EntryTold:
    """A fact with its own sentence; `was` is the entry that it corrects, voids or ends."""

    at: datetime
    entry: Entry[object]
    was: Entry[object] | None = None


def name_of(author: str, authors: Mapping[str, str]) -> str:
    """Return an author's name; the patient is "the patient"."""
    if author == facts.PATIENT:
        return _("the patient")
    if author == facts.OPERATOR:
        return _("whoever runs this server")
    return authors.get(author) or _("a physiotherapist")


def told(what: EntryTold, case: Case, authors: Mapping[str, str]) -> str:
    """Return the sentence of one fact with its author and the reason, or of its correction."""
    entry, was = what.entry, what.was
    who = name_of(entry.author, authors)
    if was and case.history.corrected_by(entry) is was:
        who = at_the_start(who)
        return _("{who} corrected {what}: {old}, now {new}.").format(
            who=who,
            what=_kind(cast("facts.Fact", entry.fact)),
            old=_value(was, entry, case),
            new=_value(entry, was, case),
        )
    said = told_alone(what, case)
    why = getattr(entry.fact, "why", "")
    tail = _("{who}, {when}").format(who=who, when=short_dates.moment(entry.recorded_at, case.history.zone))
    return f"{said} ({tail}): {why}" if why else f"{said} ({tail})"


def told_alone(what: EntryTold, case: Case) -> str:
    """Return one fact in words, without author, time and reason."""
    return _said(what.entry, what.was, case)


def _kind(fact: facts.Fact) -> str:
    """Return the subject of a corrected fact."""
    match fact:
        case facts.Pain(_score, when):
            return _(QUESTIONS[when])
        case facts.Procedure():
            return _("the time of the procedure")
        case facts.HomeArrival():
            return _("the time of getting home")
        case facts.SetDone():
            return _("a set")
        case facts.Effort():
            return _("how hard a session was")
        case facts.Note():
            return _("a note")
        case facts.SessionStarted():
            return _("a session")
        case facts.Activity():
            return _("an activity")
        case facts.FunctionScore():
            return _("how well an activity goes")
        case facts.ChangeRating():
            return _("how the back has changed")
        case facts.BoneHealth():
            return _("an answer about bone health")
        case _:
            return _("an entry")


def _value(entry: Entry[object], other: Entry[object], case: Case) -> str:
    """Return what differs from the entry's other version: value, time, or both."""
    fact = cast("facts.Fact", entry.fact)
    when = estimates.short(entry.at, getattr(fact, "earliest", None), case.history.zone)
    match fact:
        case facts.Pain(score):
            value = _score(score, case.protocol)
            return f"{value}, {when}" if entry.at != other.at else value
        case facts.SetDone():
            return sets.in_words(fact, case.protocol)
        case facts.Effort(_session, effort):
            return str(effort)
        case facts.Note(_session, text):
            return text
        case facts.HomeArrival(home):
            return when if home else _("not home yet")
        case facts.CourseDetail(_detail, text):
            return text or _("nothing")
        case facts.Activity(text):
            return text
        case facts.FunctionScore(_occasion_id, _activity, able):
            return _able(able)
        case facts.ChangeRating(_occasion_id, change):
            return in_a_sentence(changed(change, case.protocol))
        case facts.BoneHealth():
            return bone_health.short(fact)
        case _:
            return when


def _score(score: object, protocol: Protocol) -> str:
    if score is None:
        return _("not known")
    return pain_text.in_words(cast("facts.Score", score), protocol)


def _said(entry: Entry[object], was: Entry[object] | None, case: Case) -> str:
    zone, fact = case.history.zone, cast("facts.Fact", entry.fact)
    match fact:
        case facts.Procedure(cause):
            return {
                facts.Cause.FIRST: _("The procedure was recorded"),
                facts.Cause.NEW_PROCEDURE: _("A new procedure: the course began again"),
                facts.Cause.NEW_FRACTURE: _("A new fracture: the course began again"),
            }[cause]
        case facts.HomeArrival(home):
            return _("Got home") if home else _("Not home yet")
        case facts.Answer(question, reply):
            return _("{question} {reply}").format(
                question=_question(question, case.protocol), reply=_(REPLIES[reply])
            )
        case facts.ClinicAgreed(question, who, spoke_at):
            return _("Set-up answer released after speaking to {who}, {when}: {question}").format(
                who=who, when=short_dates.moment(spoke_at, zone), question=_question(question, case.protocol)
            )
        case facts.Setting(name):
            return _("Setting changed: {name}").format(name=name)
        case facts.Pain(score, when):
            return _("{what}: {score}").format(
                what=at_the_start(_(QUESTIONS[when])), score=_score(score, case.protocol)
            )
        case facts.FlagCheck():
            return _("Warning signs checked, none there")
        case facts.RedFlagYes(flag):
            return _("Red flag: {flag}").format(flag=flag_name(flag, case.protocol))
        case facts.FlagMistake():
            return _("Red flag taken back as a mistake: {flag}").format(flag=_flag_of(was, case.protocol))
        case facts.FlagCleared(_entry, who, spoke_at):
            return _("Red flag cleared after speaking to {who}, {when}: {flag}").format(
                who=who, when=short_dates.moment(spoke_at, zone), flag=_flag_of(was, case.protocol)
            )
        case facts.Drowsy(yes):
            return _("Sleepy or dizzy when asked") if yes else _("Not sleepy or dizzy when asked")
        case facts.SessionStarted():
            return _("A session began")
        case facts.SetDone():
            return _("A set: {routine}").format(routine=routine_name(case.protocol, fact.routine))
        case facts.SessionFinished():
            return _("A session ended")
        case facts.Effort():
            return _("How hard a session was")
        case facts.Note(_session, text):
            return _("Note: {text}").format(text=text)
        case facts.ClinicianHold(routine, _why, until):
            return _("Hold on {routine}, {until}").format(
                routine=routine_name(case.protocol, routine), until=_until(until, zone)
            )
        case facts.HoldLifted():
            routine = getattr(was.fact, "routine", None) if was else None
            return _("Hold lifted: {routine}").format(routine=routine_name(case.protocol, routine))
        case facts.Override():
            return _("{routine} set to {dose}, {begins} to {ends}").format(
                routine=routine_name(case.protocol, fact.routine), dose=doses.own_dose(fact, case.protocol),
                begins=short_dates.moment(fact.begins, zone), ends=short_dates.moment(fact.ends, zone),
            )  # fmt: skip
        case facts.Released(routine):
            return _("Released: {routine}").format(routine=routine_name(case.protocol, routine))
        case facts.ReleaseEnded():
            routine = getattr(was.fact, "routine", "") if was else ""
            return _("Release taken back: {routine}").format(routine=routine_name(case.protocol, routine))
        case facts.OverrideEnded():
            routine = getattr(was.fact, "routine", "") if was else ""
            return _("Own dose ended: {routine}").format(routine=routine_name(case.protocol, routine))
        case facts.PainLimit(limit, ends) if ends <= entry.recorded_at:
            return _("Own pain limit {limit} ended").format(limit=limit)
        case facts.PainLimit(limit, ends):
            return _("Own pain limit {limit}, {until}").format(limit=limit, until=_until(ends, zone))
        case facts.PlanText(topic, text):
            words = text or _("as in the protocol again")
            return _("Text on {topic}: {text}").format(topic=_(TOPICS[topic]), text=words)
        case facts.ProtocolChosen(name, version):
            return _("Protocol chosen: {name} {version}").format(name=name, version=version)
        case facts.TimeAsked(anchor, to):
            return _("Asks to correct the time of {what} to {when}").format(
                what=_(ANCHORS[anchor]), when=estimates.short(to, fact.earliest, zone)
            )
        case facts.TimeDecided(_entry, accepted):
            return _("The other time was accepted") if accepted else _("The other time was not accepted")
        case facts.CourseDetail(detail, text):
            return _("{detail}: {text}").format(
                detail=at_the_start(_(DETAILS[detail])), text=text or _("taken back")
            )
        case facts.Away(begins, ends):
            return _("Away {begins} to {ends}").format(
                begins=short_dates.moment(begins, zone), ends=short_dates.moment(ends, zone)
            )
        case facts.Discharged():
            return _("Discharged")
        case facts.Readmitted():
            return _("Followed again")
        case facts.Seen(_needs, note):
            return (
                _("Marked as seen for the day: {note}").format(note=note)
                if note
                else _("Marked as seen for the day")
            )
        case facts.Message():
            return _("A message")
        case facts.MessageRead():
            return _("A message was read")
        case facts.NoAnswerNeeded():
            return _("A message needs no answer")
        case facts.Activity(text):
            return _("Own activity: {activity}").format(activity=text)
        case facts.FunctionScore(occasion, activity, able):
            named = case.history.by_id.get(activity)
            return _("{activity}, {occasion}: {score}").format(
                activity=getattr(named.fact, "text", "") if named else _("an activity"),
                occasion=occasion_in_a_sentence(occasion, case.protocol), score=_able(able),
            )  # fmt: skip
        case facts.ChangeRating(occasion, change):
            return _("The back compared with before, {occasion}: {change}").format(
                occasion=occasion_in_a_sentence(occasion, case.protocol),
                change=in_a_sentence(changed(change, case.protocol)),
            )
        case facts.BoneHealth(occasion):
            return _("Bone health: {what} ({occasion})").format(
                what=bone_health.short(fact),
                occasion=bone_health.occasion_in_a_sentence(occasion, case.protocol),
            )
        case facts.PutOff(occasion, facts.PutOffWhat.BONE_HEALTH):
            told = _("Questions about bone health put off for the day, {occasion}")
            return told.format(occasion=bone_health.occasion_in_a_sentence(occasion, case.protocol))
        case facts.PutOff(occasion, put_off):
            said = (
                _("Outcome questions put off for the day, {occasion}")
                if put_off is facts.PutOffWhat.FOR_TODAY
                else _("Named no activities, {occasion}")
            )
            return said.format(occasion=occasion_in_a_sentence(occasion, case.protocol))
        case facts.Void():
            what = _said(was, None, case) if was else _("An entry")
            about = (
                _("{what} ({when})").format(what=what, when=short_dates.moment(was.at, zone)) if was else what
            )
            return _("Taken back: {about}").format(about=about)
        case facts.SetAside():
            what = _said(was, None, case) if was else _("An entry")
            return _("Set aside: {what} (recorded with a wrong clock)").format(what=what)
        case _:
            assert_never(fact)


def _able(able: int | None) -> str:
    return _("not known") if able is None else _("{n} of 10").format(n=able)


def _until(until: datetime | None, zone: str) -> str:
    if until is None:
        return _("until lifted")
    return _("until {moment}").format(moment=short_dates.moment(until, zone))


def _question(question: str, protocol: Protocol) -> str:
    known = protocol.question(question)
    return _(known.text) if known else question


def flag_name(flag: str, protocol: Protocol) -> str:
    """Return the symptom of a red flag, without the full stop."""
    known = protocol.red_flags.get(flag)
    return _(known.text).rstrip(".") if known else flag


def _flag_of(entry: Entry[object] | None, protocol: Protocol) -> str:
    return flag_name(str(getattr(entry.fact, "flag", "")), protocol) if entry else ""
