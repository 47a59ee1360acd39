"""Whoever changes a number of the file by an edit voids the signature of that number, whichever it is."""

from __future__ import annotations

import pytest

from coach.domain.protocol import Protocol
from coach.domain.sign_off import ValueState, sign_off
from coach.protocols import editing
from coach.protocols.editing import Place
from coach.protocols.loader import default, read
from coach.protocols.numbers import is_number
from tests.support.editing import CONTENT, HALF, NAME, VALUES, at, other_numbers, places
from tests.support.signing import all_signed

NUMBERS = [place for place, value in places() if is_number(value)]
LISTS = {"phase": "phases", "routine": "routines", "curve": "curves"}
PARTS = {
    "dose": "doses",
    "minutes": "reps",
    "point": "points",
    "occasion": "occasions",
    "checkpoint": "checkpoints",
}
#: A test is done once and measured; the scale of activities ends where the record keeps it.
FIXED = 10


def path(place: Place) -> str:
    """Return where a signature finds what stands at a place of the file."""
    names: list[str] = []
    for n, part in enumerate(place):
        if isinstance(part, int):
            names.append(str(at(VALUES, place[: n + 1]).get("id", part)))
        else:
            names.append(LISTS.get(part, part) if n == 0 else PARTS.get(part, part))
    return ".".join(names)


@pytest.fixture(scope="module")
def other() -> tuple[Protocol, list[Place]]:
    content, found = other_numbers()
    return read(content, NAME), found


def test_each_number_of_the_file_loses_its_signature_when_it_is_changed_and_no_other_value_does(
    other: tuple[Protocol, list[Place]],
):
    protocol, changed = other
    assert len(changed) == len(NUMBERS) - FIXED
    states = {each.value.path: each.state for each in sign_off(protocol, all_signed(default())).values}
    void = {each for each, state in states.items() if state is ValueState.CHANGED}
    assert void == {path(place) for place in (*changed, HALF)}
    assert {state for each, state in states.items() if each not in void} == {ValueState.CHECKED}


def test_a_number_that_can_be_no_other_one_is_refused_where_it_stands(other: tuple[Protocol, list[Place]]):
    fixed = [place for place in NUMBERS if place not in other[1]]
    assert {place[-1] for place in fixed} == {"reps", "per_day", "unable", "as_before"}
    # The limits alone, and the doses alone: a dose is refused by its limit as it is
    for part in ({"routine"}, {"phase", "measures"}):
        changes = {place: at(VALUES, place)["value"] + 1 for place in fixed if place[0] in part}
        refused = editing.problems(editing.changed(CONTENT, changes), NAME)
        assert {(*place, "value") for place in changes} == {editing.place_of(each) for each in refused}
