"""FHIR data types: texts, times, codes and quantities, in the form that R4 allows."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta
from typing import Any

from coach.domain.times import local, utc
from coach.export.fhir.codes import LOINC, Kept

Json = dict[str, Any]

UCUM = "http://unitsofmeasure.org"
HL7 = "http://terminology.hl7.org/CodeSystem"
URI = "urn:ietf:rfc:3986"  # the system for identifiers that are URIs

ASKED_UNKNOWN = {
    "coding": [
        {"system": f"{HL7}/data-absent-reason", "code": "asked-unknown", "display": "Asked But Unknown"}
    ]
}

_ODD_SPACE = re.compile(r"[^\S \r\n\t]|\ufeff")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def text(words: str) -> str:
    """Return text as R4 allows it: no control characters, plain spaces only; may be "".

    Characters that XML forbids are left out too, because a narrative is XHTML.

    Otherwise the text is unchanged, even if it looks like markup: software that shows it must not
    run it.
    """
    whole = words.encode("utf-8", "replace").decode()
    return _CONTROL.sub("", _ODD_SPACE.sub(" ", whole)).strip()


def words(said: str) -> Json | None:
    """Return a CodeableConcept of text alone, or None without text."""
    known = text(said)
    return {"text": known} if known else None


def coded(kept: Kept, said: str) -> Json:
    """Return a CodeableConcept with a LOINC code and the question as text."""
    return {"coding": [{"system": LOINC, "code": kept.code, "display": kept.display}], "text": text(said)}


def quantity(value: float, unit: str, code: str) -> Json:
    """Return a Quantity with its UCUM code."""
    return {"value": value, "unit": unit, "system": UCUM, "code": code}


def score(value: float) -> Json:
    """Return a score of 0-10, or a mean of such."""
    return quantity(value, "{score}", "{score}")


def moment(instant: datetime, zone: str) -> str:
    """Return an instant in a zone.

    In UTC if the zone's offset then had seconds, which R4 cannot write.
    """
    there = local(instant, zone)
    offset = there.utcoffset() or timedelta(0)
    return (utc(instant) if offset % timedelta(minutes=1) else there).isoformat()


def period(starts: datetime, ends: datetime | None, zone: str) -> Json:
    """Return a Period; an end before the start, which a correction can cause, is left out."""
    known = {"start": moment(starts, zone)}
    return known if ends is None or ends < starts else {**known, "end": moment(ends, zone)}


def digest_address(digest: str) -> str | None:
    """Return a SHA-256 as a named-information URI (RFC 6920); None if it is not such a digest."""
    if not _DIGEST.fullmatch(digest):
        return None
    return "ni:///sha-256;" + base64.urlsafe_b64encode(bytes.fromhex(digest)).decode().rstrip("=")
