"""Texts that no program should be given."""

from __future__ import annotations

import json
from typing import Any

HOSTILE: tuple[Any, ...] = (
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-12:00", "9999-12-31T00:00:00.000000Z", "0001-01-01", "9999-12-31",
    "2026-02-30T00:00:00.000000Z", "Mars/Olympus", "../../etc/passwd", "", " ", "\u200b", "\x00", "\x1b[2J", "\u202e", "\ud83d",
    "x" * 10_000, 10**400, -1, 1.5, 1e308, True, None, [], {}, [[[[]]]], {"a": {"b": []}}, "[" * 5, "null", "{}",
    json.dumps({"text": "\ud83d"}), "[" * 100_000 + "]" * 100_000,
)  # fmt: skip
