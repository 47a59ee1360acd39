"""The questions about bone health as a protocol asks them: when, and in which words."""

from __future__ import annotations

from dataclasses import dataclass

from coach.domain.facts import BoneStep
from coach.domain.quantity import Quantity


@dataclass(frozen=True, slots=True)
class BoneOccasion:
    """A stretch of recovery in which the questions about bone health are asked once.

    It opens a given time after the procedure, for a half-open stretch of a given length. With
    `tells_clinic` the caseload has a need where no treatment is arranged then.
    """

    id: str
    name: str
    opens_after: Quantity
    offered_for: Quantity
    tells_clinic: bool


@dataclass(frozen=True, slots=True)
class BoneQuestions:
    """The question and a hint for each step, the question for a treatment's name, and the occasions.

    `next_step` stands at the end, whatever was answered.
    """

    treatment_question: str
    treatment_hint: str
    which_question: str
    scan_question: str
    scan_hint: str
    appointment_question: str
    appointment_hint: str
    next_step: str
    occasions: tuple[BoneOccasion, ...]

    def occasion(self, occasion_id: str) -> BoneOccasion | None:
        """Return the occasion of that id, or None."""
        return next((each for each in self.occasions if each.id == occasion_id), None)

    def asked(self, step: BoneStep) -> tuple[str, str]:
        """Return the question of a step and its hint."""
        return {
            BoneStep.TREATMENT: (self.treatment_question, self.treatment_hint),
            BoneStep.SCAN: (self.scan_question, self.scan_hint),
            BoneStep.APPOINTMENT: (self.appointment_question, self.appointment_hint),
        }[step]
