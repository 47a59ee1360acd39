"""What the patient said about their bones as Observation, in text: no code is confirmed."""

from __future__ import annotations

from coach.domain.facts import BoneHealth, BoneStep
from coach.domain.history import Entry
from coach.export.fhir.bundle_builder import BundleBuilder, notes
from coach.export.fhir.values import ASKED_UNKNOWN, Json, text
from coach.i18n import N_, _
from coach.text import bone_health as bone_health_text

#: What is asked, where the protocol has no question for it.
ASKED = {
    BoneStep.TREATMENT: N_("Bone treatment arranged or started, as the patient said"),
    BoneStep.SCAN: N_("Bone density scan (DXA), as the patient said"),
    BoneStep.APPOINTMENT: N_("Appointment about bone health, as the patient said"),
}


def add(making: BundleBuilder) -> None:
    """Add each answer, corrected and voided ones too."""
    for entry in making.every(BoneHealth):
        _answer(making, entry)


def _answer(making: BundleBuilder, entry: Entry[BoneHealth]) -> None:
    told = entry.fact
    value: Json = {"dataAbsentReason": ASKED_UNKNOWN}
    if told.state is not None:
        value = {"valueCodeableConcept": {"text": text(bone_health_text.answer(told))}}
    occasion = text(bone_health_text.occasion(told.occasion, making.protocol)) or _("not known")
    making.observe(
        entry,
        {"text": text(_(ASKED[told.step]))},
        category="survey",
        component=[{"code": {"text": _("Occasion")}, "valueString": occasion}],
        note=notes(told.treatment),
        **value,
    )
