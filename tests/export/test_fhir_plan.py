"""The plan in a FHIR bundle: orders with the doses of the gate, and who changed what, when and why."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from coach.domain import dosing
from coach.domain.case import Case
from coach.domain.facts import Cause, ClinicianHold, HomeArrival, Override, Procedure, RedFlagYes
from coach.domain.protocol import Quantity
from coach.domain.red_flags import open_flags
from coach.export import fhir
from coach.protocols.loader import default
from tests.domain.story import PHYSIO, Story
from tests.support.courses import begun, full
from tests.support.fhir_bundles import Json, about, made, red_flags, told_of
from tests.support.fhir_r4 import resources
from tests.support.pdf_reading import patient_record
from tests.support.review_samples import GLUTES, QUADS, on_day


@pytest.fixture(scope="module")
def bundle() -> Json:
    return made(full())


# the plan


@pytest.mark.parametrize("day", [1, 2, 3, 6, 10, 17, 45, 90])
def test_the_present_orders_have_the_doses_of_the_gate(day: int):
    told = begun()
    for before in range(2, day):
        told.session(on_day(before, "09:00"), [GLUTES, QUADS])
    now = on_day(day, "18:00")
    found, case = made(told, now), Case.of(default(), told.history)
    active = {
        each["code"]["text"]: each
        for each in resources(found, "ServiceRequest")
        if each["status"] == "active"
    }
    doses = {
        routine.clinical_name: (routine, dosing.dose(case, routine, now))
        for routine in default().routines.values()
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


@pytest.mark.parametrize(
    ("share", "note"),
    [(0.5, "Half of the repetitions after an amber light"), (0.75, "Fewer repetitions after an amber light")],
)
def test_a_smaller_dose_after_an_amber_light_is_called_a_half_only_where_it_is_one(share: float, note: str):
    told = begun()
    told.session(on_day(9, "09:00"), [GLUTES], before=2, after=4)
    given = patient_record(told.history, on_day(9, "18:00"))
    rules = replace(given.protocol.rules, amber_reps=Quantity(share, "share", "PD"))
    found = json.loads(fhir.content(replace(given, protocol=replace(given.protocol, rules=rules))))
    notes = [
        each["text"] for order in resources(found, "ServiceRequest") for each in order.get("note", ())
        if "amber" in each["text"]
    ]  # fmt: skip
    assert notes == [note]


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


def test_what_an_unanswered_question_closes_is_on_hold_with_the_reason():
    story = Story().begins(home=1.0)
    story.does(GLUTES, 60)
    story.add(Procedure(Cause.NEW_FRACTURE, "L2"), 200, author=PHYSIO)  # asks every question again
    story.add(HomeArrival(home=True), 201)
    found = fhir.bundle_of(patient_record(story.history, story.instant(260)))
    present = [each for each in resources(found, "ServiceRequest") if each["status"] != "completed"]
    plan, why = resources(found, "CarePlan")[0], {"text": "On hold: a set-up question has no answer"}
    assert len(present) == 4
    for each in (*present, plan):
        assert each["status"] == "on-hold"
        assert why in each["note"]


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
    flags = sorted(red_flags(bundle), key=lambda each: str(each["period"]["start"]))
    assert [each["status"] for each in flags] == ["inactive", "entered-in-error", "active"]
    assert ["end" in each["period"] for each in flags] == [True, True, False]
    assert datetime.fromisoformat(flags[0]["period"]["end"]) == on_day(4, "16:00")
    open_now = open_flags(Case.of(default(), full().history))
    assert len(open_now) == sum(each["status"] == "active" for each in flags)


def test_a_cleared_flag_says_who_cleared_it_after_speaking_to_whom_and_why(bundle: Json):
    [flag] = [each for each in red_flags(bundle) if each["status"] == "inactive"]
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
