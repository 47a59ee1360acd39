"""Red flags: reporting one, taking a mistaken tap back, and recording a clinician's clearance."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation.patient_context import UseCases
from coach.desk.installation.recording import NewEntry
from coach.desk.patient.course_times import past
from coach.domain import red_flags
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import ClinicAgreed, FlagCleared, FlagMistake, RedFlagYes
from coach.domain.history import Entry
from coach.domain.times import from_wall_clock


class RedFlagsDesk(UseCases):
    """Records what closes everything, and what opens it again."""

    @requires(Action.HISTORY_TELL)
    def report_flag(self, flag: str, *, key: UUID) -> None:
        """Record a red flag; everything is closed from then on."""
        if flag not in self._context.protocol.red_flags:
            raise BadValue(Fault.UNKNOWN_CHOICE, value=flag)
        self._context.record(NewEntry(RedFlagYes(flag)), key=key)

    @requires(Action.HISTORY_TELL)
    def take_back_flag(self, entry: UUID, *, key: UUID) -> None:
        """Record that a red flag was tapped by mistake; only for the first minutes."""
        flag = self._flag(entry)
        if self._context.now() - flag.recorded_at > self._context.protocol.rules.mistake_within.span:
            raise BadValue(Fault.MISTAKE_TOO_LATE, within=self._context.protocol.rules.mistake_within.span)
        self._context.record(NewEntry(FlagMistake(entry)), key=key)

    @requires(Action.GATE_OPEN_SELF)
    def clear_flag(self, entry: UUID, *, who: str, spoke: datetime, key: UUID) -> None:
        """Record that a clinician, spoken to at a local time, allowed exercise again.

        Raises:
            BadValue: only a restart ends this flag, or the talk was too early or lies ahead.
        """
        flag = self._flag(entry)
        known = self._context.protocol.red_flags.get(flag.fact.flag)
        if known is None or known.never_cleared:
            raise BadValue(Fault.ONLY_RESTART)
        spoke_at = past(self._context, from_wall_clock(spoke, self._context.zone)) or self._context.now()
        if spoke_at <= flag.at:
            raise BadValue(Fault.SPOKE_BEFORE_FLAG)
        if not red_flags.may_clear(self._context.protocol, flag, spoke_at, now=self._context.now()):
            wait = self._context.protocol.rules.emergency_cleared_after.span
            raise BadValue(Fault.CLEARED_TOO_EARLY, wait=wait)
        self._context.record(NewEntry(FlagCleared(entry, who, spoke_at)), key=key)

    def _flag(self, entry: UUID) -> Entry[RedFlagYes]:
        for flag in self._context.history().of(RedFlagYes):
            if flag.id == entry:
                return flag
        raise BadValue(Fault.UNKNOWN_ENTRY)

    @requires(Action.GATE_OPEN_SELF)
    def clinic_agreed(self, question: str, *, who: str, spoke: datetime, key: UUID) -> None:
        """Record that the clinic agreed to a set-up answer: who, and the local time."""
        if self._context.protocol.question(question) is None:
            raise BadValue(Fault.UNKNOWN_CHOICE, value=question)
        spoke_at = past(self._context, from_wall_clock(spoke, self._context.zone)) or self._context.now()
        known = self._context.course()
        if known is None or spoke_at < known.procedure.at:
            raise BadValue(Fault.BEFORE_PROCEDURE)
        self._context.record(NewEntry(ClinicAgreed(question, who, spoke_at)), key=key)
