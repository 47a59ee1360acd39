"""Components with scripts of their own: countdowns, course, outbox; and what parts of every page are given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.case import Case
from coach.domain.coming_up import Opening
from coach.domain.course import Course
from coach.i18n import _
from coach.text import doses as doses_text
from coach.text import protocol_texts
from coach.text import times as times_text
from coach.ui.parts import assets

_countdowns = st.components.v2.component(
    "coach_countdowns", html="<div></div>", js=assets.stub("ui/countdown.js")
)
_course = st.components.v2.component("coach_course", html="<div></div>", js=assets.stub("ui/course.js"))
_top = st.components.v2.component("coach_top", html="<div></div>", js=assets.stub("ui/top.js"))
_outbox = st.components.v2.component("coach_outbox", html="<div></div>", js=assets.stub("ui/waiting.js"))


def _again() -> None:
    """Do nothing: Streamlit reruns the page because of the event itself."""


def top(screen: str, *, whole_list: bool = False) -> None:
    """Scroll a new screen to its top; the same screen keeps its scroll position.

    `whole_list`: the screen may have a long list that one button answers; until its end has been seen,
    a button in the thumb's reach leads on.
    """
    data: dict[str, Any] = {"screen": screen}
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
        "call": _("In an emergency: {number}").format(number=number),
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


def course(patient: PatientDesk, known: Course, openings: Mapping[str, Mapping[str, Opening]]) -> None:
    """Show where in the course the patient is; a tap on a phase shows what it brings.

    `openings`: by phase, whether each of its routines opens.
    """
    protocol, zone, now = patient.protocol, patient.zone, patient.now()
    present = known.span_at(now)
    phases: list[dict[str, Any]] = []
    for span in known.spans:
        done = span.ends is not None and span.ends <= now
        part = 0.0
        if span == present and span.ends:
            # No finer than it is drawn: what has not changed is not sent again
            part = round((now - span.starts) / (span.ends - span.starts), 2)
        closed = {name for name, found in openings[span.phase.id].items() if found.why}
        doses = list(doses_text.phase_doses(protocol, span.phase, closed=closed))
        phases.append(
            {
                "name": _(span.phase.name),
                "state": "done" if done else "now" if span == present else "later",
                "part": 1.0 if done else part,
                "from": times_text.point(span.starts, zone, now=now),
                "lines": doses or [_("Rest. No exercises yet.")],
            }
        )
    _course(
        key="course",
        data={
            "phases": phases,
            "words": {
                "procedure": _("Procedure"),
                "now": _("You are here"),
                "end": _(protocol.phases[-1].name),
                "from": _("From {moment}"),
                "label": _("Your course, from the procedure on. Tap a part to see what it brings."),
            },
        },
    )
