"""The clock: the only place that reads the time of day."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _computer() -> datetime:
    return datetime.now(UTC)


_read: Callable[[], datetime] = _computer
_elapsed: Callable[[], float] = time.monotonic


def now() -> datetime:
    """Return the present instant in UTC."""
    return _read()


def elapsed() -> float:
    """Return monotonic seconds: this clock cannot be set, and has no meaning across restarts."""
    return _elapsed()


def use(clock: Callable[[], datetime] = _computer, *, elapsed: Callable[[], float] = time.monotonic) -> None:
    """Replace the clock, or restore the computer's; for tests and sample data.

    No setting of the product does this.
    """
    global _read, _elapsed
    _read, _elapsed = clock, elapsed


@contextmanager
def showing(read: Callable[[], datetime]) -> Iterator[None]:
    """Read another clock during the block; afterwards the one from before holds again."""
    before, running = _read, _elapsed
    use(read, elapsed=running)
    try:
        yield
    finally:
        use(before, elapsed=running)
