"""The programs under measurement, each a process of its own, and their use of the processor."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.records import ahead_s
from tests.support.server import START_S, AppServer, answers

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

    def start(self) -> AppServer:
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


def coach(home: Path) -> AppServer:
    """Return the product on a record that was made for the bench's clock."""
    return OurServer(home, entry=APPS / "moved.py", env={"COACH_BENCH_AHEAD": str(ahead_s())})


def clinic(home: Path) -> AppServer:
    """Return the product as a clinic's, at the bench's clock."""
    env = {"COACH_BENCH_AHEAD": str(ahead_s()), "COACH_MODE": "clinic"}
    return OurServer(home, entry=APPS / "moved.py", env=env)


class Processor:
    """How long a process has used the processor, all its threads together."""

    def __init__(self, server: AppServer) -> None:
        if server.process is None:
            raise RuntimeError("the server is not running")
        # The kernel's clock of another process, to the nanosecond (Linux; see clock_getcpuclockid).
        self._clock = (~server.process.pid << 3) | 2

    def used_ms(self) -> float:
        """Return the milliseconds since it started."""
        return time.clock_gettime_ns(self._clock) / 1e6

    def settled_ms(self) -> float:
        """Wait until it rests, so that work after an answer is counted where it belongs; return the milliseconds."""
        until = time.monotonic() + SETTLE_S
        used, still = self.used_ms(), 0
        while still < 2 and time.monotonic() < until:
            time.sleep(STILL_S)
            before, used = used, self.used_ms()
            still = still + 1 if used - before < STILL_CPU_MS else 0
        return used
