"""The warning signs that are open: what to do about each, and what can be told about it."""

from __future__ import annotations

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.facts import RedFlagYes
from coach.domain.history import Entry
from coach.domain.protocol import FlagLevel, RedFlag
from coach.i18n import _
from coach.text import protocol_texts
from coach.text import times as times_text
from coach.ui.parts import action_keys, emergency_help, markdown, navigation, red_flag_card, time_zone
from coach.ui.parts.text_block import TextBlock
from coach.ui.patient import settings


def show(patient: PatientDesk, block: TextBlock) -> None:
    """Show each open sign with what can be told about it, and the way to tell another."""
    block.title(_("Do not exercise now"))
    called = False  # an emergency's card has the number already
    opened = patient.open_flags()
    for entry in opened:
        flag = patient.protocol.red_flags.get(entry.fact.flag)
        if flag is None:
            continue
        red_flag_card.card(patient, flag, block)
        if flag.level is FlagLevel.EMERGENCY and not called:
            called = True
            emergency_help.write_down(patient, block)
        block.caption(_("You told us {when}.").format(when=time_zone.said(entry.at, patient)))
        sign = _(flag.text).rstrip(".") if len(opened) > 1 else ""
        _clear(patient, entry, flag, sign, block)
        _mistake(patient, entry, sign, block)
    emergency_help.something_else(block)
    if not called:
        emergency_help.emergency(patient, block)
    block.show()


def asked_about(patient: PatientDesk, entry: str) -> tuple[Entry[RedFlagYes], RedFlag] | None:
    """Return the open sign of that id, if the patient may tell now what their clinic said of it."""
    for each in patient.open_flags():
        flag = patient.protocol.red_flags.get(each.fact.flag)
        if str(each.id) == entry and flag and _may_tell(patient, each, flag):
            return each, flag
    return None


def _may_tell(patient: PatientDesk, entry: Entry[RedFlagYes], flag: RedFlag) -> bool:
    if patient.is_followed() or flag.never_cleared:
        return False
    waits = patient.now() < entry.at + patient.protocol.rules.emergency_cleared_after.span
    return not (flag.level is FlagLevel.EMERGENCY and waits)


def _about(label: str, sign: str) -> str:
    """Return what a button says; where several signs are open it names its own, "" where it needs not."""
    if not sign:
        return label
    return _("{button} This is about: {sign}").format(
        button=f"{label.rstrip('.')}.", sign=markdown.escaped(sign)
    )


def _mistake(patient: PatientDesk, entry: Entry[RedFlagYes], sign: str, block: TextBlock) -> None:
    """Offer to take a sign back, for some minutes."""
    within = patient.protocol.rules.mistake_within.span
    if patient.now() - entry.recorded_at > within:
        return
    block.show()
    text = _about(protocol_texts.protocol_text(patient.case, "flag_mistake"), sign)
    if st.button(text, key=f"mistake-{entry.id}", width="stretch"):
        with time_zone.refusals():
            patient.red_flags.take_back_flag(entry.id, key=action_keys.act(f"mistake-{entry.id}"))
            navigation.go("today")


def _clear(
    patient: PatientDesk, entry: Entry[RedFlagYes], flag: RedFlag, sign: str, block: TextBlock
) -> None:
    """Say who lets the patient start again, or offer to tell what the clinic said."""
    case = patient.case
    if patient.is_followed():
        if flag.never_cleared:
            block.text(protocol_texts.protocol_text(case, "never_cleared"))
        block.text(_("Only your physiotherapist can let you start again. You cannot do that here."))
        block.text(protocol_texts.who_reads(case, followed=True))
        return
    if flag.never_cleared:
        block.text(protocol_texts.protocol_text(case, "never_cleared")).show()
        if st.button(
            _about(_("My clinic let me start again"), sign), key=f"clear-{entry.id}-restart", width="stretch"
        ):
            navigation.go("settings", part=settings.NEW_COURSE)
        return
    if not _may_tell(patient, entry, flag):
        opens = entry.at + case.protocol.rules.emergency_cleared_after.span
        point = times_text.point(opens, patient.zone, now=patient.now())
        block.text(_("From {point} on, you can tell us here what your clinic said.").format(point=point))
        return
    block.show()
    if st.button(_about(_("I have spoken to my clinic"), sign), key=f"spoken-{entry.id}", width="stretch"):
        navigation.go("warning", part=str(entry.id))
