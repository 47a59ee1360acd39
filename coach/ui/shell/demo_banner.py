"""The banner over sample data: that they are made up, and as whom one looks."""

from __future__ import annotations

import os

import streamlit as st

from coach.desk.accounts.demo_viewers import SETTING
from coach.i18n import _
from coach.ui.shell import sign_out
from coach.ui.shell.entrance import Viewer

PATH = "/sample"


def banner(found: Viewer) -> None:
    """Show that these are sample data, with links to other viewers if there are several."""
    if not os.environ.get(SETTING):
        return
    with st.container(key="coach-banner", horizontal=True, vertical_alignment="center"):
        if not found.installation.clinic:
            st.text(_("Sample data. Nothing here is about you."))
            return
        st.text(_("Sample data. You are looking as: {who}").format(who=_who(found)), width="stretch")
        switch = st.button(_("Switch"), key="sample-switch")
    if switch:
        sign_out.to(PATH)


def _who(found: Viewer) -> str:
    if found.staff is None:
        return _("patient")
    return _("administrator") if found.start == "patients" else _("physiotherapist")
