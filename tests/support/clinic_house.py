"""A clinic of its own for each test, and browsers in which somebody has signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from coach import desk
from coach.desk.installation import clock as desk_clock
from coach.ui.parts import browser
from tests.support.clinics import Clinic, make_clinic
from tests.support.homes import Clock
from tests.support.pages import at_address, run
from tests.support.server import ROOT

ZONE = "Europe/Berlin"


@dataclass
class House:
    """A clinic's server, its clock, and the browsers that look at it."""

    clinic: Clinic
    clock: Clock
    patched: pytest.MonkeyPatch

    def open(self, page: str, who: str, **where: str) -> AppTest:
        """Open a page by its address, with what stands after its question mark, in a new browser session."""
        carried = self.clinic.sign_in(who)
        self.patched.setattr(browser, "token", lambda: carried)
        at = AppTest.from_file(ROOT / "coach" / "app.py", default_timeout=120)
        at_address(at, page)
        at.context = {"timezone": ZONE}
        for name, value in where.items():
            at.query_params[name] = value
        return run(at)


@contextmanager
def built(folder: Path) -> Iterator[House]:
    """Build a clinic in a folder and let the app open it."""
    clock = Clock()
    desk_clock.use(clock)
    made = make_clinic(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COACH_MODE", "clinic")
        patch.setenv("COACH_HOME", str(folder))
        patch.setenv("COACH_DATABASE_URL", f"sqlite:///{folder / 'clinic.sqlite3'}")
        desk.forget()
        yield House(made, clock, patch)
    desk.forget()
    made.installation.store.close()
    desk_clock.use()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with built(tmp_path) as made:
        yield made
