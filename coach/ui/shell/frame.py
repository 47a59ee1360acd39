"""What every page has around its content, as one element at its start and one at its end.

Each part is a module in `assets/ui/`, named as here, with the JSON that it is given. The browser mounts
a part again only when its JSON has changed (`frame.js`). The start is the same on all pages of a patient:
what the browser has already, Streamlit sends as a reference.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import streamlit as st

from coach import i18n
from coach.config import recordings
from coach.desk import PatientDesk
from coach.domain import looks
from coach.domain.case import Case
from coach.domain.facts import SettingValue
from coach.i18n import _, ngettext
from coach.text.kept import cached_in_words, keep_words
from coach.ui.parts import assets, components, drafts, emergency_help, messages, navigation
from coach.ui.shell import entrance, language, streamlit_words
from coach.ui.shell.entrance import Viewer

_frame = st.components.v2.component(
    "coach_frame", html="<div></div>", js=assets.stub("ui/frame.js"), isolate_styles=False
)

_NOTHING = "{}"

ICONS = {
    "today": "home", "diary": "diary", "progress": "progress",
    "messages": "messages", "guide": "guide", "settings": "settings",
}  # fmt: skip


def _again() -> None:
    """Do nothing: Streamlit reruns the page because of the event itself."""


def begin(found: Viewer, patient: PatientDesk | None, *, name: str, here: str) -> bool:
    """Put the parts that need nothing of the page's content at its start.

    Args:
        found: who is looking.
        patient: their own desk, on a patient's page.
        name: the page's name.
        here: its address.

    Returns:
        Whether a warning sign that was reported without the server has just arrived.
    """
    parts = {"calm": _json(patient.case if patient else None, components.calm), "heed": _NOTHING}
    parts["screen"] = _screen(name)
    parts["spoken"] = json.dumps(language.told())
    if words := streamlit_words.told():
        parts["streamlit"] = words
    if found.signed_in:
        parts["signed_in"] = json.dumps({"account": str(found.account or "")})
    if patient:
        parts["looks"] = _looks(patient.case.history.settings)
        parts["phones"] = _json(patient.case, components.phones)
        parts["help"] = _json(patient.case, emergency_help.carried, patient.patient, patient.is_followed())
    elif not found.patient:  # of whoever used this browser before, nothing stays
        parts["looks"] = _looks({})
    if found.staff and name in navigation.CLINIC:
        above = navigation.UNDER.get(name)
        parts["menu"] = json.dumps({"here": navigation.address(above) if above else here})
    told = _frame(key="frame", data=parts, on_stored_change=_again).get("stored")
    return isinstance(told, dict) and told.get("part") == "help"


def end(found: Viewer, *, name: str, here: str, reviewed: Case | None) -> None:
    """Put the menu at the foot of a patient's page, and what the page has said of itself, at its end.

    Args:
        found: who is looking.
        name: the page's name.
        here: its address.
        reviewed: whose numbers stand in the texts of a clinic's page.
    """
    parts = {}
    kept = drafts.given(found.account, signed_in=found.signed_in)
    if kept is not None:
        parts["drafts"] = json.dumps(kept)
    if reviewed:
        parts["phones"] = _json(reviewed, components.phones)
    if found.patient and name in navigation.PATIENT and name not in navigation.ALONE:
        parts["foot"] = _foot(navigation.start(), here, _new_messages(found, name))
    if name == "guide":
        part = str(st.query_params.get(navigation.PART, ""))
        parts["reading"] = _json(entrance.before_the_page().case, _reading, part)
    if parts:
        _frame(key=drafts.FRAME, data=parts, on_stored_change=_again)


def _new_messages(found: Viewer, name: str) -> int | None:
    """Return how many messages the patient has not read; None if nobody follows them."""
    if not found.has_messages:
        return None
    # The page of the messages has just shown them.
    return 0 if name == "messages" else messages.new(entrance.before_the_page())


def _looks(settings: Mapping[str, SettingValue]) -> str:
    """Return how large the letters are, and whether the page is light or dark."""
    return json.dumps(
        {"size": looks.chosen(looks.TEXT_SIZE, settings), "theme": looks.chosen(looks.THEME, settings)}
    )


@cached_in_words
def _screen(name: str) -> str:
    """Return what stands in the document's title; a heading of the clinic's may name a person."""
    page = {"page": _(navigation.TITLES[name])} if name in navigation.CLINIC else {}
    return json.dumps({"app": "Coach"} | page)


def _reading(case: Case, part: str) -> dict[str, Any]:
    """Return what the buttons of a text say when they were tapped, and its paragraphs that are recorded."""
    routine = case.protocol.routines.get(part.replace("-", "_"))
    texts = [_(routine.position), _(routine.breathing)] if routine else []
    lang = i18n.current().language
    return {
        "part": part,
        "recorded": {text: at for text in texts if (at := recordings.told(lang, text)[1])},
        "words": {
            "stop": _("Stop reading"),
            "moves": _("Show the motion"),
            "none": _("This device has no voice that can read this."),
            "some": _("This device has no voice that can read all of this. You hear what is recorded."),
        },
    }


@cached_in_words
def _foot(start: str, here: str, new: int | None) -> str:
    """Return the menu; `new` messages wait, None where there are no messages."""

    def link(name: str) -> dict[str, object]:
        address = f"/{'' if name == start else navigation.address(name)}"
        return {"address": address, "text": _(navigation.TITLES[name]), "icon": ICONS[name]}

    news: dict[str, object] = {}
    if new:
        told = ngettext("{n} new message", "{n} new messages", new).format(n=new)
        news = {"count": new, "told": told}
    behind = navigation.IN_MORE if new is None else navigation.IN_MORE_FOLLOWED
    more = [link(name) | (news if name == "messages" else {}) for name in behind]
    menu = {
        "name": _("Menu"),
        "links": [link(name) for name in navigation.IN_MENU],
        "more": {"text": _("More"), "icon": "more", "links": more} | news,
        "here": f"/{here}",
    }
    return json.dumps(menu)


def _json(case: Case | None, make: Callable[..., Any], *more: Hashable) -> str:
    """Return what a part is given as JSON; made once for a case, as nothing in it depends on now."""
    if case is None:
        return json.dumps(make(None, *more))
    return keep_words(case, (_json, make, *more), lambda: json.dumps(make(case, *more)))
