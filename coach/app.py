"""The router: page settings, the viewer, the list of pages, and what every page contains."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from coach.desk import RecordUnavailable
from coach.ui.clinic import menu
from coach.ui.parts import browser_back, drafts, navigation, red_flag_card
from coach.ui.shell import demo_banner, entrance, frame, language, page_list, record_gone


def main() -> None:
    """Run the page that the address names."""
    st.set_page_config(
        page_title="Coach", page_icon="🛏️", layout="centered", initial_sidebar_state="collapsed"
    )
    try:
        with entrance.one_run():
            _run()
    except RecordUnavailable as unavailable:  # whatever part of a page raises it
        record_gone.show(unavailable)
        st.stop()  # so that typed text is kept


def _run() -> None:
    language.of_the_browser()
    found = entrance.meet()
    _speak_to(found)
    name, current = page_list.choose()
    navigation.follow()
    patient = None
    if found.patient and name in navigation.PATIENT:
        patient = entrance.before_the_page()
        language.of_patient(patient.case)
        record_gone.remember(patient)
    drafts.begin()
    arrived = frame.begin(found, patient, name=name, here=current.url_path)
    demo_banner.banner(found)
    if name in navigation.CLINIC:
        if found.staff:
            menu.menu(found.staff.name, found.staff.role, here=name)
        with st.container(key="coach-clinic"):
            current.run()
    else:
        if arrived and name != "today":
            navigation.go("today")
        browser_back.follow(name)
        if patient:
            red_flag_card.on_top(patient, here=name)
        current.run()
    frame.end(found, name=name, here=current.url_path, reviewed=entrance.reviewed())


def _speak_to(found: entrance.Viewer) -> None:
    """Speak the language of the patient who looks, before anything is shown; what is wrong is said later."""
    if found.patient and found.patient.patient and not found.staff:
        with suppress(RecordUnavailable):
            language.of_patient(entrance.before_the_page().case)


if __name__ == "__main__":
    main()
