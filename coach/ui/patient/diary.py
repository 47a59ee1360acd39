"""The page Diary: daily check-in, pain with a time, exercises done without the app, the list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import streamlit as st

from coach.desk import PatientDesk
from coach.desk.patient.diary import MOST_REPS, PastSet
from coach.domain import pain
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Pain, PainWhen, Score
from coach.domain.history import Entry
from coach.i18n import _
from coach.text import pain as pain_text
from coach.text import protocol_texts
from coach.ui.parts import (
    action_keys,
    choices,
    components,
    date_time,
    drafts,
    empty_states,
    time_zone,
)
from coach.ui.parts.text_block import TextBlock
from coach.ui.patient import diary_changes, diary_entries, diary_import

ASKS = "diary-asks"
SAID = "diary-said"
NOW, TODAY, YESTERDAY = "now", "today", "yesterday"
NOTE_HEIGHT = 130


def show(patient: PatientDesk) -> None:
    """Show the question that is being asked, or the whole page."""
    screens: dict[str, Callable[[PatientDesk], None]] = {
        "average": _ask_average,
        "worst": _ask_worst,
        "now": _ask_now,
        "past": _ask_past,
        "paper": _ask_paper,
    }
    asked = st.session_state.get(ASKS)
    components.top(f"diary-{asked}")
    if asked not in screens:
        _overview(patient)
        return
    screens[asked](patient)
    if st.button(_("Back"), key=f"diary-back-{asked}"):
        _go(None)


def _go(screen: str | None, *, said: str = "") -> None:
    """Go to another screen of this page, or back to the page with a message."""
    st.session_state[ASKS] = screen
    if said:
        st.session_state[SAID] = said
    st.rerun()


def _overview(patient: PatientDesk) -> None:
    case = patient.case
    st.title(_("Diary"))
    said = st.session_state.pop(SAID, "")
    if said:
        st.success(said)
    if patient.two_high_days():
        st.error(protocol_texts.protocol_text(case, "two_high_days"))
    _check_in(patient)
    if st.button(_("Score my pain now"), key="diary-now", width="stretch"):
        _go("now")
    if st.button(_("Log exercises I did without the app"), key="diary-past", width="stretch"):
        _go("past")
    if st.button(_("Enter a paper diary from a file"), key="diary-paper", width="stretch"):
        _go("paper")
    st.text(protocol_texts.who_reads(case, followed=patient.is_followed()))
    if not diary_entries.has_begun(patient):
        block = TextBlock()
        empty_states.picture(block, "diary")
        block.text(_("Each day will be one line here, with your pain and what you did.")).show()
    diary_entries.show(patient)


# the daily check-in


def _today(patient: PatientDesk, when: PainWhen) -> Entry[Pain] | None:
    """Return today's latest score of that question, or None."""
    today = patient.today()
    found = [e for e in patient.history().of(Pain) if e.fact.when is when and e.local_date == today]
    return found[-1] if found else None


def _check_in(patient: PatientDesk) -> None:
    average, worst = _today(patient, PainWhen.AVERAGE_24H), _today(patient, PainWhen.WORST_24H)
    if average is None and worst is None:
        if st.button(_("Daily check-in: my last 24 hours"), key="check-in", type="primary", width="stretch"):
            _go("average")
        return
    with st.container(key="panel-check-in"):
        st.header(_("Your last 24 hours"))
        for label, entry in ((_("On average: {score}"), average), (_("At its worst: {score}"), worst)):
            known = pain_text.score(entry.fact.score, patient.protocol) if entry else _("left out")
            st.text(label.format(score=known))
        if st.button(_("Change"), key="check-in-change", width="stretch"):
            _go("average")


def _ask_average(patient: PatientDesk) -> None:
    st.title(_("How bad was your back pain on average over the last 24 hours?"))
    _ask_24h(patient, PainWhen.AVERAGE_24H, lambda: _go("worst"))


def _ask_worst(patient: PatientDesk) -> None:
    st.title(_("And at its worst in the last 24 hours?"))
    _ask_24h(patient, PainWhen.WORST_24H, lambda: _go(None, said=_("Saved.")))


def _ask_24h(patient: PatientDesk, when: PainWhen, go_on: Callable[[], None]) -> None:
    """Ask one of the two questions and go on when it is answered or skipped."""
    name, old = when.value, _today(patient, when)
    key = action_keys.act(name)
    if old:
        kept = _("Keep {score}").format(score=pain_text.score(old.fact.score, patient.protocol))
        if st.button(kept, key=f"{name}-keep", width="stretch"):
            go_on()
    elif when is PainWhen.WORST_24H and st.button(_("Leave this out"), key=f"{name}-skip", width="stretch"):
        go_on()
    score = choices.pain(name, patient)
    if score is None:
        return
    with time_zone.refusals():
        if old:
            patient.diary.correct(old.id, Pain(score, when), key=key)
        elif when is PainWhen.AVERAGE_24H:
            patient.diary.check_in(average=score, worst=None, key=key)
        else:
            patient.diary.check_in(average=None, worst=score, key=key)
        action_keys.done(name)
        go_on()


# pain with its time


def _ask_now(patient: PatientDesk) -> None:
    key = action_keys.act("diary-pain")
    names = {NOW: _("Right now"), TODAY: _("Earlier today"), YESTERDAY: _("Yesterday")}
    st.title(_("How bad is your back pain?"))
    picked = st.pills(
        _("When?"), list(names), default=NOW, format_func=names.__getitem__, key="pain-when", required=True
    )
    at, day = None, patient.today() - timedelta(days=picked == YESTERDAY)
    if picked != NOW:
        st.text(_("Enter the time first. Then you are asked how bad it was then."))
        clock = date_time.Clock.of(patient, lived=True)
        when = date_time.on_day("pain", day, clock)
        if when.wall is None:
            return
        at = clock.instant(when.wall)
    score = choices.pain("diary", patient)
    if score is None:
        return
    with time_zone.refusals():
        patient.sessions.give_pain(score, PainWhen.NOW, key=key, at=at)
        said = _after_score(patient, score)
        diary_changes.unfold(day)
        action_keys.done("diary-pain")
        _go(None, said=said)


def _after_score(patient: PatientDesk, score: Score) -> str:
    """Return the message after a score: that it is saved, and what a high one closes now."""
    case = patient.case
    latest = patient.latest_pain()
    newest = latest and patient.now() - latest.at < case.protocol.rules.pain_closes_for.span
    high = pain.is_high_at(case, score, patient.now())
    if newest and latest and latest.fact.score == score and high:
        return _("Saved.") + " " + protocol_texts.protocol_text(case, "high_pain_closed")
    return _("Saved.")


# exercises without the app


def _ask_past(patient: PatientDesk) -> None:
    protocol, key = patient.protocol, action_keys.act("past")
    own = patient.case.routines
    st.title(_("What did you do without the app?"))
    st.header(_("When did you start?"))
    when = date_time.ask("past", patient, clock=date_time.Clock.of(patient, lived=True))
    st.header(_("Which exercises?"))
    chosen = st.pills(
        _("Tap all that you did"),
        [each.id for each in own],
        selection_mode="multi",
        format_func=lambda routine: _(protocol.routines[routine].name),
        key="past-routines",
    )
    done = [_count(patient, each.id) for each in own if each.id in chosen]
    st.header(_("How was it? You can leave these out."))
    before = _scale(patient, _("Pain before"), "past-before")
    after = _scale(patient, _("Pain after"), "past-after")
    effort = st.pills(
        _("How hard was it?"),
        [value for value, _words in protocol.effort_words],
        format_func=lambda value: _(dict(protocol.effort_words)[value]),
        key="past-effort",
    )
    note = st.text_area(
        _("A note"),
        key=drafts.keep("past-note", "past-note", patient.patient),
        height=NOTE_HEIGHT,
        placeholder=_("At most 2000 characters"),
    )
    if st.button(_("Save"), key="past-save", type="primary", width="stretch"):
        with time_zone.refusals():
            if not all(each.reps for each in done):
                raise BadValue(Fault.REPS_OUT_OF_RANGE, low=1, high=MOST_REPS)
            patient.diary.log_past(
                when.needed(),
                done,
                before=before,
                after=after,
                effort=effort,
                note=note,
                key=key,
            )
            action_keys.done("past")
            drafts.sent("past-note", patient.patient)
            diary_changes.unfold(when.needed().date())
            _go(None, said=_("Saved."))


def _count(patient: PatientDesk, routine_id: str) -> PastSet:
    """Ask how many times one exercise was done; each leg counts."""
    routine = patient.protocol.routines[routine_id]
    label = _("{name}: how many times?")
    if routine.sides == 2:
        label = _("{name}: how many times with each leg?")
    number = st.number_input(
        label.format(name=_(routine.name)), min_value=0, value=None, step=1, key=f"past-count-{routine_id}"
    )
    return PastSet(routine_id, int(number or 0) * routine.sides)


def _scale(patient: PatientDesk, label: str, name: str) -> Score | None:
    """Show the compact pain scale, with none preselected."""
    plain = patient.history().settings.get("plain_words") is True
    words = {
        value: f"{shown} {more}".strip()
        for value, shown, more in pain_text.pain_choices(patient.protocol, plain_words=plain)
    }
    return st.pills(label, list(words), format_func=words.__getitem__, key=name)


# a whole diary on paper


def _ask_paper(patient: PatientDesk) -> None:
    diary_import.show(patient, lambda said: _go(None, said=said))
