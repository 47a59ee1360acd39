"""The sessions desk: the check before a session, its start and end, and the facts of a session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation.patient_context import PatientContext, UseCases
from coach.desk.installation.recording import NewEntry
from coach.desk.patient.course_times import past
from coach.domain import decisions as gate_decisions
from coach.domain import facts, gate, red_flags
from coach.domain.case import Case
from coach.domain.errors import BadValue, Fault
from coach.domain.history import History, Session
from coach.domain.protocol import Dose, Protocol
from coach.domain.session import Schedule, lasts_s, planned_reps, schedule
from coach.domain.set_up import said_yes
from coach.domain.times import local_date


class SessionsDesk(UseCases):
    """Records the check, pain, start and end of a session."""

    @requires(Action.HISTORY_SEE)
    def last_check_today(self) -> datetime | None:
        """Return when today's latest red-flag check was answered with "none", or None."""
        today = local_date(self._context.now(), self._context.zone)
        checks = [c for c in self._context.history().of(facts.FlagCheck) if c.local_date == today]
        return checks[-1].at if checks else None

    @requires(Action.HISTORY_SEE)
    def asks_drowsy(self) -> bool:
        """Tell whether "Are you sleepy or dizzy?" is asked before a session now (decision 6)."""
        known = self._context.course()
        if known is None:
            return True
        context = self._context
        soon = context.now() - known.procedure.at < context.protocol.rules.drowsy_asked_for.span
        return soon or said_yes(context.protocol, context.history(), "strong_painkillers")

    @requires(Action.HISTORY_SEE)
    def running_session(self) -> Session | None:
        """Return the started session that may be resumed, or None."""
        return next((each for each in self._latest() if each.finished is None), None)

    @requires(Action.HISTORY_SEE)
    def ended_session(self) -> Session | None:
        """Return the session that has just ended, whose last questions the player may still ask."""
        latest = next(iter(self._latest()), None)
        return latest if latest and latest.finished else None

    def _latest(self) -> Iterator[Session]:
        """Yield the player's sessions that began so lately that one may go on with them, the last first."""
        span = self._context.protocol.rules.session_open_for.span
        for session in reversed(self._context.history().sessions[-3:]):
            if session.started.fact.source is facts.Source.PLAYER:
                if self._context.now() - session.started.at >= span:
                    return
                yield session

    @requires(Action.HISTORY_SEE)
    def schedule(self, session: Session, told_s: float = 0.0) -> Schedule:
        """Return the cues of a session as Start allowed it; `told_s` as for `domain.session.schedule`."""
        return schedule(self._context.protocol, session.started.fact.sets, told_s)

    @requires(Action.HISTORY_SEE)
    def minutes(self, routines: Sequence[str]) -> int:
        """Return how many minutes one set of each of these open routines takes."""
        decisions, protocol = self._decisions(), self._context.protocol
        found = (decisions[routine] for routine in routines)
        opened = [each for each in found if isinstance(each, gate_decisions.Open)]
        sets = [planned_set(protocol, each.routine.id, each.dose) for each in opened]
        return max(1, round(lasts_s(protocol, sets) / 60)) if sets else 0

    @requires(Action.HISTORY_TELL)
    def answer_none(self, *, whole: bool, key: UUID) -> None:
        """Record that there is no red flag; `whole` if the full list was shown."""
        news = [NewEntry(facts.FlagCheck(whole))]
        if self.asks_drowsy():
            news.append(NewEntry(facts.Drowsy(yes=False)))
        self._context.record(*news, key=key)

    @requires(Action.HISTORY_TELL)
    def answer_drowsy(self, *, key: UUID) -> None:
        """Record that the patient is sleepy or dizzy, which closes everything for a while."""
        self._context.record(NewEntry(facts.Drowsy(yes=True)), key=key)

    @requires(Action.HISTORY_TELL)
    def give_pain(
        self, score: facts.Score | None, when: facts.PainWhen, *, key: UUID, session: UUID | None = None,
        at: datetime | None = None,
    ) -> None:  # fmt: skip
        """Record a pain score; None means asked but unknown."""
        self._context.record(NewEntry(facts.Pain(score, when, session), at=past(self._context, at)), key=key)

    @requires(Action.HISTORY_TELL)
    def start(self, routines: Sequence[str], *, easier: bool, session: UUID) -> UUID:
        """Start a session of these routines and return its id; the gate is asked again.

        Raises:
            BadValue: one of them is not open, nothing is chosen, or the check was not answered.
        """
        context = self._context
        context.look_again()  # entries from another tab count
        protocol = context.protocol
        if not routines or set(routines) - {each.id for each in context.case.routines}:
            raise BadValue(Fault.UNKNOWN_ROUTINE)
        running = self.running_session()
        if session in context.history().by_id or running:
            return running.id if running else session
        checked = self.last_check_today()
        if checked is None or context.now() - checked > protocol.rules.check_holds_for.span:
            raise BadValue(Fault.CHECK_FIRST)
        decisions = self._decisions()
        sets = []
        for routine, decision in decisions.items():
            if routine not in routines:
                continue
            if not isinstance(decision, gate_decisions.Open):
                raise BadValue(Fault.NOT_OPEN, routine=routine)
            dose = decision.easier if easier else decision.dose
            sets.append(planned_set(protocol, routine, dose, easier=easier))
        context.record(NewEntry(session_started(protocol, sets, facts.Source.PLAYER)), key=session)
        return session

    @requires(Action.HISTORY_TELL)
    def leave(self, session: UUID, *, key: UUID) -> None:
        """Record that a session is not resumed; one that has ended is not changed."""
        known = self._context.history().session(session)
        if known is None:
            raise BadValue(Fault.UNKNOWN_ENTRY)
        if known.finished:
            return
        self._context.record(NewEntry(facts.SessionFinished(session, facts.StopReason.INTERRUPTED)), key=key)

    def _decisions(self) -> Mapping[str, gate_decisions.Decision]:
        return gate.decide(self._context.case, now=self._context.now())


def planned_set(protocol: Protocol, routine: str, dose: Dose, *, easier: bool = False) -> facts.PlannedSet:
    """Return one set of a routine at a dose."""
    sides = protocol.routines[routine].sides
    return facts.PlannedSet(routine, dose.reps, dose.hold_s, sides, easier)


def session_started(
    protocol: Protocol, sets: Sequence[facts.PlannedSet], source: facts.Source
) -> facts.SessionStarted:
    """Return the start of a session under the protocol in force."""
    return facts.SessionStarted(tuple(sets), protocol.id, protocol.version, protocol.digest, source)


def set_done(
    context: PatientContext, session: UUID, plan: facts.PlannedSet, reps: int, took_s: float, starts: datetime,
    source: facts.Source, *, estimated: bool = False, known: History | None = None, then: History | None = None,
) -> facts.SetDone:  # fmt: skip
    """Return a finished set, marked if it was outside the plan (decision 8).

    `known` is the record, and `then` the part of it that had happened when the set began; None: the
    present one.

    What Start allowed is inside the plan unless something closed everything before the set
    began; a set from memory is inside if the gate was open then.
    """
    history = known or context.history()
    span = None
    case = Case.of(context.protocol, history)
    if case.course:
        span = case.course.span_at(starts)
    if source is facts.Source.PLAYER:
        closed = [flag.at for flag in red_flags.open_flags(case)]
        closed += [
            hold.at
            for hold in case.holds
            if hold.fact.routine in (None, plan.routine)
            and (hold.fact.until is None or starts < hold.fact.until)
        ]
        outside = any(since <= starts for since in closed)
    else:
        then = then or History(entry for entry in history.counted if entry.at <= starts)
        decision = gate.decide(Case.of(context.protocol, then), now=starts)[plan.routine]
        outside = not isinstance(decision, gate_decisions.Open)
    return facts.SetDone(
        session=session,
        routine=plan.routine,
        reps_done=reps,
        reps_planned=planned_reps(plan),
        hold_s=plan.hold_s,
        took_s=took_s,
        phase=span.phase.id if span else "",
        source=source,
        outside_plan=outside,
        estimated=estimated or source is facts.Source.DIARY,
    )
