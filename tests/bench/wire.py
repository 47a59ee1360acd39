"""A browser's web socket without the browser: asks for a run of the page and reads until it is finished."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

ANSWER_S = 60
ZONE = "America/New_York"


@dataclass(frozen=True, slots=True)
class Run:
    """One finished run: how long until its last message, and what came over the wire."""

    took_ms: float
    messages: int
    size: int  # bytes before compression
    page: str  # hash of the page's script
    elements: int
    finished: int  # ForwardMsg.ScriptFinishedStatus


class Visitor:
    """One session of one browser tab, on one page; `session` goes on with one whose connection broke."""

    def __init__(self, url: str, page: str = "", *, cookie: str = "", session: str = "") -> None:
        self._page = page
        self.session = ""
        self._hash = ""
        self._cached: set[str] = set()
        self.pages: dict[str, str] = {}
        address = url.replace("http", "ws", 1) + "/_stcore/stream"
        self._stack = ExitStack()
        self._socket = self._stack.enter_context(
            connect(
                address,
                origin=Origin(url),
                additional_headers={"Cookie": cookie} if cookie else None,
                subprotocols=[Subprotocol(each) for each in ("streamlit", "bench", session) if each],
                max_size=None,
                ping_interval=None,
            )
        )
        self._url = url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_gone: object) -> None:
        self._stack.close()

    def run(self) -> Run:
        """Let the page run once more, as a click without a changed widget does."""
        asked = self._question()
        messages = size = elements = 0
        started = time.perf_counter()
        self._socket.send(asked)
        while True:
            said = self._socket.recv(timeout=ANSWER_S, decode=False)
            answer = ForwardMsg.FromString(said)
            messages += 1
            size += len(said)
            kind = answer.WhichOneof("type")
            elements += kind in ("delta", "ref_hash")
            if kind == "script_finished":
                took_ms = (time.perf_counter() - started) * 1000
                if answer.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue  # the page asked for another run: the answer is its end
                return Run(took_ms, messages, size, self._hash, elements, answer.script_finished)
            self._remember(answer, kind)

    def ask_for_a_file(self, name: str) -> str:
        """Return where a page would be told to send a file, whether or not it has a place for one."""
        asked = BackMsg()
        asked.file_urls_request.request_id = name
        asked.file_urls_request.file_names.append(name)
        asked.file_urls_request.session_id = self.session
        self._socket.send(bytes(asked.SerializeToString()))
        while True:
            answer = ForwardMsg.FromString(self._socket.recv(timeout=ANSWER_S, decode=False))
            if answer.WhichOneof("type") == "file_urls_response":
                return str(answer.file_urls_response.file_urls[0].upload_url)

    def _question(self) -> bytes:
        asked = BackMsg()
        state = asked.rerun_script
        state.page_script_hash = self._hash
        if not self._hash:
            state.page_name = self._page
        state.cached_message_hashes.extend(self._cached)
        state.context_info.timezone = ZONE
        state.context_info.locale = "en-GB"
        state.context_info.url = f"{self._url}/{self._page}"
        return bytes(asked.SerializeToString())

    def _remember(self, answer: ForwardMsg, kind: str | None) -> None:
        if answer.metadata.cacheable:
            self._cached.add(answer.hash)
        if kind == "new_session":
            self._hash = answer.new_session.page_script_hash
            self.session = answer.new_session.initialize.session_id
        elif kind == "navigation":
            self._hash = answer.navigation.page_script_hash or self._hash
            self.pages = {p.page_script_hash: p.url_pathname for p in answer.navigation.app_pages}

    @property
    def place(self) -> str:
        """The address of the page that ran last; empty for the start page."""
        return self.pages.get(self._hash, "")
