"""Components with scripts of their own: countdowns, outbox; and what parts of every page are given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.case import Case
from coach.i18n import _
from coach.text import protocol_texts
from coach.ui.parts import assets

_countdowns = st.components.v2.component(
    "coach_countdowns", html="<div></div>", js=assets.stub("ui/countdown.js")
)
_top = st.components.v2.component("coach_top", html="<div></div>", js=assets.stub("ui/top.js"))
_outbox = st.components.v2.component("coach_outbox", html="<div></div>", js=assets.stub("ui/waiting.js"))


def _again() -> None:
    """Do nothing: Streamlit reruns the page because of the event itself."""


def top(screen: str, *, whole_list: bool = False, to: str = "") -> None:
    """Scroll a new screen to its top; the same screen keeps its scroll position.

    `whole_list`: the screen may have a long list that one button answers; until its end has been seen,
    a button in the thumb's reach leads on. `to`: the key of what is to be seen first instead.
    """
    data: dict[str, Any] = {"screen": screen}
    if to:
        data["to"] = to
    if whole_list:
        data["whole_list"] = {"module": assets.address("player/whole_list.js"), "word": _("Show more")}
    _top(key="top", data=data)


def calm(case: Case | None) -> dict[str, Any]:
    """Return the one line that says that the server does not answer and what still works.

    It replaces Streamlit's dialog, which blocks the whole page.
    """
    gone = _("The app does not answer just now.")
    works = _("Warning signs and phone numbers work.")
    page = _("Nothing can be started or saved until it does.")
    player = _("Your session goes on, and what you do is kept on this device.")
    if case is None:
        return {"words": {"page": f"{gone} {page}", "player": "", "help": "", "call": ""}, "tel": ""}
    number = protocol_texts.numbers(case)["emergency"]
    words = {
        "page": f"{gone} {page} {works}",
        "player": f"{gone} {player} {works}",
        "help": _("Warning signs and phone numbers"),
        "call": _("Emergency: {number}").format(number=number),
    }
    return {"words": words, "tel": protocol_texts.tel(number)}


def phones(case: Case) -> dict[str, Any]:
    """Return the phone numbers that become links in all texts of a page."""
    found = protocol_texts.numbers(case).values()
    numbers = [{"text": each, "tel": protocol_texts.tel(each)} for each in found if protocol_texts.tel(each)]
    return {"numbers": numbers}


def outbox(patient: PatientDesk) -> None:
    """Send what this browser stored while the server did not answer, and show what still waits."""
    _outbox(
        key="outbox",
        data={
            "module": assets.address("player/outbox.js"),
            "owner": str(patient.patient),
            "endpoint": "/api/outbox",
            "words": {
                "waiting": _("{n} saved on this device, will be sent"),
                "saved": _("Saved"),
                "refused": _("Could not be saved: {why}"),
                "read": _("I have read this"),
            },
        },
        on_stored_change=_again,
    )


def countdowns(patient: PatientDesk, until: Mapping[str, datetime]) -> None:
    """Count down in the browser, in the lines that a text block keeps for it; at the end the page runs again."""
    if not until:
        return
    now = patient.now()
    _countdowns(
        key="countdowns",
        data={
            "lines": {
                name: {"until": at.isoformat(), "left_ms": round((at - now).total_seconds() * 1000)}
                for name, at in until.items()
            },
            "words": {
                "days": _("in {d} days and {h} hours"),
                "hours": _("in {h} h {m} min"),
                "minutes": _("in {m} minutes"),
                "minute": _("in 1 minute"),
                "seconds": _("in less than a minute"),
            },
        },
        on_opened_change=_again,
    )
