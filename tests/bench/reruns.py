"""What a rerun costs: the processor's time in the server, and the way there and back over the web socket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.bench.servers import Processor
from tests.bench.tab import Run, Tab
from tests.bench.wire import Visitor
from tests.support.server import AppServer

WARM = 3


@dataclass
class Measured:
    """The runs of one page."""

    name: str
    first: Run
    cpu_ms: list[float] = field(default_factory=list)
    trip_ms: list[float] = field(default_factory=list)
    messages: int = 0
    size: int = 0


class Page:
    """One page under measurement, open in a session of its own.

    `before` happens ahead of each run, `then` once, after the first one.
    """

    def __init__(
        self,
        name: str,
        server: AppServer,
        path: str = "",
        *,
        cookie: str = "",
        before: Callable[[], object] | None = None,
        then: Callable[[Tab], object] | None = None,
    ) -> None:
        self._server = server
        self._path = path
        self._before = before
        self._processor = Processor(server)
        self._visitor = Visitor(server.url, path, cookie=cookie)
        self.measured = Measured(name, self._run())
        if self._visitor.place != path:
            raise RuntimeError(f"{name} led to {self._visitor.place or 'the start page'}")
        if then:
            then(self._visitor.tab)
        for _again in range(WARM):
            self._run()

    def measure(self) -> None:
        """Let it run once and keep what that took."""
        if self._before:
            self._before()
        used = self._processor.settled_ms()
        run = self._run()
        self.measured.cpu_ms.append(self._processor.settled_ms() - used)
        self.measured.trip_ms.append(run.took_ms)
        self.measured.messages, self.measured.size = run.messages, run.size

    def _run(self) -> Run:
        run = self._visitor.run()
        if run.fault:
            raise RuntimeError(f"the page did not finish: {run.fault}\n{self._server.log()}")
        return run

    def close(self) -> None:
        """End its session."""
        self._visitor.__exit__()


def take_turns(pages: Sequence[Page], rounds: int) -> list[Measured]:
    """Measure every page once, then every page again: what disturbs the machine meets all of them."""
    for _round in range(rounds):
        for page in pages:
            page.measure()
    for page in pages:
        page.close()
    return [page.measured for page in pages]
