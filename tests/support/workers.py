"""Several real servers behind one port, as `python -m coach serve --workers` runs them."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tests.bench.processes import family
from tests.support.server import ENTRY, AppServer

COUNT = 2


class Workers(AppServer):
    """Two servers behind nginx, with one home."""

    warm = False

    def __init__(self, home: Path, *, entry: Path = ENTRY, env: Mapping[str, str] | None = None) -> None:
        given = {"TMPDIR": str(home), "COACH_NO_WARMING": "1", **(env or {})}
        super().__init__(home, entry=entry, env=given)
        self.cookie = f"coach_worker_{self.port}"

    def command(self) -> list[str]:
        """Return the command that runs them."""
        command = [sys.executable, "-m", "coach", "serve", "--workers", str(COUNT), "--port", str(self.port)]
        return [*command, "--app", str(self.entry)]

    def is_healthy(self) -> bool:
        """Tell whether each of them has answered; a single one answers through nginx before that."""
        return f"{COUNT} servers answer at {self.url}\n" in self.log()

    def folder(self) -> Path | None:
        """Return the folder that is there while they run, None when it is gone."""
        return next(self.home.glob("coach-serve-*"), None)

    def settings(self) -> str:
        """Return nginx's settings."""
        folder = self.folder()
        assert folder, self.log()
        return (folder / "nginx.conf").read_text()

    def programs(self) -> dict[int, str]:
        """Return the commands of everything that runs for them, by process."""
        assert self.process
        found = {}
        for pid in family(self.process.pid)[1:]:
            with suppress(OSError):
                found[pid] = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        return found

    def server(self, number: str) -> int | None:
        """Return the process of a server, by the number in the cookie of its browsers; None while it is gone."""
        found = re.search(rf"upstream coach_{number} {{\s+server 127\.0\.0\.1:(\d+) ", self.settings())
        assert found
        return next(
            (pid for pid, run in self.programs().items() if f"--server.port {found[1]} " in run), None
        )

    def kill_server(self, number: str) -> None:
        """End one of them as a power cut would."""
        pid = self.server(number)
        assert pid
        os.kill(pid, signal.SIGKILL)
