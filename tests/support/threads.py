"""Threads that know who acts, as those of the app do."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Pool(ThreadPoolExecutor):
    """Threads in which whoever submits something goes on acting."""

    def submit(self, call: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Run it in a thread, in a copy of the present context."""
        return super().submit(copy_context().run, call, *args, **kwargs)  # type: ignore[arg-type]
