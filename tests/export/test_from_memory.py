"""What nobody measured does not leave as a measurement: sessions that are told from memory, sets that no clock saw."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pyarrow.parquet as pq
import pytest

from coach.domain.case import Case
from coach.domain.facts import (
    Effort,
    Fact,
    Note,
    Pain,
    PainWhen,
    PlannedSet,
    SessionFinished,
    SessionStarted,
    SetDone,
    Source,
)
from coach.domain.patient_record import FROM_MEMORY, TESTS
from coach.export import fhir
from coach.export import history_json as plain_history
from coach.export.tables import csv, parquet
from coach.protocols.loader import default
from coach.review.clinic import tables
from tests.support.courses import Told, begun, patient_record
from tests.support.fhir_bundles import LATER, about, coding, made
from tests.support.fhir_r4 import broken_rules, resources, schema_errors
from tests.support.review_samples import GLUTES, PUMPS, on_day
from tests.support.tables import read

DURATION = ("http://loinc.org", "55411-3")
SCHEDULED_S = 97.25  # for each set; no other figure of these records looks like it
STARTS = on_day(3, "09:00")
SECOND = STARTS + timedelta(seconds=SCHEDULED_S)
ENDS = SECOND + timedelta(seconds=SCHEDULED_S)


def session(told: Told, source: Source, *, outside: bool = False, estimated: bool = False) -> Told:
    """Add a session of two sets with everything that belongs to one, as the desk writes it down."""
    planned = (PlannedSet(PUMPS, 10, 2, 1), PlannedSet(GLUTES, 5, 3, 1))
    own = told.add(SessionStarted(planned, "p", "1", "d", source), STARTS)
    facts: list[tuple[Fact, datetime]] = [
        (Pain(4, PainWhen.BEFORE, own), STARTS),
        (SetDone(own, PUMPS, 10, 10, 2, SCHEDULED_S, "second-day", source, outside, estimated), STARTS),
        (SetDone(own, GLUTES, 5, 5, 3, SCHEDULED_S, "second-day", source, outside, estimated), SECOND),
        (SessionFinished(own), ENDS),
        (Pain(3, PainWhen.AFTER, own), ENDS),
        (Effort(own, 3), ENDS),
        (Note(own, "It went well."), ENDS),
    ]
    for fact, at in facts:
        told.add(fact, at)
        if source is Source.DIARY:
            told.entries[-1] = replace(told.entries[-1], recorded_at=on_day(3, "21:00"))
    return told


def test_no_form_that_leaves_has_a_figure_of_the_schedule(tmp_path):
    told = session(begun(), Source.DIARY)
    bundle, files = made(told), read(csv.zipped(patient_record(told, LATER)))
    everything = json.dumps([bundle, files])
    assert "97.25" not in everything
    assert str(round(2 * SCHEDULED_S / 60, 2)) not in everything
    for instant in (SECOND, ENDS):
        assert instant.strftime(":%S") not in json.dumps(bundle)
    assert [(row["took"], row["time_estimated"]) for row in files["sets"]] == [("", "true")] * 2
    assert [(row["ended_at"], row["sets_planned"]) for row in files["sessions"]] == [("", "")]
    with parquet.Writer(tmp_path) as writer:
        writer.add(patient_record(told, LATER))
    sets = pq.read_table(tmp_path / "sets.parquet")
    assert sets["took"].to_pylist() == [None, None]
    assert sets["time_estimated"].to_pylist() == [True, True]


def test_a_time_that_is_worked_out_is_marked_where_it_is_needed():
    rows = read(csv.zipped(patient_record(session(begun(), Source.DIARY), LATER)))["pain"]
    assert {row["question"]: row["time_estimated"] for row in rows} == {
        "baseline": "false", "before": "false", "after": "true"
    }  # fmt: skip


def test_from_memory_a_session_has_its_start_no_end_and_no_duration():
    bundle = made(session(begun(), Source.DIARY))
    assert schema_errors(bundle) == broken_rules(bundle) == []
    [whole] = about(bundle, "Exercise session", "Procedure")
    assert "performedPeriod" not in whole
    assert datetime.fromisoformat(whole["performedDateTime"]) == STARTS
    assert "instantiatesUri" not in whole  # no protocol led it
    assert not any(DURATION in coding(each["code"]) for each in resources(bundle, "Observation"))
    first, second = about(bundle, "One set of an exercise")
    assert datetime.fromisoformat(first["effectiveDateTime"]) == STARTS
    after = [each for each in about(bundle, "Back pain right now") if "after" in each["code"]["text"]]
    for each in (second, *after, *about(bundle, "How hard")):
        assert each["effectiveDateTime"] == "2026-09-10"  # the day is known, the time is not
    for each in (first, second):
        said = {part["code"]["text"]: part for part in each["component"]}
        assert said["Time or repetitions estimated"]["valueBoolean"] is True


def test_a_score_told_later_with_a_time_of_its_own_keeps_it():
    told = session(begun(), Source.DIARY)
    own = next(entry.id for entry in told.entries if isinstance(entry.fact, SessionStarted))
    told.add(Pain(2, PainWhen.AFTER, own), ENDS + timedelta(minutes=20))
    times = [each["effectiveDateTime"] for each in about(made(told), "Back pain right now, after")]
    assert sorted(map(len, times)) == [len("2026-09-10"), len(ENDS.isoformat())]


def test_outside_the_plan_and_from_memory_no_dose_is_made_up():
    told = session(begun(), Source.DIARY, outside=True)
    files = read(csv.zipped(patient_record(told, LATER)))
    assert [(row["reps_done"], row["reps_planned"], row["hold"]) for row in files["sets"]] == [
        ("10", "", ""), ("5", "", "")
    ]  # fmt: skip
    for each in about(made(told), "One set of an exercise"):
        assert not [part for part in each["component"] if "planned" in part["code"]["text"]]


def test_paper_and_review_make_up_no_dose_either():
    for outside, said in (
        (True, "Ankle pumps 10, Bottom squeeze 5"),
        (False, "Ankle pumps 10/10, Bottom squeeze 5/5"),
    ):
        history = session(begun(), Source.DIARY, outside=outside).history
        assert tables.sessions(Case.of(default(), history))["Exercises"].to_list() == [said]


def test_the_plain_history_says_what_in_it_nobody_measured():
    found = json.loads(plain_history.content(patient_record(session(begun(), Source.DIARY), LATER)))
    assert found["notes"] == [FROM_MEMORY, TESTS]


def test_no_plan_was_made_before_somebody_could():
    told = begun()
    told.entries = [replace(entry, recorded_at=on_day(9)) for entry in told.entries]
    for each in resources(made(told), "ServiceRequest"):
        assert datetime.fromisoformat(each["authoredOn"]) == on_day(9)


def test_what_the_player_timed_leaves_as_it_was_timed():
    told = session(begun(), Source.PLAYER)
    files, bundle = read(csv.zipped(patient_record(told, LATER))), made(told)
    assert [(row["took"], row["time_estimated"]) for row in files["sets"]] == [("97.25", "false")] * 2
    assert [row["sets_planned"] for row in files["sessions"]] == ["2"]
    assert datetime.fromisoformat(files["sessions"][0]["ended_at"]) == ENDS
    [duration] = [each for each in resources(bundle, "Observation") if DURATION in coding(each["code"])]
    assert duration["valueQuantity"]["value"] == pytest.approx(2 * SCHEDULED_S / 60, abs=0.01)
    assert "component" not in duration


def test_a_duration_of_which_part_is_estimated_says_so():
    bundle = made(session(begun(), Source.PLAYER, estimated=True))
    [duration] = [each for each in resources(bundle, "Observation") if DURATION in coding(each["code"])]
    assert [part["code"]["text"] for part in duration["component"]] == ["Time or repetitions estimated"]


def test_a_set_that_no_clock_saw_has_no_length_and_leaves_its_session_without_one():
    told = session(begun(), Source.PLAYER)
    own = next(entry.id for entry in told.entries if isinstance(entry.fact, SessionStarted))
    told.add(SetDone(own, GLUTES, 5, 5, 3, 0, "second-day"), SECOND + timedelta(seconds=SCHEDULED_S))
    rows = read(csv.zipped(patient_record(told, LATER)))["sets"]
    assert [row["took"] for row in rows] == ["97.25", "97.25", ""]
    bundle = made(told)
    assert not any(DURATION in coding(each["code"]) for each in resources(bundle, "Observation"))


def test_repetitions_that_were_put_right_by_hand_are_told_apart():
    told = session(begun(), Source.PLAYER)
    done = told.history.of(SetDone)[0]
    right = SetDone(done.fact.session, PUMPS, 7, 10, 2, SCHEDULED_S, "second-day")
    told.add(right, STARTS, supersedes=done.id)
    rows = read(csv.zipped(patient_record(told, LATER)))["sets"]
    assert [(row["reps_done"], row["corrected"]) for row in rows] == [("7", "true"), ("5", "false")]


def test_what_is_told_of_the_time_before_the_procedure_lies_before_it():
    told = begun()
    found = fhir.bundle_of(patient_record(told, LATER))
    [procedure] = about(found, "Balloon kyphoplasty", "Procedure")
    [baseline] = about(found, "Back pain before the procedure")
    assert baseline["effectivePeriod"] == {"end": procedure["performedDateTime"]}
    assert "effectiveDateTime" not in baseline
    [row] = read(csv.zipped(patient_record(told, LATER)))["pain"]
    assert (row["question"], row["since_procedure_h"]) == ("baseline", "")
