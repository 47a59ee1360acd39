"""How many files and connections this process may open, and how many browser sessions fit in below that."""

from __future__ import annotations

import sys
from dataclasses import dataclass

PER_SESSION = (
    4  # measured: a web socket, and the three of the event loop that Streamlit makes for each session
)
RESERVE = 128  # the record, its log, files that are read just now
MOST_SESSIONS = 2_000  # a session with a page of charts holds about 0.3 MB
MOST_PLAIN = 2_000  # other connections at once: files, posts, half-open ones
MOST_FILES = 1_048_576  # where a system names no end
UNKNOWN = 512  # what the C library of a system without such limits allows


@dataclass(frozen=True, slots=True)
class Capacity:
    """What fits at once.

    Attributes:
        files: the limit of open files, sockets among them.
        sessions: browser sessions with an open web socket.
        connections: connections of any kind.
    """

    files: int
    sessions: int
    connections: int


def of(files: int) -> Capacity:
    """Return what fits below a limit of open files: two thirds of it for sessions, the rest for single requests."""
    room = max(files - RESERVE, 3 * PER_SESSION)
    sessions = min(room * 2 // 3 // PER_SESSION, MOST_SESSIONS)
    plain = min(room - sessions * PER_SESSION, MOST_PLAIN)
    return Capacity(files, sessions, sessions + plain)


def allowed() -> int:
    """Return the limit of open files that `claim` can reach here."""
    return _limits()[1]


def claim() -> Capacity:
    """Raise this process's limit of open files as far as it may, and return what fits below it."""
    soft, hard = _limits()
    if soft < hard and sys.platform != "win32":
        import resource

        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        except (OSError, ValueError):  # a system may allow less than it says
            return of(soft)
    return of(hard)


def _limits() -> tuple[int, int]:
    """Return how many files may be open now, and how many this account may allow itself."""
    if sys.platform == "win32":
        return UNKNOWN, UNKNOWN
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    ends = [MOST_FILES if each == resource.RLIM_INFINITY else min(each, MOST_FILES) for each in (soft, hard)]
    return ends[0], ends[1]
