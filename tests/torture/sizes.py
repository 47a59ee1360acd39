"""How much of it: a few rounds in `make test`, all of them in `make torture`."""

from __future__ import annotations

import os

import pytest


def sizes(name: str, few: int, many: int) -> pytest.MarkDecorator:
    """Run a test with few rounds and, under the mark `torture`, with many: `COACH_TORTURE_<NAME>`, or `many`."""
    full = int(os.environ.get(f"COACH_TORTURE_{name.upper()}", many))
    marks = (pytest.mark.torture, pytest.mark.timeout(7200))
    return pytest.mark.parametrize(name, [few, pytest.param(full, marks=marks, id="full")])
