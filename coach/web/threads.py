"""Threads for work at the record, shared out: no kind of request can take those that another kind needs.

Starlette's own pool serves files; what waits for the record waits in one of these instead, so that a database
that is held for a while holds up neither the files nor each other's kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

R = TypeVar("R")

_MOST_WAITING = 100


class Busy(Exception):
    """Too many requests of a kind wait already; the sender may come back in a minute."""


class Share:
    """A few threads for one kind of request, and a bounded queue in front of them."""

    def __init__(self, threads: int, *, waiting: int = _MOST_WAITING) -> None:
        self._threads = CapacityLimiter(threads)
        self._waiting = waiting

    async def run(self, act: Callable[[], R]) -> R:
        """Return what an act returns.

        Raises:
            Busy: too many wait already.
        """
        if self._threads.statistics().tasks_waiting >= self._waiting:
            raise Busy
        return await to_thread.run_sync(act, limiter=self._threads)


# The record's pool gives fifteen connections at once; pages and reminders need some of them too.
LOOKS = Share(6)  # who sends a request
POSTS = Share(4)  # what is stored
SIGN_INS = Share(2)  # checking a password takes a tenth of a second and 19 MB
FILES = Share(2, waiting=20)  # what is handed out as a file
LINKS = Share(2, waiting=20)  # calendars, and the links of e-mails
MAIL = Share(1)  # the round of reminders, one at a time
