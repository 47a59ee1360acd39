"""Going to another page of this server, and leaving a page whose viewer was signed out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import streamlit as st

from coach import desk
from coach.desk.accounts.sign_in import SignIns
from coach.i18n import _
from coach.ui.parts import assets, browser

_leave = st.components.v2.component("coach_leave", html="<div></div>", js=assets.stub("ui/leave.js"))


def to(address: str, *, post: str = "", body: Mapping[str, str] | None = None) -> NoReturn:
    """Go to a page of this server in this tab.

    Args:
        address: the page's address.
        post: an address that gets `body` first and may answer with another page, "" for none.
        body: the JSON to post.
    """
    _leave(key="leave", data={"to": address, "post": post, "body": dict(body or {})})
    st.stop()


def sign_out() -> None:
    """Offer to sign out, here or on all devices."""
    here = st.button(_("Sign out"), key="sign-out", width="stretch")
    everywhere = st.button(_("Sign out on all devices"), key="sign-out-everywhere", width="stretch")
    if not here and not everywhere:
        return
    sign_ins, token = SignIns(desk.open_installation()), browser.token()
    if everywhere:
        sign_ins.out_everywhere(token)
    sign_ins.out(token)
    to("/signed-out")
