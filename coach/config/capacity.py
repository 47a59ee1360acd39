"""Limits of this process: open files, connections, and how many browser sessions fit below them."""

from __future__ import annotations

import sys
from dataclasses import dataclass

PER_SESSION = (
    # Measured: a web socket, and three for the event loop that Streamlit creates for each session
    4
)
RESERVE = 128  # the database with its WAL, and files that are being read
MOST_SESSIONS = 2_000  # a session with a page of charts holds about 0.3 MB
MOST_PLAIN = 2_000  # other connections at once: files, posts, half-open ones
MOST_FILES = 1_048_576  # used if the system has no limit
UNKNOWN = 512  # what the C library allows on a system without such limits (Windows)


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much this process can hold at once.

    Attributes:
        files: the limit of open files, sockets among them.
        sessions: browser sessions with an open web socket.
        connections: connections of any kind.
    """

    files: int
    sessions: int
    connections: int


def of(files: int) -> Capacity:
    """Return the capacity of so many open files: two thirds for sessions, the rest for requests."""
    room = max(files - RESERVE, 3 * PER_SESSION)
    sessions = min(room * 2 // 3 // PER_SESSION, MOST_SESSIONS)
    plain = min(room - sessions * PER_SESSION, MOST_PLAIN)
    return Capacity(files, sessions, sessions + plain)


def allowed() -> int:
    """Return the limit of open files that `claim` can set here."""
    return _limits()[1]


def claim() -> Capacity:
    """Raise this process's limit of open files as far as allowed, and return the capacity."""
    soft, hard = _limits()
    if soft < hard and sys.platform != "win32":
        import resource

        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        except (OSError, ValueError):  # a system may allow less than its hard limit says
            return of(soft)
    return of(hard)


def _limits() -> tuple[int, int]:
    """Return the soft and the hard limit of open files."""
    if sys.platform == "win32":
        return UNKNOWN, UNKNOWN
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    ends = [MOST_FILES if each == resource.RLIM_INFINITY else min(each, MOST_FILES) for each in (soft, hard)]
    return ends[0], ends[1]
