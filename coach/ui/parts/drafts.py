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
from coach.ui.parts import navigation

KEPT = timedelta(hours=72)  # from Friday's last patient to Monday's first
FIELDS, SENT = "coach-draft-fields", "coach-drafts-sent"
HELD, BEGUN = "coach-draft-held", "coach-drafts-begun"
FRAME = "frame-end"  # the component that has what this module gives the browser
NOT_IN_A_CLASS = re.compile(r"[^a-zA-Z0-9_-]")


def begin() -> None:
    """Forget the fields of the previous run: the page registers those that it shows now."""
    st.session_state[FIELDS] = {}
    st.session_state[HELD] = {}


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


def hold(name: str, patient: UUID | None, text: str, *, wait: bool = False) -> None:
    """Keep what was chosen so far in the browser, which forgets it once the text is "" again.

    Until something was chosen in this session, the browser is asked what it has from before a reload;
    with `wait` it also answers that it has nothing. `held` returns the answer.
    """
    begun = st.session_state.setdefault(BEGUN, set())
    if text:
        begun.add(name)
    elif name in begun:
        begun.discard(name)
        sent(name, patient)
    st.session_state.setdefault(HELD, {})[name] = (_named(name, patient), text or None, wait)


def held(name: str) -> str | None:
    """Return what the browser has just answered to have kept, "" for nothing; None if it was not asked.

    It is to be read like an address: anybody can write one.
    """
    told = (st.session_state.get(FRAME) or {}).get("stored")
    value = told.get("value") if isinstance(told, dict) and told.get("part") == "drafts" else None
    if not isinstance(value, dict) or value.get("name") != name:
        return None
    return str(value.get("text") or "")


def sent(name: str, patient: UUID | None = None) -> None:
    """Delete a draft in the browser: its text is stored."""
    st.session_state.setdefault(SENT, {})[_named(name, patient)] = uuid7().hex


def end(*prefixes: str) -> None:
    """Delete the drafts of the fields on this page whose keys begin so: they are stored or left."""
    for key, (name, _base) in st.session_state.get(FIELDS, {}).items():
        if key.startswith(prefixes):
            st.session_state.setdefault(SENT, {})[name] = uuid7().hex


def given(account: UUID | None, *, signed_in: bool) -> dict[str, Any] | None:
    """Return the fields of this page and the key for encrypting drafts, for the browser."""
    try:
        secret = data_folder.tries_key().encode()
    except OSError:  # the data folder cannot be used: the page says so itself
        return None
    owner = f"drafts|{account or 'home'}"

    def slot(name: str) -> str:
        return hmac.digest(secret, f"{owner}|{name}".encode(), hashlib.sha256).hex()[:32]

    patient = st.session_state.get(navigation.PATIENT_CHOSEN)
    return {
        "key": base64.b64encode(hmac.digest(secret, owner.encode(), hashlib.sha256)).decode(),
        "fields": {
            f"st-key-{NOT_IN_A_CLASS.sub('-', key)}": {"slot": slot(name), "base": base}
            for key, (name, base) in st.session_state.get(FIELDS, {}).items()
        },
        "held": {
            name: {"slot": slot(named), "text": text, "wait": wait}
            for name, (named, text, wait) in st.session_state.get(HELD, {}).items()
        },
        "sent": {serial: slot(name) for name, serial in st.session_state.get(SENT, {}).items()},
        "kept_ms": KEPT / timedelta(milliseconds=1),
        "ping": signed_in,
        "place": {"account": str(account), "patient": str(patient)} if patient else None,
        "words": {"back": _("Not saved yet. Your text is still here.")},
    }


def _named(name: str, patient: UUID | None) -> str:
    return f"{name}|{patient or ''}"
