"""A home whose pages tests look at; `tests.support.pages` says how."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner

from coach import desk
from coach.desk.installation import clock as desk_clock
from tests.support.homes import NOW, Clock
from tests.support.pages import Home


@pytest.fixture(scope="session", autouse=True)
def packages_are_looked_through_once() -> Iterator[None]:
    """What components the installed packages bring is the same for each AppTest, and takes long to find out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests)
        )
        yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home with no record yet."""
    folder = tmp_path / "home"
    monkeypatch.setenv("COACH_HOME", str(folder))
    monkeypatch.delenv("COACH_DATABASE_URL", raising=False)
    made = Home(folder, Clock(NOW))
    desk_clock.use(made.clock)
    desk.forget()
    yield made
    desk.forget()
    desk_clock.use(lambda: datetime.now(UTC))  # noqa: TID251  the real one
