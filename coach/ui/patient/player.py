"""The Python half of the session player: all data and texts that the browser needs at the start."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from coach import i18n
from coach.desk import PatientDesk
from coach.domain import pain
from coach.domain.facts import PlannedSet, StopReason
from coach.domain.history import Session
from coach.domain.protocol import Dose, Protocol
from coach.domain.session import Cue, Schedule, may_be_skipped, waits
from coach.i18n import _
from coach.text import doses as doses_text
from coach.text import pain as pain_text
from coach.text import protocol_texts
from coach.text import session as session_text
from coach.text.kept import keep_words
from coach.ui.parts import assets, red_flag_card
from coach.ui.patient import coming_next, player_voice

_player = st.components.v2.component("coach_player", html="<div></div>", js=assets.stub("player/player.js"))


def _again() -> None:
    """Do nothing: the page reruns and finds what happened."""


def play(patient: PatientDesk, session: Session) -> str | None:
    """Show the player of a started session; return "done", or "left" if it was never begun.

    Of a session that has ended it asks what is still to be asked on this device, or is done at once.
    """
    result = _player(
        key=f"player-{session.id}",
        data=written(patient, session),
        on_done_change=_again,
        on_left_change=_again,
        on_asked_change=_again,
        height="content",
    )
    return next((how for how in ("done", "left") if result.get(how)), None)


def written(patient: PatientDesk, session: Session) -> bytes:
    """Return all data of the player as JSON.

    What does not depend on the present instant is kept with the case: a session has hundreds of cues.
    """
    case = patient.case
    key = (_fixed, patient.patient, session.id, patient.is_followed())
    fixed = keep_words(case, key, lambda: json.dumps(_fixed(patient, session)))
    now = json.dumps(
        {
            "advice": _advice(patient, session),
            "ended": session.finished is not None,
            "next": coming_next.after(patient, session),
        }
    )
    return f"{fixed[:-1]}, {now[1:]}".encode()


def _fixed(patient: PatientDesk, session: Session) -> dict[str, Any]:
    """Return cues, texts and settings, translated."""
    case = patient.case
    protocol, settings = case.protocol, case.history.settings
    plan = patient.sessions.schedule(session)
    lang = i18n.current().language
    plan = patient.sessions.schedule(session, player_voice.told_s(settings, plan, protocol, lang))
    sentences = player_voice.Sentences(lang)
    stored = {done.fact.routine for done in session.sets if done.fact.reps_done}
    return {
        "session": str(session.id),
        "owner": str(patient.patient),
        "endpoint": "/api/outbox",
        "lang": i18n.current().tag,
        "css": assets.address("player/player.css"),
        "sets": [_set(protocol, planned, sentences) for planned in plan.sets],
        "stored": [i for i, each in enumerate(plan.sets) if each.routine in stored],
        "cues": [_cue(protocol, plan, each, sentences) for each in plan.cues],
        "ends_s": plan.ends_s,
        "said": player_voice.at_controls(sentences),
        "sound": player_voice.sound(settings, sentences),
        "words": _words(),
        "pain": _pain(patient, session),
        "effort": {
            "question": _("How hard were the exercises?"),
            "choices": [{"value": value, "label": _(label)} for value, label in case.protocol.effort_words],
        },
        "note": {"question": _("Do you want to write something down?"), "max": 2000},
        "set_counts_from": case.protocol.rules.set_counts_from.value,
        "stop_reasons": [
            {
                "id": reason.value,
                "label": session_text.stop_reason(reason),
                "check": reason in (StopReason.PAIN, StopReason.UNWELL),
            }
            for reason in StopReason
        ],
        "check": {
            "question": _("Do you have any of these?"),
            "none": _("None of these"),
            "on": _("Show more"),
            "groups": red_flag_card.groups(case),
        },
        "reader": protocol_texts.who_reads(case, followed=patient.is_followed()),
    }


def _set(protocol: Protocol, planned: PlannedSet, sentences: player_voice.Sentences) -> dict[str, Any]:
    routine = protocol.routines[planned.routine]
    dose = doses_text.dose(routine, Dose(planned.reps, planned.hold_s, 1))
    return {
        "routine": routine.id,
        "kind": routine.kind.value,
        "results": player_voice.results(planned, routine, sentences),
        "name": _(routine.name),
        "clinical": _(routine.clinical_name),
        "instruction": _(routine.instruction),
        "position": _(routine.position),
        "change": _(routine.cues.change_said) if routine.cues.change_said else "",
        "reps": planned.reps,
        "sides": planned.sides,
        "dose": _("Easier today: {dose}").format(dose=dose) if planned.easier else dose,
        "drawing": assets.drawing(routine),
    }


def _cue(protocol: Protocol, plan: Schedule, cue: Cue, sentences: player_voice.Sentences) -> dict[str, Any]:
    label, _say = session_text.cue(cue, plan, protocol)
    return {
        "at_s": cue.at_s,
        "until_s": cue.until_s,
        "kind": cue.kind.value,
        "set": cue.set,
        "rep": cue.rep,
        "side": cue.side.value if cue.side else None,
        "label": label,
        "count": cue.count,
        "credits": cue.credits,
        "may_skip": may_be_skipped(cue),
        "waits": waits(cue, plan, protocol),
        **player_voice.said_at(cue, plan, protocol, sentences),
    }


def _pain(patient: PatientDesk, session: Session) -> dict[str, Any]:
    plain = patient.history().settings.get("plain_words") is True
    choices = pain_text.pain_choices(patient.protocol, plain_words=plain)
    return {
        "question": _("How bad is your back pain right now?"),
        "choices": [{"value": value, "label": label, "word": word} for value, label, word in choices],
        "optional": not pain.has_load(patient.protocol, session),
        "before": session.before.fact.score if session.before else None,
    }


def _advice(patient: PatientDesk, session: Session) -> dict[str, dict[str, str]]:
    """Return the advice after each possible score, so that it is available without a connection."""
    case = patient.case
    if not pain.has_load(case.protocol, session):
        return {"finished": {}, "pain": {}}
    plain = case.history.settings.get("plain_words") is True
    scores = [value for value, _label, _words in pain_text.pain_choices(case.protocol, plain_words=plain)]
    advice: dict[str, dict[str, str]] = {}
    for name, stopped in (("finished", False), ("pain", True)):
        told = {}
        for after in (*scores, None):
            colour = pain.light_with(case, session, after, stopped_for_pain=stopped)
            text = pain_text.light(colour, case)
            if not text and after is not None and pain.is_high_at(case, after, patient.now()):
                text = protocol_texts.protocol_text(case, "high_pain_closed")
            told["missing" if after is None else str(after)] = text
        advice[name] = told
    return advice


def _words() -> dict[str, Any]:
    return {
        "start": _("Start"),
        "ready": _("I am ready"),
        "next_half": _("Next"),
        "back_from_walk": _("I am back"),
        "test_done": _("I am done"),
        "pause": _("Pause"),
        "resume": _("Carry on"),
        "back": _("Back to start of this one"),
        "skip": _("Skip this exercise"),
        "stop": _("Stop"),
        "more": _("More"),
        "voice": _("Voice"),
        "tones": _("Sounds"),
        "volume": _("How loud"),
        "rate": _("Voice speed"),
        "on": _("on"),
        "off": _("off"),
        "rep_of": _("{n} of {m}"),
        "of": _("of {m}"),
        "minutes_left": {"one": _("minute left"), "other": _("minutes left")},
        "given_up": _("tried, not finished"),
        "seconds": {"one": _("{n} second"), "other": _("{n} seconds")},
        "next": _("Next: {what}"),
        "last": _("the end"),
        "saved": _("Saved"),
        "saving": _("Saving…"),
        "waiting": _("Saved on this device, will be sent"),
        "paused": _("Paused"),
        "paused_sleep": _("Paused because this device slept. Nothing is lost."),
        "paused_unseen": _("Paused, because nobody saw this screen and no sound was on. Nothing is lost."),
        "resume_at": _("You stopped at {where}. Carry on from there?"),
        "sure_stop": _("Why are you stopping?"),
        "done_title": _("Done."),
        "stopped_title": _("Stopped."),
        "question_of": _("Question {n} of {m}"),
        "did_all": _("You did all of it, in {minutes}."),
        "well_done": _("Well done."),
        "did_some": {
            "one": _("{n} exercise counts, in {minutes}."),
            "other": _("{n} exercises count, in {minutes}."),
        },
        "did_little": _("You made a start. What you did is kept."),
        "did_none": _("Nothing was counted this time."),
        "pain_change": _("Back pain: {before} before, {after} after."),
        "pain_after": _("Back pain now: {after}."),
        "pain_went": {
            "down": _("It went down."),
            "same": _("It stayed the same."),
            "up": _("It went up."),
        },
        "today_says": _("Today shows what is next, and when."),
        "minutes": {"one": _("{n} minute"), "other": _("{n} minutes")},
        "back_to_today": _("Back to Today"),
        "is_it_so": _("Is that so?"),
        "yes_so": _("Yes, that is so"),
        "no_back": _("No, go back"),
        "question_back": _("Back"),
        "skip_question": _("Skip this question"),
        "skip_effort": _("I cannot say"),
        "skip_note": _("No, nothing"),
        "save": _("Save"),
        "right": _("right leg"),
        "left": _("left leg"),
        "other_tab": _("This session is open in another tab or window. Carry on there, or close it first."),
        "refused": _("Could not be saved: {why}"),
        "keyboard": _("Keys: Space pauses, B goes back, N skips, Escape stops."),
        "of_note": _("{n} of {max} characters"),
    }
