"""What Streamlit does in every run and need not: the theme's message, calls and turns for each message, a pause.

It relies on private names of Streamlit: `tests/pages/test_runs.py` fails when one of them has changed,
and what is missing is left to Streamlit.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from streamlit import config
from streamlit.commands import execution_control
from streamlit.runtime import app_session, runtime
from streamlit.runtime.app_session import AppSession

_THEME, _CALL = "_populate_theme_msg", "_call_soon_on_event_loop"
_ASYNCIO = "asyncio"
AT_ONCE = 64  # messages; a browser's queue holds 500, and who does not take them in time is disconnected
_PARAMETERS, _TIME = "_set_query_params_for_switch", "time"
_make_theme: Callable[..., None] = getattr(app_session, _THEME, lambda *_gone: None)
_call_soon: Callable[[Any, Callable[[], None]], None] = getattr(AppSession, _CALL, lambda *_gone: None)
_set_parameters: Callable[[Any, Any], None] = getattr(execution_control, _PARAMETERS, lambda *_gone: None)
_themes: dict[str, Any] = {}
_leaving = threading.local()  # whether this thread's change of page changes the address's parameters


def lighten() -> None:
    """Let every run from now on do without."""
    if hasattr(app_session, _THEME):
        setattr(app_session, _THEME, theme)
        config.on_config_parsed(_themes.clear, force_connect=True)
    if hasattr(runtime, _ASYNCIO):
        setattr(runtime, _ASYNCIO, _InOneGo())
    if hasattr(AppSession, _CALL):
        setattr(AppSession, _CALL, together)
    if hasattr(execution_control, _PARAMETERS) and hasattr(execution_control, _TIME):
        setattr(execution_control, _PARAMETERS, set_parameters)
        setattr(execution_control, _TIME, _Pause)


def set_parameters(parameters: Any, wanted: Any) -> None:
    """Change the address's parameters for another page, and note whether they change at all."""
    _leaving.changes = bool(len(parameters)) or bool(wanted)
    _set_parameters(parameters, wanted)


class _Pause:
    """In place of `time` there: Streamlit waits until the browser was told of other parameters."""

    @staticmethod
    def sleep(seconds: float) -> None:
        """Wait only where the browser was told something."""
        if getattr(_leaving, "changes", True):
            time.sleep(seconds)


def theme(msg: Any, section: str = "theme") -> None:
    """Fill in a section of the theme; it is read from some forty options once."""
    made = _themes.get(section)
    if made is None:
        made = type(msg)()
        _make_theme(made, section)
        _themes[section] = made
    if made.ByteSize():  # else the section would be there, though empty
        msg.MergeFrom(made)


class _InOneGo:
    """In place of `asyncio` in Streamlit's loop, which goes once around all else after each message that it sends.

    Each time it would wait again for its turn behind the threads that run pages: most of an answer's
    time where many come at once. What one run sends goes out together.
    """

    def __init__(self) -> None:
        self._sent = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        """Wait as asked; after a message only if `AT_ONCE` of them went out, for no queue holds any number."""
        self._sent = 0 if seconds else self._sent + 1
        if seconds or self._sent % AT_ONCE == 0:
            await asyncio.sleep(seconds)


class _Waiting:
    """What the loop is to call for one session, in turn."""

    def __init__(self) -> None:
        self.calls: deque[Callable[[], None]] = deque()
        self.announced = False  # whether the loop has been woken, and has not begun yet

    def call(self) -> None:
        """Call what waits now; what came meanwhile follows after what others wait for."""
        self.announced = False
        try:
            for _each in range(len(self.calls)):
                self.calls.popleft()()
        finally:
            if self.calls and not self.announced:
                self.announced = True
                asyncio.get_running_loop().call_soon(self.call)


def together(session: AppSession, callback: Callable[[], None]) -> None:
    """Have the loop call this soon; for those that wait at the same time it is woken once.

    A run's thread does this for each of its messages, and waking the loop takes longer than making one.
    """
    waiting: _Waiting | None = session.__dict__.get("coach_waiting")
    if waiting is None:  # of two threads the first one's stays
        waiting = session.__dict__.setdefault("coach_waiting", _Waiting())
    waiting.calls.append(callback)
    if not waiting.announced:
        waiting.announced = True
        _call_soon(session, waiting.call)
