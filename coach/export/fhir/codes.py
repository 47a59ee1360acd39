"""The codes that a bundle may contain: those of LOINC, from one list, and our own.

A display is LOINC's, letter by letter; a code is listed only if a public source shows it with its
display. Our own systems do not resolve; their codes are values stored in the record, which never
change.
"""

from __future__ import annotations

from typing import NamedTuple

from coach.domain import decisions

LOINC = "http://loinc.org"


class Kept(NamedTuple):
    """A LOINC code with its display, and the source of both."""

    code: str
    display: str
    source: str


_ACTIVITY_GUIDE = (
    "HL7 Physical Activity 1.0.0, hl7.org/fhir/us/physical-activity, ValueSet pa-observation-code-activity"
)
PAIN_NOW = Kept(
    "72514-3",
    "Pain severity - 0-10 verbal numeric rating [Score] - Reported",
    "HL7 Belgium, build.fhir.org/ig/hl7-be/patient-monitoring, ValueSet pain-scale",
)
ACTIVITY = Kept("73985-4", "Exercise activity", _ACTIVITY_GUIDE)
DURATION = Kept("55411-3", "Exercise duration", _ACTIVITY_GUIDE)

# : Our own systems: why something is closed, how a set-up question was answered, how the back was
# rated.
CLOSED_BY = "urn:uuid:0d2f6a5e-6f0b-5c07-9a0e-5a1c6d1f7b10"
REPLY = "urn:uuid:0d2f6a5e-6f0b-5c07-9a0e-5a1c6d1f7b11"
CHANGE = "urn:uuid:0d2f6a5e-6f0b-5c07-9a0e-5a1c6d1f7b12"

HOLD = "hold"
_CLOSED_BY: dict[type, str] = {
    decisions.NoProcedure: "no-procedure",
    decisions.FutureTime: "time-ahead",
    decisions.Contradictory: "times-contradict",
    decisions.OpenRedFlag: "open-red-flag",
    decisions.Held: HOLD,
    decisions.NeedsClinic: "answer-needs-clinic",
    decisions.Unanswered: "question-unanswered",
    decisions.NotHome: "not-home",
    decisions.NeedsRelease: "needs-release",
}


def closed_by(why: decisions.Reason) -> str:
    """Return the code of a reason that needs a person to act."""
    return _CLOSED_BY[type(why)]
