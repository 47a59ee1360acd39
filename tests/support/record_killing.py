"""A process of its own that backs up or restores again and again, killed one step later each time."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from coach.records.upkeep import backup, restore
from tests.support.record_making import NOON

STEPS = ("open", "os", "sqlite3", "tempfile", "shutil")  # what counts as a step: the audit events of Python


def main(task: str, source: str, into: str) -> None:
    """Do it in `into`/0, killed at once, in `into`/1, killed one step later, until it comes to its end."""
    act: Callable[[Path], object] = _restore(source) if task == "restore" else _back_up(source)
    act(Path(into) / "warm")
    number = 0
    while _killed(number, Path(into) / str(number), act):
        number += 1
    sys.stdout.write(f"{number}\n")


def _back_up(url: str) -> Callable[[Path], object]:
    return lambda place: backup.make(url, place, at=NOON, coach="test")


def _restore(folder: str) -> Callable[[Path], object]:
    return lambda place: restore.restore(Path(folder), f"sqlite:///{place}/coach.db")


def _killed(step: int, place: Path, act: Callable[[Path], object]) -> bool:
    child = os.fork()
    if child == 0:
        left = [step]

        def hook(event: str, _arguments: object) -> None:
            if event.split(".")[0] in STEPS:
                left[0] -= 1
                if left[0] < 0:
                    signal.raise_signal(signal.SIGKILL)

        sys.addaudithook(hook)
        try:
            act(place)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main(*sys.argv[1:])
