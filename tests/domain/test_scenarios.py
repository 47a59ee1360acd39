"""Every scenario that a physiotherapist may read holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.domain import scenario
from tests.domain.story import EVERY

FILES = scenario.files()


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_scenario_holds(path: Path):
    scenario.check(path)


def test_there_are_at_least_forty_scenarios():
    assert len(FILES) >= 40


def test_every_scenario_has_a_sentence_of_its_own_as_its_title():
    titles = [scenario.load(path)["title"] for path in FILES]
    assert len(set(titles)) == len(titles)
    assert all(len(title.split()) >= 5 and title[0].isupper() and title[-1] != "." for title in titles)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_expectation_is_known(path: Path):
    loaded = scenario.load(path)
    for then in loaded.get("then", []):
        routines = {*EVERY, "all", "squeezes"}
        assert set(then) - {"at"} - routines <= set(scenario.LOOKS)
        for routine in routines & set(then):
            assert set(then[routine]) <= set(scenario.ANSWERS)
    for day in loaded.get("day", []):
        assert set(day) - {"on", "to"} <= set(scenario.DAYS)


def test_every_reason_and_every_step_appears_in_some_scenario():
    reasons: set[str] = set()
    steps: set[str] = set()
    for path in FILES:
        for then in scenario.load(path).get("then", []):
            for expected in then.values():
                if isinstance(expected, dict):
                    reasons |= {expected["locked"]} if "locked" in expected else set()
                    steps |= set(expected.get("because", ()))
    assert reasons == set(scenario.REASONS)
    assert steps == set(scenario.STEPS.values())


def test_an_unknown_expectation_is_refused():
    told = scenario.tell(
        {"title": "A procedure and nothing else", "zone": "UTC", "procedure": "2025-06-04 12:00"}
    )
    with pytest.raises(scenario.Mistake, match="unknown expectation 'colour'"):
        scenario.check_then(told, {"at": "+3 h", "colour": "blue"})
    with pytest.raises(scenario.Mistake, match="unknown expectation 'opened'"):
        scenario.check_then(told, {"at": "+3 h", "ankle_pumps": {"opened": "today"}})
    with pytest.raises(scenario.Mistake, match="unknown expectation 'doe'"):
        scenario.check_day(told, {"on": "2025-06-04", "doe": {}})


def test_a_wrong_weekday_is_refused():
    with pytest.raises(scenario.Mistake, match="is a Fri"):
        scenario.wall("Sat 2025-06-06 14:30", "Europe/London")
