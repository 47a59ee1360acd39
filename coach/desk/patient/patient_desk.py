"""The patient desk: what Today shows, and the small desks for everything a patient does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from coach.desk.access.authorization import Principal, requires
from coach.desk.access.permissions import Action
from coach.desk.installation.installation import Installation
from coach.desk.installation.patient_context import Desk
from coach.desk.patient.bone_health import BoneHealthDesk
from coach.desk.patient.course_times import CourseTimesDesk
from coach.desk.patient.diary import DiaryDesk
from coach.desk.patient.diary_import import DiaryImportDesk
from coach.desk.patient.export import ExportDesk
from coach.desk.patient.outbox import OutboxDesk
from coach.desk.patient.outcome_measures import MeasuresDesk
from coach.desk.patient.red_flags import RedFlagsDesk
from coach.desk.patient.reminders import RemindersDesk
from coach.desk.patient.sessions import SessionsDesk
from coach.desk.patient.set_up import SetUpDesk
from coach.desk.patient.settings import SettingsDesk
from coach.domain import (
    coming_up,
    facts,
    gate,
    nights,
    outcome,
    pain,
    reasons_to_call,
    red_flags,
)
from coach.domain import decisions as gate_decisions
from coach.domain.course import PhaseSpan
from coach.domain.day_counts import DayCount
from coach.domain.history import Entry
from coach.domain.set_up import said_yes
from coach.domain.times import local_date


class PatientDesk(Desk):
    """Everything that a patient can read and record, in their own record alone.

    Methods that record take a `key`, created when the screen is built: the same key again is the
    same act, and stored once. A refused input raises `BadValue` and stores nothing.
    """

    def __init__(self, installation: Installation, patient: UUID, principal: Principal) -> None:
        super().__init__(installation, patient, principal)
        context = self._context
        self.set_up = SetUpDesk(context)
        self.course_times = CourseTimesDesk(context)
        self.red_flags = RedFlagsDesk(context)
        self.sessions = SessionsDesk(context)
        self.outbox = OutboxDesk(context)
        self.diary = DiaryDesk(context)
        self.diary_import = DiaryImportDesk(context)
        self.measures = MeasuresDesk(context)
        self.bone_health = BoneHealthDesk(context)
        self.reminders = RemindersDesk(context)
        self.settings = SettingsDesk(context)
        self.export = ExportDesk(context)

    @requires(Action.HISTORY_SEE)
    def today(self) -> date:
        """Return today's date where the patient lives."""
        return local_date(self.now(), self.zone)

    @requires(Action.HISTORY_SEE)
    def decisions(self) -> Mapping[str, gate_decisions.Decision]:
        """Return the gate's answers by routine, in the order of a session."""
        return gate.decide(self.case, now=self.now())

    @requires(Action.HISTORY_SEE)
    def proposed(self) -> Mapping[str, datetime | None]:
        """Return when each routine is proposed next, never at night; None if a person must act."""
        return coming_up.proposed(self.case, now=self.now())

    @requires(Action.HISTORY_SEE)
    def openings(self, span: PhaseSpan) -> Mapping[str, coming_up.Opening]:
        """Return whether each routine opens in a present or future phase, by time alone."""
        return coming_up.openings(self.case, span, now=self.now())

    @requires(Action.HISTORY_SEE)
    def night(self) -> nights.Night:
        """Return the patient's night."""
        return nights.of(self.case)

    @requires(Action.HISTORY_SEE)
    def counts_today(self) -> Mapping[str, DayCount]:
        """Return done and due of each routine today; due is at most what may be done now."""
        return outcome.day(self.case, self.today(), now=self.now())

    @requires(Action.HISTORY_SEE)
    def open_flags(self) -> tuple[Entry[facts.RedFlagYes], ...]:
        """Return the open red flags, the most urgent first."""
        return red_flags.open_flags(self.case)

    @requires(Action.HISTORY_SEE)
    def said_yes(self, meaning: str) -> bool:
        """Tell whether the set-up question with that meaning has a yes."""
        return said_yes(self.protocol, self.history(), meaning)

    @requires(Action.HISTORY_SEE)
    def latest_pain(self) -> Entry[facts.Pain] | None:
        """Return the latest right-now pain, or None."""
        return pain.latest_right_now(self.history())

    @requires(Action.HISTORY_SEE)
    def closed_by_somebody(self) -> gate_decisions.Reason | None:
        """Return the red flag or hold that closes everything and ends a session, or None."""
        decided = self.decisions()
        reasons = [d.reason for d in decided.values() if isinstance(d, gate_decisions.Locked)]
        closing = [
            each for each in reasons if isinstance(each, gate_decisions.OpenRedFlag | gate_decisions.Held)
        ]
        return closing[0] if len(closing) == len(decided) else None

    @requires(Action.HISTORY_SEE)
    def two_high_days(self) -> bool:
        """Tell whether pain was high on two days in a row, so that the patient should call."""
        return reasons_to_call.high_pain(self.case, self.now())
