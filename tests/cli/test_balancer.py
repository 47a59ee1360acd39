"""The balancer's settings, read by nginx itself: who gets which server, what the servers learn, what nobody learns."""

from __future__ import annotations

import asyncio
import http.client
import json
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from coach.cli.serving import balancer
from tests.support.server import START_S, answers, free_port

COUNT = 3
OUTSIDE = "198.51.100.7"


class Says(BaseHTTPRequestHandler):
    """Says which server it is, and what it was asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        size = int(self.headers.get("content-length", "0"))
        told = {
            "server": self.connection.getsockname()[1],
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "size": len(self.rfile.read(size)),
        }
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815  the library's name

    def log_message(self, *_line: object) -> None:
        """Say nothing of it."""


@contextmanager
def listening(port: int) -> Iterator[None]:
    """Run a server that says who it is."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Says)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def told(self) -> dict[str, object]:
        return dict(json.loads(self.body))

    @property
    def server(self) -> int:
        return int(str(self.told["server"]))

    @property
    def asked(self) -> dict[str, str]:
        """The headers that the server was asked with."""
        headers = self.told["headers"]
        assert isinstance(headers, dict)
        return headers


class Balancer:
    """nginx with the product's settings before servers of the test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.ports = [free_port() for _server in range(COUNT)]
        self.name = f"coach_worker_{self.port}"
        self.log = folder / "log"
        self.process: subprocess.Popen[bytes] | None = None
        self.servers = {port: ExitStack() for port in self.ports}

    def start(self) -> None:
        settings = balancer.settings(self.folder, address="127.0.0.1", port=self.port, workers=self.ports)
        (self.folder / "nginx.conf").write_text(settings)
        command = [balancer.program(), "-e", "stderr", "-p", str(self.folder), "-c"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([*command, str(self.folder / "nginx.conf")], stderr=log)
        for port in self.ports:
            self.begin(port)
        until = time.monotonic() + START_S
        while not answers(f"http://127.0.0.1:{self.port}/"):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until
            time.sleep(0.01)

    def begin(self, port: int) -> None:
        self.servers[port].enter_context(listening(port))

    def end(self, port: int) -> None:
        self.servers[port].close()

    def close(self) -> None:
        for each in self.servers.values():
            each.close()
        if self.process:
            self.process.terminate()
            self.process.wait(20)

    def ask(
        self,
        path: str = "/",
        *,
        cookie: str = "",
        method: str = "GET",
        body: bytes = b"",
        by: str = "127.0.0.1",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask as a browser that has that cookie."""
        carried = {"Cookie": f"{self.name}={cookie}"} if cookie else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, 20, (by, 0))
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}) | carried)
            answer = connection.getresponse()
            kept = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, kept, answer.read().decode())
        finally:
            connection.close()

    def cookie(self, answer: Answer) -> str:
        """Return the server that an answer leaves its browser with, "" where it says nothing of it."""
        return answer.headers.get("set-cookie", "").partition(";")[0].partition("=")[2]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Balancer]]:
    made = Balancer(tmp_path)

    def started() -> Balancer:
        made.start()
        return made

    yield started
    made.close()


@pytest.fixture
def before(start: Callable[[], Balancer]) -> Balancer:
    return start()


def test_browsers_are_shared_out_and_each_stays_where_it_began(before: Balancer):
    firsts = [before.ask() for _browser in range(2 * COUNT)]
    assert {each.server for each in firsts} == set(before.ports)
    assert all(each.headers["set-cookie"].endswith("; Path=/; HttpOnly; SameSite=Lax") for each in firsts)
    for first in firsts:
        again = before.ask("/api/outbox", cookie=before.cookie(first), method="POST", body=b"x" * 100_000)
        assert (again.server, again.told["size"]) == (first.server, 100_000)
        assert "set-cookie" not in again.headers
    for odd in ("0", "4", "1x", "evil; coach", "127.0.0.1:1"):
        assert before.ask(cookie=odd).server in before.ports


def test_browsers_of_a_server_that_is_gone_go_on_together_with_another_and_stay_there(before: Balancer):
    own = str(before.ports.index(gone := before.ports[1]) + 1)
    before.end(gone)
    tabs = [before.ask(cookie=own) for _tab in range(20)]
    [other] = {before.cookie(each) for each in tabs}
    [follows] = {each.server for each in tabs}
    assert other != own
    before.end(follows)
    last = before.ask(cookie=other)
    assert last.server in set(before.ports) - {gone, follows}
    assert before.ask().server == last.server
    before.begin(gone)
    before.begin(follows)
    assert before.ask(cookie=other).server == follows
    assert before.ask(cookie=own).server == gone


def test_while_no_server_answers_a_page_says_so_and_what_not_to_wait_for(before: Balancer):
    for port in before.ports:
        before.end(port)
    secret = "/calendar/" + "a" * 43 + ".ics"
    for path in ("/", "/diary", secret):
        answer = before.ask(path, cookie="1")
        assert answer.status == 502
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers
        assert "Coach is starting" in answer.body
        assert "Do not wait for Coach: call your clinic" in answer.body
        assert 'http-equiv="refresh"' in answer.body
    assert before.ask("/api/outbox", method="POST", body=b"{}").status == 502
    assert before.log.read_text() == ""  # of secret addresses nothing is written anywhere


def test_what_is_too_long_is_refused_and_changes_nothing_else(before: Balancer):
    refused = before.ask("/", method="POST", body=b"x" * 4_300_000)
    assert refused.status == 413
    assert "set-cookie" not in refused.headers


def client(headers: dict[str, str], trusted: str) -> str:
    """Return who asks, as a server that has these headers from the balancer sees it."""
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["client"][0])

    scope = {
        "type": "http",
        "client": ("127.0.0.1", 1),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    thread = Thread(
        target=lambda: asyncio.run(ProxyHeadersMiddleware(app, trusted)(scope, None, None))  # type: ignore[arg-type]
    )
    thread.start()  # this one may have a browser's event loop
    thread.join()
    return seen[0]


def test_behind_encryption_the_servers_know_who_asks_as_one_server_would(
    start: Callable[[], Balancer], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COACH_PUBLIC_URL", "https://coach.example.org")
    before = start()
    for allowed, forwarded, expected in (
        ("", OUTSIDE, OUTSIDE),  # as a proxy on this computer says
        ("", "", "127.0.0.1"),
        ("", f"203.0.113.9, {OUTSIDE}", OUTSIDE),  # a visitor made the first one up
        ("192.0.2.0/24", f"{OUTSIDE}, 192.0.2.8", OUTSIDE),  # through another proxy that is named
        ("*", f"203.0.113.9, {OUTSIDE}", "203.0.113.9"),
    ):
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", allowed)
        sent = {"X-Forwarded-For": forwarded} if forwarded else {}
        answer = before.ask(headers={"Host": "coach.example.org"} | sent)
        assert client(answer.asked, balancer.trusted()) == expected
        assert answer.asked["host"] == "coach.example.org"
        assert answer.headers["set-cookie"].endswith("; SameSite=Lax; Secure")
    # Who comes past the proxy is not believed, here from another address of this computer.
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "")
    answer = before.ask(by="127.0.0.2", headers={"X-Forwarded-For": OUTSIDE})
    assert client(answer.asked, balancer.trusted()) == "127.0.0.2"


def test_without_encryption_the_servers_are_told_what_a_visitor_claims_and_no_more(before: Balancer):
    assert "x-forwarded-for" not in before.ask().asked
    assert before.ask(headers={"X-Forwarded-For": OUTSIDE}).asked["x-forwarded-for"] == OUTSIDE


@pytest.mark.parametrize(
    ("address", "listens"),
    [
        ("127.0.0.1", "127.0.0.1:8501"),
        ("", "8501"),
        ("::1", "[::1]:8501"),
        ("::", "[::]:8501 ipv6only=off"),
    ],
)
def test_it_listens_where_one_server_would(tmp_path: Path, address: str, listens: str):
    settings = balancer.settings(tmp_path, address=address, port=8501, workers=[20_001, 20_002])
    assert f"listen {listens};" in settings
