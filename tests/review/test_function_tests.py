"""Results of a function test: by the week in which it was due, as they are, with the references for them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from coach.domain import facts, gate
from coach.domain.case import Case
from coach.export import fhir
from coach.export.pdf import progress_report
from coach.protocols.loader import default
from coach.review.clinic import frames as clinic_frames
from coach.review.clinic import tables as clinic_tables
from coach.review.patient import frames, function_tests
from coach.text import plan_states
from tests.support.courses import Told, begun, patient_record
from tests.support.fhir_bundles import about
from tests.support.pdf_reading import whole
from tests.support.review_samples import on_day

PROTOCOL = default()
TEST = PROTOCOL.routines["five_sit_to_stand"]
NOW = on_day(60, "21:00")


def tried(told: Told, at: datetime, reps: int, took_s: float) -> None:
    session = told.add(facts.SessionStarted((facts.PlannedSet(TEST.id, 1, 60, 1),), "p", "1", "d"), at)
    told.add(facts.SetDone(session, TEST.id, reps, 1, 60, took_s, "weeks-3-6"), at)
    told.add(facts.SessionFinished(session), at)


def course() -> Told:
    """A course in which the test was given up once and done in week 2, and given up in week 6."""
    told = begun()
    told.physio(facts.Released(TEST.id, "ready"), on_day(14, "20:00"))
    tried(told, on_day(15, "10:00"), 0, 31)
    tried(told, on_day(16, "10:00"), 1, 14.24)
    tried(told, on_day(44, "10:00"), 0, 22)
    return told


def test_the_sentence_has_a_result_for_each_week_that_has_one():
    case = Case.of(PROTOCOL, course().history)
    assert function_tests.finding(case, TEST) == "Week 2: 14.2 seconds; Week 6: tried, not finished"
    assert function_tests.finding(Case.of(PROTOCOL, begun().history), TEST) == "no result yet"


def test_the_table_has_every_try_and_every_week():
    rows = function_tests.table(Case.of(PROTOCOL, course().history), TEST, now=NOW)
    assert rows["Due"].to_list() == ["Week 2", "Week 2", "Week 6", "Week 12"]
    assert rows["Result"].to_list() == [
        "tried, not finished", "14.2 seconds", "tried, not finished", "from Monday, 30 November",
    ]  # fmt: skip
    late = function_tests.table(Case.of(PROTOCOL, course().history), TEST, now=on_day(120))
    assert late["Result"].to_list()[-1] == "not done"
    due = function_tests.table(Case.of(PROTOCOL, course().history), TEST, now=on_day(86))
    assert due["Result"].to_list()[-1] == "not done yet, until Monday, 7 December"


def test_the_references_are_those_of_the_protocol():
    assert function_tests.references(Case.of(PROTOCOL, begun().history), TEST) == [
        PROTOCOL.sources["S96"],
        PROTOCOL.sources["S97"],
    ]


def test_the_report_has_results_and_their_references_where_the_test_is_released():
    text = whole(progress_report.pdf(patient_record(course(), NOW), "a4"))
    assert "Five times sit-to-stand test: Week 2: 14.2 seconds; Week 6: tried, not finished" in text
    for code in ("S96", "S97"):
        assert PROTOCOL.sources[code] in text
    before = whole(progress_report.pdf(patient_record(begun(), NOW), "a4"))
    assert "sit-to-stand" not in before


def test_a_test_is_no_dose_a_release_is_a_change_and_its_next_time_is_to_come():
    made = patient_record(course(), NOW)
    assert TEST.name not in progress_report.kept(made)["Exercise"].to_list()
    cells = frames.cells(made.case, first=made.today, last=made.today, today=made.today)
    assert TEST.id not in {each.routine for each in cells}
    assert TEST.id not in set(clinic_frames.kept(made.case, today=made.today)["routine"])
    assert "Released: Five times up" in clinic_tables.plan(made.case, made.authors)["What"].to_list()
    [why] = gate.decide_routine(made.case, TEST, NOW).told  # type: ignore[union-attr]
    assert plan_states.closed(why) == "not its time yet"


def test_a_list_of_sessions_says_what_a_try_came_to():
    shown = clinic_tables.sessions(Case.of(PROTOCOL, course().history))["Exercises"].to_list()
    name = TEST.name
    assert shown == [
        f"{name}: tried, not finished", f"{name}: 14.2 seconds", f"{name}: tried, not finished",
    ]  # fmt: skip


def test_a_bundle_has_seconds_for_a_result_alone():
    made = json.loads(fhir.content(patient_record(course(), NOW)))
    found = [
        part.get("valueQuantity", {}).get("value") or part["valueString"]
        for each in about(made, "One set of an exercise")
        for part in each["component"]
        if part["code"]["text"] == "Result of the test"
    ]
    assert sorted(map(str, found)) == ["14.2", "tried, not finished", "tried, not finished"]


def test_a_try_beside_the_weeks_is_told_by_its_day():
    told = course()
    session = facts.SessionStarted((facts.PlannedSet(TEST.id, 1, 60, 1),), "p", "1", "d", facts.Source.DIARY)
    at = on_day(30, "10:00")
    key = told.add(session, at)
    done = facts.SetDone(key, TEST.id, 1, 1, 60, 60, "weeks-3-6", facts.Source.DIARY, outside_plan=True)
    told.add(replace(done, estimated=True), at)
    case = Case.of(PROTOCOL, told.history)
    assert function_tests.finding(case, TEST).endswith("; Wed 7\u00a0Oct, 10:00: done, no time measured")
