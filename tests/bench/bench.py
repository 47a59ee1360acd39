"""What the parts of one run of the bench share: its servers, its folder, how often, and what was measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from tests.bench.figures import Measured
from tests.support.server import AppServer

#: The empty page: with Streamlit's defaults, the same with pandas imported, and tuned like ours.
DEFAULT = "empty, default"
WITH_PANDAS = "with pandas"
TUNED = "empty, tuned"

T = TypeVar("T")


class Bench:
    """The servers of one run, in a folder that is thrown away, and how often everything is measured."""

    def __init__(self, folder: Path, often: Mapping[str, float]) -> None:
        self.often = often
        self.measured = Measured()
        self._folder = folder
        self._servers: list[AppServer] = []
        self._made: dict[str, Any] = {}

    def times(self, what: str) -> int:
        """Return how often something is measured."""
        return int(self.often[what])

    def home(self, name: str, make: Callable[[Path], object] | None = None) -> Path:
        """Return a folder for a server, with a record in it; the same name is made once."""
        folder = self._folder / name
        if not folder.exists():
            folder.mkdir()
            if make:
                make(folder)
        return folder

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what several parts need; the same name is made once."""
        if name not in self._made:
            self._made[name] = make()
        made: T = self._made[name]
        return made

    def serve(self, make: Callable[[Path], AppServer], home: Path) -> AppServer:
        """Start a server."""
        server = make(home)
        self._servers.append(server)
        server.start()
        return server

    def stop(self) -> None:
        """Stop every server."""
        while self._servers:
            self._servers.pop().stop()
