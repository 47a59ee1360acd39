"""The hazard list names tests: they exist, and every hazard has a cause, a control and a test."""

import re

from tests.support.documents import NAMED, missing
from tests.support.server import ROOT

STORIES = re.compile(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`")


def hazards() -> dict[str, str]:
    """Return the text of each hazard by its heading."""
    parts = re.split(r"(?m)^### ", (ROOT / "SAFETY.md").read_text(encoding="utf-8"))[1:]
    return {part.partition("\n")[0]: part.partition("\n## ")[0] for part in parts}


def test_every_test_that_is_named_exists():
    assert missing((ROOT / "SAFETY.md").read_text(encoding="utf-8")) == set()


def test_a_test_that_is_gone_is_seen():
    assert missing("`tests/architecture/test_safety.py::test_nothing`") == {
        "tests/architecture/test_safety.py::test_nothing"
    }


def test_every_hazard_has_a_cause_a_control_and_a_test():
    assert len(hazards()) >= 14
    for heading, text in hazards().items():
        assert re.fullmatch(r"H\d+ .+ \([ABC]\)", heading), heading
        for part in ("**Cause**:", "**Control**:", "**Tests**:"):
            assert part in text, (heading, part)
        assert NAMED.search(text), heading


def test_no_hazard_has_the_number_of_another_and_each_topic_has_them_in_order():
    text = (ROOT / "SAFETY.md").read_text(encoding="utf-8")
    topics = [re.findall(r"(?m)^### H(\d+) ", topic) for topic in re.split(r"(?m)^## ", text)]
    numbers = [[int(number) for number in topic] for topic in topics]
    assert all(topic == sorted(topic) for topic in numbers)
    every = sorted(number for topic in numbers for number in topic)
    assert every == list(range(1, len(every) + 1))


def test_each_test_that_is_named_has_a_line_of_its_own():
    for line in (ROOT / "SAFETY.md").read_text(encoding="utf-8").splitlines():
        named = NAMED.findall(line)
        assert not named or (line.startswith("  - `tests/") and len(named) == 1), line


def test_every_story_that_is_named_exists():
    stories = {path.stem for path in (ROOT / "tests" / "scenarios").glob("*.toml")}
    assert set(STORIES.findall((ROOT / "SAFETY.md").read_text(encoding="utf-8"))) <= stories


def test_the_list_says_that_no_clinician_has_reviewed_it():
    assert "No clinician has reviewed this yet." in (ROOT / "SAFETY.md").read_text(encoding="utf-8")
