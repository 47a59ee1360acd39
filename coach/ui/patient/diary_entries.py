"""The list in Diary: every entry by day, in words, with corrections and removals."""

from __future__ import annotations

from typing import cast

import streamlit as st

from coach.desk import PatientDesk
from coach.desk.patient.diary import OWN
from coach.domain import facts, red_flags
from coach.domain.history import Entry, by_clinician
from coach.i18n import _, ngettext
from coach.review.patient.diary import Day, Item, days
from coach.text import entries as entries_text
from coach.text import pain as pain_text
from coach.text import plan as plan_text
from coach.text import times as times_text
from coach.ui.parts import (
    action_keys,
    choices,
    date_time,
    drafts,
    navigation,
    plan_change_card,
    time_zone,
)
from coach.ui.patient import outcome_answers, settings

PAGES, OPEN = "diary-pages", "diary-open"
DAYS_A_PAGE = 5
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
)
TAKEN_BACK_HERE = (*CORRECTED_HERE, facts.ClinicAgreed, facts.Drowsy, facts.FlagCheck, facts.PutOff)
CHANGED_IN_SETTINGS = (facts.Procedure, facts.HomeArrival, facts.Answer, facts.Setting)
SMALL = (facts.Answer, facts.Setting, facts.FlagCheck, facts.Activity, facts.PutOff)


def show(patient: PatientDesk) -> None:
    """Show all entries of the newest days, and offer older ones."""
    everything = days(patient.history())
    shown = DAYS_A_PAGE * int(st.session_state.get(PAGES, 1))
    for day in everything[:shown]:
        _day(patient, day)
    if len(everything) > shown and st.button(_("Show older"), key="diary-older", width="stretch"):
        st.session_state[PAGES] = int(st.session_state.get(PAGES, 1)) + 1
        st.rerun()


def _day(patient: PatientDesk, day: Day) -> None:
    st.header(times_text.diary_day(day.date, today=patient.today()))
    small = [item for item in day.items if _is_small(item)]
    for item in day.items:
        if not _is_small(item):
            _card(patient, item)
    if small:
        n = len(small)
        label = ngettext("{n} check or answer", "{n} checks and answers", n).format(n=n)
        with st.expander(label, key=f"small-{day.date}"):
            for item in small:
                _row(patient, item)


def _is_small(item: Item) -> bool:
    fact = item.entry.fact
    return isinstance(fact, SMALL) or (isinstance(fact, facts.Drowsy) and not fact.yes)


# one item


def _lines(patient: PatientDesk, entry: Entry[object]) -> tuple[str, ...]:
    if by_clinician(entry) and isinstance(entry.fact, plan_text.PlanFact):
        return plan_change_card.lines(patient, entry)
    words = entries_text.fact(
        cast("facts.Fact", entry.fact), patient.protocol, zone=entry.zone, now=patient.now()
    )
    if isinstance(entry.fact, facts.FunctionScore):
        words = (*words, outcome_answers.activity(patient, entry.fact))
    return tuple(line for line in words if line)


def _clock(patient: PatientDesk, entry: Entry[object]) -> str:
    """Return the local time of an entry, with the zone if it is not today's."""
    text = times_text.clock_time(entry.at, entry.zone)
    if entry.zone == patient.zone:
        return text
    return _("{time} ({zone})").format(time=text, zone=entry.zone.replace("_", " "))


def _card(patient: PatientDesk, item: Item) -> None:
    entry = item.entry
    title, *more = _lines(patient, entry) or ("",)
    with st.container(key=f"panel-{entry.id}"):
        with st.container(key=f"{'gone' if item.void else 'told'}-{entry.id}", gap="xsmall"):
            _title(patient, entry, title)
            for line in more:
                st.text(line)
            for part in item.parts:
                _part(patient, part, gone=item.void is not None)
        _ended(patient, item)
        _earlier(patient, item)
        if item.void is None:
            _change(patient, item)


def _title(patient: PatientDesk, entry: Entry[object], title: str) -> None:
    own = isinstance(entry.fact, facts.Note | facts.TimeAsked) or by_clinician(entry)
    if own:  # a heading is Markdown, so user text must not be one
        st.subheader(_clock(patient, entry))
        st.text(title)
    else:
        st.subheader(f"{_clock(patient, entry)}  {title}")


def _part(patient: PatientDesk, part: Item, *, gone: bool) -> None:
    """Show one part of a session; a voided part is struck through, with a note."""
    with st.container(key=f"{'gone' if part.void else 'told'}-{part.entry.id}", gap="xsmall"):
        for line in _lines(patient, part.entry):
            st.text(line)
    if not gone:
        _ended(patient, part)
    _earlier(patient, part)


def _row(patient: PatientDesk, item: Item) -> None:
    entry = item.entry
    with st.container(key=f"{'gone' if item.void else 'row'}-{entry.id}", gap="xsmall"):
        st.text("  ".join([_clock(patient, entry), ": ".join(_lines(patient, entry))]))
    _ended(patient, item)
    _earlier(patient, item)
    if item.void is None and isinstance(entry.fact, TAKEN_BACK_HERE):
        _change(patient, item)


def _ended(patient: PatientDesk, item: Item) -> None:
    """Show when and why an entry was voided, or how a warning sign ended."""
    if item.void:
        when = time_zone.said(item.void.recorded_at, patient)
        told = (
            _("Does not count since {when}: {why}")
            if isinstance(item.void.fact, facts.SetAside)
            else _("Taken back {when}: {why}")
        )
        st.text(told.format(when=when, why=item.void.fact.why))
    if isinstance(item.entry.fact, facts.RedFlagYes):
        _flag_ended(patient, cast("Entry[facts.RedFlagYes]", item.entry))


def _flag_ended(patient: PatientDesk, flag: Entry[facts.RedFlagYes]) -> None:
    case = patient.case
    if flag in patient.open_flags():
        st.text(_("Still open: do not exercise. A warning sign stays in the record."))
        if st.button(_("To Warning signs"), key=f"to-{flag.id}", width="stretch"):
            navigation.go("warning")
        return
    for mistake in case.history.of(facts.FlagMistake):
        if mistake.fact.entry == flag.id:
            when = time_zone.said(mistake.recorded_at, patient)
            st.text(_("You said {when} that you tapped it by mistake.").format(when=when))
            return
    restarted = red_flags.restarted_after(case, flag)
    if restarted:
        st.text(_("Your course began again {when}.").format(when=time_zone.said(restarted, patient)))
        return
    for cleared in case.history.of(facts.FlagCleared):
        if cleared.fact.entry == flag.id:
            st.text(_("Cleared {when}.").format(when=time_zone.said(cleared.recorded_at, patient)))
            for line in _lines(patient, cleared):
                st.text(line)
            return


def _earlier(patient: PatientDesk, item: Item) -> None:
    """Show the earlier versions of a corrected entry, and when they were entered."""
    corrected = item.entry.recorded_at
    for old in item.earlier:
        said = ", ".join(_lines(patient, old))
        if old.at != item.entry.at:
            said = _("{said}, {when}").format(said=said, when=time_zone.said(old.at, patient))
        when = time_zone.said(corrected, patient)
        with st.container(key=f"earlier-{old.id}"):
            st.text(_("Earlier version: {said}").format(said=said))
            st.text(_("Corrected {when}.").format(when=when))
        corrected = old.recorded_at


# correct and take back


def _set_open(mode: str | None, entry: Entry[object] | None = None) -> None:
    st.session_state[OPEN] = (mode, str(entry.id)) if mode and entry else None
    st.rerun()


def _change(patient: PatientDesk, item: Item) -> None:
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
    with st.container(key=f"choices-{entry.id}", horizontal=True):
        correctable = isinstance(fact, CORRECTED_HERE)
        if correctable and st.button(_("Correct"), key=f"correct-{entry.id}", width="stretch"):
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
    st.subheader(_("Why do you take this back?"))
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
    st.subheader(_("What was wrong?"))
    parts = [
        part
        for part in item.parts
        if part.void is None and not isinstance(part.entry.fact, facts.SessionFinished)
    ]
    with st.container(key=f"answers-part-{item.entry.id}"):
        for part in parts:
            words = _lines(patient, part.entry)
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
    st.subheader(_("What is right?"))
    if isinstance(fact, facts.Pain):
        _better_pain(patient, cast("Entry[facts.Pain]", entry), name)
    elif isinstance(fact, facts.SetDone):
        reps = st.number_input(
            ", ".join(_lines(patient, entry)), min_value=0, value=fact.reps_done, step=1, key=name
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
    st.subheader(_("Or was the time wrong?"))
    there = date_time.Clock.of(patient, zone=entry.zone)
    when = date_time.ask(name, patient, entry.at, go_on=_("Yes, that is right. Save the time"), clock=there)
    if when.tapped:
        with time_zone.refusals():
            patient.diary.correct(entry.id, fact, wall=when.needed(), key=action_keys.act(name))
            _corrected(name)


def _save(patient: PatientDesk, entry: Entry[object], fact: facts.Fact, name: str) -> None:
    with time_zone.refusals():
        patient.diary.correct(entry.id, fact, key=action_keys.act(name))
        drafts.sent(name, patient.patient)
        _corrected(name)


def _corrected(name: str) -> None:
    action_keys.done(name)
    _set_open(None)
