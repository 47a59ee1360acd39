"""The patient's desk: what one patient asks and tells, about themselves alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation.recording import NewEntry
from coach.desk.patient.diary_import import PaperDiary
from coach.desk.patient.export import Taking
from coach.desk.patient.outcome_measures import Measuring
from coach.desk.patient.red_flags import Flags
from coach.desk.patient.reminders import Reminding
from coach.domain import ahead, calls, facts, gate, nights, outcome, pain, red_flags
from coach.domain import decisions as gate_decisions
from coach.domain.course import PhaseSpan
from coach.domain.errors import BadValue, Fault
from coach.domain.history import Entry, Session
from coach.domain.patient_record import plain
from coach.domain.session import Schedule, schedule
from coach.domain.set_up import said_yes
from coach.domain.times import local_date


class PatientDesk(Flags, PaperDiary, Taking, Reminding, Measuring):
    """Everything a patient can ask and tell.

    Whatever records takes a `key`, made where the screen is built: the same key again is the
    same act, and stored once. What is refused raises `BadValue` and stores nothing.
    """

    # asking

    @requires(Action.HISTORY_SEE)
    def today(self) -> date:
        """Return today's date where the patient lives."""
        return local_date(self.now(), self.zone)

    @requires(Action.HISTORY_SEE)
    def decisions(self) -> Mapping[str, gate_decisions.Decision]:
        """Return what is open now and what is not, by routine, in the order of a session."""
        return gate.decide(self.case, now=self.now())

    @requires(Action.HISTORY_SEE)
    def proposed(self) -> Mapping[str, datetime | None]:
        """Return for each routine when it is proposed next, never in the night; None where a person must act."""
        return ahead.proposed(self.case, now=self.now())

    @requires(Action.HISTORY_SEE)
    def openings(self, span: PhaseSpan) -> Mapping[str, ahead.Opening]:
        """Return how each routine of a phase that is not over stands in it, if nothing more is recorded."""
        return ahead.openings(self.case, span, now=self.now())

    @requires(Action.HISTORY_SEE)
    def night(self) -> nights.Night:
        """Return the hours in which nothing is proposed."""
        return nights.of(self.case)

    @requires(Action.HISTORY_SEE)
    def counts_today(self) -> Mapping[str, outcome.DayCount]:
        """Return done and due of each routine today, due being no more than may be done now."""
        return outcome.day(self.case, self.today(), now=self.now())

    @requires(Action.HISTORY_SEE)
    def open_flags(self) -> tuple[Entry[facts.RedFlagYes], ...]:
        """Return the red flags that nobody cleared, most urgent first."""
        return red_flags.open_flags(self.case)

    @requires(Action.HISTORY_SEE)
    def last_check_today(self) -> datetime | None:
        """Return when today's latest red-flag check was answered with none, or None."""
        today = self.today()
        checks = [c for c in self.history().of(facts.FlagCheck) if c.local_date == today]
        return checks[-1].at if checks else None

    @requires(Action.HISTORY_SEE)
    def asks_drowsy(self) -> bool:
        """Tell whether "Are you sleepy or dizzy?" is asked before a session now (decision 6)."""
        known = self.course()
        if known is None:
            return True
        span = self.protocol.rules.drowsy_asked_for.span
        return self.now() - known.procedure.at < span or self.said_yes("strong_painkillers")

    @requires(Action.HISTORY_SEE)
    def said_yes(self, meaning: str) -> bool:
        """Tell whether the set-up question with that meaning was answered with yes."""
        return said_yes(self.protocol, self.history(), meaning)

    @requires(Action.HISTORY_SEE)
    def running_session(self) -> Session | None:
        """Return the session that was started and may be carried on, or None."""
        span = self.protocol.rules.session_open_for.span
        for session in reversed(self.history().sessions[-3:]):
            fact = session.started.fact
            if fact.source is facts.Source.PLAYER and session.finished is None:
                return session if self.now() - session.started.at < span else None
        return None

    @requires(Action.HISTORY_SEE)
    def schedule(self, session: Session) -> Schedule:
        """Return the cues of a session as Start allowed it."""
        return schedule(self.protocol, session.started.fact.sets)

    @requires(Action.HISTORY_SEE)
    def minutes(self, routines: Sequence[str]) -> int:
        """Return how many minutes one set of each of these open routines takes."""
        decisions = self.decisions()
        sets = [self.plan(r, d.dose) for r in routines if isinstance(d := decisions[r], gate_decisions.Open)]
        return max(1, round(schedule(self.protocol, sets).ends_s / 60)) if sets else 0

    @requires(Action.HISTORY_SEE)
    def latest_pain(self) -> Entry[facts.Pain] | None:
        """Return the latest answer to how bad the pain is right now, or None."""
        return pain.latest_right_now(self.history())

    @requires(Action.HISTORY_SEE)
    def closed_by_somebody(self) -> gate_decisions.Reason | None:
        """Return the red flag or hold that closes every routine now, which also ends a session."""
        reasons = [d.reason for d in self.decisions().values() if isinstance(d, gate_decisions.Locked)]
        closing = [
            each for each in reasons if isinstance(each, gate_decisions.OpenRedFlag | gate_decisions.Held)
        ]
        return closing[0] if len(closing) == len(self.protocol.routines) else None

    @requires(Action.HISTORY_SEE)
    def two_high_days(self) -> bool:
        """Tell whether pain was high on two days in a row, so that the clinic's advice is needed."""
        return calls.high_pain(self.case, self.now())

    # before a session

    @requires(Action.HISTORY_TELL)
    def answer_none(self, *, whole: bool, key: UUID) -> None:
        """Record that none of the red flags is there; `whole` when the full list was shown."""
        news = [NewEntry(facts.FlagCheck(whole))]
        if self.asks_drowsy():
            news.append(NewEntry(facts.Drowsy(yes=False)))
        self._record(*news, key=key)

    @requires(Action.HISTORY_TELL)
    def answer_drowsy(self, *, key: UUID) -> None:
        """Record that the patient is sleepy or dizzy, which closes everything for a while."""
        self._record(NewEntry(facts.Drowsy(yes=True)), key=key)

    @requires(Action.HISTORY_TELL)
    def give_pain(
        self, score: facts.Score | None, when: facts.PainWhen, *, key: UUID, session: UUID | None = None,
        at: datetime | None = None,
    ) -> None:  # fmt: skip
        """Record a pain score; None means asked and not known."""
        self._record(NewEntry(facts.Pain(score, when, session), at=self._past(at)), key=key)

    @requires(Action.HISTORY_TELL)
    def start(self, routines: Sequence[str], *, easier: bool, session: UUID) -> UUID:
        """Start a session of these routines and return its id; the gate is asked again.

        Raises:
            BadValue: one of them is not open, nothing is chosen, or the check was not answered.
        """
        self._look_again()  # what another tab told meanwhile counts
        if not routines or set(routines) - set(self.protocol.routines):
            raise BadValue(Fault.UNKNOWN_ROUTINE)
        running = self.running_session()
        if session in self.history().by_id or running:
            return running.id if running else session
        checked = self.last_check_today()
        if checked is None or self.now() - checked > self.protocol.rules.check_holds_for.span:
            raise BadValue(Fault.CHECK_FIRST)
        decisions = self.decisions()
        sets = []
        for routine, decision in decisions.items():
            if routine not in routines:
                continue
            if not isinstance(decision, gate_decisions.Open):
                raise BadValue(Fault.NOT_OPEN, routine=routine)
            dose = decision.easier if easier else decision.dose
            sets.append(self.plan(routine, dose, easier=easier))
        self._record(NewEntry(self.started(sets, facts.Source.PLAYER)), key=session)
        return session

    @requires(Action.HISTORY_TELL)
    def leave(self, session: UUID, *, key: UUID) -> None:
        """Record that a session is not carried on; one that ended already stays as it ended."""
        known = self.history().session(session)
        if known is None:
            raise BadValue(Fault.UNKNOWN_ENTRY)
        if known.finished:
            return
        self._record(NewEntry(facts.SessionFinished(session, facts.StopReason.INTERRUPTED)), key=key)

    # settings

    @requires(Action.SETTINGS_CHANGE)
    def set(self, name: str, value: facts.SettingValue, *, key: UUID | None = None) -> None:
        """Record a setting; the same value again records nothing."""
        value = self.checked_setting(name, value)
        if self.history().settings.get(name) != value:
            self._record(NewEntry(facts.Setting(name, value)), key=key)

    @requires(Action.SETTINGS_CHANGE)
    def set_night(self, begins: time, ends: time, *, key: UUID) -> None:
        """Record from when to when nothing is proposed, as local times; the same again records nothing."""
        wanted = {nights.BEGINS: begins, nights.ENDS: ends}
        news = []
        for name, clock in wanted.items():
            value = nights.checked(f"{clock:%H:%M}")
            if self.history().settings.get(name) != value:
                news.append(NewEntry(facts.Setting(name, value)))
        if news:
            self._record(*news, key=key)

    @requires(Action.HISTORY_EXPORT)
    def export(self) -> dict[str, object]:
        """Return everything recorded of this patient as plain JSON values, voided entries too."""
        return plain(self.patient_record())
