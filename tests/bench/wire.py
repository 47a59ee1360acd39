"""A browser's web socket without the browser: asks for a run of the page and reads until it is finished."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from tests.bench.tab import Run, Tab

ANSWER_S = 60


class Visitor:
    """One session of one browser tab, on one page; `session` goes on with one whose connection broke."""

    def __init__(self, url: str, page: str = "", *, cookie: str = "", session: str = "") -> None:
        self.tab = Tab(url, page)
        self._stack = ExitStack()
        self._socket = self._stack.enter_context(
            connect(
                stream(url),
                origin=Origin(url),
                additional_headers={"Cookie": cookie} if cookie else None,
                subprotocols=protocols(session),
                max_size=None,
                ping_interval=None,
            )
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_gone: object) -> None:
        self._stack.close()

    def run(self) -> Run:
        """Let the page run once more, as a click without a changed widget does."""
        asked = self.tab.ask()
        started = time.perf_counter()
        self._socket.send(asked)
        while True:
            done = self.tab.hear(self._socket.recv(timeout=ANSWER_S, decode=False))
            if done:
                done.took_ms = (time.perf_counter() - started) * 1000
                return done

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

    @property
    def place(self) -> str:
        """The address of the page that ran last; empty for the start page."""
        return self.tab.place

    @property
    def session(self) -> str:
        """The id of the browser session."""
        return self.tab.session


def stream(url: str) -> str:
    """Return the address of a server's web sockets."""
    return url.replace("http", "ws", 1) + "/_stcore/stream"


def protocols(session: str = "") -> list[Subprotocol]:
    """Return what a browser offers when it opens a web socket."""
    return [Subprotocol(each) for each in ("streamlit", "bench", session) if each]
