"""The language of a page: the reader's choice, then the browser's, then English."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from coach import i18n
from coach.desk import Principal
from coach.domain.case import Case
from coach.i18n import formats
from coach.text import translation
from coach.ui.parts import browser

SPOKEN = "coach-language"  # key in the session state: the language of the latest run


def of_the_browser() -> str:
    """Speak the language that the browser asks for, before it is known who reads."""
    return _speak(i18n.tag(browser.locale()))


def of_patient(case: Case) -> str:
    """Speak the language that a patient reads."""
    return _speak(translation.tag_of(case.history.settings, asked=browser.locale()))


def of_staff(staff: Principal) -> str:
    """Speak the language that a member of the staff reads."""
    return _speak(i18n.tag(browser.locale(), choice=staff.language))


def _speak(tag: str) -> str:
    i18n.speak(tag)
    st.session_state[SPOKEN] = tag
    return tag


def told() -> dict[str, Any]:
    """Return what the document says of its language."""
    spoken = i18n.current()
    return {"lang": spoken.tag, "dir": spoken.direction, "locale": formats.locale_tag()}


def _latest() -> str:
    """Return the language of this browser session: a tap's callback and a fragment have no run of the router."""
    if get_script_run_ctx(suppress_warning=True) is None:  # a command, an e-mail, what is made ahead
        return i18n.ENGLISH
    return str(st.session_state.get(SPOKEN, i18n.ENGLISH))


i18n.find_elsewhere(_latest)
