"""The figures of a FHIR bundle: those of the record, with codes where they are confirmed, at the times that they had."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from coach.domain import measures
from coach.domain.case import Case
from coach.domain.facts import ClinicianHold, Pain, PainWhen, PainWord, PlannedSet, SessionStarted, SetDone
from coach.export.fhir.codes import CLOSED_BY
from coach.export.fhir.pain import QUESTIONS
from coach.export.fhir.values import moment
from coach.protocols.loader import default
from tests.support.courses import begun, full
from tests.support.fhir_bundles import Json, about, coding, made
from tests.support.fhir_r4 import broken_rules, resources, schema_errors
from tests.support.review_samples import GLUTES, PUMPS, on_day


@pytest.fixture(scope="module")
def bundle() -> Json:
    return made(full())


# figures


def test_the_figures_are_those_of_the_record(bundle: Json):
    history = full().history
    valid = [each for each in resources(bundle, "Observation") if each["status"] != "entered-in-error"]
    sets = [each for each in valid if coding(each["code"]) == [("http://loinc.org", "73985-4")]]
    assert len(sets) == len(history.of(SetDone)) > 0
    done = sum(part["valueInteger"] for each in sets for part in each["component"][:1])
    assert done == sum(entry.fact.reps_done for entry in history.of(SetDone))
    sessions = [
        each
        for each in about(bundle, "Exercise session", "Procedure")
        if each["status"] != "entered-in-error"
    ]
    assert len(sessions) == len(history.sessions)
    minutes = [
        e["valueQuantity"]["value"] for e in valid if coding(e["code"]) == [("http://loinc.org", "55411-3")]
    ]
    assert sum(minutes) == pytest.approx(sum(e.fact.took_s for e in history.of(SetDone)) / 60)


def test_every_pain_score_is_told_as_it_was_given(bundle: Json):
    def said(each: Json) -> object:
        word, number = each.get("valueCodeableConcept"), each.get("valueQuantity")
        return word["text"] if word else number["value"] if number else None

    words = default().plain_words
    given = Counter(
        (each["code"]["text"].split(", 0 (")[0].removesuffix(", in plain words"), said(each))
        for each in about(bundle, "Back pain")
        if each["status"] != "entered-in-error"
    )
    expected = Counter(
        (QUESTIONS[fact.when], words[fact.score.value] if isinstance(fact.score, PainWord) else fact.score)
        for fact in (entry.fact for entry in full().history.of(Pain))
    )
    assert given == expected
    assert {0, None, "Mild pain"} <= {value for _question, value in given}


def test_only_a_number_right_now_has_the_code_of_the_numeric_rating(bundle: Json):
    for each in resources(bundle, "Observation"):
        right_now = each["code"]["text"].startswith("Back pain right now")
        numeric = "in plain words" not in each["code"]["text"]
        pain = ("http://loinc.org", "72514-3") in coding(each["code"])
        assert pain == (right_now and numeric)
        if pain:
            [code] = each["code"]["coding"]
            assert code["display"] == "Pain severity - 0-10 verbal numeric rating [Score] - Reported"


def test_a_score_is_a_whole_number_with_its_unit(bundle: Json):
    scores = [each for each in about(bundle, "Back pain") if "valueQuantity" in each]
    assert scores
    for each in scores:
        value = each["valueQuantity"]
        assert type(value["value"]) is int
        assert (value["system"], value["code"], value["unit"]) == (
            "http://unitsofmeasure.org",
            "{score}",
            "{score}",
        )


def test_plain_words_are_never_numbers(bundle: Json):
    words = [each for each in about(bundle, "Back pain") if "in plain words" in each["code"]["text"]]
    assert {each["valueCodeableConcept"]["text"] for each in words} == {"Mild pain", "Bad pain"}
    assert not any(name in each for each in words for name in ("valueQuantity", "valueInteger"))
    assert all("coding" not in each["code"] for each in words)


def test_asked_and_not_known_is_said_and_is_not_zero(bundle: Json):
    [unknown] = [each for each in about(bundle, "Back pain on average") if "dataAbsentReason" in each]
    assert coding(unknown["dataAbsentReason"]) == [
        ("http://terminology.hl7.org/CodeSystem/data-absent-reason", "asked-unknown")
    ]
    assert not any(name.startswith("value") for name in unknown)


def test_what_is_asked_of_a_day_is_of_the_24_hours_before(bundle: Json):
    [average] = [
        each
        for each in about(bundle, "Back pain on average")
        if each.get("valueQuantity", {}).get("value") == 5
    ]
    starts, ends = (datetime.fromisoformat(average["effectivePeriod"][name]) for name in ("start", "end"))
    assert (ends, ends - starts) == (on_day(9), timedelta(hours=24))


def test_codes_stand_only_where_they_are_confirmed(bundle: Json):
    allowed = {
        ("http://loinc.org", "72514-3"), ("http://loinc.org", "73985-4"), ("http://loinc.org", "55411-3"),
        ("http://terminology.hl7.org/CodeSystem/data-absent-reason", "asked-unknown"),
        ("http://terminology.hl7.org/CodeSystem/observation-category", "survey"),
        ("http://terminology.hl7.org/CodeSystem/observation-category", "activity"),
        ("http://terminology.hl7.org/CodeSystem/goal-achievement", "achieved"),
        (CLOSED_BY, "hold"), (CLOSED_BY, "open-red-flag"),
    }  # fmt: skip
    found: set[tuple[str, str]] = set()
    units: set[tuple[str, str]] = set()

    def look(value: object) -> None:
        if isinstance(value, list):
            for item in value:
                look(item)
        elif isinstance(value, dict):
            found.update(coding(value))
            if "unit" in value:
                units.add((value["system"], value["code"]))
            for item in value.values():
                look(item)

    look(bundle)
    assert found == allowed
    assert units == {
        ("http://unitsofmeasure.org", each) for each in ("{score}", "min", "s", "{rep}", "{set}")
    }


def test_effort_is_a_score_in_text(bundle: Json):
    [effort] = about(bundle, "How hard")
    assert effort["valueQuantity"]["value"] == 3
    assert "coding" not in effort["code"]


def test_function_and_change_are_told_in_text_with_the_screens_mean(bundle: Json):
    results = {each.occasion.name: each for each in measures.results(Case.of(default(), full().history))}
    means = {
        e["component"][0]["valueString"]: e["valueQuantity"]["value"]
        for e in about(bundle, "Mean of the own")
    }
    assert means == {name: result.mean for name, result in results.items()}
    scores = about(bundle, "How well this can be done")
    assert Counter(each["code"]["text"].split(": ")[1] for each in scores) == {
        "Putting on socks": 2,
        "Climbing stairs": 2,
    }
    assert sum("dataAbsentReason" in each for each in scores) == 1
    [change] = about(bundle, "How is your back now")
    assert change["valueCodeableConcept"] == {"text": "Much better"}


def test_bone_health_is_told_in_text_as_the_patient_said_it(bundle: Json):
    [treatment] = about(bundle, "Bone treatment arranged or started")
    assert (treatment["valueCodeableConcept"], treatment["note"]) == (
        {"text": "Yes"},
        [{"text": "Wombat drops"}],
    )
    [scan] = about(bundle, "Bone density scan")
    assert scan["valueCodeableConcept"] == {"text": "It is booked"}
    [appointment] = about(bundle, "Appointment about bone health")
    assert "dataAbsentReason" in appointment
    for each in (treatment, scan, appointment):
        assert "coding" not in each["code"]
        assert each["component"][0]["valueString"] == "Week 2"


# sessions


def test_a_session_is_completed_stopped_or_taken_back(bundle: Json):
    sessions = about(bundle, "Exercise session", "Procedure")
    assert [each["status"] for each in sessions] == ["completed", "completed", "stopped", "entered-in-error"]
    assert sessions[2]["statusReason"] == {"text": "pain"}
    assert all("statusReason" not in each for each in sessions[:2])


@pytest.mark.parametrize(("hours", "status"), [(1, "in-progress"), (3, "unknown"), (48, "unknown")])
def test_a_session_that_nobody_ended_goes_on_while_it_can_be_resumed(hours: int, status: str):
    told = begun()
    told.add(SessionStarted((PlannedSet(PUMPS, 10, 2, 1),), "p", "1", "d"), on_day(3, "09:00"))
    [session] = about(
        made(told, on_day(3, "09:00") + timedelta(hours=hours)), "Exercise session", "Procedure"
    )
    assert session["status"] == status
    assert ("end" in session["performedPeriod"]) == (status == "unknown")


def test_notes_are_the_patients_own_words(bundle: Json):
    [note] = about(bundle, "Exercise session", "Procedure")[0]["note"]
    assert note["text"] == "It went well.\nMy knee clicked."
    assert note["authorReference"]["type"] == "Patient"
    assert datetime.fromisoformat(note["time"]) == on_day(3, "09:11")


def test_a_session_is_based_on_the_orders_that_were_in_force_then(bundle: Json):
    orders = {f"urn:uuid:{each['id']}": each for each in resources(bundle, "ServiceRequest")}
    for session in about(bundle, "Exercise session", "Procedure"):
        assert session["basedOn"]
        starts = datetime.fromisoformat(
            session["performedPeriod"]["start"]
            if "performedPeriod" in session
            else session["performedDateTime"]
        )
        for reference in session["basedOn"]:
            bounds = orders[reference["reference"]]["occurrenceTiming"]["repeat"]["boundsPeriod"]
            assert datetime.fromisoformat(bounds["start"]) <= starts < datetime.fromisoformat(bounds["end"])


# time


def test_times_keep_the_offset_of_the_clock_that_showed_them_over_a_clock_change():
    told = begun()
    before, after = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    for instant in (before, after):
        told.add(Pain(3, PainWhen.NOW), instant)
    told.session(datetime(2026, 10, 25, 0, 59, tzinfo=UTC), [PUMPS])
    told.abroad(Pain(4, PainWhen.NOW), datetime(2026, 10, 26, 1, 30, tzinfo=UTC), "Asia/Kathmandu")
    found = made(told, datetime(2026, 10, 27, tzinfo=UTC))
    assert schema_errors(found) == broken_rules(found) == []
    times = [each["effectiveDateTime"] for each in about(found, "Back pain right now")]
    assert times == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-26T07:15:00+05:45"]
    [session] = about(found, "Exercise session", "Procedure")
    assert session["performedPeriod"] == {
        "start": "2026-10-25T02:59:00+02:00",
        "end": "2026-10-25T02:01:00+01:00",
    }


def test_an_offset_with_seconds_which_r4_does_not_know_becomes_utc():
    assert moment(datetime(1910, 5, 1, 12, tzinfo=UTC), "Europe/Amsterdam") == "1910-05-01T12:00:00+00:00"
    assert moment(datetime(2026, 5, 1, 12, tzinfo=UTC), "Europe/Amsterdam") == "2026-05-01T14:00:00+02:00"


def test_an_end_before_its_start_is_left_out():
    told = begun()
    told.physio(ClinicianHold(GLUTES, "Over before it began", on_day(3)), on_day(4))
    assert broken_rules(made(told)) == []
