"""Navigation: every page with its title, address and file."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from coach.i18n import N_, _
from coach.text.kept import cached_in_words

FOLDER = Path(__file__).resolve().parents[3] / "pages"

PATIENT = {
    "today": N_("Today"),
    "diary": N_("Diary"),
    "progress": N_("Progress"),
    "messages": N_("Messages"),
    "guide": N_("Guide"),
    "settings": N_("Settings"),
    "session": N_("Exercises"),
    "questions": N_("A few questions"),
    "bones": N_("Your bones"),
    "warning": N_("Warning signs"),
    "set_up": N_("Set-up"),
}
CLINIC = {
    "caseload": N_("Caseload"),
    "review": N_("Review"),
    "plan": N_("Plan"),
    "thread": N_("Messages"),
    "patients": N_("Patients"),
    "staff": N_("Staff"),
    "protocols": N_("Protocols"),
    "protocol_editor": N_("Protocol editor"),
    "audit": N_("Audit"),
    "status": N_("Status"),
}
TITLES = PATIENT | CLINIC
# What is used daily stands in the menu at the foot of a patient's pages, the rest behind "More".
IN_MENU = ("today", "diary", "progress")
IN_MORE = ("guide", "settings")
IN_MORE_FOLLOWED = ("messages", "guide", "settings")
ALONE = ("set_up", "session", "questions", "bones")  # pages without a menu
UNDER = {"protocol_editor": "protocols"}  # pages without a line of their own in the menu of the staff
START = "coach-start"  # key in the session state of the viewer's start page
PART = "part"  # parameter of the address: the part of the Guide or of Settings that is shown
ANOTHER_SIGN = "another"  # the part of the warning signs that lists all while some are open
BACK_TO = "set-up-back-to"  # key in the session state: the part of Settings that set-up leads back to
GOING = "coach-going"  # key in the session state: where the button that was tapped leads
PATIENT_CHOSEN = "clinic-patient"  # key in the session state of the chosen patient


def file(name: str) -> Path:
    """Return the file of the page of that name."""
    return FOLDER / ("clinic" if name in CLINIC else "patient") / f"{name}.py"


def page(name: str) -> StreamlitPage:
    """Return the page of that name; the viewer's start page has the bare address."""
    # Outside a run Streamlit makes a page only in part
    make = _kept_page if get_script_run_ctx(suppress_warning=True) else _page
    return make(name, name == start())


def address(name: str) -> str:
    """Return the address of a page that is not the viewer's start page."""
    return name.replace("_", "-")


def _page(name: str, default: bool) -> StreamlitPage:  # noqa: FBT001  a key of what is kept
    return st.Page(file(name), title=_(TITLES[name]), icon="", url_path=address(name), default=default)


#: Made once for each language: it is read by all runs, and never run itself.
_kept_page = cached_in_words(_page)


def start() -> str:
    """Return the page where this viewer begins."""
    return str(st.session_state.get(START, "today"))


def go(name: str, *, part: str = "", **more: str) -> None:
    """Go to another page; `part` names the part of it that is to be shown, `more` what else its address says."""
    told = {**({PART: part} if part else {}), **more}
    st.switch_page(page(name), query_params=told or None)


def going(name: str) -> None:
    """Have the run that a tap begins go to another page before it makes anything of this one; for `on_click`."""
    st.session_state[GOING] = name


def follow() -> None:
    """Go where the button that was tapped leads."""
    name = st.session_state.pop(GOING, None)
    if name:
        go(name)
