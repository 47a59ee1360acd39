"""Servers that start at once: each is forked from a program that has the libraries loaded, and nothing of Coach.

A server that a test starts spends most of that time on importing Streamlit, pandas and Altair. The fork reads its
settings, the record and all of Coach as one that was started from a shell does.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import inspect
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LIBRARIES = (
    "altair", "anyio", "argon2", "fpdf", "orjson", "pandas", "psycopg", "pyarrow", "sqlalchemy.orm", "starlette.applications",
    "streamlit.elements.arrow", "streamlit.elements.vega_charts", "streamlit.emojis", "streamlit.web.bootstrap",
    "streamlit.web.cli", "uvicorn", "uvloop",
)  # fmt: skip
COMMAND_BYTES = 1 << 20


class Forked:
    """A program that was forked for us by another, with what `subprocess.Popen` offers of it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Return None while it runs."""
        return 0 if select.select([self._handle], [], [], 0)[0] else None

    def wait(self, timeout: float | None = None) -> None:
        """Wait for its end; raises subprocess.TimeoutExpired."""
        if not select.select([self._handle], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)

    def send_signal(self, which: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, which)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class Loaded:
    """The program that has the libraries loaded."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "tests.support.warm_start", str(theirs.fileno())]
        self._program = subprocess.Popen(
            command, cwd=Path(__file__).parents[2], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )
        theirs.close()
        atexit.register(self.close)

    def start(self, arguments: list[str], *, cwd: Path, env: Mapping[str, str], output: int) -> Forked:
        """Run `streamlit` with arguments in a process of its own; it writes into the file `output`."""
        command = json.dumps({"arguments": arguments, "cwd": str(cwd), "env": dict(env)})
        socket.send_fds(self._ours, [command.encode()], [output])
        return Forked(int(self._ours.recv(32)))

    def close(self) -> None:
        """End the program; what it forked goes on."""
        self._ours.close()
        self._program.wait()


@cache
def loaded() -> Loaded:
    """Return the one program of this run."""
    return Loaded()


def _serve(number: int) -> None:
    asked = socket.socket(fileno=number)
    for name in LIBRARIES:
        importlib.import_module(name)
    inspect.stack()  # Streamlit asks for it once; Python then looks for the source of every module
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody has to wait for a child
    while True:
        command, files, _flags, _from = socket.recv_fds(asked, COMMAND_BYTES, 1)
        if not command:
            return
        if not (pid := os.fork()):
            asked.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _become(**json.loads(command), output=files[0])
        os.close(files[0])
        asked.send(b"%d" % pid)


def _become(arguments: list[str], cwd: str, env: dict[str, str], output: int) -> None:
    """Be `python -m streamlit` with these arguments in this process."""
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(write_through=True)  # type: ignore[union-attr]
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.path[:0] = [cwd, *env.get("PYTHONPATH", "").split(os.pathsep)]
    sys.argv = ["streamlit", *arguments]
    from streamlit.web import cli

    cli.main(prog_name="streamlit")


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
