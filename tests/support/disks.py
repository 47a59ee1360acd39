"""A small disk that a test may fill or make read-only: mounted, or played by `tests/torture/shim.c` where nothing may be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from tests.support.server import ROOT
from tests.torture import shim


class SmallDisk(Protocol):
    """A disk; `folder` is on it."""

    folder: Path

    def fill(self) -> None:
        """Leave no room on it."""

    def make_room(self) -> None:
        """Undo that."""

    def freeze(self, folder: Path) -> None:
        """Let it take nothing below a folder."""


def on_a_small_disk(test: Callable[[SmallDisk], None]) -> Callable[..., None]:
    """Give a test a mounted disk; where nothing may be mounted, run it once more in a program with the other kind."""

    @pytest.mark.compiler
    def run(tmp_path: Path, request: pytest.FixtureRequest) -> None:
        folder = tmp_path / "disk"
        folder.mkdir()
        if shim.is_loaded():
            test(Played(folder))
        elif os.geteuid() == 0 and _mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)):
            with _mounted(folder) as disk:
                test(disk)
        else:
            again(request.node.nodeid)

    run.__name__ = test.__name__
    return run


def again(*arguments: str) -> None:
    """Run tests in a program of its own, on a disk that they rule over."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    env = shim.environment()
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout


class Played:
    """A disk as the shim plays it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._disk = shim.Disk(folder)

    def fill(self) -> None:
        self._disk.fills_after(0)

    def make_room(self) -> None:
        self._disk.calm()

    def freeze(self, folder: Path) -> None:
        shim.Disk(folder).freeze()


class Mounted:
    """A disk of two megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.frozen: list[Path] = []
        self._filler = folder / "filler"

    def fill(self) -> None:
        with self._filler.open("wb", buffering=0) as stream:
            try:
                while stream.write(b"x" * 4096):
                    pass
            except OSError:
                return
        raise AssertionError

    def make_room(self) -> None:
        self._filler.unlink()

    def freeze(self, folder: Path) -> None:
        assert _mount("--bind", str(folder), str(folder))
        self.frozen.append(folder)
        assert _mount("-o", "remount,ro,bind", str(folder))


@contextmanager
def _mounted(folder: Path) -> Iterator[Mounted]:
    disk = Mounted(folder)
    try:
        yield disk
    finally:
        for each in (*disk.frozen, folder):
            subprocess.run(["umount", "--lazy", each], check=True)


def _mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0
