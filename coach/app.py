"""The router: page settings, the viewer, the list of pages, and what every page contains."""

from __future__ import annotations

import streamlit as st

from coach.desk import RecordUnavailable
from coach.ui.clinic import menu
from coach.ui.parts import (
    browser_back,
    components,
    drafts,
    emergency_help,
    navigation,
    red_flag_card,
)
from coach.ui.shell import demo_banner, entrance, page_list, record_gone, sign_out, styles


def main() -> None:
    """Run the page that the address names."""
    st.set_page_config(
        page_title="Coach", page_icon="🛏️", layout="centered", initial_sidebar_state="collapsed"
    )
    styles.dress()
    try:
        with entrance.one_run():
            _run()
    except RecordUnavailable as unavailable:  # whatever part of a page raises it
        record_gone.show(unavailable)
        st.stop()  # so that typed text is kept


def _run() -> None:
    found = entrance.meet()
    name, current = page_list.choose()
    patient = None
    if found.patient and name in navigation.PATIENT:
        patient = entrance.before_the_page()
        record_gone.remember(patient)
    components.calm(patient)
    components.heed()
    drafts.begin()
    if found.signed_in:
        sign_out.watch(found.account)
    demo_banner.banner(found)
    if name in navigation.CLINIC:
        if found.staff:
            menu.menu(found.staff.name, found.staff.role, here=name)
            styles.mark(current.url_path)
        with st.container(key="coach-clinic"):
            current.run()
        drafts.show(found.account, signed_in=found.signed_in)
        return
    if patient and emergency_help.carry(patient) and name != "today":
        navigation.go("today")
    browser_back.follow(name)
    if patient:
        red_flag_card.on_top(patient, here=name)
    current.run()
    drafts.show(found.account, signed_in=found.signed_in)
    if name not in navigation.ALONE and found.patient:
        styles.menu(messages=found.has_messages, here=current.url_path)


if __name__ == "__main__":
    main()
