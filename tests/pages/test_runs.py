"""Runs without what Streamlit need not do each time say and do the same."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from streamlit import config
from streamlit.commands import execution_control
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session, runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.runtime import Runtime, RuntimeState
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_server_config import WEBSOCKET_MAX_SEND_QUEUE_SIZE

from coach.ui.parts import navigation
from coach.ui.patient import today
from coach.ui.shell import runs
from tests.support.pages import Home, tap, title
from tests.support.server import ROOT

SECTIONS = (
    "theme",
    "theme.light",
    "theme.dark",
    "theme.sidebar",
    "theme.light.sidebar",
    "theme.dark.sidebar",
)


@pytest.fixture
def lightened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_session, "_populate_theme_msg", app_session._populate_theme_msg)
    monkeypatch.setattr(AppSession, "_call_soon_on_event_loop", AppSession._call_soon_on_event_loop)
    monkeypatch.setattr(
        execution_control, "_set_query_params_for_switch", execution_control._set_query_params_for_switch
    )
    monkeypatch.setattr("streamlit.commands.execution_control.time", time)
    monkeypatch.setattr(runtime, "asyncio", asyncio)
    runs._themes.clear()
    runs.lighten()


def _said(populate: Any) -> bytes:
    """Return the whole theme as a new session's message fills it in."""
    theme = CustomThemeConfig()
    parts = (theme, theme.light, theme.dark, theme.sidebar, theme.light.sidebar, theme.dark.sidebar)
    for part, section in zip(parts, SECTIONS, strict=True):
        populate(part, section)
    return bytes(theme.SerializeToString(deterministic=True))


def test_the_theme_is_streamlits_and_read_once(lightened: None, monkeypatch: pytest.MonkeyPatch):
    whole = _said(runs._make_theme)
    assert len(whole) > 1000, "the product's own theme"
    assert _said(app_session._populate_theme_msg) == whole
    monkeypatch.setattr(config, "get_options_for_section", None)  # whoever reads the options now would fail
    assert _said(app_session._populate_theme_msg) == whole


def test_a_theme_that_was_changed_is_read_again(lightened: None):
    whole = _said(app_session._populate_theme_msg)
    config.get_config_options(force_reparse=True)
    assert runs._themes == {}
    assert _said(app_session._populate_theme_msg) == whole


def _alone(run: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run it on a loop of its own, in a thread of its own: a browser's may run in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(asyncio.wait_for(run(), 60))).result()


def _session() -> tuple[Any, list[Any]]:
    """Return a session with the loop that runs now, and what the loop was asked to call."""
    loop, asked = asyncio.get_running_loop(), []

    def call(what: Any) -> None:
        asked.append(what)
        loop.call_soon_threadsafe(what)

    return SimpleNamespace(_event_loop=SimpleNamespace(call_soon_threadsafe=call)), asked


def test_messages_keep_their_order_whichever_thread_they_come_from():
    async def run() -> None:
        session, asked = _session()
        seen: list[tuple[int, int]] = []

        def tell(n: int) -> None:
            for i in range(2000):
                runs.together(session, partial(seen.append, (n, i)))

        threads = [threading.Thread(target=tell, args=(n,)) for n in range(3)]
        for thread in threads:
            thread.start()
        while len(seen) < 6000:
            await asyncio.sleep(0.001)
        for n in range(3):
            assert [i for by, i in seen if by == n] == list(range(2000))
        assert len(asked) < 6000

    _alone(run)


def test_the_loop_is_woken_once_for_what_waits():
    async def run() -> None:
        session, asked = _session()
        seen: list[int] = []
        for i in range(50):
            runs.together(session, partial(seen.append, i))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert seen == list(range(50))
        assert len(asked) == 1

    _alone(run)


def test_a_message_that_fails_takes_no_other_with_it():
    async def run() -> None:
        session, _asked = _session()
        seen: list[int] = []
        failed: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, told: failed.append(told["exception"]))

        def fail() -> None:
            raise ZeroDivisionError

        runs.together(session, lambda: seen.append(1))
        runs.together(session, fail)
        runs.together(session, lambda: seen.append(2))
        for _turn in range(4):
            await asyncio.sleep(0)
        assert seen == [1, 2]
        assert [type(each) for each in failed] == [ZeroDivisionError]

    _alone(run)


class _Browsers:
    """A few browsers' sessions with messages to send, as Streamlit's loop sees them; it counts the loop's turns."""

    def __init__(self, *messages: int) -> None:
        self.turns = 0
        self.sent: list[tuple[int, int]] = []  # whose message, and in which turn of the loop
        self._state = RuntimeState.ONE_OR_MORE_SESSIONS_CONNECTED
        self._waits = [[n] * many for n, many in enumerate(messages)]
        self._many = sum(messages)
        loop = asyncio.get_running_loop()
        self._objects = SimpleNamespace(
            started=loop.create_future(),
            stopped=loop.create_future(),
            must_stop=asyncio.Event(),
            need_send_data=asyncio.Event(),
        )
        self._session_mgr = SimpleNamespace(
            list_active_sessions=lambda: [
                SimpleNamespace(session=self._session(n)) for n in range(len(messages))
            ],
            list_sessions=list,
            num_sessions=lambda: 0,
        )

    def _session(self, n: int) -> Any:
        def flush() -> list[int]:
            given, self._waits[n] = self._waits[n], []
            return given

        return SimpleNamespace(flush_browser_queue=flush, on_flushed_messages_sent=lambda: None)

    def _get_async_objs(self) -> Any:
        return self._objects

    def _send_message(self, _session: object, message: int) -> None:
        self.sent.append((message, self.turns))

    def _set_state(self, _state: RuntimeState) -> None:
        pass

    async def watch(self) -> None:
        """Let the loop send what there is."""
        sending = asyncio.create_task(Runtime._loop_coroutine(cast("Runtime", self)))
        while len(self.sent) < self._many:
            self.turns += 1
            await asyncio.sleep(0)
        sending.cancel()
        await asyncio.wait([sending])


@pytest.mark.parametrize("lighter", [True, False])
def test_what_a_run_sends_goes_out_without_a_turn_of_the_loop_for_each_message(
    lightened: None, monkeypatch: pytest.MonkeyPatch, lighter: bool
):
    """Without the change Streamlit takes turns: then this speaks of nothing any more."""
    if not lighter:
        monkeypatch.setattr(runtime, "asyncio", asyncio)

    async def run() -> None:
        browsers = _Browsers(28, 3)
        await browsers.watch()
        assert [each for each, _turn in browsers.sent] == [0] * 28 + [1] * 3
        assert len({turn for _each, turn in browsers.sent}) == (1 if lighter else 31)

    _alone(run)


def test_a_queue_that_holds_not_all_messages_is_emptied_in_between(lightened: None):
    async def run() -> None:
        browsers = _Browsers(3 * runs.AT_ONCE)
        await browsers.watch()
        turns = [turn for _each, turn in browsers.sent]
        assert max(turns.count(turn) for turn in turns) <= runs.AT_ONCE < WEBSOCKET_MAX_SEND_QUEUE_SIZE / 2

    _alone(run)


def test_every_event_of_a_run_goes_this_way(lightened: None, monkeypatch: pytest.MonkeyPatch):
    told: list[Any] = []
    monkeypatch.setattr(runs, "_call_soon", lambda session, call: told.append(call))
    session = AppSession.__new__(AppSession)
    session._on_scriptrunner_event(None, None)  # type: ignore[arg-type]
    session._on_scriptrunner_event(None, None)  # type: ignore[arg-type]
    assert len(told) == 1
    assert len(session.__dict__["coach_waiting"].calls) == 2


@pytest.fixture
def pauses(lightened: None, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the changes of page waited."""
    waited: list[float] = []
    monkeypatch.setattr(runs, "time", SimpleNamespace(sleep=waited.append))
    return waited


def test_a_change_of_page_waits_only_for_other_parameters(home: Home, pauses: list[float]):
    home.settle()
    at = tap(home.open(), "start-all")
    assert title(at) == "Do you have any of these?"
    at = tap(at, "back-to-today")
    assert title(at) == "You can exercise now"
    assert pauses == []
    at = home.open("settings", part="times")
    at.session_state[navigation.GOING] = "today"
    assert title(at.run()) == "You can exercise now"
    assert len(pauses) == 1
    assert pauses[0] > 0


def test_a_tap_that_leads_on_makes_nothing_of_the_page_it_leaves(home: Home, monkeypatch: pytest.MonkeyPatch):
    home.settle()
    at = home.open()
    monkeypatch.setattr(today, "show", None)  # whoever makes Today now would fail
    assert title(tap(at, "start-all")) == "Do you have any of these?"


def test_a_server_that_was_restarted_leads_on_as_well(home: Home):
    home.settle()
    at = home.open()
    next(each for each in at.button if each.key == "start-all").click()
    tapped = at._tree.get_widget_states()
    again = AppTest.from_file(ROOT / "coach" / "app.py", default_timeout=120)
    again._run(widget_state=tapped)
    assert title(again) == "Do you have any of these?"
