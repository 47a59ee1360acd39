"""The command line as tests run it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coach.cli import main as line


@pytest.fixture
def coach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command with a home of its own."""
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "home"))
    for name in ("COACH_DATABASE_URL", "COACH_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)
    return lambda *words: CliRunner().invoke(line.main, [str(word) for word in words])
