"""The list of pages, made once: Streamlit would make it, and the message about it, anew in each run.

It relies on private names of Streamlit: `tests/pages/test_page_list.py` fails when one of them has
changed, and `choose` then leaves it to `st.navigation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from coach import i18n
from coach.ui.parts import navigation


@dataclass(frozen=True, slots=True)
class _Pages:
    """What `st.navigation` makes of the pages; pages are named by Streamlit's hash of their address."""

    names: Mapping[str, str]
    pages: Mapping[str, StreamlitPage]
    start: str
    told: Mapping[str, Any]
    message: ForwardMsg


_kept: dict[tuple[str, str], _Pages] = {}  # by the viewer's start page and language


def _context() -> Any:
    return get_script_run_ctx()


def _addresses() -> set[str]:
    return {navigation.address(name) for name in navigation.TITLES if name != navigation.start()}


def _key() -> tuple[str, str]:
    return navigation.start(), i18n.current().tag


def choose() -> tuple[str, StreamlitPage]:
    """Return the name of the page that the address names, and the page, ready to run.

    The start page has the bare address. Its own name and an address of no page lead there too:
    Streamlit would lay a dialog over it, "Page not found", in English.
    """
    with suppress(AttributeError):
        manager = _context().pages_manager
        named = manager.intended_page_name
        if named and named not in _addresses():
            manager.set_script_intent(manager.intended_page_script_hash, "")
    kept = _kept.get(_key())
    if kept is not None:
        with suppress(AttributeError, TypeError, ValueError):
            return choose_from(kept)
    return _by_streamlit()


def choose_from(kept: _Pages) -> tuple[str, StreamlitPage]:
    """Do what `st.navigation` would do, with what it made before."""
    ctx = _context()
    PagesManager.uses_pages_directory = False
    found = ctx.pages_manager.set_pages_and_resolve(kept.told, fallback_page_hash=kept.start)
    here = found["page_script_hash"]
    page = copy(kept.pages[here])
    page._can_be_called = True
    message = ForwardMsg()
    message.CopyFrom(kept.message)
    message.navigation.page_script_hash = here
    ctx.set_mpa_v2_page(here)
    ctx.enqueue(message)
    return kept.names[here], page


def _by_streamlit() -> tuple[str, StreamlitPage]:
    """Let `st.navigation` choose, and keep what it makes of the pages."""
    made = {name: copy(navigation.page(name)) for name in navigation.TITLES}
    ctx = _context()
    send, sent = ctx._enqueue, list[ForwardMsg]()

    def overhear(message: ForwardMsg) -> None:
        sent.append(message)
        send(message)

    ctx._enqueue = overhear
    try:
        current = st.navigation(list(made.values()), position="hidden")
    finally:
        ctx._enqueue = send
    with suppress(AttributeError, StopIteration):
        _keep(made, ctx.pages_manager.get_pages(), sent)
    return next(name for name, page in made.items() if page is current), current


def _keep(made: Mapping[str, StreamlitPage], told: Mapping[str, Any], sent: list[ForwardMsg]) -> None:
    message = ForwardMsg()
    message.CopyFrom(next(each for each in sent if each.WhichOneof("type") == "navigation"))
    message.ClearField("hash")
    message.ClearField("metadata")
    by_hash = {page._script_hash: name for name, page in made.items()}
    start = next(page for page in made.values() if page._default)
    _kept[_key()] = _Pages(
        names=by_hash,
        pages={here: navigation.page(name) for here, name in by_hash.items()},
        start=start._script_hash,
        told=told,
        message=message,
    )
