"""The lines of the protocol editor in words."""

from __future__ import annotations

import pytest

from coach.domain.quantity import CLINIC_TITLE
from coach.protocols import editing
from coach.protocols.overview import overview
from coach.text import protocol_overview as words
from tests.support.editing import CONTENT

FOUND = overview(CONTENT)


@pytest.mark.parametrize(
    ("phase", "says"),
    [
        (0, "with coming home"),
        (1, "1 hour after coming home"),
        (4, "48 hours after the procedure"),
        (5, "7 days after the procedure"),
        (8, "84 days after the procedure"),
    ],
)
def test_a_phase_says_when_it_begins(phase: int, says: str):
    assert words.begins(FOUND.phases[phase]) == says


def test_a_dose_and_the_limits_of_an_exercise_are_a_line_each():
    doses = [words.dose(each, FOUND) for each in FOUND.phases[3].doses]
    assert doses == [
        "Ankle pumps: 10 times, every hour you are awake",
        "Bottom squeeze: 5 × 3 seconds, 2 times a day",
        "Thigh tightening: 5 × 3 seconds, each leg, 2 times a day",
        "Walking: 5 minutes, 2 times a day",
    ]
    limits = {each.id: words.limits(each) for each in FOUND.exercises}
    assert limits["quadriceps"] == "never more than 12 × 10 seconds, each leg, 4 times a day"
    assert limits["walking"] == "never more than 30 minutes, 3 times a day"
    assert limits["five_sit_to_stand"] == "never more often than once a day"


def test_what_cannot_be_read_is_said():
    broken = overview(
        editing.changed(
            CONTENT,
            {
                ("phase", 3, "dose", "walking", "minutes"): "viele",
                ("phase", 3, "dose", "nobody"): {"reps": {"value": 1}},
                ("phase", 3, "opens_after"): -5,
                ("routine", 0, "maximum"): None,
            },
        )
    )
    assert words.begins(broken.phases[3]) == "its beginning cannot be read"
    said = [words.dose(each, broken) for each in broken.phases[3].doses]
    assert said[-2:] == ["Walking: its dose cannot be read", "nobody: its dose cannot be read"]
    assert words.limits(broken.exercises[0]) == "its limits cannot be read"


def test_the_clinics_own_choice_is_a_text_for_translators():
    assert words.CLINIC_TITLE == CLINIC_TITLE
