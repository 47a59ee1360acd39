"""The real app as a program of its own, which a test may kill and start again."""

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.support.warm_start import Forked, loaded

ROOT = Path(__file__).resolve().parents[2]
ENTRY = ROOT / "streamlit_app.py"
START_S = 180
#: A clinic that is reached by a name, with encryption before it.
BEHIND_ENCRYPTION = {
    "COACH_MODE": "clinic",
    "COACH_PUBLIC_URL": "https://coach.example.org",
    "STREAMLIT_SERVER_ALLOWED_HOSTS": "127.0.0.1 coach.example.org",
}
PORTS = range(
    20_000, 32_000
)  # below those that systems give to connections: a stopped server's stays its own

_taken: list[socket.socket] = []


def free_port() -> int:
    """Return a port that nobody listens on and that no other test is given."""
    while True:
        port = random.choice(PORTS)
        # Whoever of the tests has a port keeps the one of the same number for datagrams, and listens to none.
        sign = socket.socket(type=socket.SOCK_DGRAM)
        try:
            sign.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            sign.close()
        else:
            _taken.append(sign)
            return port


def answers(url: str) -> bool:
    """Tell whether a server answers well at an address."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return bool(answer.status == 200)
    except (OSError, http.client.HTTPException):
        return False


class AppServer:
    """One server with its own home; `entry` may be a launcher that gives the desk another clock."""

    warm = hasattr(os, "pidfd_open")  # forked from a program that has the libraries loaded: Linux alone

    def __init__(self, home: Path, *, entry: Path = ENTRY, env: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.entry = entry
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_file = home / "server.log"
        self.env = dict(env or {})
        self.process: subprocess.Popen[bytes] | Forked | None = None

    def start(self) -> Self:
        """Start on the same port as before and wait until it is healthy."""
        self.home.mkdir(parents=True, exist_ok=True)
        env = {
            name: value for name, value in os.environ.items() if not name.startswith(("COACH_", "STREAMLIT_"))
        }
        env |= {"COACH_HOME": str(self.home), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | self.env
        if self.warm:
            env.setdefault("COACH_NO_WARMING", "1")
        with self.log_file.open("ab") as log:
            if self.warm:
                self.process = loaded().start(self.arguments(), cwd=ROOT, env=env, output=log.fileno())
            else:
                self.process = subprocess.Popen(self.command(), cwd=ROOT, env=env, stdout=log, stderr=log)
        until = time.monotonic() + START_S
        while not self.is_healthy():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError(f"the server did not start:\n{self.log()}")
            time.sleep(0.05)
        return self

    def arguments(self) -> list[str]:
        """Return what Streamlit is called with."""
        return ["run", str(self.entry), "--server.port", str(self.port)]

    def command(self) -> list[str]:
        """Return the command that runs it where it is not forked."""
        return [sys.executable, "-m", "streamlit", *self.arguments()]

    def is_healthy(self) -> bool:
        """Tell whether the server answers."""
        return answers(f"{self.url}/healthz")

    def kill(self) -> None:
        """End it as a power cut would: at once, without a goodbye."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in an orderly way."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Kill it and start it again on the same port and home."""
        self.kill()
        self.start()

    def log(self) -> str:
        """Return everything it has printed so far."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
