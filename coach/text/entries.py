"""Entries in the patient's words; `clinic_entries` has the physiotherapist's."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from coach.domain import facts, languages, looks, nights, sounds
from coach.domain.protocol import Protocol
from coach.i18n import _
from coach.i18n.languages import offered
from coach.text import bone_health, doses, estimates, look_names, sets, sound_names
from coach.text import outcome_measures as measures_text
from coach.text.pain import effort, pain_question, score
from coach.text.protocol_texts import routine_name
from coach.text.session import stop_reason
from coach.text.times import moment, point

ClinicFact = (
    facts.Away | facts.CourseDetail | facts.Discharged | facts.Message | facts.MessageRead | facts.NoAnswerNeeded | facts.OverrideEnded | facts.PainLimit | facts.PlanText
    | facts.Released | facts.ReleaseEnded
    | facts.ProtocolChosen | facts.Readmitted | facts.Seen | facts.TimeAsked | facts.TimeDecided
)  # fmt: skip


def reply(given: facts.Reply) -> str:
    """Return an answer to a set-up question."""
    return {facts.Reply.YES: _("Yes"), facts.Reply.NO: _("No"), facts.Reply.UNSURE: _("Not sure")}[given]


def set_done(what: facts.SetDone, protocol: Protocol) -> str:
    """Return one set: "Bottom squeeze: 8 times", minutes of a walk or a rest, the result of a test."""
    name, much = routine_name(protocol, what.routine), sets.in_words(what, protocol)
    text = _("{name}: {count}").format(name=name, count=much)
    return _("{set} (not in the plan then)").format(set=text) if what.outside_plan else text


def setting(name: str, value: facts.SettingValue, protocol: Protocol) -> str:
    """Return a setting and its value."""
    names = {
        "understood": _("First page"),
        "zone": _("Time zone"),
        "country": _("Country"),
        "clinic_phone": _("Clinic's number"),
        "emergency_phone": _("Emergency number"),
        "first_name": _("First name"),
        "plain_words": _("Plain words instead of numbers"),
        "voice": _("Voice"),
        "tones": _("Sounds"),
        sounds.VIBRATION: _("Vibration"),
        sounds.VOLUME: _("How loud"),
        sounds.RATE: _("How fast the voice speaks"),
        "curve": _("Study average on Progress"),
        nights.BEGINS: _("Your night begins"),
        nights.ENDS: _("Your night ends"),
        looks.TEXT_SIZE: _("Text size"),
        looks.THEME: _("Light or dark"),
        languages.LANGUAGE: _("Language"),
        languages.ASKED: _("Language of reminders"),
    }
    country = protocol.emergency_numbers.get(str(value)) if name == "country" else None
    if isinstance(value, bool):
        shown = _("on") if value else _("off")
    elif name == "understood":
        shown = _("read")
    elif name == languages.LANGUAGE:
        shown = offered().get(str(value), value)
    elif name == languages.ASKED:
        shown = offered().get(str(value).partition("-")[0], value)
    elif name in sounds.CHOICES:
        shown = sound_names.words(name).get(str(value), value)
    elif name in looks.CHOICES:
        shown = look_names.words(name).get(str(value), value)
    else:
        shown = _(country.name) if country else value or _("left out")
    return _("{name}: {value}").format(name=names.get(name, name), value=shown)


def _not_exact(earliest: datetime | None) -> tuple[str, ...]:
    return (_("Time not known exactly"),) if earliest else ()


def fact(what: facts.Fact, protocol: Protocol, *, zone: str, now: datetime) -> tuple[str, ...]:
    """Return an entry in words: what it is, then the rest, a line each.

    The lines may contain the patient's own words: show them as plain text, never as Markdown.
    """
    match what:
        case facts.Procedure(cause):
            causes = {
                facts.Cause.FIRST: _("Your procedure ended"),
                facts.Cause.NEW_PROCEDURE: _("You had a new procedure. Your course began again."),
                facts.Cause.NEW_FRACTURE: _("Your course began again after a new fracture"),
            }
            return (causes[cause], *_not_exact(what.earliest))
        case facts.HomeArrival(home):
            return (_("You got home") if home else _("Not home yet"), *_not_exact(what.earliest))
        case facts.Answer(asked, given):
            question = protocol.question(asked)
            return (_(question.text) if question else asked, reply(given))
        case facts.ClinicAgreed(asked, who, spoke_at, why) | facts.FlagCleared(asked, who, spoke_at, why):
            spoke = moment(spoke_at, zone, now=now)
            question = protocol.question(asked) if isinstance(asked, str) else None
            about = (_(question.text),) if question else ()
            told = _("You spoke to: {who}, {when}").format(who=who, when=spoke)
            return (_("Your clinic said you may exercise"), *about, told, *filter(None, [why]))
        case facts.Setting(name, value):
            return (setting(name, value, protocol),)
        case facts.Pain(value, when):
            return (_("{name}: {value}").format(name=pain_question(when), value=score(value, protocol)),)
        case facts.FlagCheck(whole):
            return (_("Warning signs: none of these") if whole else _("Warning signs: nothing new"),)
        case facts.RedFlagYes(flag):
            known = protocol.red_flags.get(flag)
            return (_("Warning sign"), _(known.text) if known else flag)
        case facts.FlagMistake():
            return (_("Tapped by mistake"),)
        case facts.Drowsy(yes):
            return (_("Sleepy or dizzy: yes") if yes else _("Sleepy or dizzy: no"),)
        case facts.SessionStarted():
            by_hand = what.source is facts.Source.DIARY
            return (_("Exercises without the app") if by_hand else _("Exercises"),)
        case facts.SetDone():
            return (set_done(what, protocol),)
        case facts.SessionFinished(_session, stopped):
            return (_("Stopped early: {why}").format(why=stop_reason(stopped)),) if stopped else ()
        case facts.Effort(_session, value):
            return (_("How hard it was: {words}").format(words=effort(value, protocol)),)
        case facts.Note(_session, text):
            return (_("Note: {text}").format(text=text),)
        case facts.ClinicianHold(closed, why):
            name = routine_name(protocol, closed)
            return (_("Your physiotherapist closed: {name}").format(name=name), why)
        case facts.HoldLifted(_entry, why):
            return (_("Your physiotherapist opened this again"), why)
        case facts.Override():
            name, dose = routine_name(protocol, what.routine), doses.own_dose(what, protocol)
            return (_("Your physiotherapist set: {name}, {dose}").format(name=name, dose=dose), what.why)
        case facts.Void(_entry, why):
            return (_("Taken back: {why}").format(why=why),)
        case facts.SetAside(_entry, why):
            return (_("Set aside: {why}").format(why=why),)
        case facts.BoneHealth():
            return bone_health.fact(what, protocol)
        case facts.Activity() | facts.FunctionScore() | facts.ChangeRating() | facts.PutOff():
            return measures_text.fact(what, protocol)
        case _:
            return _clinic_fact(what, zone, protocol, now=now)


def _clinic_fact(what: ClinicFact, zone: str, protocol: Protocol, *, now: datetime) -> tuple[str, ...]:
    """Return an entry by or for a physiotherapist, in the patient's words."""
    match what:
        case facts.Released(routine, why):
            name = routine_name(protocol, routine)
            return (_("Your physiotherapist now lets you do this: {name}").format(name=name), why)
        case facts.ReleaseEnded(_entry, why):
            return (_("Your physiotherapist took a part of your plan out for now"), why)
        case facts.OverrideEnded(_entry, why):
            return (_("Your physiotherapist ended a dose that was set for you"), why)
        case facts.PainLimit(limit, ends, why):
            until = point(ends, zone, now=now)
            told = _("Your pain limit is now {limit}, until {moment}. Your physiotherapist set it.")
            return (told.format(limit=limit, moment=until), why)
        case facts.PlanText(_topic, text, why):
            return (_("Your physiotherapist wrote for you"), *filter(None, [text]), why)
        case facts.ProtocolChosen(_protocol, version, _digest, why):
            told = _("Your physiotherapist chose a new plan for you, version {version}")
            return (told.format(version=version), why)
        case facts.TimeAsked(_what, to):
            told = _("You asked for another time: {moment}")
            return (told.format(moment=estimates.moment(to, what.earliest, zone, now=now)),)
        case facts.TimeDecided(_entry, accepted, why):
            yes, no = _("Your physiotherapist accepted the time"), _("Your physiotherapist kept the time")
            return (yes if accepted else no, why)
        case facts.CourseDetail(_detail, text):
            return (_("Your clinic wrote a note about your procedure"), *filter(None, [text]))
        case facts.Away(begins, ends, why):
            span_ = (point(begins, zone, now=now), point(ends, zone, now=now))
            return (_("Away from {begins} to {ends}").format(begins=span_[0], ends=span_[1]), why)
        case facts.Discharged(why):
            return (_("Your clinic ended your care here"), why)
        case facts.Readmitted(why):
            return (_("Your clinic cares for you here again"), why)
        case facts.Seen():
            return (_("Your physiotherapist looked at what you wrote"),)
        case facts.Message(text):
            return (_("Message"), text)
        case facts.MessageRead():
            return (_("Message read"),)
        case facts.NoAnswerNeeded():
            return (_("Message read: no answer needed"),)
        case _:
            assert_never(what)
