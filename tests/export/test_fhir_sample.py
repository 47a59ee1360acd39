"""Bundles of every patient of the sample clinic: no fault by the schema, and the record's own figures."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

from coach.domain.case import Case
from coach.domain.facts import Pain, SetDone
from coach.domain.patient_record import PatientRecord
from coach.domain.red_flags import open_flags
from coach.export import fhir
from tests.support.fhir_bundles import red_flags
from tests.support.fhir_engine import broken_invariants, client_errors
from tests.support.fhir_r4 import Json, broken_rules, resources, schema_errors
from tests.support.sample_patients import PatientRecords

pytestmark = pytest.mark.timeout(900)

Made = list[tuple[PatientRecord, Json]]


@pytest.fixture(scope="module")
def bundles(all_patients: PatientRecords) -> Made:
    return made(all_patients)


def made(patient_records: PatientRecords) -> Made:
    return [(each, json.loads(fhir.content(each))) for each in patient_records]


def faults(bundle: Json) -> list[str]:
    """Return all that the schema, the rules, an engine of FHIRPath and a client say against a bundle."""
    return [
        *schema_errors(bundle), *broken_rules(bundle), *broken_invariants(bundle), *client_errors(deepcopy(bundle)),
    ]  # fmt: skip


def test_a_few_of_the_sample_have_no_fault_for_any_reader(some_patients: PatientRecords):
    for _dossier, bundle in made(some_patients):
        assert faults(bundle) == []


@pytest.mark.slow
def test_twenty_of_the_sample_have_no_fault_for_any_reader(bundles: Made):
    begun = [bundle for patient_record, bundle in bundles if patient_record.entries]
    assert len(begun) >= 38
    for bundle in begun[::2]:
        assert faults(bundle) == []
    assert len(begun[::2]) + sum(not patient_record.entries for patient_record, _bundle in bundles) >= 20


@pytest.mark.slow
def test_all_differ_and_none_breaks_a_rule(bundles: Made):
    assert len({bundle["id"] for _dossier, bundle in bundles}) == 42
    assert {bundle["id"]: found for _d, bundle in bundles if (found := broken_rules(bundle))} == {}


@pytest.mark.slow
def test_no_bundle_says_a_patients_name(bundles: Made):
    for patient_record, bundle in bundles:
        assert patient_record.name.endswith(" Sample")
        assert patient_record.name not in json.dumps(bundle, ensure_ascii=False)
        [patient] = resources(bundle, "Patient")
        numbers = [each["value"] for each in patient["identifier"]]
        assert numbers == [f"urn:uuid:{patient_record.patient}", *filter(None, [patient_record.reference])]


@pytest.mark.slow
def test_the_figures_are_those_of_each_record(bundles: Made):
    for patient_record, bundle in bundles:
        history = patient_record.history
        valid = [r for r in resources(bundle) if r.get("status") != "entered-in-error"]
        codes = [code["code"] for r in valid for code in r.get("code", {}).get("coding", [])]
        assert codes.count("73985-4") == len(history.of(SetDone))
        asked = [r for r in valid if r.get("code", {}).get("text", "").startswith("Back pain")]
        given = sorted(r["valueQuantity"]["value"] for r in asked if "valueQuantity" in r)
        assert given == sorted(e.fact.score for e in history.of(Pain) if isinstance(e.fact.score, int))
        assert len(asked) == len(history.of(Pain))
        sessions = [r for r in valid if r.get("code", {}).get("text") == "Exercise session"]
        assert len(sessions) == len(history.sessions)
        flags = [r for r in red_flags(bundle) if r["status"] == "active"]
        assert len(flags) == len(open_flags(Case.of(patient_record.protocol, history)))
