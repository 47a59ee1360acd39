"""The sample patient: six weeks, recorded through the desk day by day with a moved clock."""

from __future__ import annotations

from datetime import time

from coach.demo.story import CLINIC, COUNTRY, ZONE, Plot, StoryTeller
from coach.desk import PatientDesk
from coach.desk.installation import clock
from coach.desk.patient.diary import PastSet
from coach.domain.facts import PainWhen

__all__ = ["BASELINE", "CLINIC", "COUNTRY", "DAYS", "ROSA", "ZONE", "tell", "write"]

DAYS = 42
BASELINE = 8


def write(patient: PatientDesk) -> None:
    """Record the sample patient in an empty record; the story ends now.

    Raises:
        ValueError: the record is not empty; sample data are never mixed with others.
    """
    if patient.history().entries:
        raise ValueError("the record is not empty")
    tell(patient, ROSA)


def tell(patient: PatientDesk, plot: Plot) -> None:
    """Record one patient's whole story; it ends now."""
    story = StoryTeller(patient, plot, ends=clock.now())
    with story.telling():
        story.set_up()
        for number in range(plot.days + 1):
            story.live(number)


def _tap_a_flag_by_mistake(story: StoryTeller) -> None:
    flag = story.key()
    story.patient.red_flags.report_flag("fall", key=flag)
    story.passes(40)
    story.patient.red_flags.take_back_flag(flag, key=story.key())


def _log_yesterday(story: StoryTeller) -> None:
    """Enter a session of the day before, done without the app."""
    wall = story.wall(23, time(18, 0))
    done = [PastSet("ankle_pumps", 20), PastSet("static_glutes", 10)]
    story.patient.diary.log_past(
        wall, done, before=3, after=2, effort=3, note="At my daughter's.", key=story.key()
    )


def _take_a_score_back(story: StoryTeller) -> None:
    score = story.key()
    story.patient.sessions.give_pain(9, PainWhen.NOW, key=score)
    story.passes(60)
    story.patient.diary.void(score, why="Tapped the wrong number", key=story.key())
    story.passes(5)
    story.patient.sessions.give_pain(2, PainWhen.NOW, key=story.key())


ROSA = Plot(
    name="Rosa",
    days=DAYS,
    seed=7,
    baseline=BASELINE,
    rises={12: 0.6, 19: 1.0, 20: 1.2, 21: 0.6},
    silent=frozenset({9, 10, 23, 31}),  # days without the app
    unasked=frozenset({4, 13, 27, 36}),
    amber=12,
    red=19,
    tired=27,
    notes={6: "Easier after a short walk.", 16: "Slept badly.", 29: "Felt good.", 38: "Stairs are fine now."},
    then={15: _tap_a_flag_by_mistake, 24: _log_yesterday, 34: _take_a_score_back},
)
