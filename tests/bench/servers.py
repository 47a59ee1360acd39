"""The programs under measurement, each a process of its own, and their use of the processor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.bench.processes import Processes, family
from tests.bench.records import ahead_s
from tests.support.server import BEHIND_ENCRYPTION, START_S, AppServer, answers
from tests.support.workers import Workers

APPS = Path(__file__).parent / "apps"
STILL_S = 0.015
STILL_CPU_MS = 0.2
SETTLE_S = 2.0


class OurServer(AppServer):
    """The product's server, started as people start it."""

    warm = False


class DefaultServer(AppServer):
    """The empty page as `pip install streamlit` and `streamlit run` give it.

    No settings file is found from its folder, and what Streamlit takes when it finds it is hidden.
    Only two settings differ: no browser is opened, and no usage statistics are sent.
    """

    def __init__(self, home: Path, *, script: str = "empty.py") -> None:
        super().__init__(home, entry=APPS / script)

    def start(self) -> Self:
        """Start and wait until it is healthy."""
        self.home.mkdir(parents=True, exist_ok=True)
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("COACH_", "STREAMLIT_"))
        }
        env = kept | {"HOME": str(self.home), "PYTHONPATH": str(APPS / "no_extras")}
        options = ["--server.headless=true", "--browser.gatherUsageStats=false", f"--server.port={self.port}"]
        command = [sys.executable, "-m", "streamlit", "run", str(self.entry), *options]
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.home, env=env, stdout=log, stderr=log)
        until = time.monotonic() + START_S
        while not self.is_healthy():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError(f"the server did not start:\n{self.log()}")
            time.sleep(0.05)
        return self

    def is_healthy(self) -> bool:
        """Tell whether the server answers."""
        return answers(f"{self.url}/_stcore/health")


def default(home: Path) -> AppServer:
    """Return the empty app with Streamlit's defaults."""
    return DefaultServer(home)


def default_with_pandas(home: Path) -> AppServer:
    """Return the same in a process that has imported pandas and Altair."""
    return DefaultServer(home, script="charting.py")


def tuned(home: Path) -> AppServer:
    """Return the empty app in the product's shell."""
    return OurServer(home, entry=APPS / "tuned.py")


def coach(home: Path, **more: str) -> AppServer:
    """Return the product on a record that was made for the bench's clock."""
    env = {"COACH_BENCH_AHEAD": str(ahead_s()), **more}
    return OurServer(home, entry=APPS / "moved.py", env=env)


def clinic(home: Path, **more: str) -> AppServer:
    """Return the product as a clinic's, at the bench's clock."""
    return coach(home, COACH_MODE="clinic", **more)


def busy_clinic(home: Path) -> AppServer:
    """Return the product as a clinic's behind encryption, where each user has an address of their own."""
    return OurServer(home, entry=APPS / "moved.py", env=_busy())


def _busy() -> dict[str, str]:
    return {"COACH_BENCH_AHEAD": str(ahead_s()), **BEHIND_ENCRYPTION}


class MeasuredWorkers(Workers):
    """The same by `python -m coach serve --workers`: several servers behind one port, by nginx."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, entry=APPS / "moved.py", env=_busy() | {"COACH_NO_WARMING": ""})

    def stop(self) -> None:
        """End all of them; none is left, whatever becomes of the first."""
        if self.process is None:
            return
        every = family(self.process.pid)
        super().stop()
        for each in every:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)


def two_workers(home: Path) -> AppServer:
    """Return two servers behind one port."""
    return MeasuredWorkers(home)


def pid(server: AppServer) -> int:
    """Return the process of a server that runs."""
    if server.process is None:
        raise RuntimeError("the server is not running")
    return server.process.pid


def pids(server: AppServer) -> list[int]:
    """Return a server's processes: one, or the workers and nginx."""
    return family(pid(server))


class Processor:
    """How long a process has used the processor, all its threads together."""

    def __init__(self, server: AppServer) -> None:
        self._of = Processes([pid(server)])

    def used_ms(self) -> float:
        """Return the milliseconds since it started."""
        return self._of.used_ms()

    def settled_ms(self) -> float:
        """Wait until it rests, so that work after an answer is counted where it belongs; return the milliseconds."""
        until = time.monotonic() + SETTLE_S
        used, still = self.used_ms(), 0
        while still < 2 and time.monotonic() < until:
            time.sleep(STILL_S)
            before, used = used, self.used_ms()
            still = still + 1 if used - before < STILL_CPU_MS else 0
        return used
