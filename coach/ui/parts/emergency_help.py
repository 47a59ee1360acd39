"""Warning signs, what to do and whom to call, as part of the page: they work without the server."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.protocol import FlagLevel
from coach.i18n import _
from coach.text import protocol_texts
from coach.ui.parts import assets, navigation, red_flag_card, setting_rows
from coach.ui.parts.text_block import TextBlock

_help = st.components.v2.component("coach_help", html="<div></div>", js=assets.stub("ui/help.js"))


def _again() -> None:
    """Do nothing: the page reruns and finds what happened."""


def carry(patient: PatientDesk) -> bool:
    """Put all of it into the page.

    Return whether a warning sign reported there has just arrived.
    """
    return bool(_help(key="emergency-help", data=_written(patient), on_stored_change=_again).get("stored"))


def wrong(block: TextBlock) -> None:
    """Add the button that opens it; before the page's script is loaded it leads to the page of that."""
    block.link(_("Something is wrong"), "/warning", name="coach-wrong", role="button")


def emergency(patient: PatientDesk, block: TextBlock) -> None:
    """Add the emergency number as a link; without a number show where to enter it."""
    number = protocol_texts.numbers(patient.case)["emergency"]
    text = _("In an emergency: {number}").format(number=number)
    if protocol_texts.tel(number):
        block.call(text, protocol_texts.tel(number))
        return
    block.text(text).show()
    if st.button(_("Write down your emergency number"), key="write-emergency", width="stretch"):
        st.session_state[setting_rows.OPEN] = "emergency_phone"
        navigation.go("settings", part="you")


def _written(patient: PatientDesk) -> bytes:
    """Return what is carried as JSON; it is kept with the case, for every page of a patient asks for it."""
    key = (carried, patient.patient, patient.is_followed())
    return patient.case.keep(key, lambda: json.dumps(carried(patient)).encode())


def carried(patient: PatientDesk) -> dict[str, Any]:
    """Return everything that is shown without a server: texts and phone numbers."""
    case = patient.case
    groups = []
    for level in FlagLevel:
        signs = [flag for flag in case.protocol.red_flags.values() if flag.level is level]
        if signs:
            title = protocol_texts.card(signs[0], case)["title"]
            told = [red_flag_card.told(patient, flag) for flag in signs]
            groups.append({"level": level.value, "title": title, "flags": told})
    return {
        "owner": str(patient.patient),
        "endpoint": "/api/outbox",
        "lang": "en",
        "css": assets.address("player/player.css"),
        "modules": [assets.address(f"player/{name}.js") for name in ("dom", "screens", "outbox")],
        "phones": protocol_texts.calls(case),
        "groups": groups,
        "reader": protocol_texts.who_reads(case, followed=patient.is_followed()),
        "words": {
            "title": _("What is wrong?"),
            "choose": _("Tap what you have. You will see at once what to do."),
            "none": _("None of these"),
            "yes_so": _("Yes, that is so"),
            "no_back": _("No, go back"),
            "back_to_today": _("Close"),
            "more": _("I have something else as well"),
            "saving": _("Saving…"),
            "saved": _("Saved"),
            "waiting": _("Saved on this device, will be sent"),
            "unsaved": _("This could not be saved. Tell your clinic yourself."),
            "refused": _("Could not be saved: {why}"),
        },
    }
