"""What takes long to make is made once in a run, by the first worker that asks for it; all others copy it."""

from __future__ import annotations

import atexit
import fcntl
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

SHARED = "TESTS_SHARED_FOLDER"


def share_folder() -> None:
    """Make the folder of this run; the workers that this process starts are told of it by their environment."""
    if SHARED not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="coach-shared-", ignore_cleanup_errors=True)
        atexit.register(folder.cleanup)
        os.environ[SHARED] = folder.name


def once(name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder of that name, filled by `make` when it was first asked for; nobody may change it.

    Whoever asks meanwhile waits. Where `make` raises, the next who asks makes it anew.
    """
    folder = Path(os.environ[SHARED]) / name
    with Path(f"{folder}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = Path(tempfile.mkdtemp(dir=folder.parent))
            make(making)
            making.rename(folder)
    return folder
