"""The gate: what is open now, at which dose, until when closed and why (decisions 2 to 17).

It fails closed: what is missing or contradictory locks. It rules starting; what Start allowed may
be finished.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from coach.domain import facts, pain
from coach.domain.course import Course, course, first_of_chain
from coach.domain.decisions import (
    AfterRed,
    Contradictory,
    Decision,
    DoseDone,
    FirstDose,
    FutureTime,
    Halved,
    Held,
    Locked,
    NeedsClinic,
    NoProcedure,
    NotHome,
    Open,
    OpenRedFlag,
    Overridden,
    Reason,
    Sleepy,
    Step,
    TooEarly,
    TooMuchPain,
    TooSoon,
    Unanswered,
    lower,
)
from coach.domain.history import Entry, F, History, by_clinician, set_end
from coach.domain.protocol import (
    Closes,
    Dose,
    FlagLevel,
    Protocol,
    Question,
    RedFlag,
    Routine,
    RoutineKind,
)
from coach.domain.set_up import needs_word, words_after
from coach.domain.times import local_date, midnight_after, start_of_day, utc


def decide(protocol: Protocol, history: History, *, now: datetime) -> Mapping[str, Decision]:
    """Answer for each routine, in the protocol's order, whether it may start at `now`.

    `now` must be aware. Example: 30 h after the procedure, at home since 2 h after it, static
    glutes are `Open` and transversus setting is `Locked(TooEarly)` opening at 48 h.
    """
    now = utc(now)
    case = Case.of(protocol, history)
    return {routine.id: case.decide(routine, now) for routine in protocol.routines.values()}


def open_flags(protocol: Protocol, history: History) -> tuple[Entry[facts.RedFlagYes], ...]:
    """Return the red flags that nobody cleared, most urgent first, then oldest first."""
    key = ("flags", protocol.digest)
    if key not in history.memo:
        order = list(FlagLevel)
        closed = set(_closed_flags(protocol, history))
        flags = [flag for flag in history.of(facts.RedFlagYes) if flag.id not in closed]
        flags.sort(key=lambda flag: order.index(_level(protocol, flag)))
        history.memo[key] = tuple(flags)
    return history.memo[key]  # type: ignore[return-value]


def _known(protocol: Protocol, flag: Entry[facts.RedFlagYes]) -> RedFlag | None:
    return protocol.red_flags.get(flag.fact.flag)


def _level(protocol: Protocol, flag: Entry[facts.RedFlagYes]) -> FlagLevel:
    known = _known(protocol, flag)
    return known.level if known else FlagLevel.EMERGENCY


def _closed_flags(protocol: Protocol, history: History) -> Iterator[UUID]:
    """Yield the flags taken back in time, cleared validly, or ended by a new course."""
    for mistake in history.of(facts.FlagMistake):
        flag = history.by_id.get(mistake.fact.entry)
        if flag and takes_back(protocol, mistake, flag):
            yield flag.id
    for cleared in history.of(facts.FlagCleared):
        flag = history.by_id.get(cleared.fact.entry)
        if flag and clears(protocol, cleared, flag):
            yield flag.id
    for flag in history.of(facts.RedFlagYes):
        if restarted_after(protocol, history, flag):
            yield flag.id


def restarted_after(protocol: Protocol, history: History, flag: Entry[facts.RedFlagYes]) -> datetime | None:
    """Return when a new course ended a flag that nobody may clear, or None."""
    known = _known(protocol, flag)
    if known is None or not known.never_cleared:
        return None
    starts = [first_of_chain(history, entry) for entry in history.of(facts.Procedure)]
    return min((s.recorded_at for s in starts if s.seq > flag.seq), default=None)


def may_clear(
    protocol: Protocol,
    flag: Entry[object],
    spoke_at: datetime,
    *,
    now: datetime,
    clinician: bool = False,
) -> bool:
    """Tell whether a talk at `spoke_at` may clear the flag at `now` (decision 17).

    The wait after an emergency is for the patient's own clearing; a clinician, who has seen or heard
    the patient, clears at once, also a flag that this protocol does not know. Nobody clears a flag
    that only a restart ends.
    """
    if not isinstance(flag.fact, facts.RedFlagYes):
        return False
    known = protocol.red_flags.get(flag.fact.flag)
    if known is not None and known.never_cleared:
        return False
    if clinician:
        return flag.at <= utc(spoke_at) <= now
    if known is None or not flag.at < utc(spoke_at) <= now:
        return False
    wait = protocol.rules.emergency_cleared_after.span
    return known.level is not FlagLevel.EMERGENCY or now - flag.at >= wait


def takes_back(protocol: Protocol, mistake: Entry[facts.FlagMistake], flag: Entry[object]) -> bool:
    """Tell whether that word takes the flag back as a mistake: it does for some minutes alone."""
    soon = mistake.recorded_at - flag.recorded_at <= protocol.rules.mistake_within.span
    return mistake.fact.entry == flag.id and soon


def clears(protocol: Protocol, cleared: Entry[facts.FlagCleared], flag: Entry[object]) -> bool:
    """Tell whether that word on the flag clears it, from when it was recorded on."""
    mine = cleared.fact.entry == flag.id
    return mine and may_clear(
        protocol,
        flag,
        cleared.fact.spoke_at,
        now=cleared.recorded_at,
        clinician=by_clinician(cleared),
    )


class Case:
    """One patient's history beside the protocol, with what the gate asks of it again and again.

    Nothing in it depends on "now".
    """

    def __init__(self, protocol: Protocol, history: History) -> None:
        self.protocol = protocol
        self.rules = protocol.rules
        self.history = history
        self.course: Course | None = course(protocol, history)

    @staticmethod
    def of(protocol: Protocol, history: History) -> Case:
        """Return the case, made once for these entries."""
        key = ("case", protocol.digest)
        if key not in history.memo:
            history.memo[key] = Case(protocol, history)
        return history.memo[key]  # type: ignore[return-value]

    # what the history holds, by routine

    @cached_property
    def done(self) -> Mapping[str, tuple[Entry[facts.SetDone], ...]]:
        """The sets of each routine in order of their start."""
        found: dict[str, list[Entry[facts.SetDone]]] = {}
        for entry in self.history.of(facts.SetDone):
            found.setdefault(entry.fact.routine, []).append(entry)
        return {routine: tuple(sets) for routine, sets in found.items()}

    @cached_property
    def counted(self) -> Mapping[str, tuple[Entry[facts.SetDone], ...]]:
        """The sets of each routine that count: from the protocol's share of their reps on."""
        share = self.rules.set_counts_from.value
        return {
            routine: tuple(s for s in sets if s.fact.reps_done >= share * s.fact.reps_planned)
            for routine, sets in self.done.items()
        }

    @cached_property
    def starts(self) -> Mapping[str, tuple[datetime, ...]]:
        """When each set that counts began, by routine, oldest first."""
        return {routine: tuple(done.at for done in sets) for routine, sets in self.counted.items()}

    @cached_property
    def counted_by_day(self) -> Mapping[tuple[str, object], int]:
        """How many sets of a routine count on a local day."""
        found: dict[tuple[str, object], int] = {}
        for routine, sets in self.counted.items():
            for done in sets:
                found[routine, done.local_date] = found.get((routine, done.local_date), 0) + 1
        return found

    @cached_property
    def last_ends(self) -> Mapping[str, datetime]:
        """When the latest set of each routine that counts ended."""
        return {r: max(map(set_end, sets)) for r, sets in self.counted.items() if sets}

    def _of_this_course(self, kind: type[F]) -> tuple[Entry[F], ...]:
        first = self.course.first.seq if self.course else 0
        return tuple(entry for entry in self.history.of(kind) if entry.seq > first)

    @cached_property
    def overrides(self) -> tuple[Entry[facts.Override], ...]:
        """The overrides of this course; a new procedure ends those before it."""
        return self._of_this_course(facts.Override)

    @cached_property
    def _ended(self) -> Mapping[UUID, datetime]:
        """When each override was ended before its time, by its id."""
        return {e.fact.entry: e.at for e in reversed(self.history.of(facts.OverrideEnded))}

    def override_ends(self, override: Entry[facts.Override]) -> datetime:
        """Return when an override ends: at its own time, or when somebody ended it before that."""
        return min(override.fact.ends, self._ended.get(override.id, override.fact.ends))

    @cached_property
    def pain_limits(self) -> tuple[Entry[facts.PainLimit], ...]:
        """The personal pain limits of this course, oldest first; a new procedure ends those before it."""
        return self._of_this_course(facts.PainLimit)

    def pain_limit_at(self, at: datetime) -> Entry[facts.PainLimit] | None:
        """Return the personal pain limit in force at an instant; a later one takes the place of an earlier."""
        given = [limit for limit in self.pain_limits if limit.at <= at]
        latest = max(given, key=lambda entry: entry.seq, default=None)
        return latest if latest and at < latest.fact.ends else None

    def is_high_at(self, score: facts.Score, at: datetime) -> bool:
        """Tell whether a score closes the squeezes at an instant, by the limit in force then."""
        own = self.pain_limit_at(at)
        most = self.rules.own_limit_most.value
        return pain.is_high(self.protocol, score, limit=min(own.fact.limit, most) if own else None)

    @cached_property
    def holds(self) -> tuple[Entry[facts.ClinicianHold], ...]:
        """The holds that nobody lifted."""
        lifted = {entry.fact.entry for entry in self.history.of(facts.HoldLifted)}
        return tuple(h for h in self.history.of(facts.ClinicianHold) if h.id not in lifted)

    @cached_property
    def reds(self) -> tuple[datetime, ...]:
        """When red lights came on, oldest first."""
        return pain.red_since(pain.lit_sessions(self.protocol, self.history))

    @cached_property
    def halved(self) -> frozenset[str]:
        """The squeezes whose latest session was amber."""
        latest: dict[str, pain.Light | None] = {}
        for lit in pain.lit_sessions(self.protocol, self.history):
            tried = {done.fact.routine for done in lit.session.sets if done.fact.reps_done > 0}
            for planned in lit.session.started.fact.sets:
                if lit.light or planned.routine in tried:  # a false start is not the next session
                    latest[planned.routine] = lit.light
        return frozenset(
            r.id
            for r in self.protocol.routines.values()
            if r.kind is RoutineKind.SQUEEZE and latest.get(r.id) is pain.Light.AMBER
        )

    @cached_property
    def clearings(self) -> tuple[Entry[facts.FlagCleared], ...]:
        """The valid clearings of a red flag; each keeps every squeeze at its first dose for a while."""
        return tuple(
            c
            for c in self.history.of(facts.FlagCleared)
            if (flag := self.history.by_id.get(c.fact.entry)) and clears(self.protocol, c, flag)
        )

    def after_clearing(self, at: datetime, *, since_seq: int = 0) -> datetime | None:
        """Return until when a flag cleared after that entry keeps the first dose, or None."""
        lasts = self.rules.first_dose_after_red_flag.span
        ends = (c.recorded_at + lasts for c in self.clearings if c.recorded_at <= at and c.seq > since_seq)
        return max((end for end in ends if at < end), default=None)

    @cached_property
    def asked(self) -> tuple[tuple[Question, Entry[facts.Answer] | None], ...]:
        """The set-up questions that close something: unanswered, or in need of the clinic's word."""
        since = self.course.told_since if self.course else 0
        waiting: list[tuple[Question, Entry[facts.Answer] | None]] = []
        for question in self.protocol.questions:
            if question.closes is Closes.NOTHING:
                continue
            reply = self.history.answers.get(question.id)
            if reply is None or reply.seq <= since:
                waiting.append((question, None))
            elif needs_word(question, reply.fact.reply) and not words_after(self.history, reply):
                waiting.append((question, reply))
        return tuple(waiting)

    # the dose

    def run_of_sets(self, routine: Routine, at: datetime) -> datetime | None:
        """Return when the present run of sets that count began; None when there is none at that instant.

        A run breaks after seven days without the routine, and where a course starts again.
        """
        sets = self.runs.get(routine.id, ())
        index = bisect_right(sets, at, key=lambda each: each[0]) - 1
        if index < 0:
            return None
        latest, began = sets[index]
        since = self.course.first_dose_since if self.course else None
        anew = since is not None and latest < since <= at
        return None if anew or at - latest >= self.rules.first_dose_again_after.span else began

    @cached_property
    def runs(self) -> Mapping[str, tuple[tuple[datetime, datetime], ...]]:
        """When each set of a routine that counts began and when its run of sets did, oldest first."""
        pause = self.rules.first_dose_again_after.span
        since = self.course.first_dose_since if self.course else None
        found: dict[str, tuple[tuple[datetime, datetime], ...]] = {}
        for routine, starts in self.starts.items():
            run: list[tuple[datetime, datetime]] = []
            for at in starts:
                goes_on = run and at - run[-1][0] < pause
                anew = run and since is not None and run[-1][0] < since <= at
                run.append((at, run[-1][1] if goes_on and not anew else at))
            found[routine] = tuple(run)
        return found

    def first_dose_ends(
        self, routine: Routine, at: datetime, *, began: datetime | None = None
    ) -> tuple[bool, datetime | None]:
        """Tell whether the first dose holds at an instant, and until when if that is known.

        `began` stands in for the beginning of the run of sets, as if it went on to that instant.
        """
        if routine.kind is not RoutineKind.SQUEEZE:
            return False, None
        start = began or self.run_of_sets(routine, at)
        if start is None:
            return True, None
        ends = start + self.rules.first_dose_for.span
        ends = max(ends, self.after_clearing(at) or ends)
        return at < ends, ends

    def override_at(self, routine: Routine, at: datetime) -> Entry[facts.Override] | None:
        """Return the override of the routine in force at an instant; the latest one wins."""
        active = [
            o for o in self.overrides if o.fact.routine == routine.id
            and o.fact.begins <= at < self.override_ends(o)
        ]  # fmt: skip
        return max(active, key=lambda entry: entry.seq, default=None)

    def table_dose(self, routine: Routine, at: datetime) -> Dose | None:
        """Return the dose of the phase in force at an instant; None where it is closed."""
        span = self.course.span_at(at) if self.course else None
        written = span.phase.doses.get(routine.id) if span else None
        return written.plain if written else None

    def dose(
        self, routine: Routine, at: datetime, *, began: datetime | None = None
    ) -> tuple[Dose, tuple[Step, ...]] | None:
        """Return the dose at an instant and the steps that shaped it; None where it is closed.

        `began` stands in for the beginning of the run of sets, as if it went on to that instant.
        """
        table = self.table_dose(routine, at)
        override = self.override_at(routine, at)
        steps: list[Step] = []
        if override:
            fact = override.fact
            base = Dose(fact.reps, fact.hold_s, fact.per_day)
            steps.append(Overridden(fact.why, self.override_ends(override), override.id))
            until = self.after_clearing(at, since_seq=override.seq)
            if until and routine.kind is RoutineKind.SQUEEZE:
                # An override from before the symptom does not know of it.
                base = lower(base, self.rules.first_dose.plain)
                steps.append(FirstDose(until))
        elif table:
            base = table
            first, until = self.first_dose_ends(routine, at, began=began)
            if first:
                base = lower(base, self.rules.first_dose.plain)
                steps.append(FirstDose(until))
        else:
            return None
        if routine.id in self.halved:
            share = self.rules.amber_reps
            reps = share.share_of((table or base).reps)
            if reps < base.reps:
                base = Dose(reps, base.hold_s, base.per_day, base.hourly)
            steps.append(Halved(exact=share.is_half))
        return lower(base, routine.maximum.plain), tuple(steps)

    def easier(self, routine: Routine, dose: Dose, at: datetime) -> Dose:
        """Return "easier today": the nearest earlier phase's smaller dose, at today's frequency."""
        span = self.course.span_at(at) if self.course else None
        phases = self.protocol.phases
        earlier = phases[: phases.index(span.phase)] if span else ()
        table = self.table_dose(routine, at) or dose
        for phase in reversed(earlier):
            written = phase.doses.get(routine.id)
            if written:
                other = written.plain
                if other.reps < table.reps or other.hold_s < table.hold_s:
                    return Dose(
                        min(dose.reps, other.reps),
                        min(dose.hold_s, other.hold_s),
                        dose.per_day,
                        dose.hourly,
                    )
        reps = min(dose.reps, self.rules.easier_reps.share_of(table.reps))  # shares never compound
        hold = min(dose.hold_s, self.rules.easier_hold.value)
        return Dose(reps, hold, dose.per_day, dose.hourly)

    def cap(self, routine: Routine, dose: Dose) -> int:
        """Return how many sets a day the dose allows."""
        if dose.hourly and routine.hourly_cap:
            return routine.hourly_cap.whole
        return dose.per_day

    def gap(self, routine: Routine, dose: Dose) -> timedelta:
        """Return the least time from the end of a set to the start of the next."""
        if dose.hourly and routine.hourly_gap:
            return routine.hourly_gap.span
        return routine.gap.span

    # the answer

    def done_on(self, routine: Routine, at: datetime) -> int:
        """Return how many sets count on the local day of an instant.

        A set belongs to the day it had where the patient was; a change of zone frees no set that
        began on this day here.
        """
        today = local_date(at, self.history.zone)
        begins = start_of_day(today, self.history.zone)
        starts = self.starts.get(routine.id, ())
        here = len(starts) - bisect_left(starts, begins)
        return max(self.counted_by_day.get((routine.id, today), 0), here)

    def decide(self, routine: Routine, now: datetime) -> Decision:
        """Answer for one routine."""
        done = self.done_on(routine, now)
        reason = self.reason(routine, now)
        if reason is not None:
            opens_at, decides = self.opening(routine, now)
            return Locked(routine, reason, opens_at, done, decides)
        shaped = self.dose(routine, now)
        span = self.course.span_at(now) if self.course else None
        if shaped is None or span is None:
            raise AssertionError("an open routine has a dose and a phase")
        dose, steps = shaped
        return Open(routine, dose, self.easier(routine, dose, now), steps, span.phase, done)

    def opens_at(self, routine: Routine, now: datetime) -> datetime | None:
        """Return the first instant after `now` that is open if nothing more is recorded."""
        return self.opening(routine, now)[0]

    def opening(self, routine: Routine, now: datetime) -> tuple[datetime | None, Reason | None]:
        """Return the first instant after `now` that is open, and the reason that holds last before it."""
        last = self.reason(routine, now)
        for instant in sorted({c for c in self.changes(routine, now) if c > now}):
            why = self.reason(routine, instant)
            if why is None:
                return instant, last
            last = why
        return None, last

    def changes(self, routine: Routine, now: datetime) -> Iterator[datetime]:
        """Yield every instant at which time alone may change the answer, in no order."""
        days = [now]
        for instant in self._turns(routine, now):
            if instant > now:
                yield instant
                days.append(instant)
        for instant in days:
            midnight = midnight_after(instant, self.history.zone)
            yield midnight
            yield midnight_after(midnight, self.history.zone)

    def _turns(self, routine: Routine, now: datetime) -> Iterator[datetime]:
        rules = self.rules
        if self.course:
            yield self.course.procedure.at
            if self.course.home:
                yield self.course.home
            for span in self.course.spans:
                yield span.starts
        for override in self.overrides:
            yield override.fact.begins
            yield self.override_ends(override)
        for limit in self.pain_limits:
            yield limit.at
            yield limit.fact.ends
        for hold in self.holds:
            if hold.fact.until:
                yield hold.fact.until
        yield from (asked.at + rules.drowsy_closes_for.span for asked in self.history.of(facts.Drowsy))
        yield from (red + rules.red_light_closes_for.span for red in self.reds)
        yield from (c.recorded_at + rules.first_dose_after_red_flag.span for c in self.clearings)
        latest = pain.latest_right_now(self.history)
        if latest:
            yield latest.at + rules.pain_closes_for.span
        last = self.last_ends.get(routine.id)
        if last:
            yield last + routine.gap.span
            if routine.hourly_gap:
                yield last + routine.hourly_gap.span
        _, ends = self.first_dose_ends(routine, now)
        if ends:
            yield ends
        run = self.runs.get(routine.id)
        if run:
            yield run[-1][0] + rules.first_dose_again_after.span

    def reason(self, routine: Routine, at: datetime) -> Reason | None:
        """Return the first reason, in decision 6's order, why the routine is closed, or None."""
        squeeze = routine.kind is RoutineKind.SQUEEZE
        return (
            self._times(at)
            or self._people(routine, at, squeeze=squeeze)
            or self._home(at)
            or self._drowsy(at)
            or (self._pain(at) if squeeze else None)
            or self._phase(routine, at)
            or self._counts(routine, at)
        )

    def _times(self, at: datetime) -> Reason | None:
        if self.course is None:
            return NoProcedure()
        end = self.course.procedure.at
        home = self.course.home
        if end > at:
            return FutureTime(end)
        if home and home < end:
            return Contradictory(end, home)
        if home and home > at and not self.course.home_assumed:
            return FutureTime(home)
        return None

    def _people(self, routine: Routine, at: datetime, *, squeeze: bool) -> Reason | None:
        for flag in open_flags(self.protocol, self.history):
            return OpenRedFlag(flag.fact.flag, flag.id, flag.at)
        for hold in self.holds:
            until = hold.fact.until
            mine = hold.fact.routine in (None, routine.id)
            if mine and (until is None or at < until):
                return Held(hold.fact.why, until, hold.at, hold.id)
        for question, reply in self.asked:
            if question.closes is Closes.ALL or squeeze:
                return NeedsClinic(question) if reply else Unanswered(question)
        return None

    def _home(self, at: datetime) -> Reason | None:
        if self.course is None or self.course.home is None:
            return NotHome(None)
        return NotHome(self.course.home) if self.course.home > at else None

    def _drowsy(self, at: datetime) -> Reason | None:
        span = self.rules.drowsy_closes_for.span
        for answer in reversed(self.history.of(facts.Drowsy)):
            if answer.fact.yes and answer.at <= at < answer.at + span:
                return Sleepy(answer.at + span)
        return None

    def _pain(self, at: datetime) -> Reason | None:
        closed = self.rules.red_light_closes_for.span
        for red in reversed(self.reds):
            if red <= at < red + closed:
                return AfterRed(red + closed)
        latest: Entry[facts.Pain] | None = pain.latest_right_now(self.history)
        if latest and latest.fact.score is not None:
            until = latest.at + self.rules.pain_closes_for.span
            if at < until and self.is_high_at(latest.fact.score, at):
                return TooMuchPain(latest.fact.score, until)
        return None

    def _phase(self, routine: Routine, at: datetime) -> Reason | None:
        known = self.course is not None and self.course.span_at(at) is not None
        if known and (self.table_dose(routine, at) or self.override_at(routine, at)):
            return None
        spans = self.course.spans if self.course else ()
        later = (s for s in spans if s.starts > at and routine.id in s.phase.doses)
        opening = next(later, None)
        if opening is None:
            return TooEarly(None, None)
        return TooEarly(opening.phase, opening.starts)

    def _counts(self, routine: Routine, at: datetime) -> Reason | None:
        shaped = self.dose(routine, at)
        if shaped is None:
            return TooEarly(None, None)
        dose, _ = shaped
        done, cap = self.done_on(routine, at), self.cap(routine, dose)
        if done >= cap:
            return DoseDone(done, cap)
        last = self.last_ends.get(routine.id)
        if last and at < last + self.gap(routine, dose):
            return TooSoon(last + self.gap(routine, dose))
        return None
