"""Every scenario that a physiotherapist may read holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coach.protocols import loader
from coach.scenarios.days import DAYS, days
from coach.scenarios.errors import ScenarioError
from coach.scenarios.expectations import ANSWERS, LOOKS, REASONS, STEPS, then
from coach.scenarios.fields import Fields
from coach.scenarios.notation import wall
from coach.scenarios.scenario import tell
from tests.domain.story import EVERY, PROTOCOL
from tests.support.scenarios import check, files, loaded

FILES = files()
#: The protocol that came with Coach before it had exercises that need a release, as it was.
OLD = Path(__file__).parents[1] / "protocols" / "balloon_kyphoplasty-1.0.0.toml"
OLD_DIGEST = "7385ee8f6146a4998e581792db3a00443ea92c197b61e063ea9dec364e2938f8"


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_scenario_holds(path: Path):
    check(path)


def test_the_file_from_before_the_exercises_that_need_a_release_gives_the_decisions_that_it_gave():
    old = loader.load(OLD)
    assert (old.digest, old.version, list(old.routines)) == (OLD_DIGEST, "1.0.0", [*EVERY])
    new = set(PROTOCOL.routines) - set(EVERY)
    its_own = [path for path in FILES if not any(name in path.read_text(encoding="utf-8") for name in new)]
    assert len(its_own) >= 96
    for path in its_own:
        check(path, old)


def test_there_are_at_least_forty_scenarios():
    assert len(FILES) >= 40


def test_every_scenario_has_a_sentence_of_its_own_as_its_title():
    titles = [loaded(path)["title"] for path in FILES]
    assert len(set(titles)) == len(titles)
    assert all(len(title.split()) >= 5 and title[0].isupper() and title[-1] != "." for title in titles)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_expectation_is_known(path: Path):
    scenario = loaded(path)
    for each in scenario.get("then", []):
        routines = {*PROTOCOL.routines, "all", "squeezes"}
        assert set(each) - {"at"} - routines <= set(LOOKS)
        for routine in routines & set(each):
            assert set(each[routine]) <= set(ANSWERS)
    for day in scenario.get("day", []):
        assert set(day) - {"on", "to"} <= set(DAYS)


def test_every_reason_and_every_step_appears_in_some_scenario():
    reasons: set[str] = set()
    steps: set[str] = set()
    for path in FILES:
        for each in loaded(path).get("then", []):
            for expected in each.values():
                if isinstance(expected, dict):
                    reasons |= {expected["locked"]} if "locked" in expected else set()
                    steps |= set(expected.get("because", ()))
    assert reasons == set(REASONS)
    assert steps == set(STEPS.values())


def test_an_unknown_expectation_is_refused():
    frame = {"title": "A procedure and nothing else", "zone": "UTC", "procedure": "2025-06-04 12:00"}
    told = tell(frame, PROTOCOL).told

    def asked(look: Any, **expected: object) -> None:
        look(told, Fields(expected, "here"))

    with pytest.raises(ScenarioError, match="unknown expectation 'colour'"):
        asked(then, at="+3 h", colour="blue")
    with pytest.raises(ScenarioError, match="unknown expectation 'opened'"):
        asked(then, at="+3 h", ankle_pumps={"opened": "today"})
    with pytest.raises(ScenarioError, match="unknown expectation 'doe'"):
        asked(days, on="2025-06-04", doe={})


def test_a_wrong_weekday_is_refused():
    with pytest.raises(ScenarioError, match="is a Fri"):
        wall("Sat 2025-06-06 14:30", "Europe/London")
