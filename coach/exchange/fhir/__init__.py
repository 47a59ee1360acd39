"""A history as one FHIR R4 (4.0.1) Bundle, for the record system of a clinic.

Codes stand only where they are confirmed: LOINC for pain right now, exercise activity and its duration, UCUM for
their units, HL7's own for what R4 binds. Everything else is text. The person has no name in it, only a pseudonym.
What was corrected or taken back stays, marked `entered-in-error`, as in the record.
"""

from __future__ import annotations

import json

from coach.domain.dossier import Dossier
from coach.exchange.fhir import changes, check, flags, measures, pain, people, plan, sessions
from coach.exchange.fhir.making import Making


def content(dossier: Dossier) -> bytes:
    """Return the bundle as JSON in UTF-8.

    Raises:
        ValueError: it would not be valid FHIR; nothing is handed out then.
    """
    bundle = bundle_of(dossier)
    check.valid(bundle)
    return json.dumps(bundle, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def bundle_of(dossier: Dossier) -> dict[str, object]:
    """Return the bundle as plain JSON values; each part refers only to parts before it."""
    making = Making(dossier)
    people.add(making)
    plan.add(making)
    sessions.add(making)
    pain.add(making)
    measures.add(making)
    flags.add(making)
    changes.add(making)
    return making.bundle()
