"""The questions about bone health: which are open, and recording the answers."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation.patient_context import UseCases
from coach.desk.installation.recording import NewEntry
from coach.domain import bone_health
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import BoneHealth, BoneState, BoneStep, PutOff, PutOffWhat
from coach.domain.free_text import LINE_LIMIT, one_line
from coach.domain.history import Entry


class BoneHealthDesk(UseCases):
    """Records what the patient says of treatment, scan and appointment for their bones.

    A new answer replaces the earlier one. An answer after the end of its occasion is refused; it
    can still be corrected in Diary.
    """

    @requires(Action.HISTORY_SEE)
    def questions(self) -> bone_health.BoneHealthDue | None:
        """Return the open occasion, answered or not, or None."""
        return bone_health.offered(self._context.case, now=self._context.now())

    @requires(Action.HISTORY_SEE)
    def answers(self) -> Mapping[tuple[str, BoneStep], Entry[BoneHealth]]:
        """Return the answers of the present course by occasion and step."""
        return bone_health.answers(self._context.case)

    @requires(Action.HISTORY_TELL)
    def answer(
        self, occasion: str, step: BoneStep, state: BoneState | None, *, treatment: str = "", key: UUID
    ) -> None:
        """Record how far a step is; None means asked but unknown.

        Raises:
            BadValue: the step has no such state, it is not asked at that occasion, or the occasion
                is over.
        """
        if self._again(key):
            return
        if step not in self._open(occasion).steps:
            raise BadValue(Fault.UNKNOWN_CHOICE, value=step.value)
        told = BoneHealth(occasion, step, state, one_line(treatment, LINE_LIMIT))
        old = self.answers().get((occasion, step))
        self._context.record(NewEntry(told, supersedes=old.id if old else None), key=key)

    @requires(Action.HISTORY_TELL)
    def put_off(self, occasion: str, *, key: UUID) -> None:
        """Record that the patient puts the questions off for today.

        Raises:
            BadValue: the occasion is over.
        """
        if self._again(key):
            return
        self._open(occasion)
        self._context.record(NewEntry(PutOff(occasion, PutOffWhat.BONE_HEALTH)), key=key)

    def _again(self, key: UUID) -> bool:
        """Tell whether that act was recorded already: a second tap may come after the end."""
        self._context.look_again()
        return key in self._context.history().by_id

    def _open(self, occasion: str) -> bone_health.BoneHealthDue:
        """Return the open occasion of that id; any other is refused."""
        found = self.questions()
        if found is None or occasion != found.occasion.id:
            raise BadValue(Fault.OCCASION_CLOSED)
        return found
