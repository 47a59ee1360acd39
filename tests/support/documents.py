"""How long a line of a document may be, and which tests a document may name."""

from __future__ import annotations

import re

from tests.support.server import ROOT

COLUMNS = 100


NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def missing(said: str) -> set[str]:
    """Return the tests that a text names and that are nowhere."""
    gone = set()
    for path, name in NAMED.findall(said):
        file = ROOT / path
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        if not re.search(rf"(?m)^def {re.escape(name)}\(", text):
            gone.add(f"{path}::{name}")
    return gone
