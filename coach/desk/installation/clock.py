"""The one clock: nobody else reads the time of day."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime


def _computer() -> datetime:
    return datetime.now(UTC)


_read: Callable[[], datetime] = _computer
_elapsed: Callable[[], float] = time.monotonic


def now() -> datetime:
    """Return the present instant in UTC."""
    return _read()


def elapsed() -> float:
    """Return seconds since some instant: nobody can set this clock, and it tells nothing after a restart."""
    return _elapsed()


def use(clock: Callable[[], datetime] = _computer, *, elapsed: Callable[[], float] = time.monotonic) -> None:
    """Let the desk read another clock, or the computer's again; for tests and for making sample data.

    No setting of the product leads here.
    """
    global _read, _elapsed
    _read, _elapsed = clock, elapsed
