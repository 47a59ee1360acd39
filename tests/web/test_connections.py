"""Connections that stop half-way: each is ended by the server, whatever state it is in, and costs little till then."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from coach import web
from coach.config import capacity
from coach.config.capacity import Capacity
from coach.web import connections
from tests.support.server import free_port

MOST = 6
SOON_S = 10  # until the server must have ended what it would hold for ever


async def size(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def much(_request: Request) -> Response:
    return PlainTextResponse("x" * 30_000_000)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server with short times, in a thread of its own."""
    startup = uvicorn.Server.startup
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HEADERS_S", "SILENCE_S", "BODY_S", "UNREAD_S"):
            patch.setattr(connections, name, 0.4)
        patch.setattr(uvicorn.Server, "startup", startup)
        connections.bound(Capacity(files=64, sessions=2, connections=MOST))
        app = Starlette(routes=[Route("/", size, methods=["POST", "GET"]), Route("/much", much)])
        at = free_port()
        server = uvicorn.Server(uvicorn.Config(app, port=at, log_level="critical", timeout_keep_alive=1))
        thread = threading.Thread(target=server.run)
        thread.start()
        until = time.monotonic() + 30
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        yield at
        server.should_exit = True
        thread.join(20)


def opened(port: int, sent: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), SOON_S)
    connection.sendall(sent)
    return connection


def ending(connection: socket.socket) -> bytes:
    """Return what came until the server ended a connection."""
    came = b""
    try:
        while part := connection.recv(65_536):
            came += part
    except ConnectionResetError:
        pass
    return came


HALF = {
    "nothing at all": b"",
    "half a first line": b"GET / HT",
    "headers without an end": b"GET / HTTP/1.1\r\nHost: x\r\nX-More: ",
    "a body that stops": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf",
    "pieces that stop": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
    "half a second request": b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHo",
}


@pytest.mark.parametrize("sent", HALF.values(), ids=HALF)
def test_what_stops_half_way_is_ended(port: int, sent: bytes):
    with opened(port, sent) as connection:
        ending(connection)  # else it times out


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-A: b\r\n"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", b"x"),
    ],
)
def test_what_comes_drop_by_drop_is_ended_too(port: int, start: bytes, piece: bytes):
    until = time.monotonic() + SOON_S
    with opened(port, start) as connection, pytest.raises(OSError):  # noqa: PT011  reset or broken pipe
        while time.monotonic() < until:
            connection.sendall(piece)
            time.sleep(0.05)


def test_headers_have_a_length(port: int):
    with opened(port, b"GET / HTTP/1.1\r\nHost: x\r\n") as connection:
        more = b"X-A: " + b"b" * 8_000 + b"\r\n"
        came = b""
        try:
            for _piece in range(connections.MOST_HEADERS // 8_000 + 2):
                connection.sendall(more)
        except OSError:
            pass
        came = ending(connection)
        assert came == b"" or came.startswith(b"HTTP/1.1 431")


def test_an_answer_that_nobody_reads_is_given_up(port: int):
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(SOON_S)
        connection.connect(("127.0.0.1", port))
        connection.sendall(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(1)  # longer than it waits, even on a busy computer
        assert len(ending(connection)) < 30_000_000


def test_a_whole_request_is_answered_and_the_next_one_too(port: int):
    with opened(port) as connection:
        for _again in range(2):
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
            came = connection.recv(65_536)
            assert came.startswith(b"HTTP/1.1 200")
            assert came.endswith(b"3")
            assert b"server:" not in came.lower()


def test_one_more_connection_than_fits_ends_the_one_that_waits_longest(port: int):
    held = [opened(port) for _each in range(MOST)]
    try:
        with opened(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") as late:
            assert late.recv(65_536).startswith(b"HTTP/1.1 200")
        assert ending(held[0]) == b""
    finally:
        for each in held:
            each.close()


def test_a_process_raises_its_limit_once_whoever_asks_what_fits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    asked: list[str] = []
    bounded: list[Capacity] = []

    def claim() -> Capacity:
        asked.append("once")
        return capacity.of(1024)

    monkeypatch.setenv("COACH_HOME", str(tmp_path))
    monkeypatch.setattr(capacity, "claim", claim)
    monkeypatch.setattr(connections, "bound", bounded.append)
    monkeypatch.setattr(web, "fits", cache(web.fits.__wrapped__))  # as in a process that begins
    web.start("127.0.0.1", ["localhost"], organisation=False)
    layers = web.layers(["localhost"])
    assert asked == ["once"]
    assert bounded == [capacity.of(1024)]
    assert [each.kwargs["capacity"] for each in layers if "capacity" in each.kwargs] == bounded


@pytest.mark.parametrize("files", [64, 256, 1024, 20_000, 1_048_576])
def test_what_fits_stays_below_the_limit_of_open_files(files: int):
    fits = capacity.of(files)
    plain = fits.connections - fits.sessions
    assert fits.sessions >= 1
    assert plain >= 1
    if files > 200:
        assert fits.sessions * capacity.PER_SESSION + plain + capacity.RESERVE <= files


def test_the_limit_is_raised_as_far_as_it_may():
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, before[1]), before[1]))
        assert capacity.claim().files == capacity.allowed()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == capacity.allowed()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
