"""What leaves of exercises of the library: each in its own unit, and nothing of what was never released."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timedelta

from coach.domain import facts
from coach.domain.patient_record import PatientRecord
from coach.export import fhir
from coach.export.tables import csv
from tests.support.courses import Told, begun, patient_record
from tests.support.fhir_bundles import Json, about
from tests.support.fhir_r4 import resources
from tests.support.library import LIBRARY, MOVE, TEST, WALK, library
from tests.support.review_samples import on_day
from tests.support.tables import read

DAY = 20
NOW = on_day(DAY, "21:00")


def told() -> Told:
    """A course in which a walk, a move and a test were released, done on day 17, and the move taken back."""
    course = begun()
    for routine in (WALK, MOVE, TEST):
        course.physio(facts.Released(routine, "ready"), on_day(15))
    at = on_day(17, "10:00")
    for routine, reps, took in ((WALK, 15, 900), (TEST, 1, 14.2), (MOVE, 8, 50)):
        planned = (facts.PlannedSet(routine, reps, 60, 1),)
        session = course.add(facts.SessionStarted(planned, "library", "1", "digest"), at)
        course.add(facts.SetDone(session, routine, reps, reps, 60, took, "weeks-3-6"), at)
        course.add(facts.SessionFinished(session), at + timedelta(seconds=took))
        at += timedelta(hours=1)
    return course


def record(now: datetime = NOW) -> PatientRecord:
    return dataclasses.replace(patient_record(told(), now), protocol=library())


def bundle(now: datetime = NOW) -> Json:
    return json.loads(fhir.content(record(now)))  # type: ignore[no-any-return]


def test_a_table_says_in_what_a_set_is_counted_and_which_days_a_week():
    tables = read(csv.zipped(record()))
    sets = {row["routine"]: row for row in tables["sets"]}
    assert {name: row["counted_in"] for name, row in sets.items()} == {
        WALK: "minutes", TEST: "tries", MOVE: "times",
    }  # fmt: skip
    assert float(sets[TEST]["took"]) == 14.2
    changes = [row for row in tables["plan_changes"] if row["what"] == "released"]
    assert {row["routine"] for row in changes} == {WALK, MOVE, TEST}
    due = tables["due"]
    assert not {row["routine"] for row in due} & (set(LIBRARY) - {WALK, MOVE, TEST})
    weekly = [row for row in due if row["routine"] == MOVE and row["due"] != "0"]
    assert {row["days"] for row in weekly} == {"7"}
    assert {row["days"] for row in due if row["routine"] == WALK} == {"1"}


def test_a_bundle_has_minutes_seconds_and_days_a_week_and_nothing_that_was_not_released():
    made = bundle()
    orders = {
        (each["code"]["text"], each["status"]): each
        for each in resources(made, "ServiceRequest")
        if each["code"]["text"] in {"corridor walk", "chair rise", "side rest", "slow breaths"}
    }
    assert {name for name, _status in orders} == {"corridor walk", "chair rise"}
    walk, move = orders["corridor walk", "active"], orders["chair rise", "active"]
    assert walk["quantityRatio"]["numerator"]["code"] == "min"
    assert walk["quantityRatio"]["numerator"]["value"] == 15
    repeat = move["occurrenceTiming"]["repeat"]
    assert (repeat["frequency"], repeat["period"], repeat["periodUnit"]) == (3, 1, "wk")
    parts = [
        (part["code"]["text"], part["valueQuantity"]["value"], part["valueQuantity"]["code"])
        for each in about(made, "One set of an exercise")
        for part in each["component"]
        if "valueQuantity" in part
    ]
    assert ("Time done", 15, "min") in parts
    assert ("Result of the test", 14.2, "s") in parts


def test_a_release_that_was_taken_back_puts_its_order_on_hold_and_names_why():
    course = told()
    release = next(each for each in course.history.of(facts.Released) if each.fact.routine == MOVE)
    course.physio(facts.ReleaseEnded(release.id, "it hurt"), on_day(18))
    made = json.loads(fhir.content(dataclasses.replace(patient_record(course, NOW), protocol=library())))
    [held] = [
        each
        for each in resources(made, "ServiceRequest")
        if each["code"]["text"] == "chair rise" and each["status"] == "on-hold"
    ]
    [why] = held["extension"]
    assert why["valueCodeableConcept"]["coding"][0]["code"] == "needs-release"
