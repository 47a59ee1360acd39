"""A program that has everything loaded and gives each task a child of its own, which may be killed."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from tests.support.server import ROOT


class Child:
    """A task at work: what it says, until it ends or is killed."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        assert program.stdout
        self._lines = program.stdout
        self.pid = int(self._lines.readline())
        self.status: int | None = None

    def says(self) -> Iterator[list[Any]]:
        """Yield each thing that it says, to its end."""
        while self.status is None:
            said = json.loads(self._lines.readline())
            if said[0] == "ended":
                self.status = os.waitstatus_to_exitcode(said[1])
            else:
                yield said

    def kill(self) -> None:
        """End it at once; what it has said can still be heard."""
        os.kill(self.pid, 9)


class Nursery:
    """The program, in an environment that may hold another disk; its children see the same."""

    def __init__(self, env: dict[str, str] | None = None) -> None:
        command = [sys.executable, "-m", "tests.torture.nursery"]
        pipe = subprocess.PIPE
        self._program = subprocess.Popen(command, cwd=ROOT, env=env, text=True, stdin=pipe, stdout=pipe)

    def child(self, task: str, **arguments: Any) -> Child:
        """Start a task, `module:function` below `tests.torture`; one at a time."""
        assert self._program.stdin
        self._program.stdin.write(json.dumps([task, arguments]) + "\n")
        self._program.stdin.flush()
        return Child(self._program)

    def close(self) -> None:
        """End the program, which has no child any more."""
        self._program.communicate()


def tell(*what: Any) -> None:
    """Say something to the test, in one piece, whatever other threads say."""
    os.write(1, json.dumps(what).encode() + b"\n")


def _do(task: str, arguments: dict[str, Any]) -> int:
    os.write(1, b"%d\n" % os.getpid())
    module, _, name = task.partition(":")
    try:
        getattr(importlib.import_module(f"tests.torture.{module}"), name)(**arguments)
    except BaseException:  # noqa: BLE001  the child ends here, whatever it was
        traceback.print_exc()
        return 1
    return 0


def _main() -> None:
    for module in ("writing", "steps"):
        importlib.import_module(f"tests.torture.{module}")
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            os._exit(_do(*json.loads(line)))
        tell("ended", os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    _main()
