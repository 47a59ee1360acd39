"""Where it is about noon: tests on a real clock run at any hour, and what is due today depends on the time of day."""

from __future__ import annotations

import os
from datetime import UTC, datetime

_KEPT = "TESTS_NOON_ZONE"


def zone_where_it_is_noon() -> str:
    """Return a zone in which it was about noon when the tests began; all their processes know the same one."""
    if _KEPT not in os.environ:
        ahead = 12 - datetime.now(UTC).hour  # noqa: TID251
        os.environ[_KEPT] = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
    return os.environ[_KEPT]


NOON_ZONE = zone_where_it_is_noon()
