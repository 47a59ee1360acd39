"""Exercises of new kinds on the patient's pages: results of a test, and what is due on some days of the week."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from coach.domain import facts
from coach.domain.history import clinician_author
from tests.support.pages import Home, blocks, unfold
from tests.support.patient_acts import PUMPS, SQUEEZES, begin, faults, item, send, set_done
from tests.support.record_making import draft

TEST, RAISES = "five_sit_to_stand", "heel_raises"


def released(home: Home, routine: str, *, days: int) -> None:
    """Settle somebody so many days after the procedure, for whom an exercise was released."""
    patient = home.settle(hours=24 * days)
    at = home.clock.now - timedelta(hours=1)
    author = clinician_author(UUID(int=7))
    release = draft(facts.Released(routine, "ready"), author=author, at=at, recorded_at=at)
    patient.installation.store.append(patient.patient, [release])


def does(home: Home, routine: str, *, reps: int, took_s: float) -> None:
    session = begin(home.patient, routine)
    home.clock.goes_on(seconds=took_s)
    done = set_done(session, routine, reps=reps, took_s=took_s)
    assert faults(send(home.patient, done, item(session, "session_finished", stop_reason=None))) == []


def test_progress_has_the_results_of_a_test_as_they_are(home: Home):
    released(home, TEST, days=15)
    assert not [each for each in home.open("progress").expander if "Five times up" in each.label]
    does(home, TEST, reps=0, took_s=20)
    home.clock.goes_on(minutes=10)
    does(home, TEST, reps=1, took_s=14.2)
    at = home.open("progress")
    [line] = [each.label for each in at.expander if "Five times up" in each.label]
    assert line == "**Five times up**  \nWeek 2: 14.2 seconds"
    [table] = [each.value for each in unfold(at).table if "Result" in each.value]
    assert table["Due"].to_list() == ["Week 2", "Week 2", "Week 6", "Week 12"]
    assert table["Result"].to_list()[:2] == ["tried, not finished", "14.2 seconds"]


def test_on_a_sunday_too_today_says_on_how_many_days_it_was_done(home: Home):
    released(home, RAISES, days=32)  # a Thursday
    does(home, RAISES, reps=8, took_s=60)
    home.clock.goes_on(hours=72)
    [line] = [each.label for each in home.open().expander if "Heel raises" in each.label]
    assert line == "**Heel raises**  \n1 of 3 days, of the last 7"
    assert "today" not in line


def test_today_says_what_is_done_lying_and_what_out_of_bed(home: Home):
    released(home, RAISES, days=32)
    assert "All 5 exercises, in bed and out of bed." in blocks(home.open())
    session = begin(home.patient, PUMPS, *SQUEEZES)
    home.clock.goes_on(minutes=9)
    done = [set_done(session, each, index=n, reps=5) for n, each in enumerate(SQUEEZES, 1)]
    assert faults(send(home.patient, set_done(session), *done, item(session, "session_finished"))) == []
    assert "Heel raises, out of bed." in blocks(home.open())
