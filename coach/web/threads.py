"""Threads for work at the record, shared out: no kind of request can take those that another kind needs.

Starlette's own pool serves files; what waits for the record waits in one of these instead, so that a database
that is held for a while holds up neither the files nor each other's kind.
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
    """Too many requests of a kind wait already; the sender may come back in a minute."""


class Share:
    """A few threads for one kind of request, always the same, and a bounded queue in front of them."""

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


# The record's pool gives fifteen connections at once; pages and reminders need some of them too.
LOOKS = Share(6)  # who sends a request
POSTS = Share(4)  # what is stored
# Checking a password takes a processor for a while and 19 MB, which the C library keeps for each thread that ever did.
SIGN_INS = Share(2)
FILES = Share(2, waiting=20)  # what is handed out as a file
LINKS = Share(2, waiting=20)  # calendars, and the links of e-mails
MAIL = Share(1)  # the round of reminders, one at a time
