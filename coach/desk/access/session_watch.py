"""Checks session times by the monotonic clock too, as the computer's clock can be set."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from coach.domain.times import is_ahead
from coach.records.clinic.accounts import SignIn

MOST = 20_000  # sessions remembered; the least recently used is dropped


@dataclass(slots=True)
class _Seen:
    """When this process first saw a session, and its last use, in monotonic seconds."""

    begun_s: float
    used_at: datetime
    used_s: float


class SessionWatch:
    """Remembers the sessions of this process; thread-safe.

    After a restart nothing is remembered, and the computer's clock alone decides.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, _Seen] = OrderedDict()

    def holds(
        self, sign_in: SignIn, *, now: datetime, elapsed_s: float, idle: timedelta, at_most: timedelta
    ) -> bool:
        """Tell whether a session that is valid by the computer's clock is valid by both.

        A session begun or used in the future, by a wrong clock, is not. `elapsed_s` is the reading
        of the monotonic clock.
        """
        if is_ahead(sign_in.made_at, now) or is_ahead(sign_in.seen_at, now):
            return False
        with self._lock:
            seen = self._known.setdefault(sign_in.token_hash, _Seen(elapsed_s, sign_in.seen_at, elapsed_s))
            if seen.used_at != sign_in.seen_at:  # used since, on this or another server
                seen.used_at, seen.used_s = sign_in.seen_at, elapsed_s
            self._known.move_to_end(sign_in.token_hash)
            if len(self._known) > MOST:
                self._known.popitem(last=False)
        return (
            elapsed_s - seen.used_s < idle.total_seconds()
            and elapsed_s - seen.begun_s < at_most.total_seconds()
        )
