"""Drafts: unsent text is stored in the browser until it is sent.

A draft is encrypted with a key that the server derives for one account and gives to pages of that
account alone: on a shared computer nobody else can read it. It is deleted when it is sent, when the
field is emptied, and in any case after `KEPT`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import streamlit as st
from uuid_utils.compat import uuid7

from coach.config import data_folder
from coach.i18n import _
from coach.ui.parts import assets, navigation

KEPT = timedelta(hours=72)  # from Friday's last patient to Monday's first
FIELDS, SENT = "coach-draft-fields", "coach-drafts-sent"
NOT_IN_A_CLASS = re.compile(r"[^a-zA-Z0-9_-]")

_drafts = st.components.v2.component("coach_drafts", html="<div></div>", js=assets.stub("ui/drafts.js"))


def begin() -> None:
    """Forget the fields of the previous run: the page registers those that it shows now."""
    st.session_state[FIELDS] = {}


def keep(key: str, name: str, patient: UUID | None = None, *, base: str = "") -> str:
    """Register a field whose text is to be kept; returns the field's key.

    Args:
        key: the field's key on this page.
        name: the purpose of the field; stays the same after a reload, unlike the key.
        patient: the patient concerned.
        base: the initial text of the field.
    """
    st.session_state.setdefault(FIELDS, {})[key] = (_named(name, patient), base)
    return key


def sent(name: str, patient: UUID | None = None) -> None:
    """Delete a draft in the browser: its text is stored."""
    st.session_state.setdefault(SENT, {})[_named(name, patient)] = uuid7().hex


def end(*prefixes: str) -> None:
    """Delete the drafts of the fields on this page whose keys begin so: they are stored or left."""
    for key, (name, _base) in st.session_state.get(FIELDS, {}).items():
        if key.startswith(prefixes):
            st.session_state.setdefault(SENT, {})[name] = uuid7().hex


def show(account: UUID | None, *, signed_in: bool) -> None:
    """Send the browser the fields of this page and the key for encrypting drafts."""
    try:
        secret = data_folder.tries_key().encode()
    except OSError:  # the data folder cannot be used: the page says so itself
        return
    owner = f"drafts|{account or 'home'}"

    def slot(name: str) -> str:
        return hmac.digest(secret, f"{owner}|{name}".encode(), hashlib.sha256).hex()[:32]

    patient = st.session_state.get(navigation.PATIENT_CHOSEN)
    data: dict[str, Any] = {
        "key": base64.b64encode(hmac.digest(secret, owner.encode(), hashlib.sha256)).decode(),
        "fields": {
            f"st-key-{NOT_IN_A_CLASS.sub('-', key)}": {"slot": slot(name), "base": base}
            for key, (name, base) in st.session_state.get(FIELDS, {}).items()
        },
        "sent": {serial: slot(name) for name, serial in st.session_state.get(SENT, {}).items()},
        "kept_ms": KEPT / timedelta(milliseconds=1),
        "ping": signed_in,
        "place": {"account": str(account), "patient": str(patient)} if patient else None,
        "words": {"back": _("Not saved yet. Your text is still here.")},
    }
    _drafts(key="drafts", data=data)


def _named(name: str, patient: UUID | None) -> str:
    return f"{name}|{patient or ''}"
