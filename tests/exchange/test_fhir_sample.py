"""Bundles of every patient of the sample clinic: no fault by the schema, and the record's own figures."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from coach import demo_clinic
from coach.desk import Office
from coach.desk.taking import gathered
from coach.domain import gate
from coach.domain.dossier import Dossier
from coach.domain.history import Pain, SetDone
from coach.exchange import fhir
from coach.records.store import Store
from tests.exchange.r4 import Json, broken_rules, resources, schema_errors

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

Made = list[tuple[Dossier, Json]]


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('sample') / 'coach.sqlite3'}")
    office = Office(store, clinic=True)
    demo_clinic.write(office)
    dossiers = [gathered(office, patient) for patient in store.patients()]
    yield [(each, json.loads(fhir.content(each))) for each in dossiers]
    store.close()


def test_all_forty_differ_and_none_has_a_fault(bundles: Made):
    assert len({bundle["id"] for _dossier, bundle in bundles}) == 40
    faults = {bundle["id"]: schema_errors(bundle) + broken_rules(bundle) for _dossier, bundle in bundles}
    assert {key: found for key, found in faults.items() if found} == {}


def test_no_bundle_says_a_patients_name(bundles: Made):
    for dossier, bundle in bundles:
        assert dossier.name.endswith(" Sample")
        assert dossier.name not in json.dumps(bundle, ensure_ascii=False)
        assert dossier.reference not in json.dumps(bundle)


def test_the_figures_are_those_of_each_record(bundles: Made):
    for dossier, bundle in bundles:
        history = dossier.history
        valid = [r for r in resources(bundle) if r.get("status") != "entered-in-error"]
        codes = [code["code"] for r in valid for code in r.get("code", {}).get("coding", [])]
        assert codes.count("73985-4") == len(history.of(SetDone))
        asked = [r for r in valid if r.get("code", {}).get("text", "").startswith("Back pain")]
        given = sorted(r["valueQuantity"]["value"] for r in asked if "valueQuantity" in r)
        assert given == sorted(e.fact.score for e in history.of(Pain) if isinstance(e.fact.score, int))
        assert len(asked) == len(history.of(Pain))
        sessions = [r for r in valid if r.get("code", {}).get("text") == "Exercise session"]
        assert len(sessions) == len(history.sessions)
        flags = [r for r in resources(bundle, "Flag") if r["status"] == "active"]
        assert len(flags) == len(gate.open_flags(dossier.protocol, history))
