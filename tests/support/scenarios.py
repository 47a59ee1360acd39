"""The stories that physiotherapists read, and what the gate answers in each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from coach.domain.protocol import Protocol
from coach.scenarios.days import days
from coach.scenarios.expectations import then
from coach.scenarios.scenario import load, tell
from tests.domain.story import PROTOCOL

FOLDER = Path(__file__).parents[1] / "scenarios"


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.toml"))


def loaded(path: Path) -> dict[str, Any]:
    return load(path)


def check(path: Path, protocol: Protocol = PROTOCOL) -> None:
    """Tell the scenario under a protocol and check everything that it expects."""
    scenario = tell(load(path), protocol)
    looks = [then(scenario.told, each) for each in scenario.thens]
    looked_back = [days(scenario.told, each) for each in scenario.days]
    assert looks or looked_back, "nothing is expected"
    assert [differs for each in looks for differs in each.differences] == []
    assert [differs for each in looked_back for differs in each.differences] == []
