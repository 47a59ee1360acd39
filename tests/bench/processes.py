"""What a server's processes use together: the processor and memory, as Linux counts them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_KB_OF_MB = 1024


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
        return sum(map(_resident_mb, self._used_ms))


def _resident_mb(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / _KB_OF_MB
    return 0.0


def family(pid: int) -> list[int]:
    """Return a process and all that it started, directly or not."""
    found = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += family(int(child))
    return found
