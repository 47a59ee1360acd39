"""What a bundle says may be done, and who asked for it: never more than the gate would open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coach.domain import decisions, gate
from coach.domain.case import Case
from coach.domain.facts import Answer, ClinicianHold, HoldLifted, Override, Procedure, RedFlagYes, Reply
from coach.export import fhir
from coach.export.fhir.codes import CLOSED_BY
from coach.scenarios.scenario import tell
from tests.domain.story import PROTOCOL
from tests.support import scenarios
from tests.support.courses import begun
from tests.support.fhir_bundles import Json, about, made, told_of
from tests.support.fhir_r4 import broken_rules, resources
from tests.support.pdf_reading import patient_record
from tests.support.review_samples import GLUTES, on_day

STATUS_REASON = "http://hl7.org/fhir/StructureDefinition/request-statusReason"


@pytest.mark.parametrize("path", scenarios.files(), ids=lambda path: Path(path).stem)
def test_no_order_is_active_while_somebody_must_act_before_its_exercise_opens(path: Path):
    loaded = scenarios.loaded(path)
    told = tell(loaded, PROTOCOL).told
    ends = [told.instant(then["at"]) for then in loaded.get("then", [])]
    for now in {min(ends), max(ends)} if ends else ():
        history = told.story.history
        taken = patient_record(history, now)
        found, decided = fhir.bundle_of(taken), gate.decide(Case.of(taken.protocol, history), now=now)
        closed = {
            each.routine.clinical_name
            for each in decided.values()
            if isinstance(each, decisions.Locked) and isinstance(each.reason, decisions.BY_SOMEBODY)
        }
        active = {
            each["code"]["text"] for each in resources(found, "ServiceRequest") if each["status"] == "active"
        }
        assert not active & closed
        if len(closed) == len(decided):
            assert {plan["status"] for plan in resources(found, "CarePlan")} <= {"on-hold"}
        assert broken_rules(found) == []


CLOSINGS: dict[str, Any] = {
    "open-red-flag": RedFlagYes("leg_weakness"),
    "hold": ClinicianHold(None, "X-ray first"),
    "answer-needs-clinic": Answer("went_wrong", Reply.YES),
}


@pytest.mark.parametrize("code", CLOSINGS)
def test_an_order_on_hold_says_why_in_a_code(code: str):
    told = begun()
    told.physio(CLOSINGS[code], on_day(4))
    found = made(told, on_day(4, "21:00"))
    present = [each for each in resources(found, "ServiceRequest") if each["status"] == "on-hold"]
    assert len(present) == 4
    for each in present:
        [said] = each["extension"]
        assert said["url"] == STATUS_REASON
        [coded] = said["valueCodeableConcept"]["coding"]
        assert (coded["system"], coded["code"]) == (CLOSED_BY, code)


def test_only_a_physiotherapists_dose_is_an_order():
    told = begun()
    told.physio(Override(GLUTES, 6, 4.0, 3, on_day(3), on_day(6), "Strong enough"), on_day(3))
    found = resources(made(told, on_day(4)), "ServiceRequest")
    assert {(each["requester"]["type"], each["intent"]) for each in found} == {
        ("Device", "plan"), ("Practitioner", "order")
    }  # fmt: skip


def test_a_hold_is_a_flag_with_routine_reason_author_and_times():
    told = begun()
    told.physio(ClinicianHold(GLUTES, "Sore skin", on_day(9)), on_day(4))
    lifted = told.physio(ClinicianHold(None, "X-ray first"), on_day(5))
    told.physio(HoldLifted(lifted, "All well"), on_day(6))
    found = made(told, on_day(7))
    glutes, everything = resources(found, "Flag")
    assert [each["status"] for each in (glutes, everything)] == ["active", "inactive"]
    assert [each["code"]["coding"][0]["code"] for each in (glutes, everything)] == ["hold", "hold"]
    assert glutes["code"]["text"] == "On hold: static glutes. Sore skin"
    assert glutes["author"]["type"] == "Practitioner"
    assert set(glutes["period"]) == set(everything["period"]) == {"start", "end"}
    [order] = [e for e in about(found, "static glutes", "ServiceRequest") if e["status"] == "on-hold"]
    address = f"urn:uuid:{glutes['id']}"
    assert address in {each["reference"] for each in order["supportingInfo"]}
    [plan] = resources(found, "CarePlan")
    assert [each["reference"] for each in plan["supportingInfo"] if each["type"] == "Flag"] == [address]
    assert [each["reason"][0]["text"] for each in told_of(found, everything)] == ["X-ray first", "All well"]


def test_a_home_arrival_that_is_assumed_is_said_to_be():
    told = begun()
    told.entries = [entry for entry in told.entries if entry.kind != "home_arrival"]
    [plan] = resources(made(told, on_day(4)), "CarePlan")
    assumed = {"text": "When the patient came home is not recorded; it is assumed."}
    assert assumed in plan["note"]
    assert assumed not in resources(made(begun(), on_day(4)), "CarePlan")[0].get("note", [])


def test_figures_from_before_the_procedure_never_lie_after_it():
    told = begun()
    for procedure in (None, on_day(10, "10:00")):
        if procedure:
            told.add(Procedure(), procedure)
        found: Json = made(told)
        for each in about(found, "Back pain before the procedure"):
            assert set(each["effectivePeriod"]) == {"end"}
