"""What physiotherapists changed is told to the patient for as long as it matters."""

from __future__ import annotations

from uuid import UUID

import pytest

from coach.domain import dosing
from coach.domain.case import Case
from coach.domain.facts import Override, OverrideEnded
from coach.review.patient import plan_changes
from tests.domain.story import GLUTES, PHYSIO, PROTOCOL, Story


def shown(story: Story, hour: float) -> list[UUID]:
    found = plan_changes.changes(
        Case.of(PROTOCOL, story.known_by(story.instant(hour))), now=story.instant(hour)
    )
    return [entry.id for entry in found]


def dose(story: Story, begins: float, ends: float, *, told: float) -> UUID:
    fact = Override(GLUTES, 4, 3.0, 2, story.instant(begins), story.instant(ends), "strong before")
    return story.add(fact, told, author=PHYSIO)


def test_a_later_dose_takes_the_place_of_the_one_before_it():
    story = Story().begins()
    dose(story, 60, 200, told=60)
    later = dose(story, 70, 200, told=70)
    assert shown(story, 80) == [later]


def test_a_dose_that_holds_until_a_later_one_begins_is_told():
    story = Story().begins()
    now_held = dose(story, 60, 400, told=60)
    to_come = dose(story, 120, 400, told=70)
    assert shown(story, 80) == [to_come, now_held]
    assert shown(story, 130) == [to_come]


@pytest.mark.parametrize("ended", [True, False])
def test_a_dose_that_holds_again_after_a_later_one_is_told(ended: bool):
    story = Story().begins()
    long = dose(story, 60, 700, told=60)
    short = dose(story, 70, 100, told=70)
    if ended:
        story.add(OverrideEnded(short, "too much"), 90, author=PHYSIO)
    at = story.instant(400)
    held = dosing.override_at(Case.of(PROTOCOL, story.history), PROTOCOL.routines[GLUTES], at)
    assert held
    assert held.id == long
    assert shown(story, 400) == [long]
