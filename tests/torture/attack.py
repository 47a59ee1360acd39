"""Strangers at a clinic's server, as a program of its own: what each kind of them does, over and over.

`python -m tests.torture.attack PORT SECONDS` prints at the end what they were answered, as JSON.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlencode
from uuid import uuid4

from tests.bench.wire import Visitor

UPLOAD = b"x" * 2_000_000
MESSAGE = 19_000_000  # bytes
HELD = 150  # connections that one kind of stranger holds at once
HANDSHAKE = (
    "GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: streamlit\r\nCookie: __Host-coach={guess}\r\n\r\n"
)
HALVES = (
    b"",
    b"GET / HT",
    b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nX-More: ",
    b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000\r\n\r\nlogin=",
    b"POST /api/outbox HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
)


class Strangers:
    """All kinds of them, until their time is over."""

    def __init__(self, port: int, seconds: float) -> None:
        self.port = port
        self.until = time.monotonic() + seconds
        self.answers: Counter[str] = Counter()
        self._held: dict[str, deque[socket.socket]] = {}

    def run(self) -> Counter[str]:
        """Let every kind loose at once, each so many times a second."""
        kinds: list[tuple[Callable[[], None], float]] = [
            (self.upload, 4),
            (self.send_a_message, 1),
            (self.open_a_socket, 20),
            (self.guess, 3),
            (self.stop_half_way, 20),
            (self.send_endless_headers, 1),
            (self.drip, 1),
        ]
        threads = [threading.Thread(target=self._again, args=each) for each in kinds]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        for kept in self._held.values():
            for connection in kept:
                connection.close()
        return self.answers

    def _again(self, act: Callable[[], None], per_second: float) -> None:
        while time.monotonic() < self.until:
            began = time.monotonic()
            with suppress(OSError, http.client.HTTPException):  # refused in mid-sentence
                act()
            time.sleep(max(0.0, 1 / per_second - (time.monotonic() - began)))

    def _count(self, what: str, answer: object) -> None:
        self.answers[f"{what} {answer}"] += 1

    def upload(self) -> None:
        """Send a file to a browser session, to one of their own where they are given one."""
        session, cookie, token = str(uuid4()), "", ""
        with suppress(Exception), Visitor(f"http://127.0.0.1:{self.port}") as visitor:
            visitor.run()
            session = visitor.session
            self._count("session", "given")
            cookie, token = self._token()
            self._put(session, cookie, token)
            return
        self._put(session, cookie, token)

    def _token(self) -> tuple[str, str]:
        answer = self._ask("GET", "/_stcore/health", b"", {})
        cookie = (answer.headers["set-cookie"] or "").partition(";")[0]
        return cookie, cookie.partition("=")[2].strip('"')

    def _put(self, session: str, cookie: str, token: str) -> None:
        part = (
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
            + UPLOAD
            + b"\r\n--x--\r\n"
        )
        headers = {"Content-Type": "multipart/form-data; boundary=x", "Cookie": cookie, "X-Xsrftoken": token}
        path = f"/_stcore/upload_file/{session}/{uuid4()}"
        self._count("upload", self._ask("PUT", path, part, headers).status)

    def send_a_message(self) -> None:
        """Ask for a web socket and send one message that is as long as the server once took."""
        guess = HANDSHAKE.format(port=self.port, guess=uuid4()).encode()
        with socket.create_connection(("127.0.0.1", self.port), 10) as connection:
            connection.sendall(guess)
            self._count("socket", connection.recv(4096).split(b" ")[1].decode())
            connection.sendall(b"\x82\xff" + MESSAGE.to_bytes(8, "big") + os.urandom(4))
            for _part in range(19):
                connection.sendall(b"x" * 1_000_000)

    def open_a_socket(self) -> None:
        """Ask for a web socket and hold what there is."""
        guess = HANDSHAKE.format(port=self.port, guess=uuid4()).encode()
        connection = self._hold("sockets", guess)
        self._count("socket", connection.recv(4096).split(b" ")[1].decode())

    def guess(self) -> None:
        """Try a password from another network each time."""
        body = urlencode({"login": f"mk-{random.randrange(2000)}", "password": str(uuid4())}).encode()
        network = ":".join(f"{random.randrange(65_536):x}" for _part in range(3))
        headers = {
            "Origin": f"http://127.0.0.1:{self.port}",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": f"2001:{network}::1",
        }
        self._count("guess", self._ask("POST", "/sign-in", body, headers).status)

    def stop_half_way(self) -> None:
        """Begin a request and hold it."""
        self._hold("halves", random.choice(HALVES))

    def send_endless_headers(self) -> None:
        """Send headers as long as they are taken."""
        with socket.create_connection(("127.0.0.1", self.port), 10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            for _more in range(200):
                connection.sendall(b"X-More: " + b"x" * 100_000 + b"\r\n")
            self._count("headers", "taken")

    def drip(self) -> None:
        """Send a request one byte a second."""
        with socket.create_connection(("127.0.0.1", self.port), 10) as connection:
            for sign in b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n":
                connection.sendall(bytes([sign]))
                if time.monotonic() > self.until:
                    return
                time.sleep(1)
            self._count("drip", connection.recv(64).split(b" ")[1].decode())

    def _hold(self, kind: str, sent: bytes) -> socket.socket:
        kept = self._held.setdefault(kind, deque())
        if len(kept) >= HELD:
            kept.popleft().close()
        connection = socket.create_connection(("127.0.0.1", self.port), 10)
        kept.append(connection)
        connection.sendall(sent)
        return connection

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer
        finally:
            connection.close()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(Strangers(int(sys.argv[1]), float(sys.argv[2])).run()))
