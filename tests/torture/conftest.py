"""What the torture of the record may ask for, and the figures it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coach.records.database import current_actor
from tests.torture import shim
from tests.torture.nursery import Nursery


@pytest.fixture(autouse=True)
def system(as_delivered: None) -> Iterator[None]:
    """Let Coach itself act, who sees everybody."""
    with current_actor.acting_as(current_actor.SYSTEM):
        yield


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    """Children on the disk of this computer."""
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def compiler() -> None:
    """A C compiler, for a disk that tests rule over."""
    try:
        shim.library()
    except RuntimeError as missing:
        pytest.fail(str(missing))


@pytest.fixture
def on_shim(compiler: None) -> Iterator[Nursery]:
    """Children on a disk that they rule over."""
    made = Nursery(shim.environment())
    yield made
    made.close()


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Leave a line for the end of the run: `figures("200 kills", found)`."""
    return lambda *said: record_property("figures", ": ".join(map(str, said)))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder for a disk, beside which other folders may lie."""
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures of every test that left some."""
    lines = [
        str(said)
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
        for name, said in report.user_properties
        if name == "figures" and report.when == "call"
    ]
    if lines:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.write_line(line)
