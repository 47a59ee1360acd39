"""Programs that are kept running: started again when they end, and stopped together."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from coach.i18n import _

LOOK_EVERY_S = 0.2
FIRST_WAIT_S = 1.0  # before a program is started again; doubled each time
LONGEST_WAIT_S = 30.0
SETTLED_AFTER_S = 60.0  # one that ran for so long begins with the first wait again
END_WITHIN_S = 8.0  # seconds until one that does not end is killed


class Program:
    """A program that runs until it is stopped."""

    def __init__(self, name: str, command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> None:
        self.name = name
        self._command, self._cwd, self._env = command, cwd, env
        self._wait_s = FIRST_WAIT_S
        self._begun_s = self._again_s = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, in a process group of its own: Ctrl+C reaches whoever stops them all."""
        self._begun_s = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603  our own programs
            self._command,
            cwd=self._cwd,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # Streamlit names an address there that is not for people
            start_new_session=True,
        )

    def has_ended(self) -> bool:
        """Tell whether it ran and has ended."""
        return self._process is not None and self._process.poll() is not None

    def look(self) -> None:
        """Start it again if it has ended, after a wait that grows while it does not stay."""
        now_s = time.monotonic()
        if self._process is None:
            if now_s >= self._again_s:
                self.start()
        elif self.has_ended():
            if now_s - self._begun_s >= SETTLED_AFTER_S:
                self._wait_s = FIRST_WAIT_S
            told = _("{name} has stopped (exit code {code}) and starts again.")
            click.echo(told.format(name=self.name, code=self._process.returncode), err=True)
            self._again_s, self._process = now_s + self._wait_s, None
            self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)

    def ask_to_end(self) -> None:
        """Ask it to end in an orderly way."""
        if self._process is not None:
            self._process.terminate()

    def end(self, *, by_s: float) -> None:
        """Wait until it has ended, and kill it at that reading of the monotonic clock."""
        if self._process is None:
            return
        try:
            self._process.wait(max(by_s - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def until_stopped() -> Iterator[threading.Event]:
    """Yield an event that SIGTERM, Ctrl+C and the end of the terminal set during the block.

    What `nohup` starts outlives its terminal.
    """
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    numbers = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end(*groups: Sequence[Program]) -> None:
    """End the programs, one group after the other; none is left after a few seconds."""
    by_s = time.monotonic() + END_WITHIN_S
    for group in groups:
        for each in group:
            each.ask_to_end()
        for each in group:
            each.end(by_s=by_s)
