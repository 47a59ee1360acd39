"""Warning signs, what to do and whom to call, as part of the page: they work without the server."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import streamlit as st

from coach import i18n
from coach.desk import PatientDesk
from coach.domain.case import Case
from coach.i18n import _
from coach.text import protocol_texts
from coach.ui.parts import assets, navigation, red_flag_card, setting_rows
from coach.ui.parts.text_block import TextBlock


def wrong(block: TextBlock) -> None:
    """Add the button that opens it; before the page's script is loaded it leads to the page of that."""
    block.link(_("Something is wrong"), "/warning", name="coach-wrong", role="button", icon="warning")


def something_else(block: TextBlock) -> None:
    """Add the same button where a warning sign is open already."""
    part = TextBlock()
    address = f"/warning?{navigation.PART}={navigation.ANOTHER_SIGN}"
    part.link(_("I have something else"), address, name="coach-wrong", role="button", icon="warning")
    block.add(part, "help")


def emergency(patient: PatientDesk, block: TextBlock) -> None:
    """Add the emergency number as a link; without a number show where to enter it."""
    number = protocol_texts.numbers(patient.case)["emergency"]
    text = _("Emergency: {number}").format(number=number)
    if protocol_texts.tel(number):
        block.call(text, protocol_texts.tel(number))
        return
    block.text(text)
    write_down(patient, block)


def write_down(patient: PatientDesk, block: TextBlock) -> None:
    """Show where to enter the emergency number, as long as none is known."""
    if protocol_texts.tel(protocol_texts.numbers(patient.case)["emergency"]):
        return
    block.show()
    if st.button(_("Write down your emergency number"), key="write-emergency", width="stretch"):
        st.session_state[setting_rows.OPEN] = "emergency_phone"
        navigation.go("settings", part="you")


def carried(case: Case, patient: UUID, followed: bool) -> dict[str, Any]:  # noqa: FBT001  a key of what is kept
    """Return everything that is shown without a server: texts and phone numbers."""
    return {
        "owner": str(patient),
        "endpoint": "/api/outbox",
        "lang": i18n.current().tag,
        "css": assets.address("player/player.css"),
        "modules": [assets.address(f"player/{name}.js") for name in ("dom", "screens", "outbox")],
        "phones": protocol_texts.calls(case),
        "groups": red_flag_card.groups(case),
        "reader": protocol_texts.who_reads(case, followed=followed),
        "words": {
            "title": _("What is wrong?"),
            "choose": _("Tap what you have. You will see at once what to do."),
            "none": _("None of these"),
            "on": _("Show more"),
            "is_it_so": _("Is that so?"),
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
