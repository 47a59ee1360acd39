"""FHIR R4 as tests know it: the published schema, and the rules that it leaves out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator

Json = dict[str, Any]

HERE = Path(__file__).parent
RULES: dict[str, Json] = json.loads((HERE / "fhir_r4_rules.json").read_text())
TYPES = {
    "identifier": "Identifier",
    "note": "Annotation",
    "occurrenceTiming": "Timing",
    "valueQuantity": "Quantity",
    "numerator": "Quantity",
    "denominator": "Quantity",
}


@cache
def schema() -> Json:
    """Return the schema of all R4 resources."""
    found: Json = json.loads(gzip.decompress((HERE / "fhir_r4_schema.json.gz").read_bytes()))
    return found


@cache
def validator(kind: str = "") -> Draft6Validator:
    """Return what checks a resource of a kind; without one, a resource of any."""
    whole = schema()
    return Draft6Validator(
        {"$ref": f"#/definitions/{kind}", "definitions": whole["definitions"]} if kind else whole
    )


def schema_errors(bundle: Json) -> list[str]:
    """Return what the schema says against a bundle and against each resource as what it claims to be."""
    # Each resource is checked as what it claims to be, below: the schema of an entry would try them all.
    entries = [
        {name: value for name, value in entry.items() if name != "resource"} for entry in bundle["entry"]
    ]
    envelope = {**bundle, "entry": entries}
    found = [("Bundle", error) for error in validator("Bundle").iter_errors(envelope)]
    for resource in resources(bundle):
        kind = resource["resourceType"]
        found += [(kind, error) for error in validator(kind).iter_errors(resource)]
    return [f"{kind} {list(error.path)}: {error.message[:200]}" for kind, error in found]


def resources(bundle: Json, kind: str = "") -> list[Json]:
    """Return the resources of a bundle, all or of one kind."""
    found = [entry["resource"] for entry in bundle["entry"]]
    return [each for each in found if kind in ("", each["resourceType"])]


def nested(value: object, path: str) -> Iterator[tuple[str, Json]]:
    """Yield every object inside a value with its path, such as ("Observation.code", {...})."""
    if isinstance(value, list):
        for item in value:
            yield from nested(item, path)
    elif isinstance(value, dict):
        yield path, value
        for name, item in value.items():
            yield from nested(item, TYPES.get(name, f"{path}.{name}"))


def broken_rules(bundle: Json) -> list[str]:
    """Return every rule of R4 that a bundle breaks and that the schema does not know."""
    return [*_addresses(bundle), *(fault for each in resources(bundle) for fault in _rules(each, bundle))]


def _addresses(bundle: Json) -> Iterator[str]:
    addresses = [entry["fullUrl"] for entry in bundle["entry"]]
    if len(set(addresses)) != len(addresses):
        yield "an address stands twice"
    for entry in bundle["entry"]:
        if entry["fullUrl"] != f"urn:uuid:{entry['resource']['id']}":
            yield f"{entry['fullUrl']} is not the address of its resource"


def _rules(resource: Json, bundle: Json) -> Iterator[str]:
    kinds = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in bundle["entry"]}
    kind = resource["resourceType"]
    for path, each in nested(resource, kind):
        rules = RULES.get(path.split(".")[0], {"needed": [], "codes": {}, "targets": {}})
        for needed in rules["needed"]:
            parent, _dot, name = needed.rpartition(".")
            if parent == path and not each.get(name):
                yield f"{needed} is missing"
        for name, value in each.items():
            for one in value if isinstance(value, list) else [value]:
                allowed = rules["codes"].get(f"{path}.{name}")
                if allowed and one not in allowed:
                    yield f"{path}.{name} is {one!r}"
                if isinstance(one, dict) and "reference" in one and isinstance(one["reference"], str):
                    yield from _reference(f"{path}.{name}", one, rules["targets"], kinds)
    yield from _invariants(resource)


def _reference(path: str, reference: Json, targets: Json, kinds: dict[str, str]) -> Iterator[str]:
    leads_to = kinds.get(reference["reference"])
    if leads_to is None:
        yield f"{path} dangles"
    if reference.get("type") != leads_to:
        yield f"{path} leads to a {leads_to}, not to a {reference.get('type')}"
    allowed = targets.get(path.replace(".authorReference", ".author[x]"))
    if allowed is not None and leads_to not in allowed and "Resource" not in allowed:
        yield f"{path} leads to a {leads_to}"


def _invariants(resource: Json) -> Iterator[str]:
    kind = resource["resourceType"]
    for path, each in nested(resource, kind):
        values = [name for name in each if name.startswith("value") and name != "value"]
        if path in ("Observation", "Observation.component"):
            if len(values) > 1:
                yield f"{path} has two values"
            if values and "dataAbsentReason" in each:
                yield f"{path} has a value and a reason for none (obs-6)"
            if not values and "dataAbsentReason" not in each:
                yield f"{path} says nothing"
        if {"start", "end"} <= each.keys() and datetime.fromisoformat(each["start"]) > datetime.fromisoformat(
            each["end"]
        ):
            yield f"{path} ends before it starts (per-1)"
        if "orderDetail" in each and "code" not in each:
            yield f"{path} has details of nothing (prq-1)"
        if "period" in each and isinstance(each["period"], int | float) and "periodUnit" not in each:
            yield f"{path} has a period without a unit (tim-2)"
        if "system" in each and not str(each["system"]).startswith(("http://", "https://", "urn:")):
            yield f"{path} has a system that is no address"
        if path == "Quantity" and "code" in each and "system" not in each:
            yield f"{path} has a code without a system (qty-3)"
        if not each:
            yield f"{path} is empty (ele-1)"
