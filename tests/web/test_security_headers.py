import socket

import pytest
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from coach.web.security_headers import SecurityHeaders
from tests.support.http import ask
from tests.support.server import AppServer

EVERYWHERE = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
FONT = "/coach-assets/fonts/atkinson-hyperlegible-next-latin-400-normal.woff2"
PATHS = [
    "/",
    "/any/page",
    "/healthz",
    "/api/outbox",
    FONT,
    "/_stcore/health",
    "/no-such.js",
    "/media/nothing",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_security_headers(house: AppServer, path: str):
    answer = ask(house, path)
    assert {name: answer.headers[name] for name in EVERYWHERE} == EVERYWHERE
    assert "screen-wake-lock=(self)" in answer.headers["permissions-policy"]


def test_the_policy_allows_our_own_scripts_and_nobody_elses(house: AppServer):
    policy = dict(
        rule.split(" ", 1) for rule in ask(house, "/").headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert "sha256-" in policy["script-src"]
    assert "unsafe" not in policy["script-src"]
    assert not any("http" in sources or "*" in sources for sources in policy.values())


def test_an_answer_to_a_fault_carries_them_too():
    async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ValueError("canary-Ada")

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    sent: list[Message] = []
    scope = {"type": "http", "method": "GET", "path": "/coach-assets/x.js", "headers": []}
    with pytest.raises(StopIteration):  # nothing waits, so one step is all
        SecurityHeaders(fail)(scope, receive, send).send(None)
    headers = Headers(raw=sent[0]["headers"])
    assert sent[0]["status"] == 500
    assert {name: headers[name] for name in EVERYWHERE} == EVERYWHERE
    assert headers["cache-control"] == "no-store"
    assert b"canary-Ada" not in sent[1]["body"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nothing.js", 404),
        ("POST", "player/player.js", 405),
        ("GET", "..%5c..%5cx.js", 400),
        ("GET", "nothing.js?v=1", 404),
    ],
)
def test_a_refusal_of_a_file_is_never_kept(house: AppServer, method: str, path: str, status: int):
    answer = ask(house, f"/coach-assets/{path}", method=method)
    assert answer.status == status
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/", "/progress", "/healthz", "/api/outbox", "/media/nothing", "/_stcore/host-config"]
)
def test_documents_and_data_are_never_kept(house: AppServer, path: str):
    assert ask(house, path).headers["cache-control"] == "no-store"


def test_a_versioned_asset_is_kept_and_any_other_is_asked_for_again(house: AppServer):
    versioned, plain = ask(house, f"{FONT}?v=1"), ask(house, FONT)
    assert versioned.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["cache-control"] == "no-cache"
    assert versioned.headers["content-type"] == "font/woff2"
    assert plain.headers["etag"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("player/player.js", "text/javascript"),
        ("player/player.css", "text/css"),
        ("fonts/OFL.txt", "text/plain"),
    ],
)
def test_assets_have_their_types(house: AppServer, path: str, kind: str):
    assert ask(house, f"/coach-assets/{path}").headers["content-type"] == f"{kind}; charset=utf-8"


@pytest.mark.parametrize(
    "path", ["../pyproject.toml", "..%2fpyproject.toml", "fonts/../../LICENSE", ".hidden.js", "fonts"]
)
def test_only_known_kinds_of_files_leave_the_assets_folder(house: AppServer, path: str):
    answer = ask(house, f"/coach-assets/{path}")
    assert answer.status in {400, 404}


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8501", "0.0.0.0", "", "[::1]"]
)
@pytest.mark.parametrize("path", ["/", "/healthz", "/api/outbox", FONT])
def test_a_foreign_host_is_refused(house: AppServer, host: str, path: str):
    answer = ask(house, path, headers={"Host": host})
    assert answer.status in {400, 403}
    assert answer.headers["set-cookie"] is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:9", "LocalHost"])
def test_our_own_names_are_known_with_any_port(house: AppServer, host: str):
    assert ask(house, "/healthz", headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1", "http://127.0.0.1:{port}", b"101"),
        ("127.0.0.1", None, b"101"),
        ("evil.example", "http://evil.example:{port}", b"403"),
        ("127.0.0.1", "http://evil.example:{port}", b"403"),
        ("127.0.0.1", "http://127.0.0.1:9", b"403"),
        ("127.0.0.1", "http://localhost:{port}", b"403"),
        ("127.0.0.1", "ftp://127.0.0.1:{port}", b"403"),
        ("127.0.0.1", "null", b"403"),
    ],
)
def test_a_web_socket_is_opened_for_our_own_pages_only(
    house: AppServer, host: str, origin: str | None, status: bytes
):
    named = f"Origin: {origin.format(port=house.port)}\r\n" if origin else ""
    request = (
        f"GET /_stcore/stream HTTP/1.1\r\nHost: {host}:{house.port}\r\n{named}"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: streamlit\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", house.port), 10) as connection:
        connection.sendall(request.encode())
        assert connection.recv(64).split(b" ")[1] == status


def test_the_server_listens_on_this_computer_only(house: AppServer):
    with socket.socket() as probe, pytest.raises(OSError, match="refused"):
        probe.settimeout(5)
        probe.connect(("127.0.0.2", house.port))


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(house: AppServer):
    cookie = ask(house, "/").headers["set-cookie"]
    value = cookie.partition("=")[2].partition(";")[0]
    assert len(value) >= 43
    assert {part.strip() for part in cookie.split(";")[1:]} == {"HttpOnly", "SameSite=Strict", "Path=/"}


def test_the_cookie_is_given_with_documents_only_and_once(house: AppServer):
    cookie = ask(house, "/").headers["set-cookie"].partition(";")[0]
    assert ask(house, "/healthz").headers["set-cookie"] is None
    assert ask(house, "/", headers={"Cookie": cookie}).headers["set-cookie"] is None
    assert ask(house, "/", headers={"Cookie": cookie[:-1]}).headers["set-cookie"] is not None


def test_the_guards_let_the_server_start_in_its_own_way(house: AppServer):
    assert house.is_healthy()
    assert "lifespan hooks will be skipped" not in house.log()
