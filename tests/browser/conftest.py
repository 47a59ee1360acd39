"""A server with another clock and short doses, on a record that a test has prepared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from coach.protocols import loader
from tests.support.browser import STILL, quicken
from tests.support.noon import NOON_ZONE
from tests.support.patients import answer_set_up, desk_in
from tests.support.protocols import short_doses
from tests.support.server import AppServer
from tests.support.short_home import TIMED, Home


@pytest.fixture
def short_home(tmp_path: Path, app_server: Callable[..., AppServer]) -> Callable[..., Home]:
    """Start a server with short doses for a patient so long after the procedure."""

    def start(**set_up: object) -> Home:
        path = short_doses(tmp_path)
        protocol = loader.load(path)
        folder = tmp_path / "home"
        answer_set_up(desk_in(folder, protocol), **{"zone": NOON_ZONE} | set_up)  # type: ignore[arg-type]
        clock = tmp_path / "clock"
        clock.write_text("0")
        env = {"COACH_TEST_PROTOCOL": str(path), "COACH_TEST_CLOCK": str(clock)}
        server = app_server(entry=TIMED, home=folder, env=env)
        return Home(server, lambda: desk_in(folder, protocol), clock)

    return start


@pytest.fixture
def device(open_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """Open a browser in which a session takes a sixth of its time; takes what `open_context` takes.

    Its drawings stand still: without a graphics card they take a third of a processor while they move.
    """

    def start(*device: str, **settings: Any) -> BrowserContext:
        context = open_context(*device, **STILL | settings)
        quicken(context)
        return context

    return start
