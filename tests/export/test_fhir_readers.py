"""A bundle in the hands of others: FHIR's own rules by another engine, a client's models, a server that takes it in."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from coach.domain.facts import Answer, Cause, Note, Procedure, Reply
from coach.export import fhir
from coach.export.fhir.codes import ACTIVITY, DURATION, LOINC, PAIN_NOW, REPLY
from coach.protocols.loader import default
from tests.support.courses import Told, begun, full, patient_record
from tests.support.fhir_bundles import LATER, Json, made
from tests.support.fhir_engine import broken_invariants, client_errors
from tests.support.fhir_r4 import broken_rules, nested, resources, schema_errors
from tests.support.review_samples import PUMPS, on_day

FOLDER = Path(fhir.__file__).parent


@pytest.fixture(scope="module")
def bundle() -> Json:
    return made(full())


@pytest.fixture(scope="module")
def transaction() -> Json:
    found: Json = json.loads(fhir.content(patient_record(full(), LATER), transaction=True))
    return found


def test_no_invariant_of_r4_is_broken_and_none_of_its_advice(bundle: Json):
    assert broken_invariants(bundle) == []


def test_a_client_reads_it_and_writes_the_same(bundle: Json):
    assert client_errors(deepcopy(bundle)) == []


BREAKS: dict[str, tuple[str, Any]] = {
    "dom-6": ("Observation", lambda r: r["text"].pop("div")),
    "obs-6": ("Observation", lambda r: r.update(valueInteger=1, dataAbsentReason={"text": "x"})),
    "prr-1": ("ServiceRequest", lambda r: r.pop("code")),
    "tim-2": ("ServiceRequest", lambda r: r["occurrenceTiming"]["repeat"].pop("periodUnit")),
    "qty-3": ("Goal", lambda r: r["target"][0]["detailQuantity"].pop("system")),
    "gol-1": ("Goal", lambda r: r["target"][0].pop("measure")),
    "per-1": ("Flag", lambda r: r["period"].update(end="2020-01-01T00:00:00Z")),
    "qrs-1": ("QuestionnaireResponse", lambda r: r["item"][0].update(answer=[{"valueInteger": 1}], item=[r["item"][1]])),
    "ref-1": ("Procedure", lambda r: r["subject"].update(reference="#nowhere")),
}  # fmt: skip


@pytest.mark.parametrize("rule", BREAKS)
def test_the_engine_sees(rule: str, bundle: Json):
    kind, spoil = BREAKS[rule]
    spoilt = deepcopy(bundle)
    spoil(resources(spoilt, kind)[0])
    assert any(f" {rule} " in each for each in broken_invariants(spoilt))


def test_the_client_sees_what_it_does_not_know(bundle: Json):
    spoilt = deepcopy(bundle)
    resources(spoilt, "Flag")[0]["zebrafish"] = 1
    assert client_errors(spoilt)


# a server that takes it in


def taken_in(server: dict[str, Json], sent: Json) -> None:
    """Put what a transaction holds under its addresses, as a server does, and refuse references that lead nowhere."""
    after = dict(server)
    for entry in sent["entry"]:
        assert entry["request"]["method"] == "PUT"
        assert entry["request"]["url"] == f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
        after[entry["request"]["url"]] = entry["resource"]
    for resource in after.values():
        for _path, each in nested(resource, resource["resourceType"]):
            if isinstance(each.get("reference"), str):
                assert each["reference"] in after
    server.update(after)


def test_a_server_takes_a_transaction_and_its_next_one_as_an_update(transaction: Json):
    server: dict[str, Json] = {}
    taken_in(server, transaction)
    first = set(server)
    taken_in(server, json.loads(fhir.content(patient_record(full(), on_day(21)), transaction=True)))
    assert set(server) == first
    assert "urn:uuid" not in json.dumps([e["resource"].get("subject") for e in transaction["entry"]])


def test_a_transaction_is_valid_and_holds_what_the_collection_holds(bundle: Json, transaction: Json):
    assert (
        schema_errors(transaction)
        == broken_invariants(transaction)
        == client_errors(deepcopy(transaction))
        == []
    )
    whole = re.sub(r'"reference": "[A-Za-z]+/', '"reference": "urn:uuid:', json.dumps(resources(transaction)))
    assert json.loads(whole) == resources(bundle)


# what is in it


def test_every_code_of_loinc_has_the_display_of_the_kept_list(bundle: Json):
    kept = {each.code: each.display for each in (PAIN_NOW, ACTIVITY, DURATION)}
    assert all(each.source for each in (PAIN_NOW, ACTIVITY, DURATION))
    found = {
        (each["code"], each["display"])
        for resource in resources(bundle)
        for _path, each in nested(resource, resource["resourceType"])
        if each.get("system") == LOINC
    }
    assert found == set(kept.items())
    elsewhere = [file for file in FOLDER.glob("*.py") if file.name != "codes.py"]
    assert not [file.name for file in elsewhere if any(code in file.read_text() for code in kept)]


def test_messages_leave_as_who_when_and_read_without_a_word_of_them(bundle: Json):
    assert "Zebrafish" not in json.dumps(bundle)
    asked, answered = resources(bundle, "Communication")
    assert asked["sender"]["type"] == answered["recipient"][0]["type"] == "Patient"
    assert answered["sender"]["type"] == "Practitioner"
    assert datetime.fromisoformat(asked["sent"]) == on_day(17, "09:00")
    assert datetime.fromisoformat(asked["received"]) == on_day(17, "11:00")
    assert "received" not in answered
    assert not {"payload", "note", "reasonCode"} & (asked.keys() | answered.keys())


def set_up(told: Told) -> list[Json]:
    found = resources(made(told), "QuestionnaireResponse")
    return [each for each in found if each["item"][0]["linkId"] == default().questions[0].id]


def test_the_answers_of_set_up_are_a_response_that_is_whole_once_all_are_there():
    told = begun()
    [whole] = set_up(told)
    assert whole["status"] == "completed"
    assert [each["linkId"] for each in whole["item"]] == [each.id for each in default().questions]
    assert {each["answer"][0]["valueCoding"]["system"] for each in whole["item"]} == {REPLY}
    told.physio(Procedure(Cause.NEW_FRACTURE, "L2"), on_day(9))  # asks everything again
    told.add(Answer(default().questions[0].id, Reply.UNSURE), on_day(9, "21:00"))
    before, now = set_up(told)
    assert (before["status"], now["status"]) == ("completed", "in-progress")
    assert before["item"] == whole["item"]
    assert ["answer" in each for each in now["item"]] == [True] + [False] * (len(default().questions) - 1)
    assert now["item"][0]["answer"][0]["valueCoding"]["code"] == "unsure"


def test_the_outcome_questions_are_responses_in_which_not_known_has_no_answer(bundle: Json):
    _set_up, baseline, later, _bones = resources(bundle, "QuestionnaireResponse")
    assert [each["answer"][0]["valueInteger"] for each in baseline["item"]] == [2, 3]
    assert [each.get("answer") for each in later["item"][:2]] == [[{"valueInteger": 6}], None]
    assert later["item"][2]["answer"][0]["valueCoding"]["display"] == "Much better"


def test_the_questions_about_bone_health_are_a_response_in_text_with_the_patients_own_words(bundle: Json):
    bones = resources(bundle, "QuestionnaireResponse")[-1]
    assert bones["status"] == "completed"
    assert [(each["linkId"], each.get("answer")) for each in bones["item"]] == [
        ("treatment", [{"valueString": "Yes"}]),
        ("which-treatment", [{"valueString": "Wombat drops"}]),
        ("scan", [{"valueString": "It is booked"}]),
        ("appointment", None),
    ]


def test_goals_are_proposed_with_the_limits_of_the_protocol(bundle: Json):
    pain, function = resources(bundle, "Goal")
    assert {each["lifecycleStatus"] for each in (pain, function)} == {"proposed"}
    aim = pain["target"][0]["detailQuantity"]
    assert (aim["comparator"], aim["value"]) == ("<=", 5.6)  # from 8: two points and 30 % less
    assert "achievementStatus" not in pain  # too few days to say
    aim = function["target"][0]["detailQuantity"]
    limit = default().measures
    assert limit
    assert (aim["comparator"], aim["value"]) == (">=", 2.5 + limit.detectable_mean.value)
    assert function["achievementStatus"]["coding"][0]["code"] == "achieved"


def test_a_narrative_shows_what_people_wrote_and_runs_nothing():
    told = begun()
    session = told.session(on_day(3, "09:00"), [PUMPS])
    told.add(Note(session, "<script>alert('&')</script>]]>\ufffe\uffff\x0b\ud800"), on_day(3, "09:05"))
    found = made(told)
    assert broken_invariants(found) == broken_rules(found) == []
    [note] = [r for r in resources(found, "Procedure") if "note" in r]
    assert "&lt;script&gt;" in note["text"]["div"]
