"""Plain requests, with any header, to a server of the tests."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message

from tests.support.server import AppServer


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes


def ask(
    server: AppServer,
    path: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """Send one request exactly as given; a `Host` header may name somebody else."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def home_cookie(server: AppServer) -> str:
    """Return the cookie that a browser gets with the document, as it sends it back."""
    return (ask(server, "/").headers["set-cookie"] or "").partition(";")[0]
