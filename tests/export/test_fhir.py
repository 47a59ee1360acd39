"""A history as a FHIR R4 bundle: valid by the published schema, whole, and text where people wrote text."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from coach.domain import facts
from coach.export import fhir
from coach.export.fhir import check
from coach.export.fhir.values import digest_address
from coach.protocols.loader import default
from tests.support.courses import HEAD, PATIENT_ID, Told, begun, full, patient_record
from tests.support.fhir_bundles import LATER, Json, about, made
from tests.support.fhir_r4 import broken_rules, resources, schema_errors, validator
from tests.support.review_samples import PUMPS, on_day

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bundle() -> Json:
    return made(full())


# valid


def test_every_kind_of_fact_makes_a_valid_bundle(bundle: Json):
    assert schema_errors(bundle) == []
    assert broken_rules(bundle) == []
    assert {each["resourceType"] for each in resources(bundle)} == {
        "Patient", "Practitioner", "Device", "Procedure", "CarePlan", "ServiceRequest", "Observation", "Flag",
        "Provenance", "Goal", "QuestionnaireResponse", "Communication",
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
    assert broken_rules(spoilt) or schema_errors(spoilt)


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
    monkeypatch.setattr(fhir, "bundle_of", lambda _dossier, *, transaction: {"value": float("nan")})
    with pytest.raises(ValueError, match="not JSON compliant"):
        fhir.content(patient_record(begun(), LATER))


def test_the_models_are_loaded_when_a_bundle_is_asked_for_and_not_before():
    said = "import coach.export.formats, coach.export.fhir, sys; sys.exit('fhir.resources' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == 0


# who


def test_the_patient_has_a_pseudonym_and_no_name(bundle: Json):
    [patient] = resources(bundle, "Patient")
    pseudonym, reference = patient["identifier"]
    assert pseudonym == {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{PATIENT_ID}"}
    assert reference == {"type": {"text": "The clinic’s reference"}, "value": "R-Quokka"}
    assert "name" not in patient
    assert "Quokka" not in json.dumps(bundle).replace("R-Quokka", "")


def test_a_physiotherapist_without_a_known_name_is_there_without_one():
    found = fhir.bundle_of(patient_record(full(), LATER, authors={}))
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


def test_a_digest_is_the_address_that_rfc_6920_gives_as_its_example():
    hello_world = "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069"
    assert digest_address(hello_world) == "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"
    assert digest_address("digest") is None


def test_two_exports_of_one_history_are_equal():
    assert fhir.content(patient_record(full(), LATER)) == fhir.content(patient_record(full(), LATER))
    later = {each["id"] for each in resources(made(full(), LATER + timedelta(minutes=1)))}
    assert later == {each["id"] for each in resources(made(full(), LATER))}


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
    told.add(facts.Note(session, words), on_day(3, "09:05"))
    told.add(facts.RedFlagYes(words), on_day(3, "10:00"))
    told.physio(facts.ClinicianHold("\x00", words), on_day(4))
    told.physio(facts.Override(words, 6, 4.0, 3, on_day(5), on_day(8), words), on_day(5))
    told.add(facts.SetDone(session, words, 5, 5, 3, 60, words), on_day(3, "09:10"))
    found = made(told)
    assert schema_errors(found) == broken_rules(found) == []
    plain = made(_with_note("plain"))
    assert sorted(each["resourceType"] for each in resources(found)) == sorted(
        [each["resourceType"] for each in resources(plain)]
    )


def _with_note(words: str) -> Told:
    told = begun()
    session = told.session(on_day(3, "09:00"), [PUMPS])
    told.add(facts.Note(session, words), on_day(3, "09:05"))
    told.add(facts.RedFlagYes(words), on_day(3, "10:00"))
    told.physio(facts.ClinicianHold("x", words), on_day(4))
    told.physio(facts.Override(words, 6, 4.0, 3, on_day(5), on_day(8), words), on_day(5))
    told.add(facts.SetDone(session, words, 5, 5, 3, 60, words), on_day(3, "09:10"))
    return told


@pytest.mark.parametrize("words", ["\x00", "\x1f\x7f", "\ufeff"])
def test_a_text_of_which_nothing_can_be_said_leaves_no_empty_element(words: str):
    found = made(_with_note(words))
    assert schema_errors(found) == broken_rules(found) == []
    assert '""' not in json.dumps(found)


def test_a_fact_about_what_is_not_in_the_record_dangles_nowhere():
    told = begun()
    nowhere = UUID(int=9)
    told.add(facts.Pain(3, facts.PainWhen.BEFORE, nowhere), on_day(3))
    told.add(facts.SetDone(nowhere, PUMPS, 5, 5, 2, 60, "gone"), on_day(3))
    told.add(facts.Setting("zone", "America/St_Johns"), on_day(3))
    found = made(told)
    assert schema_errors(found) == broken_rules(found) == []


def test_an_author_who_is_nobody_known_is_told_in_words():
    told = begun()
    told.by("somebody", facts.ClinicianHold(None, "Why not"), on_day(3))
    found = made(told)
    assert broken_rules(found) == []
    assert "somebody" in {p["agent"][0]["who"].get("display") for p in resources(found, "Provenance")}


def test_an_order_for_a_routine_that_the_protocol_does_not_have_says_its_dose():
    told = begun()
    told.physio(facts.Override("marching", 6, 4.0, 3, on_day(3), on_day(30), "Own idea"), on_day(3))
    found = made(told)
    [order] = about(found, "marching", "ServiceRequest")
    assert order["patientInstruction"] == "6 repetitions, hold each for 4 s, 3 times a day."
