"""Messages: one field, one button, and who read what; the same for patient and clinic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import streamlit as st

from coach.desk import PatientDesk
from coach.desk.clinic.messages import MessageRow, MessagesDesk, Reading
from coach.domain.errors import BadValue
from coach.domain.facts import PATIENT
from coach.domain.free_text import MESSAGE_LIMIT
from coach.domain.messages import unread
from coach.i18n import _, ngettext
from coach.text import protocol_texts
from coach.text import times as times_text
from coach.ui.parts import action_keys, components, drafts, empty_states, navigation, time_zone
from coach.ui.parts.text_block import TextBlock

NEW, PAGES, SENT, SINCE = "messages-new", "messages-pages", "messages-sent", "messages-since"
A_PAGE = 20
# Px, so that the messages are visible below the clinic's field
FIELD_HEIGHT, CLINIC_FIELD_HEIGHT = 160, 96


def show_own(desk: MessagesDesk) -> None:
    """Show a patient their messages with their physiotherapists."""
    components.top("messages")
    st.title(_("Messages"))
    st.text(protocol_texts.who_reads(desk.case, followed=desk.is_followed()))
    if desk.is_read_by_somebody():
        lead = desk.lead()
        said = _("{name} answers you, or a colleague.").format(name=lead) if lead else ""
        st.text(said or _("Somebody of your care team answers you."))
        _write(desk, _("Your message"))
    else:
        st.text(_("Your clinic has ended your care here, so nobody would read a message. Please call them."))
    _thread(desk, clinic=False)


def show_clinic(desk: MessagesDesk) -> None:
    """Show a physiotherapist the messages with the chosen patient."""
    components.top("messages")
    with st.container(key="plan-head", horizontal=True, vertical_alignment="bottom"):
        with st.container(key="plan-who", gap="xsmall"):
            st.title(_("Messages"))
            with st.container(key="plan-name"):
                st.text(desk.patient_name() or _("No name"))
        with st.container(key="plan-ways", horizontal=True, width="content"):
            if st.button(_("Back to the review"), key="thread-to-review"):
                navigation.go("review")
            if st.button(_("Plan"), key="thread-to-plan"):
                navigation.go("plan")
    _who_answers(desk)
    _write(desk, _("Your message to the patient"), height=CLINIC_FIELD_HEIGHT)
    _thread(desk, clinic=True)
    zone = desk.zone.replace("_", " ")
    st.text(_("Times are the patient’s: {zone}").format(zone=zone))


def _who_answers(desk: MessagesDesk) -> None:
    """Say what waits for an answer and since when, who gives it, and what the patient is told of that."""
    waits, lead = desk.waiting(), desk.lead()
    block = TextBlock()
    if waits:
        text = ngettext(
            "{n} message waits for an answer since {when}.",
            "{n} messages wait for an answer, the first since {when}.",
            len(waits),
        )
        since = times_text.since(waits[0].message.at, desk.zone, now=desk.now())
        block.bold(text.format(n=len(waits), when=since))
    else:
        block.text(_("No message waits for an answer."))
    if not desk.is_read_by_somebody():
        block.text(_("Discharged: no one has to answer."))
    elif lead:
        block.text(_("{name} answers, or whoever of the team sees it first.").format(name=lead))
    else:
        block.text(_("Whoever of the care team sees it first answers."))
    block.text(_("The patient is told: “{text}”").format(text=_told(desk))).show()


def new(patient: PatientDesk) -> int:
    """Return how many messages of the clinic the patient has not read."""
    return len(unread(patient.history(), PATIENT, of_clinician=True))


def link(patient: PatientDesk) -> None:
    """Show a link to the messages where some are new; the menu leads there at any time."""
    waiting = new(patient) if patient.is_followed() else 0
    label = ngettext("{n} new message", "{n} new messages", waiting).format(n=waiting)
    if waiting and st.button(label, key="to-messages", width="stretch"):
        navigation.go("messages")


def _told(desk: MessagesDesk) -> str:
    return protocol_texts.who_reads(desk.case, followed=True)


# one field, one button


def _write(desk: MessagesDesk, label: str, *, height: int = FIELD_HEIGHT) -> None:
    """Ask for a message; a refused text stays in the field."""
    name = f"message-{desk.patient}"  # a draft to one patient must not show in the field of another
    key = action_keys.act(name)
    if st.session_state.get(SINCE, (None,))[0] != key:
        st.session_state[SINCE] = (key, desk.seen_seq())
    with st.container(key="message-field"):
        text = st.text_area(
            label,
            # The next message begins empty
            key=drafts.keep(f"message-{key}", "message", desk.patient),
            height=height,
            placeholder=_("At most {n} characters").format(n=MESSAGE_LIMIT),
            persist_state="session",
        )
        sent = st.button(_("Send"), key="message-send", type="primary", width="stretch")
        said = st.session_state.pop(SENT, False)
        if said:
            st.success(_("Sent."))
    if sent and not said:  # a second tap on Send meets the empty field of the next message
        with time_zone.refusals():
            _send(desk, text or "", key)
            action_keys.done(name)
            drafts.sent("message", desk.patient)
            st.session_state.pop(NEW, None)
            st.session_state[SENT] = True
            st.rerun()


def _send(desk: MessagesDesk, text: str, key: UUID) -> None:
    """Send a message; messages that arrived since the field was shown must be read first."""
    known, since = st.session_state.get(SINCE, (None, None))
    try:
        desk.write(text, key=key, seen_seq=since if known == key else None)
    except BadValue:
        st.session_state[SINCE] = (key, desk.seen_seq())
        raise


# the thread


def _thread(desk: MessagesDesk, *, clinic: bool) -> None:
    """Show the newest messages first; showing them marks them as read."""
    with time_zone.refusals():
        _read(desk)
    rows = desk.thread()
    if not rows:
        block = TextBlock()
        empty_states.picture(block, "messages")
        block.text(_("No messages yet.")).show()
        return
    shown = A_PAGE * int(st.session_state.get(PAGES, 1))
    new = st.session_state.get(NEW, frozenset())
    now, zone = desk.now(), desk.zone
    last = next((row.entry.id for row in reversed(rows) if row.waits), None)
    for row in reversed(rows[-shown:]):
        side = "mine" if row.by_clinician is clinic else "theirs"
        _row(row, zone, side, now=now, new=row.entry.id in new)
        if clinic:
            _answered(desk, row, zone, now=now, last=last)
    if len(rows) > shown and st.button(_("Show older"), key="messages-older", width="stretch"):
        st.session_state[PAGES] = int(st.session_state.get(PAGES, 1)) + 1
        st.rerun()


def _read(desk: MessagesDesk) -> None:
    fresh = desk.unread()
    if fresh:
        st.session_state[NEW] = frozenset(each.id for each in fresh)
        desk.read(fresh[-1].id, key=action_keys.act(f"read-{fresh[-1].id}"))


def _row(row: MessageRow, zone: str, side: str, *, now: datetime, new: bool) -> None:
    who = _("You") if row.mine else row.who or _side(row)
    when = times_text.moment(row.entry.recorded_at, zone, now=now)
    with st.container(key=f"message-{side}-{row.entry.id}"):
        with st.container(key=f"message-who-{row.entry.id}", horizontal=True, gap="small"):
            st.text(_("{who}, {when}").format(who=who, when=when), width="content")
            if new:
                st.badge(_("New"))
        st.text(row.entry.fact.text)
        with st.container(key=f"message-read-{row.entry.id}"):
            st.text(_readers(row, zone, now=now))


def _answered(desk: MessagesDesk, row: MessageRow, zone: str, *, now: datetime, last: UUID | None) -> None:
    """Show that a message waits for an answer, or who said that it needs none.

    Either can be changed.
    """
    if not row.waits and not row.settled:
        return
    with st.container(key=f"message-state-{row.entry.id}", horizontal=True, vertical_alignment="center"):
        if row.waits:
            st.text(_("Waits for an answer"), width="content")
            if row.entry.id == last and st.button(_("No answer needed"), key=f"no-answer-{last}"):
                _do(f"no-answer-{last}", lambda key: desk.needs_no_answer(row.entry.id, key=key))
        elif row.settled and row.settled_by:
            word = row.settled.id
            who = _("you") if row.settled_by.mine else row.settled_by.who or _("a physiotherapist")
            when = times_text.moment(row.settled_by.at, zone, now=now)
            st.text(_("No answer needed: {who}, {when}").format(who=who, when=when), width="content")
            if st.button(_("Undo"), key=f"answer-{word}"):
                _do(f"answer-{word}", lambda key: desk.undo_no_answer(word, key=key))


def _do(name: str, act: Callable[[UUID], None]) -> None:
    with time_zone.refusals():
        act(action_keys.act(name))
        action_keys.done(name)
        st.rerun()


def _side(row: MessageRow) -> str:
    return _("A physiotherapist") if row.by_clinician else _("The patient")


def _readers(row: MessageRow, zone: str, *, now: datetime) -> str:
    """Return who read a message and when."""
    if not row.read_by:
        return _("Not read yet")
    other = _("the patient") if row.by_clinician else _("a physiotherapist")

    def said(reading: Reading) -> str:
        who = _("you") if reading.mine else reading.who or other
        return _("{who}, {when}").format(who=who, when=times_text.moment(reading.at, zone, now=now))

    return _("Read by {who}").format(who="; ".join(said(each) for each in row.read_by))
