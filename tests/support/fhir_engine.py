"""Bundles as programs of others read them: FHIR's own invariants by a FHIRPath engine, and a client's models."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import fhirpathpy
from fhirclient.models.bundle import Bundle as ClientBundle
from fhirclient.models.fhirabstractbase import FHIRValidationError
from fhirpathpy.engine.nodes import ResourceNode
from fhirpathpy.models import models

from tests.support.fhir_r4 import resources

Json = dict[str, Any]

_WHOLE: Json = json.loads((Path(__file__).parent / "fhir_r4_invariants.json").read_text())
ELEMENTS: dict[str, str] = _WHOLE["elements"]
RULES: dict[str, list[tuple[str, str, str]]] = _WHOLE["rules"]
#: A function of FHIR's own that the engine lacks: whether there is one primitive value.
OWN = {"userInvocationTable": {"hasValue": {"fn": lambda values: len(values) == 1, "arity": {0: []}}}}
XHTML = "{http://www.w3.org/1999/xhtml}"


@cache
def _compiled(expression: str) -> Callable[..., list[Any]]:
    found: Callable[..., list[Any]] = fhirpathpy.compile(expression, models["r4"], OWN)
    return found


def broken_invariants(bundle: Json) -> list[str]:
    """Return every invariant of R4, error or warning, that a bundle or anything in it breaks."""
    envelope = {
        **bundle,
        "entry": [{**each, "resource": _stub(each["resource"])} for each in bundle["entry"]],
    }
    found = [*_broken(envelope, "Bundle", envelope)]
    for each in resources(bundle):
        found += _broken(each, each["resourceType"], each)
        found += _narrative(each)
    return found


def _stub(resource: Json) -> Json:
    """Return a resource of which only its kind and id are left: each is looked at by itself."""
    return {name: resource[name] for name in ("resourceType", "id")}


def _broken(value: Any, path: str, resource: Json) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _broken(each, path, resource)
    elif isinstance(value, dict):
        for key, severity, expression in RULES.get(path, ()):
            node = value if "resourceType" in value else ResourceNode.create_node(value, path)
            said = _compiled(expression)(node, {"resource": resource, "rootResource": resource})
            if said != [True] and (said or key != "ref-1"):  # what is named in words alone leads nowhere
                yield f"{severity} {key} at {path} of {resource['resourceType']}: {said}"
        for name, each in value.items():
            if name != "resource":
                here = f"{path}.{name}"
                yield from _broken(each, ELEMENTS.get(here, here), resource)


def _narrative(resource: Json) -> Iterator[str]:
    """Yield what is wrong with a narrative: it is one XHTML div of paragraphs that say something (txt-1, txt-2)."""
    if "div" not in resource.get("text", {}):
        return  # dom-6 says so
    div = ET.fromstring(resource["text"]["div"])  # noqa: S314  made by the product a moment ago
    if div.tag != f"{XHTML}div" or {each.tag for each in div.iter()} != {f"{XHTML}div", f"{XHTML}p"}:
        yield f"{resource['resourceType']} has a narrative of other elements"
    if not "".join(div.itertext()).strip() or any(each.attrib for each in div.iter()):
        yield f"{resource['resourceType']} has an empty narrative, or attributes in it"


def client_errors(bundle: Json) -> list[str]:
    """Return what a client's models (strict: they refuse what they do not know) say against a bundle."""
    try:
        read = ClientBundle(bundle)
    except FHIRValidationError as refused:
        return [str(refused)]
    kinds = [each.resource.resource_type for each in read.entry]
    told = [each["resourceType"] for each in resources(bundle)]
    return [] if kinds == told and read.as_json() == bundle else ["it is not the same after reading"]
