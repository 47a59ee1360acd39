"""The browser's Back inside a page: each screen of a page gets its own history entry.

A page shows one of several screens by its session state: which question, which form.
The address has only a number (`?at=3`), and the state of that screen is kept here: going back
restores it, and entries stored meanwhile stay stored.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

NUMBER = "at"
_TRAIL, _HERE, _ADDRESS = "screens-trail", "screens-here", "screens-address"

# The session state keys that determine a page's screen.
_SCREENS = (
    "set-up-step",
    "today-scoring",
    "diary-asks",
    "anew-way",
    "anew-step",
    "questions-visit",
    "bones-visit",
)
# Going back closes these but never reopens them: the question may have been answered since.
_CLOSED_ONLY = ("flag-asked", "settings-open", "diary-open")

Place = tuple[str, int]


def follow(page: str) -> None:
    """Give a new screen its own history entry, or restore the screen that Back led to."""
    _agree(page)
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


def _agree(page: str) -> None:
    """Tell the browser the address of this run again if it is another one on the same page.

    A tap on the menu's link to the page itself runs the page without parameters, and leaves them in
    the browser's address: the next tap would be sent with them, and answer another screen.
    """
    now = (page, st.query_params.to_dict())
    before = st.session_state.get(_ADDRESS, now)
    if now != before and before[0] == page:
        st.query_params.from_dict(now[1])
    st.session_state[_ADDRESS] = now


def begin(page: str) -> None:
    """Forget a page's first screen, because the page is opened again."""
    st.session_state.get(_TRAIL, {}).pop((page, 0), None)


def settle() -> None:
    """Store the screen that a page has just chosen for the present history entry."""
    if _HERE in st.session_state:
        here, _before = st.session_state[_HERE]
        st.session_state[_TRAIL][here] = _shown()
        st.session_state[_HERE] = (here, _shown())


def inside() -> bool:
    """Tell whether the address is that of a screen inside of a page."""
    return _number() > 0


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
