"""A disk that tests rule over: compiled from `shim.c`, loaded before the C library, spoken to by the program itself."""

from __future__ import annotations

import atexit
import ctypes
import errno
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
HOW = "A C compiler is needed: run `make tools` (on Debian and Ubuntu: sudo apt-get install gcc libc6-dev)"
WRITES, SYNCS = 1, 2


@cache
def library() -> Path:
    """Return the compiled shim.

    Raises:
        RuntimeError: it cannot be compiled here.
    """
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise RuntimeError(HOW)
    folder = tempfile.mkdtemp(prefix="coach-shim-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Path(folder).chmod(0o755)  # a test may load it from an account without rights
    made = Path(folder, "shim.so")
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(made), str(SOURCE), "-ldl"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{HOW}\n{done.stderr}")
    return made


def environment() -> dict[str, str]:
    """Return an environment in which a program runs on such a disk."""
    return os.environ | {"LD_PRELOAD": str(library())}


def is_loaded() -> bool:
    """Tell whether this program runs on such a disk."""
    return "shim.so" in os.environ.get("LD_PRELOAD", "")


class Disk:
    """The disk that this program runs on; everything below `folder` is on it."""

    def __init__(self, folder: Path) -> None:
        self._c = ctypes.CDLL(None)
        self._c.shim_seen.restype = ctypes.c_long
        self._c.shim_disk(str(folder).encode() + b"/")
        self.calm()

    def cut_after(self, shadow: Path) -> None:
        """Copy each file into `shadow` whenever it is synced: what a power cut would leave."""
        self._c.shim_power(str(shadow).encode())

    def fills_after(self, writes: int, *, once: bool = False) -> None:
        """Let so many writes pass; the next one, or every one after that, finds the disk full."""
        self._fault(writes, errno.ENOSPC, once, WRITES)

    def dies_after(self, steps: int) -> None:
        """Let so many writes and syncs pass; at the next one the program is killed."""
        self._fault(steps, 0, True, WRITES | SYNCS)

    def freeze(self) -> None:
        """Let the disk take nothing, as one that is mounted for reading only."""
        self._c.shim_frozen(1)

    def calm(self) -> None:
        """Let the disk be a disk again, with room."""
        self._c.shim_frozen(0)
        self._fault(-1, 0, True, WRITES | SYNCS)

    @property
    def seen(self) -> int:
        """How many writes came since the last word to the disk."""
        return int(self._c.shim_seen())

    def _fault(self, after: int, error: int, once: bool, what: int) -> None:
        self._c.shim_fault(ctypes.c_long(after), error, int(once), what)
