"""Limits for what Streamlit keeps in memory: disconnected sessions and uploaded files.

Streamlit itself keeps both for half an hour, without regard to who they belong to.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from streamlit.runtime import Runtime, memory_session_storage, memory_uploaded_file_manager
from streamlit.runtime.app_session import AppSession, _close_script_event_loop
from streamlit.runtime.session_manager import SessionInfo, SessionStorage
from streamlit.runtime.uploaded_file_manager import UploadedFileRec, UploadFileUrlInfo

from coach.ui.shell import entrance

MOST_KEPT = 500  # disconnected sessions; with a page of charts each takes about 0.3 MB
# Disconnected sessions of one account, the latest ones: each page load starts another
MOST_KEPT_OF_ONE = 4
MOST_FILES = 3  # files of one session: a page asks for one, and another may be chosen
MOST_BYTES = 64_000_000  # bytes of all files together
SWEEP_S = 30

_Infos = list[SessionInfo]


def bound() -> None:
    """Apply the limits to the app that is created from now on."""
    memory_session_storage.MemorySessionStorage = KeptSessions  # type: ignore[misc, assignment]
    memory_uploaded_file_manager.MemoryUploadedFileManager = AskedFiles  # type: ignore[misc]


def takes_file(session: str, file: str, account: UUID | None) -> bool:
    """Tell whether the session's present page asks for that file.

    Args:
        session: the id of the browser session.
        file: the id that Streamlit gave the page for the upload.
        account: the sender, None at home.
    """
    runtime = Runtime.instance()
    found = runtime._session_mgr.get_active_session_info(session)
    files = runtime.uploaded_file_mgr
    if found is None or not isinstance(files, AskedFiles) or not _offers(found.session):
        return False
    if account is not None and account not in _accounts(found.session):
        return False
    return files.expects(session, file)


def _offers(session: AppSession) -> bool:
    """Tell whether a session's page has a file chooser."""
    state = session.session_state
    shown = state._new_widget_state.states.keys() | state._old_state.keys()
    return any(
        widget in shown and known.value_type == "file_uploader_state_value"
        for widget, known in list(state._new_widget_state.widget_metadata.items())
    )


def _accounts(session: AppSession) -> Sequence[UUID | None]:
    """Return the accounts that a session shows pages to; none before a viewer was admitted."""
    try:
        return list(session.session_state[entrance.ACCOUNT])
    except KeyError:
        return []


@dataclass(slots=True)
class _Kept:
    info: SessionInfo
    until_s: float
    accounts: Sequence[UUID | None]


class KeptSessions(SessionStorage):
    """Sessions that wait for their browser to reconnect.

    Sessions without an admitted viewer are dropped.

    Used only on the server's event loop thread, as Streamlit's own.
    """

    def __init__(self, maxsize: int = MOST_KEPT, ttl_seconds: int = 120) -> None:
        self._most = maxsize
        self._for_s = ttl_seconds
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._sweeps = False

    def get(self, session_id: str) -> SessionInfo | None:
        """Return a kept session."""
        kept = self._kept.get(session_id)
        return kept.info if kept and kept.until_s > time.monotonic() else None

    def save(self, session_info: SessionInfo) -> None:
        """Keep a disconnected session, and close its descriptors."""
        session = session_info.session
        accounts = _accounts(session)
        loop = asyncio.get_running_loop()
        if not accounts:
            loop.call_soon(session.shutdown)  # Streamlit is about to remove it from its own list
            return
        self._kept[session.id] = _Kept(session_info, time.monotonic() + self._for_s, accounts)
        same = [name for name, kept in self._kept.items() if kept.accounts == accounts]
        for name in same[: -MOST_KEPT_OF_ONE if accounts != [None] else 0]:
            self._drop(name)
        while len(self._kept) > self._most:
            self._drop(next(iter(self._kept)))
        _give_back(session)
        if not self._sweeps:
            self._sweeps = True
            loop.call_later(SWEEP_S, self._sweep, loop)

    def delete(self, session_id: str) -> None:
        """Forget a session that was reconnected or shut down."""
        kept = self._kept.pop(session_id, None)
        if kept and kept.info.session._script_event_loop.is_closed():
            kept.info.session._script_event_loop = asyncio.new_event_loop()

    def list(self) -> _Infos:
        """Return all kept sessions."""
        return [kept.info for kept in self._kept.values()]

    def _drop(self, session_id: str) -> None:
        self._kept.pop(session_id).info.session.shutdown()

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now_s = time.monotonic()
        for name in [name for name, kept in self._kept.items() if kept.until_s <= now_s]:
            self._drop(name)
        for kept in self._kept.values():
            _give_back(kept.info.session)
        self._sweeps = bool(self._kept)
        if self._sweeps:
            loop.call_later(SWEEP_S, self._sweep, loop)


def _give_back(session: AppSession) -> None:
    """Close the event loop of a session's scripts (three descriptors) once none of them runs."""
    if session._scriptrunner is None:
        _close_script_event_loop(session._script_event_loop)


class AskedFiles(memory_uploaded_file_manager.MemoryUploadedFileManager):
    """Uploaded files: only those that a page asked for, a few a session, and limited in total."""

    def __init__(self, upload_endpoint: str) -> None:
        super().__init__(upload_endpoint)
        self._asked: dict[str, list[str]] = {}

    def get_upload_urls(self, session_id: str, file_names: Sequence[str]) -> list[UploadFileUrlInfo]:
        """Return upload addresses for a page; only the latest few are valid."""
        given = super().get_upload_urls(session_id, file_names[:MOST_FILES])
        asked = [*self._asked.get(session_id, []), *(each.file_id for each in given)]
        self._asked[session_id] = asked[-MOST_FILES:]
        return given

    def expects(self, session_id: str, file_id: str) -> bool:
        """Tell whether that file was asked for and fits; files of left pages are deleted first."""
        if file_id not in self._asked.get(session_id, []):
            return False
        if self._total_bytes > MOST_BYTES:
            self._make_room()
        return self._total_bytes <= MOST_BYTES

    def add_file(self, session_id: str, file: UploadedFileRec) -> None:
        """Keep a file, and drop the oldest of that session."""
        super().add_file(session_id, file)
        for old in list(self.file_storage[session_id])[:-MOST_FILES]:
            self.remove_file(session_id, old)

    def remove_session_files(self, session_id: str) -> None:
        """Forget everything of a session."""
        super().remove_session_files(session_id)
        self._asked.pop(session_id, None)

    def _make_room(self) -> None:
        sessions = Runtime.instance()._session_mgr
        for name in list(self.file_storage):
            found = sessions.get_active_session_info(name)
            if found is None or not _offers(found.session):
                super().remove_session_files(name)
