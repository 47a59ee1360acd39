"""The diary desk: entries made afterwards, corrections and voids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation.patient_context import PatientContext, UseCases
from coach.desk.installation.recording import NewEntry
from coach.desk.patient.course_times import past, refuse_before_procedure
from coach.desk.patient.sessions import planned_set, session_started, set_done
from coach.domain import dosing, facts, function_tests, pain, zones
from coach.domain.case import Case
from coach.domain.course import as_of
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import plain_text
from coach.domain.function_tests import TryOutcome
from coach.domain.history import Entry, History, by_clinician
from coach.domain.protocol import RoutineKind
from coach.domain.session import schedule
from coach.domain.times import from_wall_clock, local, utc

MOST_REPS = 1000
#: The kinds of fact that only the patient may correct.
OWN = (
    facts.SessionStarted, facts.SetDone, facts.SessionFinished, facts.Pain, facts.Effort,
    facts.Note, facts.Activity, facts.FunctionScore, facts.ChangeRating, facts.BoneHealth, facts.PutOff,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastSet:
    """Reps (over both legs) of one routine, done without the app."""

    routine: str
    reps: int


class DiaryDesk(UseCases):
    """Entries that a patient makes afterwards."""

    @requires(Action.HISTORY_TELL)
    def check_in(self, *, average: facts.Score | None, worst: facts.Score | None, key: UUID) -> None:
        """Record the daily check-in: pain on average and at its worst in the last 24 hours."""
        told = [
            facts.Pain(score, when)
            for score, when in ((average, facts.PainWhen.AVERAGE_24H), (worst, facts.PainWhen.WORST_24H))
            if score is not None
        ]
        if not told:
            raise BadValue(Fault.PAIN_NOT_A_SCORE)
        pain.refuse_unlike_day(
            self._context.history(), local(self._context.now(), self._context.zone).date(), told
        )
        self._context.record(*(NewEntry(each) for each in told), key=key)

    @requires(Action.HISTORY_TELL)
    def log_past(
        self, wall: datetime, sets: Sequence[PastSet], *, before: facts.Score | None, after: facts.Score | None,
        effort: int | None, note: str, key: UUID,
    ) -> None:  # fmt: skip
        """Record a session that was done without the app, started at a local time.

        Raises:
            BadValue: the time lies ahead or before the procedure, or nothing was done.
        """
        starts, place = zones.meant(self._context.history(), wall, now=self._context.now())
        past(self._context, starts)
        told = self._context.history().by_id.get(key)
        if told and told.at == starts:
            return  # a second tap: its computed end would differ, as the clock went on
        refuse_before_procedure(self._context, starts)
        done = [each for each in sets if each.reps]
        if not done:
            raise BadValue(Fault.NOTHING_DONE)
        known = as_of(self._context.history(), starts)
        planned = [dose_then(self._context, each.routine, starts, known) for each in done]
        clock, news = (
            starts,
            [
                NewEntry(
                    session_started(self._context.protocol, planned, facts.Source.DIARY), at=starts, key=key
                )
            ],
        )
        for each, plan in zip(done, planned, strict=True):
            took_s = schedule(self._context.protocol, [plan]).ends_s
            fact = set_done(
                self._context, key, plan, each.reps, took_s, clock, facts.Source.DIARY, known=known
            )
            news.append(NewEntry(fact, at=clock))
            clock += timedelta(seconds=took_s)
        ends = min(clock, self._context.now())
        news.append(NewEntry(facts.SessionFinished(key), at=ends))
        if before is not None:
            news.append(NewEntry(facts.Pain(before, facts.PainWhen.BEFORE, key), at=starts))
        if after is not None:
            news.append(NewEntry(facts.Pain(after, facts.PainWhen.AFTER, key), at=ends))
        if effort is not None:
            news.append(NewEntry(facts.Effort(key, effort), at=ends))
        if plain_text(note, 2000):
            news.append(NewEntry(facts.Note(key, plain_text(note, 2000)), at=ends))
        self._context.record(*(replace(new, zone=place) for new in news), key=key)

    @requires(Action.HISTORY_CORRECT)
    def correct(self, entry: UUID, fact: facts.Fact, *, key: UUID, wall: datetime | None = None) -> None:
        """Replace an entry by a fact of the same kind; the old one stays in the record."""
        old = self._entry(entry, key)
        if type(old.fact) is not type(fact):
            raise BadValue(Fault.UNKNOWN_ENTRY)
        at = old.at
        if wall:
            at = utc(from_wall_clock(wall, old.zone))
            past(self._context, at)
            refuse_before_procedure(self._context, at)
        if isinstance(fact, facts.Pain):
            pain.refuse_unlike_day(self._context.history(), local(at, old.zone).date(), [fact])
        new = NewEntry(fact, at=at, supersedes=entry, zone=old.zone)
        self._context.record_while(lambda: self._still(entry), new, key=key)

    @requires(Action.HISTORY_CORRECT)
    def correct_reps(self, entry: UUID, reps: int, *, key: UUID) -> None:
        """Replace the number of reps (over both legs) of a set.

        The player's has at most the planned ones. The time of a test that was given up is no result,
        so one that was finished after all has no time.
        """
        old = self._entry(entry, key)
        if not isinstance(old.fact, facts.SetDone):
            raise BadValue(Fault.UNKNOWN_ENTRY)
        high = old.fact.reps_planned if old.fact.source is facts.Source.PLAYER else MOST_REPS
        if type(reps) is not int or not 0 < reps <= high:
            raise BadValue(Fault.REPS_OUT_OF_RANGE, low=1, high=high)
        fact = replace(old.fact, reps_done=reps)
        if self._is_test(fact) and function_tests.outcome(old.fact) is TryOutcome.GIVEN_UP:
            fact = replace(fact, took_s=0)
        self.correct(entry, fact, key=key)

    def _is_test(self, done: facts.SetDone) -> bool:
        routine = self._context.protocol.routines.get(done.routine)
        return routine is not None and routine.kind is RoutineKind.TEST

    @requires(Action.HISTORY_CORRECT)
    def void(self, entry: UUID, *, why: str, key: UUID) -> None:
        """Void an entry with a reason; of a session, all its parts. It stays in the record."""
        old = self._entry(entry, key)
        parts = [entry]
        if isinstance(old.fact, facts.SessionStarted):
            history = self._context.history()
            every = (
                history.of(kind)
                for kind in (facts.SetDone, facts.SessionFinished, facts.Pain, facts.Effort, facts.Note)
            )
            parts += [part.id for some in every for part in some if _belongs(part, entry)]
        self._context.record_while(
            lambda: self._still(entry), *(NewEntry(facts.Void(part, why)) for part in parts), key=key
        )

    def _still(self, entry: UUID) -> None:
        """Refuse to change an entry that was changed or voided elsewhere meanwhile."""
        if entry in self._context.history().voided or entry in self._context.history().replaced:
            raise BadValue(Fault.ALREADY_VOIDED)

    def _entry(self, entry: UUID, key: UUID) -> Entry[object]:
        """Return an entry that the act of that key may change; the same act may come twice."""
        history = self._context.history()
        old = history.by_id.get(entry)
        if old is None:
            raise BadValue(Fault.UNKNOWN_ENTRY)
        if isinstance(old.fact, facts.NEVER_VOIDED):
            raise BadValue(Fault.FLAG_NEVER_VOIDED)
        if by_clinician(old) or (self._context.is_followed() and not isinstance(old.fact, OWN)):
            raise BadValue(Fault.PHYSIOTHERAPIST_DECIDES)
        if (entry in history.voided or entry in history.replaced) and key not in history.by_id:
            raise BadValue(Fault.ALREADY_VOIDED)
        return old


def dose_then(context: PatientContext, routine: str, at: datetime, known: History) -> facts.PlannedSet:
    """Return the set that was due at an instant, or the first dose if the routine was closed.

    `known` is the record as known for the course of that instant.
    """
    if routine not in context.protocol.routines:
        raise BadValue(Fault.UNKNOWN_ROUTINE, value=routine)
    case = Case.of(context.protocol, known)
    shaped = dosing.dose(case, context.protocol.routines[routine], at)
    dose = shaped[0] if shaped else context.protocol.rules.first_dose.plain
    return planned_set(context.protocol, routine, dose)


def _belongs(part: Entry[object], session: UUID) -> bool:
    return getattr(part.fact, "session", None) == session
