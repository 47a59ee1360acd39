"""What every page has around its content, as one element at its start and one at its end.

Each part is a module in `assets/ui/`, named as here, with the JSON that it is given. The browser mounts
a part again only when its JSON has changed (`frame.js`). The start is the same on all pages of a patient:
what the browser has already, Streamlit sends as a reference.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.case import Case
from coach.i18n import _
from coach.text.kept import cached_in_words, keep_words
from coach.ui.parts import assets, components, drafts, emergency_help, navigation
from coach.ui.shell import language
from coach.ui.shell.entrance import Viewer

_frame = st.components.v2.component(
    "coach_frame", html="<div></div>", js=assets.stub("ui/frame.js"), isolate_styles=False
)

_NOTHING = "{}"


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
    parts["spoken"] = json.dumps(language.told())
    if found.signed_in:
        parts["signed_in"] = json.dumps({"account": str(found.account or "")})
    if patient:
        parts["phones"] = _json(patient.case, components.phones)
        parts["help"] = _json(patient.case, emergency_help.carried, patient.patient, patient.is_followed())
    if found.staff and name in navigation.CLINIC:
        parts["menu"] = json.dumps({"here": here})
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
        parts["foot"] = _foot(navigation.start(), here, found.has_messages)
    if parts:
        _frame(key="frame-end", data=parts, on_stored_change=_again)


@cached_in_words
def _foot(start: str, here: str, messages: bool) -> str:  # noqa: FBT001  a key of what is kept
    names = navigation.IN_MENU_FOLLOWED if messages else navigation.IN_MENU
    links = [
        {
            "address": f"/{'' if name == start else navigation.address(name)}",
            "text": _(navigation.TITLES[name]),
        }
        for name in names
    ]
    return json.dumps({"links": links, "here": f"/{here}"})


def _json(case: Case | None, make: Callable[..., Any], *more: Hashable) -> str:
    """Return what a part is given as JSON; made once for a case, as nothing in it depends on now."""
    if case is None:
        return json.dumps(make(None, *more))
    return keep_words(case, (_json, make, *more), lambda: json.dumps(make(case, *more)))
