"""What a server's processes use together: the processor, memory and threads, as Linux counts them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_MB = 1024 * 1024
_KB = 1024


class Processes:
    """Some processes; one that has ended counts with what it had used, and with no memory."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._used_ms = dict.fromkeys(pids, 0.0)

    def used_ms(self) -> float:
        """Return the processor's milliseconds since they started."""
        for pid in self._used_ms:
            with suppress(OSError):
                # The kernel's clock of another process, to the nanosecond (see clock_getcpuclockid).
                self._used_ms[pid] = time.clock_gettime_ns((~pid << 3) | 2) / 1e6
        return sum(self._used_ms.values())

    def memory_mb(self) -> float:
        """Return their resident memory."""
        return sum(self._said("VmRSS")) * _KB / _MB

    def threads(self) -> int:
        """Return the number of their threads."""
        return sum(self._said("Threads"))

    def _said(self, name: str) -> list[int]:
        found = []
        for pid in self._used_ms:
            with suppress(OSError):
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                found += [int(line.split()[1]) for line in lines if line.startswith(f"{name}:")]
        return found


def family(pid: int) -> list[int]:
    """Return a process and all that it started, directly or not."""
    found = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += family(int(child))
    return found
