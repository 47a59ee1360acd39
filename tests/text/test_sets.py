"""How much of a set was done, in words and in figures, and own doses as both audiences read them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from coach.domain import facts
from coach.domain.case import Case
from coach.domain.history import Entry
from coach.domain.times import local_date
from coach.text import clinic_entries, entries, sets
from coach.text.clinic_entries import EntryTold
from tests.support.words import BERLIN, NOBODY, NOW, PROTOCOL

MEMORY = {"source": facts.Source.DIARY, "estimated": True}
UNPLANNED = {**MEMORY, "outside_plan": True}


def done(routine: str, reps: int, planned: int, **more: Any) -> facts.SetDone:
    return facts.SetDone(uuid4(), routine, reps, planned, 3, 40, "second-day", **more)


@pytest.mark.parametrize(
    ("what", "words", "figures"),
    [
        (done("ankle_pumps", 10, 10), "10 times", "Ankle pumps 10/10"),
        (done("ankle_pumps", 1, 10), "1 of 10 times", "Ankle pumps 1/10"),
        (done("quadriceps", 16, 16), "8 times, each leg", "Thigh tightening 16/16"),
        (done("quadriceps", 6, 16), "6 of 16 times", "Thigh tightening 6/16"),
        (done("quadriceps", 17, 16, **MEMORY), "17 times", "Thigh tightening 17/16"),
        (done("walking", 10, 10), "10 minutes", "Walking 10/10 min"),
        (done("walking", 4, 10), "4 of 10 minutes", "Walking 4/10 min"),
        (done("five_sit_to_stand", 5, 5), "40 seconds", "Five times up: 40 seconds"),
        (done("five_sit_to_stand", 3, 5), "tried, not finished", "Five times up: tried, not finished"),
        (done("gone", 5, 5), "5 times", "gone 5/5"),
        (done("ankle_pumps", 4, 10, **MEMORY), "4 of 10 times", "Ankle pumps 4/10"),
        # Nothing was planned, so no planned number is made up
        (done("ankle_pumps", 4, 10, **UNPLANNED), "4 times", "Ankle pumps 4"),
        (done("quadriceps", 6, 16, **UNPLANNED), "3 times, each leg", "Thigh tightening 6"),
        (done("walking", 4, 10, **UNPLANNED), "4 minutes", "Walking 4 min"),
    ],
)
def test_how_much_was_done_is_said_with_the_planned_number_where_one_was(
    what: facts.SetDone, words: str, figures: str
):
    assert sets.in_words(what, PROTOCOL) == words
    assert sets.in_figures(what, PROTOCOL) == figures


def test_patient_and_physiotherapist_read_of_a_corrected_set_what_the_diary_says():
    old, new = (done("ankle_pumps", reps, 10, **UNPLANNED) for reps in (4, 6))
    assert entries.set_done(old, PROTOCOL) == "Ankle pumps: 4 times (not in the plan then)"
    first = entry(old)
    again = Entry(uuid4(), 2, NOW, BERLIN, first.local_date, NOW, facts.PATIENT, new, supersedes=first.id)
    case = Case.of(PROTOCOL, NOBODY.extended([first, again]))
    said = clinic_entries.told(EntryTold(NOW, again, first), case, {})
    assert said == "The patient corrected a set: 4 times, now 6 times."


def test_an_own_dose_is_told_with_its_minutes_and_its_days_of_the_week():
    own = facts.Override("walking", 10, 60, 1, NOW, NOW + timedelta(days=9), "Slowly.", days_per_week=3)
    dose = "10 minutes, once a day, on 3 days a week"
    (told, why) = entries.fact(own, PROTOCOL, zone=BERLIN, now=NOW)
    assert (told, why) == (f"Your physiotherapist set: Walking, {dose}", "Slowly.")
    said = clinic_entries.told_alone(EntryTold(NOW, entry(own)), Case.of(PROTOCOL, NOBODY))
    assert said.startswith(f"Walking set to {dose}, ")


def test_a_hold_on_an_exercise_that_the_protocol_does_not_have_is_not_told_as_one_on_all():
    held = facts.ClinicianHold("gone", "Wait.")
    assert entries.fact(held, PROTOCOL, zone=BERLIN, now=NOW)[0] == "Your physiotherapist closed: gone"


def entry(fact: facts.Fact) -> Entry[object]:
    return Entry(uuid4(), 1, NOW, BERLIN, local_date(NOW, BERLIN), NOW, facts.PATIENT, fact)
