"""Bundles for tests, and how to find what is in them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from coach.export import fhir
from tests.support.courses import patient_record
from tests.support.fhir_r4 import resources
from tests.support.review_samples import Record, on_day

Json = dict[str, Any]
LATER = on_day(20, "12:00")


def made(told: Record, now: datetime = LATER) -> Json:
    """Return the bundle as its reader gets it."""
    found: Json = json.loads(fhir.content(patient_record(told, now)))
    return found


def red_flags(bundle: Json) -> list[Json]:
    """Return the red flags of a bundle; holds are flags too."""
    return [each for each in resources(bundle, "Flag") if each["category"][0]["text"].startswith("Red flag")]


def about(bundle: Json, text: str, kind: str = "Observation") -> list[Json]:
    """Return the resources whose code says this."""
    return [each for each in resources(bundle, kind) if each["code"]["text"].startswith(text)]


def told_of(bundle: Json, target: Json) -> list[Json]:
    """Return the Provenance of a resource, but that of the export."""
    address = f"urn:uuid:{target['id']}"
    found = [p for p in resources(bundle, "Provenance") if address in {t["reference"] for t in p["target"]}]
    return [each for each in found if not each["activity"]["text"].startswith("Export")]


def coding(code: Json) -> list[tuple[str, str]]:
    """Return the codes of a CodeableConcept."""
    return [(each["system"], each["code"]) for each in code.get("coding", [])]
