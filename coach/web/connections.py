"""Limits of a connection: slow requests, endless headers, answers that the client does not read.

Uvicorn itself limits idle connections alone. This wraps its protocol class, whichever it uses, when
its server starts; `streamlit run` creates the server before it imports the app, so there is no
other way in.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from functools import wraps
from typing import Any

import uvicorn

from coach.config.capacity import Capacity

HEADERS_S = 10  # seconds from the first byte of a request to the end of its headers
SILENCE_S = 15  # seconds between two parts of a body
BODY_S = 60  # seconds for a whole body: 1 MB over a phone's slow connection
UNREAD_S = 60  # seconds for which a client reads nothing more of an answer
MOST_HEADERS = 65_536  # bytes of headers; the cookies of an OpenID sign-in are long
# Bytes of a refused body that are still read, so that the client reads the refusal
MOST_REFUSED = 4_194_304
MOST_MESSAGE = (
    # Bytes of one web socket message; up to here the page can say that a text is too long
    1_000_000
)

_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 30\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 46\r\n\r\n"
    b"Many people use Coach just now. Try again soon"
)

_log = logging.getLogger(__name__)


class _Crowd:
    """The idle connections of a server, the longest idle first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.waiting: dict[_Bounds, None] = {}
        self._said_s = 0.0

    def make_room(self, connections: int) -> bool:
        """Tell whether one more connection fits; closes the longest idle one for it."""
        if connections < self.most:
            return True
        now_s = time.monotonic()
        if now_s - self._said_s > 60:
            self._said_s = now_s
            _log.warning("There are %d connections, as many as fit.", connections)
        oldest = next(iter(self.waiting), None)
        if oldest is None:
            return False
        oldest.leave()
        return True


class _Bounds(asyncio.Protocol):
    """Mixin with the limits; Uvicorn's HTTP/1.1 protocol class comes after it in the bases."""

    crowd: _Crowd
    transport: Any
    cycle: Any
    flow: Any
    loop: asyncio.AbstractEventLoop
    connections: set[Any]

    _timer: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _of: object = None  # the request whose body is arriving
    _body_ends_s = 0.0
    _waited_for = 0  # bytes received that belong to no request yet

    def connection_made(self, transport: Any) -> None:
        fits = self.crowd.make_room(len(self.connections))
        super().connection_made(transport)
        if not fits:
            transport.write(_FULL)
            transport.close()
            return
        self.crowd.waiting[self] = None
        self._set(HEADERS_S)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.transport.get_protocol() is not self:  # upgraded to a web socket
            self._forget()
        elif self.transport.is_closing():
            self._unset()
        elif self.cycle is None or self.cycle.response_complete:
            self._wait_for_headers(len(data))
        else:
            self._take_body()

    def _wait_for_headers(self, arrived: int) -> None:
        self._waited_for += arrived
        is_rest = self.cycle is not None and self.cycle.more_body
        if self._waited_for > (MOST_REFUSED if is_rest else MOST_HEADERS):
            self.leave(b"" if is_rest else _LONG)
        elif self._timer is None:
            self.crowd.waiting[self] = None
            self._set(HEADERS_S)

    def _take_body(self) -> None:
        self._waited_for = 0
        self.crowd.waiting.pop(self, None)
        self._unset()
        if not self.cycle.more_body:
            return
        if self._of is not self.cycle:
            self._of, self._body_ends_s = self.cycle, self.loop.time() + BODY_S
        self._set(min(SILENCE_S, self._body_ends_s - self.loop.time()))

    def on_response_complete(self) -> None:
        self._unset()
        self._of, self._waited_for = None, 0
        super().on_response_complete()  # type: ignore[misc]
        if self.cycle is None or self.cycle.response_complete:
            self.crowd.waiting[self] = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(UNREAD_S, self._give_up)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._resume()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()  # type: ignore[misc]
        self.loop.call_later(UNREAD_S, self.transport.abort)  # unread data keeps it open

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def leave(self, word: bytes = b"") -> None:
        """Close a connection that has no request to answer."""
        self._forget()
        if word and not self.transport.is_closing():
            self.transport.write(word)
        self.transport.close()
        self.loop.call_later(UNREAD_S, self.transport.abort)

    def _is_late(self) -> None:
        self._timer = None
        if self.cycle is None or self.cycle.response_complete:
            self.leave(_LATE if self._waited_for else b"")  # browsers open connections in advance
        elif self.flow.read_paused:  # reading is paused by this server
            self._set(SILENCE_S)
        elif self.cycle.more_body:
            self._give_up()

    def _give_up(self) -> None:
        self._forget()
        self.transport.abort()

    def _set(self, after_s: float) -> None:
        self._unset()
        self._timer = self.loop.call_later(max(after_s, 0), self._is_late)

    def _unset(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _resume(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _forget(self) -> None:
        self._unset()
        self._resume()
        self.crowd.waiting.pop(self, None)


def bound(capacity: Capacity) -> None:
    """Apply the limits to every server that starts from now on, and remove the `server` header."""
    # Bound already
    startup = getattr(uvicorn.Server.startup, "__wrapped__", uvicorn.Server.startup)

    @wraps(startup)
    async def bounded(self: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
        config = self.config
        parts = {"crowd": _Crowd(capacity.connections)}
        config.http_protocol_class = type("Bounded", (_Bounds, config.http_protocol_class), parts)
        config.encoded_headers = [
            (name, value) for name, value in config.encoded_headers if name != b"server"
        ]
        config.ws_max_size = MOST_MESSAGE
        await startup(self, sockets)

    uvicorn.Server.startup = bounded  # type: ignore[method-assign]
