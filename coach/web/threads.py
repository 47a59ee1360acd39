"""Thread pools for database work, one for each kind of request, so that none can starve another.

Starlette's own pool serves files; requests that wait for the database wait in one of these, so that
a database lock of some seconds blocks neither files nor other kinds of requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

R = TypeVar("R")

_MOST_WAITING = 100


class Busy(Exception):
    """Too many requests of a kind are waiting; the client may try again in a minute."""


class Share:
    """A few threads for one kind of request, with a bounded queue."""

    def __init__(self, threads: int, *, waiting: int = _MOST_WAITING) -> None:
        self._threads = ThreadPoolExecutor(threads)
        self._most = threads + waiting
        self._taken = 0

    async def run(self, act: Callable[[], R]) -> R:
        """Return what an act returns, who acts being known to it.

        Raises:
            Busy: too many wait already.
        """
        if self._taken >= self._most:
            raise Busy
        self._taken += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, act)
        finally:
            self._taken -= 1


# The database pool has fifteen connections; pages and reminders need some of them too.
LOOKS = Share(6)  # looking up who sends a request
POSTS = Share(4)  # storing the outbox
# Checking a password takes a CPU and 19 MB, which the C library keeps for each thread that ever did
# it.
SIGN_INS = Share(2)
FILES = Share(2, waiting=20)  # downloads
LINKS = Share(2, waiting=20)  # calendars, and links in e-mails
MAIL = Share(1)  # the sending round, one at a time
