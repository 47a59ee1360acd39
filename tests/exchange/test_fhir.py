"""A history as a FHIR R4 bundle: valid by the published schema, whole, and with the record's own figures."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from coach.domain import gate, measures
from coach.domain.history import (
    ClinicianHold,
    Note,
    Override,
    Pain,
    PainWhen,
    PainWord,
    PlannedSet,
    RedFlagYes,
    SessionStarted,
    SetDone,
    Setting,
)
from coach.exchange import fhir
from coach.exchange.fhir import check
from coach.exchange.fhir.pain import QUESTIONS
from coach.exchange.fhir.values import digest_address, moment
from coach.protocols.loader import default
from tests.exchange.courses import HEAD, PATIENT_ID, Told, begun, dossier, full
from tests.exchange.r4 import broken_rules, resources, schema_errors, validator
from tests.review.samples import GLUTES, PUMPS, QUADS, Record, on_day

Json = dict[str, Any]
LATER = on_day(20, "12:00")


def made(told: Record, now: datetime = LATER) -> Json:
    """Return the bundle as its reader gets it."""
    found: Json = json.loads(fhir.content(dossier(told, now)))
    return found


@pytest.fixture(scope="module")
def bundle() -> Json:
    return made(full())


def about(bundle: Json, text: str, kind: str = "Observation") -> list[Json]:
    """Return the resources whose code says this."""
    return [each for each in resources(bundle, kind) if each["code"]["text"].startswith(text)]


def told_of(bundle: Json, target: Json) -> list[Json]:
    """Return the Provenance of a resource, but that of the export."""
    address = f"urn:uuid:{target['id']}"
    found = [p for p in resources(bundle, "Provenance") if p["target"][0]["reference"] == address]
    return [each for each in found if not each["activity"]["text"].startswith("Export")]


def coding(code: Json) -> list[tuple[str, str]]:
    """Return the codes of a CodeableConcept."""
    return [(each["system"], each["code"]) for each in code.get("coding", [])]


# valid


def test_every_kind_of_fact_makes_a_valid_bundle(bundle: Json):
    assert schema_errors(bundle) == []
    assert broken_rules(bundle) == []
    assert {each["resourceType"] for each in resources(bundle)} == {
        "Patient", "Practitioner", "Device", "Procedure", "CarePlan", "ServiceRequest", "Observation", "Flag",
        "Provenance",
    }  # fmt: skip


def test_a_bundle_is_valid_by_the_schema_as_a_whole():
    assert [*validator().iter_errors(made(begun(), on_day(1)))] == []


@pytest.mark.parametrize("hours", [0, 1, 3, 8, 30, 50, 200, 400, 1200, 3000])
def test_each_phase_makes_a_valid_bundle(hours: int):
    found = made(begun(), on_day(0, "17:00") + timedelta(hours=hours))
    assert schema_errors(found) == broken_rules(found) == []


def test_an_empty_history_is_a_patient_and_an_app(monkeypatch: pytest.MonkeyPatch):
    found = made(Told())
    assert schema_errors(found) == broken_rules(found) == []
    assert [each["resourceType"] for each in resources(found)] == ["Patient", "Device", "Provenance"]
    assert "identifier" not in found


BREAKS: dict[str, Any] = {
    "a status that R4 does not know": ("Procedure", lambda r: r.update(status="done")),
    "no status": ("ServiceRequest", lambda r: r.pop("status")),
    "a reference that leads nowhere": ("Observation", lambda r: r["subject"].update(reference="urn:uuid:no")),
    "a reference to what it may not lead to": ("CarePlan", lambda r: r.update(author=r["activity"][0]["reference"])),
    "two values": ("Observation", lambda r: r.update(valueInteger=1, valueString="1")),
    "a value and a reason for none": ("Observation", lambda r: r.update(valueInteger=1, dataAbsentReason={"text": "x"})),
    "an id that is not in its address": ("Flag", lambda r: r.update(id="x")),
    "a period from its end to its start": (
        "Flag", lambda r: r.update(period={"start": "2026-09-09T10:00:00+02:00", "end": "2026-09-09T09:00:00+02:00"}),
    ),
    "a field of R5": ("Procedure", lambda r: r.update(occurrenceDateTime="2026-09-09")),
    "a time without a zone": ("Procedure", lambda r: r.update(performedDateTime="2026-09-09T10:00:00")),
    "an unbound unit of time": (
        "ServiceRequest", lambda r: r["occurrenceTiming"]["repeat"].update(periodUnit="day"),
    ),
    "no target": ("Provenance", lambda r: r.update(target=[])),
}  # fmt: skip


@pytest.mark.parametrize("fault", BREAKS)
def test_the_rules_of_these_tests_see(fault: str, bundle: Json):
    kind, spoil = BREAKS[fault]
    spoilt = deepcopy(bundle)
    spoil(resources(spoilt, kind)[-1])
    assert schema_errors(spoilt) or broken_rules(spoilt)


@pytest.mark.parametrize(
    ("field", "value"),
    [("valueQuantity", {"value": float("nan")}), ("issued", "2026-09-09T10:00:00"), ("zebrafish", 1)],
)
def test_what_is_not_valid_is_not_handed_out_and_its_fault_tells_nothing_of_the_record(
    field: str, value: object, bundle: Json
):
    spoilt = deepcopy(bundle)
    resources(spoilt, "Observation")[0][field] = value
    resources(spoilt, "Observation")[0]["subject"] = {"display": ["Quokka"]}
    with pytest.raises(ValueError, match=r"no valid FHIR: .*display") as refused:
        check.valid(spoilt)
    assert "Quokka" not in str(refused.value)


def test_no_number_can_be_other_than_finite(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(check, "valid", lambda _bundle: None)
    monkeypatch.setattr(fhir, "bundle_of", lambda _dossier: {"value": float("nan")})
    with pytest.raises(ValueError, match="not JSON compliant"):
        fhir.content(dossier(begun(), LATER))


def test_the_models_are_loaded_when_a_bundle_is_asked_for_and_not_before():
    said = "import coach.takeaway, coach.exchange.fhir, sys; sys.exit('fhir.resources' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == 0


# who


def test_the_patient_has_a_pseudonym_and_no_name(bundle: Json):
    [patient] = resources(bundle, "Patient")
    assert patient["identifier"] == [{"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{PATIENT_ID}"}]
    assert "name" not in patient
    assert "Quokka" not in json.dumps(bundle)


def test_a_physiotherapist_without_a_known_name_is_there_without_one():
    found = fhir.bundle_of(dossier(full(), LATER, authors={}))
    assert all("name" not in each for each in resources(found, "Practitioner"))
    assert schema_errors(found) == broken_rules(found) == []


def test_the_bundle_says_what_it_was_made_from(bundle: Json):
    protocol = default()
    assert bundle["identifier"]["value"] == HEAD
    [origin] = [p for p in resources(bundle, "Provenance") if p["activity"]["text"].startswith("Export")]
    sources = {each["what"]["identifier"]["value"] for each in origin["entity"]}
    assert sources == {HEAD, f"{protocol.id} {protocol.version} {protocol.digest}", "test 1 digest"}
    [plan] = resources(bundle, "CarePlan")
    assert plan["instantiatesUri"] == [digest_address(protocol.digest)]


def test_a_digest_is_the_address_that_the_standard_gives_as_an_example():
    example = "5f80f231382769861dbbc3cb8a8c9a59b18ab5b39c7a5f2a3d8ba0a0b3b3a6b3"
    assert str(digest_address(example)).startswith(
        "ni:///sha-256;X4DyMTgnaYYdu8PLioyaWbGKtbOcel8qPYugoLOzprM"
    )
    assert digest_address("digest") is None


def test_two_exports_of_one_history_are_equal():
    assert fhir.content(dossier(full(), LATER)) == fhir.content(dossier(full(), LATER))
    later = {each["id"] for each in resources(made(full(), LATER + timedelta(minutes=1)))}
    assert later == {each["id"] for each in resources(made(full(), LATER))}


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
    results = {each.occasion.name: each for each in measures.results(default(), full().history)}
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


# the plan


@pytest.mark.parametrize("day", [1, 2, 3, 6, 10, 17, 45, 90])
def test_the_present_orders_have_the_doses_of_the_gate(day: int):
    told = begun()
    for before in range(2, day):
        told.session(on_day(before, "09:00"), [GLUTES, QUADS])
    now = on_day(day, "18:00")
    found, case = made(told, now), gate.Case.of(default(), told.history)
    active = {
        each["code"]["text"]: each
        for each in resources(found, "ServiceRequest")
        if each["status"] == "active"
    }
    doses = {
        routine.clinical_name: (routine, case.dose(routine, now)) for routine in default().routines.values()
    }
    assert active.keys() == {name for name, (_routine, shaped) in doses.items() if shaped}
    for name, order in active.items():
        routine, shaped = doses[name]
        assert shaped
        dose = shaped[0]
        repeat = order["occurrenceTiming"]["repeat"]
        assert order["quantityRatio"]["numerator"]["value"] == dose.reps * routine.sides
        assert (repeat["period"], repeat["periodUnit"]) == (1, "d")
        if not dose.hourly:
            assert repeat["frequency"] == dose.per_day
        else:
            assert (repeat["frequency"], repeat["frequencyMax"]) == (6, 12)
        assert order["patientInstruction"].startswith(f"{dose.reps} repetition")
        assert f"{dose.hold_s:g} s" in order["patientInstruction"]
    [plan] = resources(found, "CarePlan")
    assert len(plan["activity"]) == len(resources(found, "ServiceRequest"))


def test_an_override_is_the_physiotherapists_order_and_the_phases_waits_meanwhile():
    told = begun()
    told.physio(Override(GLUTES, 6, 4.0, 3, on_day(3), on_day(6), "Strong enough"), on_day(3))
    found = made(told, on_day(4))
    glutes = [
        each for each in about(found, "static glutes", "ServiceRequest") if each["status"] != "completed"
    ]
    assert {each["status"]: each["requester"]["type"] for each in glutes} == {
        "on-hold": "Device", "active": "Practitioner"
    }  # fmt: skip
    [own] = [each for each in glutes if each["status"] == "active"]
    assert own["reasonCode"] == [{"text": "Strong enough"}]
    assert own["quantityRatio"]["numerator"]["value"] == 6
    [change] = told_of(found, own)
    assert change["reason"] == [{"text": "Strong enough"}]
    assert change["agent"][0]["who"]["type"] == "Practitioner"
    assert resources(found, "Practitioner")[0]["name"] == [{"text": "Pat Sample"}]


def test_an_override_that_is_over_is_completed_and_one_that_was_ended_is_revoked(bundle: Json):
    own = [
        each for each in resources(bundle, "ServiceRequest") if each["requester"]["type"] == "Practitioner"
    ]
    assert [(each["code"]["text"], each["status"]) for each in own] == [
        ("transversus abdominis setting", "completed"),
        ("ankle pumps", "revoked"),
        ("static glutes", "on-hold"),  # the red flag of day 19 is open
    ]


@pytest.mark.parametrize("fact", [ClinicianHold(None, "X-ray first"), RedFlagYes("leg_weakness")])
def test_the_plan_waits_where_a_person_must_act(fact: Any):
    told = begun()
    assert resources(made(told, on_day(4)), "CarePlan")[0]["status"] == "active"
    told.physio(fact, on_day(4))
    found = made(told, on_day(4, "21:00"))
    assert resources(found, "CarePlan")[0]["status"] == "on-hold"
    assert "active" not in {each["status"] for each in resources(found, "ServiceRequest")}


def test_a_hold_of_one_routine_is_told_of_its_order():
    told = begun()
    told.physio(ClinicianHold(GLUTES, "Sore skin", on_day(9)), on_day(4))
    found = made(told, on_day(4, "21:00"))
    [glutes] = [
        each for each in about(found, "static glutes", "ServiceRequest") if each["status"] == "on-hold"
    ]
    [hold] = told_of(found, glutes)
    assert hold["reason"] == [{"text": "Sore skin"}]
    assert datetime.fromisoformat(hold["occurredPeriod"]["end"]) == on_day(9)
    assert resources(found, "CarePlan")[0]["status"] == "active"


def test_the_procedure_is_in_text_with_its_time(bundle: Json):
    [procedure] = about(bundle, "Balloon kyphoplasty", "Procedure")
    assert procedure["status"] == "completed"
    assert procedure["performedDateTime"] == "2026-09-07T14:30:00+02:00"
    assert procedure["bodySite"] == [{"text": "L1 and L2"}]
    assert procedure["reasonCode"] == [{"text": "Fall"}]
    assert "coding" not in procedure["code"]


# red flags, changes, corrections


def test_a_red_flag_is_active_until_it_is_cleared_or_was_a_mistake(bundle: Json):
    flags = sorted(resources(bundle, "Flag"), key=lambda each: str(each["period"]["start"]))
    assert [each["status"] for each in flags] == ["inactive", "entered-in-error", "active"]
    assert ["end" in each["period"] for each in flags] == [True, True, False]
    assert datetime.fromisoformat(flags[0]["period"]["end"]) == on_day(4, "16:00")
    open_now = gate.open_flags(default(), full().history)
    assert len(open_now) == sum(each["status"] == "active" for each in flags)


def test_a_cleared_flag_says_who_cleared_it_after_speaking_to_whom_and_why(bundle: Json):
    [flag] = [each for each in resources(bundle, "Flag") if each["status"] == "inactive"]
    [cleared] = told_of(bundle, flag)
    assert [each["who"].get("type", each["who"].get("display")) for each in cleared["agent"]] == [
        "Practitioner", "Dr Okapi"
    ]  # fmt: skip
    assert cleared["reason"] == [{"text": "Looked at it"}]
    assert datetime.fromisoformat(cleared["occurredDateTime"]) == on_day(4, "15:00")
    assert datetime.fromisoformat(cleared["recorded"]) == on_day(4, "16:00")


def test_every_change_of_the_plan_has_its_author_time_reason_and_target(bundle: Json):
    history, changes = full().history, resources(bundle, "Provenance")
    reasons = Counter(each["reason"][0]["text"] for each in changes if "reason" in each)
    written = Counter(why for entry in history.entries if (why := getattr(entry.fact, "why", "")))
    spared = {"Somebody else pressed it"}  # also of parts that have no resource of their own
    assert {why: n for why, n in reasons.items() if why not in spared} == {
        why: n for why, n in written.items() if why not in spared
    }
    assert all(each["target"] and each["agent"] and each["recorded"] for each in changes)


def test_what_was_corrected_stays_as_an_error_and_the_new_one_says_so(bundle: Json):
    def status(score: int | None, day: int) -> str:
        [found] = [
            each
            for each in about(bundle, "Back pain right now")
            if datetime.fromisoformat(each.get("effectiveDateTime", "2000-01-01T00:00:00+00:00"))
            == on_day(day, "12:00")
            and each.get("valueQuantity", {}).get("value") == score
        ]
        return str(found["status"])

    assert status(8, 12) == "entered-in-error"
    assert status(3, 12) == "corrected"
    assert status(None, 13) == "entered-in-error"
    assert status(0, 13) == "amended"


def test_a_correction_leads_to_what_it_corrects(bundle: Json):
    [right] = [each for each in about(bundle, "Back pain right now") if each["status"] == "corrected"]
    [wrong] = [
        each
        for each in about(bundle, "Back pain right now")
        if each.get("valueQuantity", {}).get("value") == 8
    ]
    [told] = told_of(bundle, right)
    [entity] = told["entity"]
    assert (entity["role"], entity["what"]["reference"]) == ("revision", f"urn:uuid:{wrong['id']}")


def test_what_was_taken_back_stays_as_an_error_with_the_reason(bundle: Json):
    [gone] = [each for each in about(bundle, "Back pain on average") if each["status"] == "entered-in-error"]
    [told] = told_of(bundle, gone)
    assert told["reason"] == [{"text": "Typed by mistake"}]
    assert told["entity"][0]["role"] == "removal"
    gone_session = about(bundle, "Exercise session", "Procedure")[-1]
    parts = [
        each
        for each in resources(bundle, "Observation")
        if gone_session["id"] in json.dumps(each.get("partOf", ""))
    ]
    assert {each["status"] for each in parts} == {"entered-in-error"}


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


# hostile text

HOSTILE = [
    "<script>alert(1)</script>",
    "![x](http://example.org/x.png) [y](javascript:alert(1))",
    '"}],"resourceType":"Patient',
    "=HYPERLINK(1)",
    "a\x00b\x07c\x1bd",
    "no\u00a0break\u2028line\u2003wide\u3000east\ufeff",
    "\u202eturned",
    "line\r\nline\ttab\x0bvertical\x0cform",
    "\ud800 alone",
    "🙂 e\u0301 ",
    "x" * 2000,
    "urn:uuid:00000000-0000-0000-0000-000000000000",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_write_is_text_and_nothing_else(words: str):
    told = begun()
    session = told.session(on_day(3, "09:00"), [PUMPS])
    told.add(Note(session, words), on_day(3, "09:05"))
    told.add(RedFlagYes(words), on_day(3, "10:00"))
    told.physio(ClinicianHold("\x00", words), on_day(4))
    told.physio(Override(words, 6, 4.0, 3, on_day(5), on_day(8), words), on_day(5))
    told.add(SetDone(session, words, 5, 5, 3, 60, words), on_day(3, "09:10"))
    found = made(told)
    assert schema_errors(found) == broken_rules(found) == []
    plain = made(_with_note("plain"))
    assert sorted(each["resourceType"] for each in resources(found)) == sorted(
        [each["resourceType"] for each in resources(plain)]
    )


def _with_note(words: str) -> Told:
    told = begun()
    session = told.session(on_day(3, "09:00"), [PUMPS])
    told.add(Note(session, words), on_day(3, "09:05"))
    told.add(RedFlagYes(words), on_day(3, "10:00"))
    told.physio(ClinicianHold("x", words), on_day(4))
    told.physio(Override(words, 6, 4.0, 3, on_day(5), on_day(8), words), on_day(5))
    told.add(SetDone(session, words, 5, 5, 3, 60, words), on_day(3, "09:10"))
    return told


@pytest.mark.parametrize("words", ["\x00", "\x1f\x7f", "\ufeff"])
def test_a_text_of_which_nothing_can_be_said_leaves_no_empty_element(words: str):
    found = made(_with_note(words))
    assert schema_errors(found) == broken_rules(found) == []
    assert '""' not in json.dumps(found)


def test_a_fact_about_what_is_not_in_the_record_dangles_nowhere():
    told = begun()
    nowhere = UUID(int=9)
    told.add(Pain(3, PainWhen.BEFORE, nowhere), on_day(3))
    told.add(SetDone(nowhere, PUMPS, 5, 5, 2, 60, "gone"), on_day(3))
    told.add(Setting("zone", "America/St_Johns"), on_day(3))
    found = made(told)
    assert schema_errors(found) == broken_rules(found) == []


def test_an_author_who_is_nobody_known_is_told_in_words():
    told = begun()
    told.by("somebody", ClinicianHold(None, "Why not"), on_day(3))
    found = made(told)
    assert broken_rules(found) == []
    assert "somebody" in {p["agent"][0]["who"].get("display") for p in resources(found, "Provenance")}


def test_an_order_for_a_routine_that_the_protocol_does_not_have_says_its_dose():
    told = begun()
    told.physio(Override("marching", 6, 4.0, 3, on_day(3), on_day(30), "Own idea"), on_day(3))
    found = made(told)
    [order] = about(found, "marching", "ServiceRequest")
    assert order["patientInstruction"] == "6 repetitions, hold each for 4 s, 3 times a day."
