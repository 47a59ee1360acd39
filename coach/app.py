"""The router: page settings, who is looking, the pages there are, and what every page carries."""

from __future__ import annotations

import streamlit as st

from coach.desk import RecordUnavailable
from coach.ui import (
    clinic,
    door,
    drafts,
    emergency_help,
    flags,
    leave,
    live,
    look,
    places,
    record_gone,
    sample,
    screens,
)


def main() -> None:
    """Run the page that the address names."""
    st.set_page_config(
        page_title="Coach", page_icon="🛏️", layout="centered", initial_sidebar_state="collapsed"
    )
    look.dress()
    try:
        _run()
    except RecordUnavailable as unavailable:  # wherever on a page it comes from
        record_gone.show(unavailable)
        st.stop()  # so that what was typed is kept


def _run() -> None:
    found = door.meet()
    pages = {name: places.page(name) for name in places.TITLES}
    current = st.navigation(list(pages.values()), position="hidden")
    name = next(name for name, page in pages.items() if page.url_path == current.url_path)
    patient = None
    if found.patient and name in places.PATIENT:
        patient = door.before_the_page()
        record_gone.remember(patient)
    live.calm(patient)
    live.heed()
    drafts.begin()
    if found.signed_in:
        leave.watch(found.account)
    sample.banner(found)
    if name in places.CLINIC:
        if found.staff:
            clinic.menu(found.staff.name, found.staff.role, here=name)
            look.mark(current.url_path)
        with st.container(key="coach-clinic"):
            current.run()
        drafts.show(found.account, signed_in=found.signed_in)
        return
    if patient and emergency_help.carry(patient) and name != "today":
        places.go("today")
    screens.follow(name)
    if patient:
        flags.on_top(patient, here=name)
    current.run()
    drafts.show(found.account, signed_in=found.signed_in)
    if name not in places.ALONE and found.patient:
        look.menu(messages=found.has_messages, here=current.url_path)


if __name__ == "__main__":
    main()
