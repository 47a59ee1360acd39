"""Changing an entry in Diary: correcting it, taking it back, and what is asked for that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

import streamlit as st

from coach.desk import PatientDesk
from coach.desk.patient.diary import OWN
from coach.domain import facts
from coach.domain.history import Entry, by_clinician
from coach.i18n import _
from coach.i18n.sentences import in_a_row
from coach.review.patient.diary import Item
from coach.text import entries as entries_text
from coach.text import pain as pain_text
from coach.text import plan as plan_text
from coach.ui.parts import (
    action_keys,
    choices,
    date_time,
    drafts,
    folding,
    navigation,
    plan_change_card,
    time_zone,
)
from coach.ui.patient import bone_answers, outcome_answers, settings

OPEN = "diary-open"
NOTE_HEIGHT = 130
CORRECT, TAKE_BACK = "correct", "take-back"

MEASURED = facts.Activity | facts.FunctionScore | facts.ChangeRating
CORRECTED_HERE = (
    facts.SessionStarted,
    facts.SetDone,
    facts.Pain,
    facts.Effort,
    facts.Note,
    facts.Activity,
    facts.FunctionScore,
    facts.ChangeRating,
    facts.BoneHealth,
)
CHANGED_IN_SETTINGS = (facts.Procedure, facts.HomeArrival, facts.Answer, facts.Setting)


def day_key(day: date) -> str:
    """Return the key of the line of a day."""
    return f"day-{day}"


def unfold(day: date) -> None:
    """Let a day be open when the list is shown: an entry of it was made, or moved there."""
    folding.unfold(day_key(day))


def is_asked_of(items: Sequence[Item]) -> bool:
    """Tell whether one of the entries is being changed: what is typed must not go when its day is closed."""
    _mode, which = st.session_state.get(OPEN) or (None, None)
    return any(str(each.entry.id) == which for item in items for each in (item, *item.parts))


def lines(patient: PatientDesk, entry: Entry[object]) -> tuple[str, ...]:
    """Return an entry in words, a line each; some are the patient's or a clinician's own."""
    if by_clinician(entry) and isinstance(entry.fact, plan_text.PlanFact):
        return plan_change_card.lines(patient, entry)
    words = entries_text.fact(
        cast("facts.Fact", entry.fact), patient.protocol, zone=entry.zone, now=patient.now()
    )
    if isinstance(entry.fact, facts.FunctionScore):
        words = (*words, outcome_answers.activity(patient, entry.fact))
    return tuple(line for line in words if line)


def _set_open(mode: str | None, entry: Entry[object] | None = None) -> None:
    st.session_state[OPEN] = (mode, str(entry.id)) if mode and entry else None
    st.rerun()


def offer(patient: PatientDesk, item: Item) -> None:
    """Offer the possible changes of an item, or ask for the one that was tapped."""
    entry = item.entry
    mode, which = st.session_state.get(OPEN) or (None, None)
    asked = next((each for each in (item, *item.parts) if str(each.entry.id) == which), None)
    if asked and asked.void is None:
        with st.container(key=f"asks-{entry.id}"):
            if mode == TAKE_BACK:
                _ask_why(patient, asked.entry)
            elif isinstance(asked.entry.fact, facts.SessionStarted):
                _ask_which(patient, item)
            else:
                _ask_better(patient, asked.entry)
            if st.button(_("Leave it as it is"), key=f"leave-{which}", width="stretch"):
                _set_open(None)
        return
    fact = entry.fact
    if isinstance(fact, CHANGED_IN_SETTINGS):
        if st.button(_("Change under Settings"), key=f"settings-{entry.id}", width="stretch"):
            navigation.go("settings", part=settings.part_of(fact, patient.protocol))
        return
    if by_clinician(entry) or isinstance(fact, facts.NEVER_VOIDED):
        return
    if patient.is_followed() and not isinstance(fact, OWN):
        return
    running = patient.sessions.running_session()
    if running and running.id == entry.id:
        return
    correctable = isinstance(fact, CORRECTED_HERE)
    if correctable and st.button(_("Change"), key=f"correct-{entry.id}", width="stretch"):
        _set_open(CORRECT, entry)
    baseline = (
        isinstance(fact, facts.Pain) and fact.when is facts.PainWhen.BASELINE
    )  # without it, set-up would ask again
    if not baseline and st.button(_("Take back"), key=f"back-{entry.id}", width="stretch"):
        _set_open(TAKE_BACK, entry)


def _ask_why(patient: PatientDesk, entry: Entry[object]) -> None:
    """Ask why an entry is removed; a tap on a reason voids it."""
    name = f"void-{entry.id}"
    key = action_keys.act(name)
    st.header(_("Why do you take this back?"))
    st.text(_("It stays in the list, struck through, and does not count any more."))
    reasons = [
        _("I tapped it by mistake"),
        _("It was not like that"),
        _("It is in the list twice"),
        _("It belongs to another day"),
    ]
    why = choices.choice(name, [(str(number), reason) for number, reason in enumerate(reasons)])
    other = st.text_input(_("Something else"), key=drafts.keep(f"{name}-other", name, patient.patient))
    saved = st.button(_("Take back"), key=f"{name}-save", width="stretch")
    if why is None and not saved:
        return
    with time_zone.refusals():
        patient.diary.void(entry.id, why=other if why is None else reasons[int(why)], key=key)
        action_keys.done(name)
        drafts.sent(name, patient.patient)
        _set_open(None)


def _ask_which(patient: PatientDesk, item: Item) -> None:
    """Ask which part of a session was wrong."""
    st.header(_("What was wrong?"))
    parts = [
        part
        for part in item.parts
        if part.void is None and not isinstance(part.entry.fact, facts.SessionFinished)
    ]
    with st.container(key=f"answers-part-{item.entry.id}"):
        for part in parts:
            words = lines(patient, part.entry)
            # A label is Markdown, so the patient's own words must not be one.
            label = _("The note") if isinstance(part.entry.fact, facts.Note) else " ".join(words)
            if st.button(label, key=f"part-{part.entry.id}", width="stretch"):
                _set_open(CORRECT, part.entry)
    st.text(_("The day or the time? Take it back and log it again."))


def _ask_better(patient: PatientDesk, entry: Entry[object]) -> None:
    """Ask for the right value of an entry; the old one stays in the record."""
    name = f"right-{entry.id}"
    action_keys.act(name)
    fact = entry.fact
    st.header(_("What is right?"))
    if isinstance(fact, facts.Pain):
        _better_pain(patient, cast("Entry[facts.Pain]", entry), name)
    elif isinstance(fact, facts.SetDone):
        reps = st.number_input(
            in_a_row(lines(patient, entry)), min_value=0, value=fact.reps_done, step=1, key=name
        )
        if st.button(_("Save"), key=f"{name}-save", width="stretch", type="primary"):
            with time_zone.refusals():
                patient.diary.correct_reps(entry.id, int(reps or 0), key=action_keys.act(name))
                _corrected(name)
    elif isinstance(fact, facts.Effort):
        words = [(str(value), _(label)) for value, label in patient.protocol.effort_words]
        picked = choices.choice(name, words)
        if picked:
            _save(patient, entry, facts.Effort(fact.session, int(picked)), name)
    elif isinstance(fact, MEASURED):
        better = outcome_answers.better(patient, fact, name)
        if better:
            _save(patient, entry, better, name)
    elif isinstance(fact, facts.BoneHealth):
        told = bone_answers.better(patient, fact, name)
        if told:
            drafts.sent(f"{name}-which", patient.patient)
            _save(patient, entry, told, name)
    elif isinstance(fact, facts.Note):
        text = st.text_area(
            _("Note"),
            value=fact.text,
            key=drafts.keep(name, name, patient.patient, base=fact.text),
            height=NOTE_HEIGHT,
        )
        if st.button(_("Save"), key=f"{name}-save", width="stretch", type="primary"):
            with time_zone.refusals():
                _save(patient, entry, facts.Note(fact.session, text), name)
    if getattr(fact, "session", None) and st.button(_("Take this back"), key=f"{name}-back", width="stretch"):
        _set_open(TAKE_BACK, entry)


def _better_pain(patient: PatientDesk, entry: Entry[facts.Pain], name: str) -> None:
    fact = entry.fact
    st.text(pain_text.pain_question(fact.when))
    score = choices.pain(name, patient)
    if score is not None:
        _save(patient, entry, facts.Pain(score, fact.when, fact.session), name)
    unknown = fact.when is facts.PainWhen.BASELINE
    if unknown and st.button(_("I do not remember"), key=f"{name}-unknown", width="stretch"):
        _save(patient, entry, facts.Pain(None, fact.when, fact.session), name)
    if fact.when is not facts.PainWhen.NOW:
        return
    st.header(_("Or was the time wrong?"))
    there = date_time.Clock.of(patient, zone=entry.zone)
    when = date_time.ask(name, patient, entry.at, go_on=_("Yes, that is right. Save the time"), clock=there)
    if when.tapped:
        with time_zone.refusals():
            patient.diary.correct(entry.id, fact, wall=when.needed(), key=action_keys.act(name))
            unfold(when.needed().date())
            _corrected(name)


def _save(patient: PatientDesk, entry: Entry[object], fact: facts.Fact, name: str) -> None:
    with time_zone.refusals():
        patient.diary.correct(entry.id, fact, key=action_keys.act(name))
        drafts.sent(name, patient.patient)
        _corrected(name)


def _corrected(name: str) -> None:
    action_keys.done(name)
    _set_open(None)
