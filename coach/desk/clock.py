"""The one clock: nobody else reads the time of day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime


def _computer() -> datetime:
    return datetime.now(UTC)


_read: Callable[[], datetime] = _computer


def now() -> datetime:
    """Return the present instant in UTC."""
    return _read()


def use(clock: Callable[[], datetime] = _computer) -> None:
    """Let the desk read another clock, or the computer's again; for tests and for making sample data.

    No setting of the product leads here.
    """
    global _read
    _read = clock
