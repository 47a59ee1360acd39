"""The browser's Back inside a page: each screen of a page has an entry in the history of its own.

A page shows one of several screens by what the browser session keeps: which question, which form.
The address carries a number alone (`?at=3`), and what stood there is kept here; whoever goes back
finds it again, and what was stored meanwhile stays stored.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

NUMBER = "at"
_TRAIL, _HERE = "screens-trail", "screens-here"

# What names the screen of a page, under the names that the pages give it.
_SCREENS = ("set-up-step", "today-scoring", "diary-asks", "anew-way", "questions-visit")
# Going back closes these and never opens them again: what they ask may have been answered since.
_CLOSED_ONLY = ("flag-asked", "settings-open", "diary-open")

Place = tuple[str, int]


def follow(page: str) -> None:
    """Give a new screen its own entry in the browser's history, or show the one that was gone back to."""
    here: Place = (page, _number())
    now = _shown()
    before: tuple[Place, dict[str, Any]] = st.session_state.get(_HERE, (here, now))
    trail: dict[Place, dict[str, Any]] = st.session_state.setdefault(_TRAIL, {})
    if now != before[1]:
        here = (page, 1 + max((number for _page, number in [*trail, here]), default=0)) if now else (page, 0)
        _write(here[1])
    elif here != before[0]:
        kept = trail.get(here, {})
        for name in (*_SCREENS, *_CLOSED_ONLY):
            if name in kept and name in _SCREENS:
                st.session_state[name] = kept[name]
            else:
                st.session_state.pop(name, None)
    trail[here] = _shown()
    st.session_state[_HERE] = (here, trail[here])


def begin(page: str) -> None:
    """Forget what a page showed first before: it is opened anew."""
    st.session_state.get(_TRAIL, {}).pop((page, 0), None)


def settle() -> None:
    """Take what a page has just chosen to show as the screen of the present entry."""
    if _HERE in st.session_state:
        here, _before = st.session_state[_HERE]
        st.session_state[_TRAIL][here] = _shown()
        st.session_state[_HERE] = (here, _shown())


def _shown() -> dict[str, Any]:
    found = {name: st.session_state.get(name) for name in (*_SCREENS, *_CLOSED_ONLY)}
    return {name: value for name, value in found.items() if value is not None}


def _number() -> int:
    written = st.query_params.get(NUMBER, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 6 else 0


def _write(number: int) -> None:
    if number:
        st.query_params[NUMBER] = str(number)
    else:
        st.query_params.pop(NUMBER, None)
